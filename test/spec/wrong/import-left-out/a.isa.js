// expected: import-left-out/a.isa.js:4:11: v is exported by import-left-out/b.isa.js, which is left out: `v`
import { v } from "./b.isa.js";

const w = v;
