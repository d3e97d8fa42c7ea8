import { describe, expect, it } from "vitest";
import { createDecoder } from "../../jit/decode/decoder.ts";
import type { Isa } from "../../jit/spec/isa.ts";
import { kinds, small, toyIsa } from "./toy.ts";

/** Name, length and operand values; of what is none, null and the length. */
function decode(isa: Isa, hex: string, context = 0, end?: number): unknown[] {
	const bytes = Uint8Array.from((hex.match(/../g) ?? []).map((b) => Number.parseInt(b, 16)));
	const i = createDecoder(isa).decode(bytes, 0, end ?? bytes.length, context);
	return i.spec === null ? [null, i.bytes] : [i.spec.name, i.bytes, ...i.values];
}

describe("the decoder", () => {
	const isa = small();
	const cases: [title: string, hex: string, expected: unknown[]][] = [
		["reads a signed immediate", "9300d1ff", ["addi", 4, 1, 2, -3]],
		["reads an immediate in four pieces", "e38e20fe", ["beq", 4, 1, 2, -4]],
		["reads a choice", "afa0210e", ["swap", 4, 3, 1, 2, 3]],
		["reads a table", "ab702000", ["scale", 4, 1, 4]],
		["reads a short instruction where a long one might stand", "85000000", ["c.addi", 2, 1, 1]],
		["reads a register behind an offset", "0de0", ["c.zero", 2, 11]],
		["keeps to a limit on an operand", "0500", [null, 2]],
		["takes what the limit leaves", "0100", ["c.nop", 2]],
		["says that what begins as a long instruction is long", "ffffffff", [null, 4]],
		["says that what begins as nothing known is a unit long", "00000000", [null, 2]],
		["takes what is cut off for nothing", "9300", [null, 2]],
		["takes a byte for nothing", "93", [null, 2]],
		["takes no bytes for nothing", "", [null, 2]],
	];
	for (const [title, hex, expected] of cases) it(title, () => expect(decode(isa, hex)).toEqual(expected));

	it("does not look behind the end", () => expect(decode(isa, "9300d1ff", 0, 3)).toEqual([null, 2]));

	it("knows when bytes behind the end matter", () => {
		const { truncated } = createDecoder(isa);
		const at = (bytes: number[], end: number) => truncated(Uint8Array.from(bytes), 0, end, 0);
		expect([at([0x93, 0, 0xd1, 0xff], 2), at([0x93, 0, 0xd1, 0xff], 4), at([1, 0], 2), at([0, 0], 2), at([], 0), at([0xff, 0xff], 2)]).toEqual([
			true,
			false,
			false,
			false,
			true,
			false,
		]);
	});

	describe("of prefixes and long instructions", () => {
		const prefixed = toyIsa(
			{ ...kinds, wide: { kind: "signed", show: "dec", scale: 1, width: 32 }, huge: { kind: "unsigned", show: "hex", scale: 1, width: 48 } },
			[
				{ syntax: "nop", encoding: "00000000" },
				{ syntax: "ld {rd},{byte}", encoding: "00 rd[2:0] 110 / byte[7:0]" },
				{ syntax: "ix {rd},{byte}", encoding: "11011101 / 00 rd[2:0] 110 / byte[7:0]" },
				{ syntax: "bit {rd}", encoding: "11001011 / 01 000 rd[2:0]" },
				{ syntax: "ixbit {byte}", encoding: "11011101 / 11001011 / byte[7:0] / 01 000 110" },
				{ syntax: "mov {rd},{wide}", encoding: "10111 rd[2:0] / wide[7:0] / wide[15:8] / wide[23:16] / wide[31:24]" },
				{ syntax: "far {huge}", encoding: "11101010 / huge[7:0] / huge[15:8] / huge[23:16] / huge[31:24] / huge[39:32] / huge[47:40]" },
				{ syntax: "it {rd}", encoding: "10100 rd[2:0]", context: { 9: [1, 2] } },
				{ syntax: "plain {rd}", encoding: "10100 rd[2:0]", context: { 9: [0] } },
			],
			{ unitBytes: 1, contexts: [{ cell: 9, shift: 3, width: 2 }] },
		);
		const more: [hex: string, expected: unknown[], context?: number][] = [
			["00", ["nop", 1]],
			["0e12", ["ld", 2, 1, 0x12]],
			["0e", [null, 1]],
			["dd0e12", ["ix", 3, 1, 0x12]],
			["ddcb0546", ["ixbit", 4, 5]],
			["ddcb0547", [null, 2]],
			["cb41", ["bit", 2, 1]],
			["ddff", [null, 2]],
			["b9feffffff", ["mov", 5, 1, -2]],
			["b9feffff", [null, 1]],
			["ea010000000080", ["far", 7, 0x800000000001]],
			["a3", ["plain", 1, 3]],
			["a3", ["it", 1, 3], 1 << 3],
			["a3", [null, 1], 3 << 3],
			["ff", [null, 1]],
		];
		for (const [hex, expected, context] of more) {
			it(`reads ${hex}${context ? ` in context ${context}` : ""} as ${String(expected[0])}`, () => {
				const got = decode(prefixed, hex, context ?? 0);
				if (expected[0] === null) expect(got[0]).toBe(null);
				else expect(got).toEqual(expected);
			});
		}
	});
});
