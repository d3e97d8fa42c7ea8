import { describe, expect, it } from "vitest";
import { createLine } from "../../src/base/line.ts";
import { createSswi } from "../../src/devices/sswi.ts";

describe("sswi", () => {
	const rows: [what: string, offset: number, value: number, pulses: string][] = [
		["bit 0 pulses that processor's wire", 4, 1, "1+1-"],
		["other bits do nothing", 0, 0xfffffffe, ""],
		["there is nothing behind the last processor", 8, 1, ""],
	];
	for (const [what, offset, value, pulses] of rows)
		it(what, () => {
			let seen = "";
			const software = [0, 1].map((i) => createLine((level) => (seen += `${i}${level ? "+" : "-"}`)));
			const device = createSswi({ name: "sswi", software });
			device.write(offset, 4, value);
			expect([seen, device.read(offset, 4)]).toEqual([pulses, 0]);
		});
});
