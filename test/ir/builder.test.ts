import { describe, expect, it } from "vitest";
import { layOut } from "../../jit/base/layout.ts";
import { createInterpreter } from "../../jit/interpret/interpret.ts";
import { Builder } from "../../jit/ir/builder.ts";
import { foldable, type OpName, opTable } from "../../jit/ir/op.ts";
import { verifyBlock } from "../../jit/ir/verify.ts";
import { asBigInt, reference, shapeOf } from "./bigint.ts";
import { Random, rounds } from "./random.ts";
import { toyIsa } from "./toy-isa.ts";

const isa = toyIsa(32);
const cell = (name: string): number => isa.cells.findIndex((c) => c.name === name);
/** x: 32 bits, y: 64, c: 1 */
function fresh(): { b: Builder; x: number; y: number; c: number } {
	const b = new Builder();
	return {
		b,
		x: b.push("getreg", 32, -1, -1, -1, cell("h0")),
		y: b.push("getreg", 64, -1, -1, -1, cell("d0")),
		c: b.push("getreg", 1, -1, -1, -1, cell("f0")),
	};
}
type F = ReturnType<typeof fresh>;

/** A value of the builder, its width, and what it has to be. */
interface Known {
	readonly v: number;
	readonly w: number;
	readonly n: bigint;
}
/** Rounds of blocks of one instruction: registers with random numbers, and at the end a comparison of a value with what it has to be. */
function bench() {
	const layout = layOut(isa.cells);
	const memory = new WebAssembly.Memory({ initial: 1 });
	const words = new Int32Array(memory.buffer);
	const interpreter = createInterpreter(isa, layout, { memory, port: null as never, system: null as never });
	const at = (c: number): number => layout.offsets[c] >> 2;
	const to = cell("d3");
	return () => {
		const b = new Builder();
		b.push("insn", 0, -1, 2, 0);
		function given(name: string, random: Random): Known {
			const from = cell(name);
			const [lo, hi] = random.bits(64);
			words[at(from)] = lo;
			words[at(from) + 1] = hi;
			return { v: b.push("getreg", 64, -1, -1, -1, from), w: 64, n: asBigInt(lo, hi) };
		}
		function check({ v, n }: Known, say: string): void {
			b.push("setreg", 64, b.pure("zext", 64, v), -1, -1, to);
			const block = { pc: 0, context: 0, ops: b.ops, end: { kind: "jump", to: 2, context: 0 } as const, count: 1, bytes: 2 };
			expect(verifyBlock(block, isa), say).toEqual([]);
			interpreter.run(block, 0);
			expect(asBigInt(words[at(to)], words[at(to) + 1]), say).toBe(n);
		}
		return { b, given, check };
	};
}

/** A value with another highest bit, made of its own (each time anew). */
function withTop({ b, x, y }: F, w: 32 | 64, of: (sign: () => number) => number): number {
	const value = w === 64 ? y : x;
	const top = (): number => b.constant(8, w - 1);
	const bit = of(() => b.pure("trunc", 1, b.pure("shr", w, value, top())));
	const others = b.pure("zext", w, b.pure("trunc", w - 1, value));
	return b.pure("or", w, b.pure("shl", w, b.pure("zext", w, bit), top()), others);
}

/** What is wished for, and what comes out: an operand, a number, or the op that is made. */
const cases: readonly [name: string, wish: (f: F) => number, result: (f: F) => number | bigint | OpName][] = [
	["x + 0 is x", ({ b, x }) => b.pure("add", 32, x, b.constant(32, 0)), ({ x }) => x],
	["0 + x is x", ({ b, x }) => b.pure("add", 32, b.constant(32, 0), x), ({ x }) => x],
	["x - 0 is x", ({ b, x }) => b.pure("sub", 32, x, b.constant(32, 0)), ({ x }) => x],
	["0 - x is not x", ({ b, x }) => b.pure("sub", 32, b.constant(32, 0), x), () => "sub"],
	["x - x is 0", ({ b, x }) => b.pure("sub", 32, x, x), () => 0n],
	["x ^ x is 0", ({ b, x }) => b.pure("xor", 32, x, x), () => 0n],
	["x ^ -1 is ~x", ({ b, x }) => b.pure("xor", 32, x, b.constant(32, -1)), () => "not"],
	["~~x is x", ({ b, x }) => b.pure("not", 32, b.pure("not", 32, x)), ({ x }) => x],
	["x & -1 is x", ({ b, x }) => b.pure("and", 32, x, b.constant(32, -1)), ({ x }) => x],
	["x & 0 is 0", ({ b, x }) => b.pure("and", 32, x, b.constant(32, 0)), () => 0n],
	["x | -1 is -1", ({ b, y }) => b.pure("or", 64, y, b.constant(64, -1, -1)), () => 2n ** 64n - 1n],
	["x * 1 is x", ({ b, x }) => b.pure("mul", 32, x, b.constant(32, 1)), ({ x }) => x],
	["x << 32 is 0", ({ b, x }) => b.pure("shl", 32, x, b.constant(8, 32)), () => 0n],
	["x << 31 is not", ({ b, x }) => b.pure("shl", 32, x, b.constant(8, 31)), () => "shl"],
	["x >>> 2^40 is 0", ({ b, x }) => b.pure("shr", 32, x, b.constant(64, 0, 256)), () => 0n],
	["x == x is 1", ({ b, x }) => b.pure("eq", 1, x, x), () => 1n],
	["x < 0, unsigned, is 0", ({ b, x }) => b.pure("ltu", 1, x, b.constant(32, 0)), () => 0n],
	["0 <= x, unsigned, is 1", ({ b, x }) => b.pure("leu", 1, b.constant(32, 0), x), () => 1n],
	["not (x < y) is y <= x", ({ b, x }) => b.pure("not", 1, b.pure("lts", 1, x, b.constant(32, 5))), () => "les"],
	["a bit == 1 is the bit", ({ b, c }) => b.pure("eq", 1, c, b.constant(1, 1)), ({ c }) => c],
	["a bit == 0 is its opposite", ({ b, c }) => b.pure("eq", 1, c, b.constant(1, 0)), () => "not"],
	["an extended bit != 0 is the bit", ({ b, c }) => b.pure("ne", 1, b.pure("zext", 32, c), b.constant(32, 0)), ({ c }) => c],
	["an extended bit == 2 is never", ({ b, c }) => b.pure("eq", 1, b.pure("zext", 32, c), b.constant(32, 2)), () => 0n],
	["the low half of an extended value is the value", ({ b, x }) => b.pure("trunc", 32, b.pure("sext", 64, x)), ({ x }) => x],
	["an extension of an extension is one", ({ b, c }) => b.pure("sext", 64, b.pure("zext", 32, c)), () => "zext"],
	["an extension to the same width is nothing", ({ b, x }) => b.pure("zext", 32, x), ({ x }) => x],
	["a choice of the same is that", ({ b, x, c }) => b.select(32, c, x, x), ({ x }) => x],
	["a choice on what is known is made", ({ b, x, y }) => b.pure("select", 64, b.constant(1, 0), b.pure("sext", 64, x), y), ({ y }) => y],
	["c ? 1 : 0 is c, extended", ({ b, c }) => b.select(32, c, b.constant(32, 1), b.constant(32, 0)), () => "zext"],
	["c ? (c ? x : 1) : 2 asks once", ({ b, x, c }) => b.ops[b.select(32, c, b.select(32, c, x, b.constant(32, 1)), b.constant(32, 2))].b, ({ x }) => x],
	[
		"shifts of one value that meet are a rotation",
		({ b, x }) => b.pure("or", 32, b.pure("shr", 32, x, b.constant(8, 7)), b.pure("shl", 32, x, b.constant(8, 25))),
		() => "rotl",
	],
	[
		"shifts that do not meet are none",
		({ b, x }) => b.pure("or", 32, b.pure("shr", 32, x, b.constant(8, 7)), b.pure("shl", 32, x, b.constant(8, 24))),
		() => "or",
	],
	["what is done to the bits of extended values is done before", ({ b, x }) => b.pure("xor", 64, b.pure("sext", 64, x), b.pure("sext", 64, x)), () => 0n],
	["so it is with a number that is extended", ({ b, x }) => b.pure("and", 64, b.pure("sext", 64, x), b.constant(64, -8, -1)), () => "sext"],
	["but not with another", ({ b, x }) => b.pure("or", 64, b.pure("sext", 64, x), b.constant(64, -8, 0)), () => "or"],
	["to the left and back is an extension", ({ b, y }) => b.pure("sar", 64, b.pure("shl", 64, y, b.constant(8, 48)), b.constant(8, 48)), () => "sext"],
	["a value with its own highest bit is the value", (f) => withTop(f, 64, (sign) => sign()), ({ y }) => y],
	["with the opposite of it, one bit differs", (f) => withTop(f, 64, (sign) => f.b.pure("not", 1, sign())), () => "xor"],
	["with what differs between it and itself, one bit is 0", (f) => withTop(f, 64, (sign) => f.b.pure("xor", 1, sign(), sign())), () => "and"],
	["so it is in 32 bits", (f) => withTop(f, 32, (sign) => f.b.pure("not", 1, sign())), () => "xor"],
	["with another's it is not", (f) => withTop(f, 64, () => f.c), () => "or"],
	["and a shift, where it was not all the way", ({ b, y }) => b.pure("shr", 64, b.pure("shl", 64, y, b.constant(8, 32)), b.constant(8, 29)), () => "shl"],
];

describe("the builder", () => {
	for (const [name, wish, result] of cases)
		it(name, () => {
			const f = fresh();
			const got = wish(f);
			const want = result(f);
			const op = f.b.ops[got];
			if (typeof want === "number") expect(got).toBe(want);
			else if (typeof want === "bigint") expect([op.op, asBigInt(op.lo, op.hi)]).toEqual(["const", want]);
			else expect(op.op).toBe(want);
		});

	it("keeps the meaning of highest bits that are put on a value", () => {
		const random = new Random(13);
		const run = bench();
		for (let round = 0; round < rounds(500); round++) {
			const { b, given, check } = run();
			const y = given("d0", random);
			const w = random.pick([8, 16, 32, 48, 64]);
			const value = w === 64 ? y.v : b.pure("trunc", w, y.v);
			const sign = (): number => b.pure("trunc", 1, b.pure("shr", w, value, b.constant(8, w - 1)));
			const [own, opposite] = [sign(), b.pure("not", 1, sign())];
			const bit = random.pick([own, opposite, b.pure("xor", 1, sign(), sign())]);
			const n = BigInt.asUintN(w, y.n);
			const rest = BigInt.asUintN(w - 1, n);
			const top = bit === own ? n - rest : bit === opposite ? (1n << BigInt(w - 1)) - (n - rest) : 0n;
			const others = b.pure("zext", w, b.pure("trunc", w - 1, value));
			check({ v: b.pure("or", w, b.pure("shl", w, b.pure("zext", w, bit), b.constant(8, w - 1)), others), w, n: rest + top }, `round ${round}`);
		}
	});

	it("keeps the meaning of shifts, extensions and bitwise ops on top of each other", () => {
		const seed = 11;
		const random = new Random(seed);
		const run = bench();
		for (let round = 0; round < rounds(3000); round++) {
			const { b, given, check } = run();
			const y = given("d0", random);
			const make = (op: OpName, w: number, x: Known, z?: Known): Known => ({ v: b.pure(op, w, x.v, z?.v), w, n: reference(op, w, x.w, x.n, z?.n ?? 0n, 0n) });
			const number = (w: number, value: bigint): Known => ({
				v: b.constant(w, Number(BigInt.asIntN(32, value)), Number(BigInt.asIntN(32, value >> 32n))),
				w,
				n: BigInt.asUintN(w, value),
			});
			const w = random.pick([8, 16, 32, 64]);
			const x = w === 64 ? y : make("trunc", w, y);
			const by = random.below(w);
			const back = random.pick([w - by, by, random.below(w)]);
			const shifts = (first: OpName, second: OpName): Known => make(second, w, make(first, w, x, number(8, BigInt(by))), number(8, BigInt(back)));
			const shape = random.below(4);
			const extend = random.pick(["sext", "zext"] as const);
			let result: Known;
			if (shape === 0)
				result = make(random.pick(["or", "xor", "add"]), w, make("shl", w, x, number(8, BigInt(by))), make("shr", w, x, number(8, BigInt(back))));
			else if (shape === 1) result = shifts("shl", random.pick(["shr", "sar"]));
			else {
				const half = make("trunc", random.pick([8, 16, 32]), y);
				const other = make("trunc", half.w, make("shr", 64, y, number(8, 13n)));
				const value = BigInt.asIntN(random.pick([half.w, half.w, 64]), asBigInt(...random.bits(64)));
				const second = shape === 2 ? make(random.pick([extend, "sext"]), 64, other) : number(64, value);
				result = make(random.pick(["and", "or", "xor"]), 64, make(extend, 64, half), second);
			}
			check(result, `seed ${seed} round ${round}`);
		}
	});
	it("keeps the meaning of two ops on top of each other, with numbers or the same value among their operands", () => {
		const seed = 7;
		const random = new Random(seed);
		const run = bench();
		const pure = (Object.keys(opTable) as OpName[]).filter((op) => foldable(op) && op !== "const");
		for (let round = 0; round < rounds(6000); round++) {
			const { b, given, check } = run();
			const known = ["d0", "d1", "d2"].map((name) => given(name, random));
			const operand = (w: number): Known => {
				if (random.once(3)) {
					const [lo, hi] = random.bits(w);
					return { v: b.constant(w, lo, hi), w, n: asBigInt(lo, hi) };
				}
				const same = known.filter((k) => k.w === w);
				if (same.length && !random.once(4)) return random.pick(same.slice(-2));
				const from = random.pick(known.filter((k) => k.w > w).concat(known[0]));
				return { v: b.pure("trunc", w, from.v), w, n: BigInt.asUintN(w, from.n) };
			};
			for (let k = 0; k < 3; k++) {
				const op = random.pick(pure);
				const last = known[known.length - 1].w;
				const shape = shapeOf(op, random.once(3) ? random.width() : last, random.width());
				const [x, y, z] = [shape.a, shape.b, shape.c].map((w) => (w ? operand(w) : { v: -1, w: 0, n: 0n }));
				known.push({ v: b.pure(op, shape.w, x.v, y.v, z.v), w: shape.w, n: reference(op, shape.w, shape.a, x.n, y.n, z.n) });
			}
			const result = known[known.length - 1];
			check(result, `seed ${seed} round ${round} width ${result.w}`);
		}
	});
});
