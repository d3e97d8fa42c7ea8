/** The library against the host's own arithmetic, which rounds to nearest even: binary64 directly, binary32 and binary16 through it where double rounding is harmless. */
import { describe, expect, it } from "vitest";
import { add, convert, div, eq, type FloatOut, fma, fromInt, le, lt, mul, roundToInt, sqrt, sub, toInt } from "../../jit/base/float/float.ts";
import { Random } from "../ir/random.ts";
import { type Bits, hex, neighbour, operand, toBits, toHost } from "./numbers.ts";

const seed = 20260;
const count = 100_000 * Number(process.env["DOPPEL_COUNT"] ?? 1);
const out: FloatOut = { lo: 0, hi: 0, flags: 0 };
type Binary = typeof add;
const binary: [name: string, ours: Binary, host: (a: number, b: number) => number][] = [
	["add", add, (a, b) => a + b],
	["sub", sub, (a, b) => a - b],
	["mul", mul, (a, b) => a * b],
	["div", div, (a, b) => a / b],
	["sqrt", (o, w, al, ah, _bl, _bh, mode) => sqrt(o, w, al, ah, mode), (a) => Math.sqrt(a)],
];

describe(`rounding to nearest even, the library is the host (seed ${seed})`, () => {
	for (const w of [32, 64] as const)
		it.each(binary)(`binary${w} %s`, (name, ours, host) => {
			const r = new Random(seed);
			for (let i = 0; i < count; i++) {
				const a = operand(r, w);
				const b = neighbour(r, w, a);
				ours(out, w, a[0], a[1], b[0], b[1], 0);
				const expected = toBits(w, host(toHost(w, a), toHost(w, b)));
				if (out.lo !== expected[0] || out.hi !== expected[1])
					expect.fail(`${name}(${hex(w, a)}, ${hex(w, b)}) = ${hex(w, [out.lo, out.hi])}, the host says ${hex(w, expected)}`);
			}
		});
	it("comparisons", () => {
		const r = new Random(seed);
		for (let i = 0; i < count; i++) {
			const a = operand(r, 64);
			const b = neighbour(r, 64, a);
			const [x, y] = [toHost(64, a), toHost(64, b)];
			for (const [f, expected] of [
				[eq, x === y],
				[lt, x < y],
				[le, x <= y],
			] as const) {
				f(out, 64, a[0], a[1], b[0], b[1], true);
				if (out.lo !== Number(expected)) expect.fail(`${f.name}(${hex(64, a)}, ${hex(64, b)}) = ${out.lo}`);
			}
		}
	});
	it("conversions and roundings", () => {
		const r = new Random(seed);
		for (let i = 0; i < count; i++) {
			const a = operand(r, 64);
			const x = toHost(64, a);
			const say = (name: string, value: number | Bits, w: 32 | 64): void => {
				const expected = typeof value === "number" ? toBits(w, value) : value;
				if (out.lo !== expected[0] || out.hi !== expected[1]) expect.fail(`${name}(${hex(64, a)}) = ${hex(64, [out.lo, out.hi])}, not ${hex(64, expected)}`);
			};
			convert(out, 64, 32, a[0], a[1], 0);
			say("binary32", x, 32);
			const bits32 = toBits(32, x);
			convert(out, 32, 64, bits32[0], 0, 0);
			say("back", Math.fround(x), 64);
			for (const [mode, round] of [
				[1, Math.trunc],
				[2, Math.floor],
				[3, Math.ceil],
			] as const) {
				roundToInt(out, 64, a[0], a[1], mode, false);
				say(round.name, round(x), 64);
			}
			fromInt(out, 64, 32, true, a[0], a[1], 0);
			say("int32", a[0], 64);
			fromInt(out, 64, 32, false, a[0], a[1], 0);
			say("uint32", a[0] >>> 0, 64);
			const clamped = Math.max(-0x80000000, Math.min(0x7fffffff, Math.trunc(Number.isNaN(x) ? 0x7fffffff : x)));
			toInt(out, 64, 32, true, a[0], a[1], 1);
			say("to int32", [clamped, 0], 64);
		}
	});
	it("fma of binary32, where the product is exact in binary64 and the sum is too", () => {
		const r = new Random(seed);
		for (let i = 0; i < count; i++) {
			// small integers: everything is exact in binary64, so one rounding is left
			const [a, b, c] = [r.word() >> 8, r.word() >> 8, r.word() >> r.below(16)];
			const [x, y, z] = [a, b, Math.fround(c)].map((v) => toBits(32, v)[0]) as [number, number, number];
			fma(out, 32, x, 0, y, 0, z, 0, 0);
			if (out.lo !== toBits(32, a * b + Math.fround(c))[0]) expect.fail(`fma(${a}, ${b}, ${Math.fround(c)}) = ${hex(32, [out.lo, 0])}`);
		}
	});
});
