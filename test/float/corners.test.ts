/** Named corners of IEEE 754-2019, each with its result and flags; and roundings to integers, which follow from conversions there and back. */
import { describe, expect, it } from "vitest";
import { add, convert, div, eq, Flag, type FloatOut, fma, fromInt, le, lt, mul, Rounding, roundToInt, sqrt, sub, toInt } from "../../jit/base/float/float.ts";
import { Random } from "../ir/random.ts";
import { type Bits, compose, hex, layouts, modes, operand, type Width, widths } from "./numbers.ts";

const { inexact, underflow, overflow, divideByZero, invalid } = Flag;
const { nearestEven, towardZero, down, up, nearestAway } = Rounding;
const out: FloatOut = { lo: 0, hi: 0, flags: 0 };

/** Corner numbers by name, in each format. */
const number = (w: Width, name: string): Bits => {
	const { fraction, exponent } = layouts[w];
	const most = (1 << exponent) - 1;
	const ones: Bits = [-1, -1];
	const quietBit: Bits = fraction > 32 ? [0, 1 << (fraction - 33)] : [1 << (fraction - 1), 0];
	const parts: Record<string, [number, Bits]> = {
		zero: [0, [0, 0]],
		tiniest: [0, [1, 0]],
		"largest subnormal": [0, ones],
		"smallest normal": [1, [0, 0]],
		half: [(most >> 1) - 1, [0, 0]],
		one: [most >> 1, [0, 0]],
		"above one": [most >> 1, [1, 0]],
		"below one": [(most >> 1) - 1, ones],
		"half an ulp of one": [(most >> 1) - fraction - 1, [0, 0]],
		two: [(most >> 1) + 1, [0, 0]],
		four: [(most >> 1) + 2, [0, 0]],
		three: [(most >> 1) + 1, fraction > 32 ? [0, 1 << (fraction - 33)] : [1 << (fraction - 1), 0]],
		largest: [most - 1, ones],
		infinity: [most, [0, 0]],
		NaN: [most, quietBit],
		"NaN with payload": [most, [quietBit[0] | 5, quietBit[1]]],
		"signalling NaN": [most, [1, 0]],
	};
	const negative = name.startsWith("-");
	const [field, bits] = parts[negative ? name.slice(1) : name]!;
	return compose(w, negative ? 1 : 0, field, bits);
};

type Row = [operation: string, operands: string[], mode: number, result: string, flags: number];
const all = (operation: string, operands: string[], result: string, flags: number): Row[] => modes.map((mode) => [operation, operands, mode, result, flags]);
const each = (operation: string, operands: string[], flags: number, results: readonly [number, string][]): Row[] =>
	results.map(([mode, result]) => [operation, operands, mode, result, flags]);

const rows: Row[] = [
	// zeros and their signs (6.3)
	...each("add", ["zero", "-zero"], 0, [
		[nearestEven, "zero"],
		[towardZero, "zero"],
		[down, "-zero"],
		[up, "zero"],
		[nearestAway, "zero"],
	]),
	...each("sub", ["one", "one"], 0, [
		[nearestEven, "zero"],
		[down, "-zero"],
		[up, "zero"],
	]),
	...all("add", ["-zero", "-zero"], "-zero", 0),
	...all("sub", ["-zero", "zero"], "-zero", 0),
	...all("mul", ["-zero", "one"], "-zero", 0),
	...all("mul", ["-zero", "-largest"], "zero", 0),
	...all("div", ["zero", "-infinity"], "-zero", 0),
	...all("sqrt", ["-zero"], "-zero", 0),
	...each("fma", ["one", "-one", "one"], 0, [
		[nearestEven, "zero"],
		[down, "-zero"],
	]),
	...all("fma", ["zero", "-one", "-zero"], "-zero", 0),
	...each("fma", ["zero", "one", "-zero"], 0, [
		[nearestEven, "zero"],
		[down, "-zero"],
	]),
	// infinities (6.1)
	...all("add", ["infinity", "-largest"], "infinity", 0),
	...all("add", ["infinity", "infinity"], "infinity", 0),
	...all("mul", ["-infinity", "tiniest"], "-infinity", 0),
	...all("div", ["infinity", "-zero"], "-infinity", 0),
	...all("sqrt", ["infinity"], "infinity", 0),
	...all("fma", ["largest", "largest", "-infinity"], "-infinity", 0),
	// invalid operations (7.2)
	...all("sub", ["infinity", "infinity"], "NaN", invalid),
	...all("mul", ["zero", "-infinity"], "NaN", invalid),
	...all("div", ["zero", "-zero"], "NaN", invalid),
	...all("div", ["infinity", "-infinity"], "NaN", invalid),
	...all("sqrt", ["-tiniest"], "NaN", invalid),
	...all("sqrt", ["-infinity"], "NaN", invalid),
	...all("fma", ["infinity", "one", "-infinity"], "NaN", invalid),
	...all("fma", ["infinity", "zero", "NaN"], "NaN", invalid),
	// NaNs lose sign and payload; only a signalling one raises (6.2)
	...all("add", ["-NaN with payload", "one"], "NaN", 0),
	...all("mul", ["infinity", "NaN with payload"], "NaN", 0),
	...all("div", ["signalling NaN", "NaN"], "NaN", invalid),
	...all("sqrt", ["-NaN"], "NaN", 0),
	...all("fma", ["one", "one", "-signalling NaN"], "NaN", invalid),
	// division by zero (7.3)
	...all("div", ["one", "zero"], "infinity", divideByZero),
	...all("div", ["tiniest", "-zero"], "-infinity", divideByZero),
	// overflow (7.4)
	...each("add", ["largest", "largest"], overflow | inexact, [
		[nearestEven, "infinity"],
		[towardZero, "largest"],
		[down, "largest"],
		[up, "infinity"],
		[nearestAway, "infinity"],
	]),
	...each("mul", ["-largest", "two"], overflow | inexact, [
		[nearestEven, "-infinity"],
		[towardZero, "-largest"],
		[down, "-infinity"],
		[up, "-largest"],
	]),
	...each("add", ["largest", "tiniest"], inexact, [
		[nearestEven, "largest"],
		[towardZero, "largest"],
		[down, "largest"],
	]),
	["add", ["largest", "tiniest"], up, "infinity", overflow | inexact],
	// underflow: tiny after rounding, and inexact (7.5)
	...each("mul", ["tiniest", "half"], underflow | inexact, [
		[nearestEven, "zero"],
		[towardZero, "zero"],
		[down, "zero"],
		[up, "tiniest"],
		[nearestAway, "tiniest"],
	]),
	...each("mul", ["-tiniest", "tiniest"], underflow | inexact, [
		[nearestEven, "-zero"],
		[down, "-tiniest"],
		[up, "-zero"],
		[nearestAway, "-zero"],
	]),
	...all("mul", ["smallest normal", "below one"], "smallest normal", 0).flatMap(([op, operands, mode]): Row[] =>
		mode === nearestEven || mode === nearestAway || mode === up
			? [[op, operands, mode, "smallest normal", underflow | inexact]]
			: [[op, operands, mode, "largest subnormal", underflow | inexact]],
	),
	...all("sub", ["smallest normal", "tiniest"], "largest subnormal", 0),
	...all("add", ["tiniest", "largest subnormal"], "smallest normal", 0),
	// ties
	...each("add", ["one", "half an ulp of one"], inexact, [
		[nearestEven, "one"],
		[towardZero, "one"],
		[down, "one"],
		[up, "above one"],
		[nearestAway, "above one"],
	]),
	...each("sub", ["one", "tiniest"], inexact, [
		[nearestEven, "one"],
		[towardZero, "below one"],
		[down, "below one"],
		[up, "one"],
	]),
	...all("sqrt", ["four"], "two", 0),
	...all("fma", ["two", "one", "one"], "three", 0),
	...all("fma", ["above one", "zero", "tiniest"], "tiniest", 0),
	...each("fma", ["one", "one", "tiniest"], inexact, [
		[nearestEven, "one"],
		[up, "above one"],
	]),
];

const run = (operation: string, w: Width, operands: Bits[], mode: number): void => {
	const [a, b, c] = operands as [Bits, Bits, Bits];
	if (operation === "sqrt") sqrt(out, w, ...a, mode);
	else if (operation === "fma") fma(out, w, ...a, ...b, ...c, mode);
	else ({ add, sub, mul, div })[operation as "add"](out, w, ...a, ...b, mode);
};
const names = Object.keys(Rounding);

describe.each(widths)("corners of binary%i", (w) => {
	it.each(rows.map(([op, operands, mode, result, flags]) => [op, operands.join(", "), names[mode], result, flags, operands, mode] as const))(
		"%s(%s) rounded %s = %s, flags %i",
		(op, _text, _name, result, flags, operands, mode) => {
			run(
				op,
				w,
				operands.map((name) => number(w, name)),
				mode,
			);
			expect([hex(w, [out.lo, out.hi]), out.flags]).toEqual([hex(w, number(w, result)), flags]);
		},
	);
	const comparisons: [name: string, f: typeof eq, a: string, b: string, quiet: boolean, result: number, flags: number][] = [
		["eq", eq, "zero", "-zero", true, 1, 0],
		["lt", lt, "-zero", "zero", false, 0, 0],
		["le", le, "zero", "-zero", false, 1, 0],
		["lt", lt, "-tiniest", "tiniest", false, 1, 0],
		["lt", lt, "-infinity", "-largest", false, 1, 0],
		["lt", lt, "one", "above one", false, 1, 0],
		["lt", lt, "-one", "-above one", false, 0, 0],
		["eq", eq, "NaN", "NaN", true, 0, 0],
		["eq", eq, "one", "signalling NaN", true, 0, invalid],
		["lt", lt, "NaN", "one", false, 0, invalid],
		["le", le, "one", "NaN", true, 0, 0],
	];
	it.each(comparisons)("%s (%o) %s, %s, quiet %s: %i, flags %i", (_name, f, a, b, quiet, result, flags) => {
		f(out, w, ...number(w, a), ...number(w, b), quiet);
		expect([out.lo, out.hi, out.flags]).toEqual([result, 0, flags]);
	});
	const integers: [a: string, bits: number, signed: boolean, mode: number, result: string, flags: number][] = [
		["half", 32, true, nearestEven, "00000000", inexact],
		["half", 32, true, nearestAway, "00000001", inexact],
		["-half", 32, false, nearestEven, "00000000", inexact],
		["-half", 32, false, down, "00000000", invalid],
		["-half", 64, true, down, "ffffffffffffffff", inexact],
		["-one", 64, false, nearestEven, "0000000000000000", invalid],
		["-zero", 64, false, nearestEven, "0000000000000000", 0],
		["NaN", 32, true, nearestEven, "7fffffff", invalid],
		["-NaN", 64, false, nearestEven, "ffffffffffffffff", invalid],
		["signalling NaN", 64, true, nearestEven, "7fffffffffffffff", invalid],
		["infinity", 32, false, nearestEven, "ffffffff", invalid],
		["-infinity", 64, true, nearestEven, "8000000000000000", invalid],
		["-infinity", 32, true, nearestEven, "80000000", invalid],
	];
	it.each(integers)("%s to %i bits, signed %s, mode %i: %s, flags %i", (a, bits, signed, mode, result, flags) => {
		toInt(out, w, bits, signed, ...number(w, a), mode);
		expect([hex(bits, [out.lo, out.hi]), out.flags]).toEqual([`0x${result}`, flags]);
		if (bits === 32) expect(out.hi).toBe(0);
	});
});

describe("conversions", () => {
	it("narrow the smallest normal number's lower neighbour: to the smallest normal, tiny only if one more exponent would have kept it below", () => {
		// 2^-126 - 2^-151 rounds to 2^-126 with 24 bits whatever the exponent's range; 2^-126 - 2^-150 does not
		convert(out, 64, 32, -0x10000000, 0x380fffff, nearestEven);
		expect([hex(32, [out.lo, out.hi]), out.flags]).toEqual(["0x00800000", inexact]);
		convert(out, 64, 32, -0x20000000, 0x380fffff, nearestEven);
		expect([hex(32, [out.lo, out.hi]), out.flags]).toEqual(["0x00800000", inexact | underflow]);
	});
	it("overflow from binary64 and from the largest integer to binary16", () => {
		convert(out, 64, 16, ...number(64, "largest"), nearestEven);
		expect([hex(16, [out.lo, out.hi]), out.flags]).toEqual(["0x7c00", overflow | inexact]);
		fromInt(out, 16, 64, false, -1, -1, towardZero);
		expect([hex(16, [out.lo, out.hi]), out.flags]).toEqual(["0x7bff", overflow | inexact]);
	});
	it("every binary16 number comes back from binary32 and binary64", () => {
		for (let bits = 0; bits < 65536; bits++) {
			if ((bits & 0x7c00) === 0x7c00 && (bits & 0x3ff) !== 0) continue;
			for (const w of [32, 64]) {
				convert(out, 16, w, bits, 0, nearestEven);
				convert(out, w, 16, out.lo, out.hi, nearestEven);
				if (out.lo !== bits || out.flags !== 0) expect.fail(`0x${bits.toString(16)} through binary${w}: 0x${out.lo.toString(16)} flags ${out.flags}`);
			}
		}
	});
});

describe("rounding to an integer of the same format", () => {
	it.each(widths)("binary%i: is the conversion to a 64-bit integer and back, with the sign kept; what is larger is left alone", (w) => {
		const r = new Random(59);
		const { fraction, exponent: size } = layouts[w];
		for (let i = 0; i < 20_000; i++) {
			const a = operand(r, w);
			const mode = r.below(5);
			const exact = r.once(2);
			roundToInt(out, w, ...a, mode, exact);
			const ours = { ...out };
			const field = (fraction > 32 ? a[1] >>> (fraction - 32) : a[0] >>> fraction) & ((1 << size) - 1);
			let expected: FloatOut = { lo: a[0], hi: a[1], flags: 0 };
			if (field < ((1 << size) - 1) / 2 + 61 && field !== (1 << size) - 1) {
				toInt(out, w, 64, true, ...a, mode);
				const flags = exact ? out.flags : 0;
				fromInt(out, w, 64, true, out.lo, out.hi, mode);
				const sign = compose(w, w === 64 ? a[1] >>> 31 : a[0] >>> (w - 1), 0, [0, 0]);
				expected = { lo: out.lo | sign[0], hi: out.hi | sign[1], flags };
			} else if (field === (1 << size) - 1) {
				add(out, w, ...a, 0, 0, mode);
				expected = { ...out };
			}
			if (ours.lo !== expected.lo || ours.hi !== expected.hi || ours.flags !== expected.flags)
				expect.fail(
					`${hex(w, a)} mode ${mode} exact ${exact}: ${hex(w, [ours.lo, ours.hi])} ${ours.flags}, not ${hex(w, [expected.lo, expected.hi])} ${expected.flags}`,
				);
		}
	});
});
