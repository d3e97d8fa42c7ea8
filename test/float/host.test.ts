/** The host's fast paths against the exact library: what they call proven is right, and they prove what ordinary programs need. */
import { describe, expect, it } from "vitest";
import { Flag, type FloatOut, fma, Rounding } from "../../jit/base/float/float.ts";
import * as host from "../../jit/base/float/host.ts";
import { Random } from "../ir/random.ts";
import { type Bits, hex, toBits, toHost } from "./numbers.ts";
import { type Operation, operations } from "./oracle/cases.ts";

const seed = Number(process.env["DOPPEL_SEED"] ?? 1985);
const long = process.env["DOPPEL_LONG"] === "1";
const count = long ? 2_000_000 : 20_000;

const unary = (f: (a: number, old: number) => number) => (a: number, _b: number, _c: number, old: number) => f(a, old);
const binary = (f: (a: number, b: number, old: number) => number) => (a: number, b: number, _c: number, old: number) => f(a, b, old);
type Fast = (a: number, b: number, c: number, old: number) => number;
/** The fast path of an operation of the exact library, and the widths of its operands and its result. */
const fast: Record<string, [f: Fast, from: 32 | 64, to: 32 | 64]> = {
	add64: [binary(host.add64), 64, 64],
	sub64: [binary(host.sub64), 64, 64],
	mul64: [binary(host.mul64), 64, 64],
	div64: [binary(host.div64), 64, 64],
	sqrt64: [unary(host.sqrt64), 64, 64],
	fma64: [host.fma64, 64, 64],
	add32: [binary(host.add32), 32, 32],
	sub32: [binary(host.sub32), 32, 32],
	mul32: [binary(host.mul32), 32, 32],
	div32: [binary(host.div32), 32, 32],
	sqrt32: [unary(host.sqrt32), 32, 32],
	fma32: [host.fma32, 32, 32],
	"convert 64 to 32": [unary(host.narrow), 64, 32],
};
const exact = (name: string): Operation => operations.find((op) => op.name === name)!;
const out: FloatOut = { lo: 0, hi: 0, flags: 0 };

/** Runs both; the complaint, if the fast path claims what is not so; null where it claims nothing. */
function compare(name: string, operands: [Bits, Bits, Bits], old: number): string | boolean {
	const [f, from, to] = fast[name]!;
	const [a, b, c] = operands.map((x) => toHost(from, x)) as [number, number, number];
	const r = f(a, b, c, old);
	if (Number.isNaN(r)) return false;
	exact(name).run!(out, ...operands, Rounding.nearestEven);
	const [lo, hi] = toBits(to, r);
	if (lo === out.lo && hi === out.hi && (out.flags & ~old) === 0) return true;
	return `${name}(${operands.map((x) => hex(from, x)).join(", ")}) = ${hex(to, [lo, hi])} with ${old}; exactly ${hex(to, [out.lo, out.hi])} flags ${out.flags}`;
}

describe(`what the host's path calls proven is the exact result and raises nothing new (seed ${seed})`, () => {
	for (const old of [Flag.inexact, 0])
		it.each(Object.keys(fast))(`%s, inexact raised before: ${old}`, (name) => {
			const r = new Random(seed);
			const wrong: string[] = [];
			let proven = 0;
			for (let i = 0; i < count; i++) {
				const said = compare(name, exact(name).operands(r), old);
				if (said === true) proven++;
				else if (said !== false) wrong.push(said);
			}
			if (long) console.log(`${name}, inexact ${old}: ${count} operands, ${proven} proven, ${wrong.length} wrong (seed ${seed})`);
			expect(wrong.slice(0, 10)).toEqual([]);
			expect(proven).toBeGreaterThan(count / 100);
		});
});

describe(`the host's path proves what ordinary programs compute (seed ${seed})`, () => {
	const share = (name: string, old: number, value: (r: Random) => number): number => {
		const r = new Random(seed);
		let proven = 0;
		for (let i = 0; i < 2000; i++) {
			const operands = [value(r), value(r), value(r)].map((v) => toBits(fast[name]![1], v)) as [Bits, Bits, Bits];
			const said = compare(name, operands, old);
			expect(typeof said, String(said)).toBe("boolean");
			if (said) proven++;
		}
		return proven / 2000;
	};
	it.each(Object.keys(fast))("%s of numbers between 1/1000 and 1000, once inexact is raised: all but ties, 1 in 100", (name) => {
		expect(share(name, Flag.inexact, (r) => (1 + r.below(1_000_000) + r.below(1000) / 1001) / 1000)).toBeGreaterThan(0.99);
	});
	it.each(Object.keys(fast).filter((name) => !/div|sqrt/.test(name)))("%s of small integers, before inexact is raised: all", (name) => {
		expect(share(name, 0, (r) => r.below(4096))).toBe(1);
	});
	it.each(["div64", "div32"])("%s by a power of two, before inexact is raised: all", (name) => {
		expect(share(name, 0, (r) => 2 ** r.below(30))).toBe(1);
	});
	it.each(["sqrt64", "sqrt32"])("%s of squares, before inexact is raised: all", (name) => {
		expect(share(name, 0, (r) => r.below(4096) ** 2)).toBe(1);
	});
});

describe("fma near a tie that only its lowest bits decide", () => {
	// a * b = 2^(1 - p - 1) * (1 + tiny): c + a * b is just above half way from 1 to its neighbour
	it.each([
		[64, 2 ** 25 + 1, 2 ** 50 - 2 ** 25 + 1, 2 ** -128],
		[32, 2 ** 11 + 1, 2 ** 22 - 2 ** 11 + 1, 2 ** -57],
	] as const)("of binary%i goes up, which the host's path does not claim to know", (w, x, y, scale) => {
		const [a, b, one] = [toBits(w, x), toBits(w, y * scale), toBits(w, 1)];
		fma(out, w, ...a, ...b, ...one, Rounding.nearestEven);
		expect(hex(w, [out.lo, out.hi])).toBe(w === 64 ? "0x3ff0000000000001" : "0x3f800001");
		expect(fast[`fma${w}`]![0](x, y * scale, 1, Flag.inexact)).toBeNaN();
	});
});
