import { r, wide } from "./a.isa.js";

instruction("op", "00000000", () => {
	r.b = wide(r.sp);
});
