import { describe, expect, it } from "vitest";
import * as h from "../../jit/base/halves.ts";
import { layOut } from "../../jit/base/layout.ts";
import { createInterpreter } from "../../jit/interpret/interpret.ts";
import type { Block } from "../../jit/ir/block.ts";
import { Builder } from "../../jit/ir/builder.ts";
import { evaluate } from "../../jit/ir/evaluate.ts";
import { foldable, makeOp, type OpName, opTable } from "../../jit/ir/op.ts";
import { verifyBlock } from "../../jit/ir/verify.ts";
import { asBigInt, asHalves, reference, shapeOf } from "./bigint.ts";
import { Random, rounds } from "./random.ts";
import { toyIsa } from "./toy-isa.ts";

const pureOps = (Object.keys(opTable) as OpName[]).filter((op) => foldable(op) && op !== "const");
const seed = 20240611;

/** 64-bit functions on halves: name, and what they are on BigInts. */
const wide: readonly [name: string, f: (out: Int32Array, al: number, ah: number, bl: number, bh: number) => number, op: OpName][] = [
	["add", h.add, "add"],
	["sub", h.sub, "sub"],
	["mul", h.mul, "mul"],
	["mulhu", h.mulhu, "mulhu"],
	["mulhs", h.mulhs, "mulhs"],
	["mulhsu", h.mulhsu, "mulhsu"],
	["divu", h.divu, "divu"],
	["remu", h.remu, "remu"],
	["divs", h.divs, "divs"],
	["rems", h.rems, "rems"],
];
const shifts = [
	["shl", h.shl],
	["shr", h.shr],
	["sar", h.sar],
	["rotl", h.rotl],
	["rotr", h.rotr],
] as const;
const narrow = [
	["mulhu", h.mulhu32],
	["mulhs", h.mulhs32],
	["mulhsu", h.mulhsu32],
	["divu", h.divu32],
	["divs", h.divs32],
	["remu", h.remu32],
	["rems", h.rems32],
] as const;

describe("arithmetic on halves", () => {
	const out = new Int32Array(1);
	for (const [name, f, op] of wide)
		it(`${name} is what BigInt says for random and corner operands`, () => {
			const random = new Random(seed);
			for (let k = 0; k < rounds(20000); k++) {
				const a = random.bits(64);
				const b = random.bits(random.pick([64, 64, 33, 32, 40]));
				const lo = f(out, a[0], a[1], b[0], b[1]);
				expect(asBigInt(lo, out[0]), `seed ${seed} round ${k}: ${a} ${b}`).toBe(reference(op, 64, 64, asBigInt(...a), asBigInt(...b), 0n));
			}
		});
	for (const [name, f] of shifts)
		it(`${name} is what BigInt says for every amount up to 130`, () => {
			const random = new Random(seed);
			for (let by = 0; by <= 130; by++)
				for (let k = 0; k < 20; k++) {
					const a = random.bits(64);
					const lo = f(out, a[0], a[1], by);
					expect(asBigInt(lo, out[0]), `${a} by ${by}`).toBe(reference(name, 64, 64, asBigInt(...a), BigInt(by), 0n));
				}
		});
	for (const [name, f] of narrow)
		it(`${name} of 32 bits is what BigInt says`, () => {
			const random = new Random(seed);
			for (let k = 0; k < rounds(5000); k++) {
				const [a] = random.bits(32);
				const [b] = random.bits(32);
				const got = f(a, b);
				expect(got, "an int32").toBe(got | 0);
				expect(BigInt(got >>> 0), `${a} ${b}`).toBe(reference(name, 32, 32, BigInt(a >>> 0), BigInt(b >>> 0), 0n));
			}
		});
	it("comparisons and counts are what BigInt says", () => {
		const random = new Random(seed);
		for (let k = 0; k < rounds(5000); k++) {
			const a = random.bits(64);
			const b = random.once(4) ? ([a[0], random.word()] as const) : random.bits(64);
			const [x, y] = [asBigInt(...a), asBigInt(b[0], b[1])];
			expect(h.ltu(a[0], a[1], b[0], b[1])).toBe(x < y);
			expect(h.lts(a[0], a[1], b[0], b[1])).toBe(BigInt.asIntN(64, x) < BigInt.asIntN(64, y));
			expect([h.clz(a[0], a[1]), h.ctz(a[0], a[1]), h.popcount(a[0], a[1])].map(BigInt)).toEqual(
				(["clz", "ctz", "popcount"] as const).map((op) => reference(op, 64, 64, x, 0n, 0n)),
			);
		}
	});
});

/** Runs one op alone: its operands come from registers, so nothing can be folded; the result goes to a 64-bit register. */
function interpreterOf(bits: number) {
	const isa = toyIsa(32);
	const layout = layOut(isa.cells);
	const memory = new WebAssembly.Memory({ initial: 1 });
	const never = (): never => {
		throw new Error("not expected");
	};
	const interpreter = createInterpreter(isa, layout, {
		memory,
		port: { load: never, store: never },
		system: { retired: never, clock: never, syncCode: never, syncTranslation: never, offers: never, hostcall: never },
	});
	const d = isa.files[1].places.map((p) => p?.[0].cell as number);
	const words = new Int32Array(memory.buffer);
	return (op: OpName, shape: { w: number; a: number; b: number; c: number }, values: readonly (readonly [number, number])[]): bigint => {
		const block: Block = { pc: 0, context: 0, ops: [makeOp("insn", 0, -1, 2, 0)], end: { kind: "jump", to: 2, context: 0 }, count: 1, bytes: 2 };
		const ops = block.ops as ReturnType<typeof makeOp>[];
		const push = (...o: Parameters<typeof makeOp>): number => ops.push(makeOp(...o)) - 1;
		const inputs = [shape.a, shape.b, shape.c].map((w, k) => {
			if (!w) return -1;
			words[layout.offsets[d[k]] >> 2] = values[k][0];
			words[(layout.offsets[d[k]] >> 2) + 1] = values[k][1];
			const v = push("getreg", 64, -1, -1, -1, d[k]);
			return w === 64 ? v : push("trunc", w, v);
		});
		const r = push(op, shape.w, inputs[0], inputs[1], inputs[2]);
		push("setreg", 64, shape.w === 64 ? r : push("zext", 64, r), -1, -1, d[3]);
		expect(verifyBlock(block, isa)).toEqual([]);
		expect(interpreter.run(block, bits)).toBe(0);
		return asBigInt(words[layout.offsets[d[3]] >> 2], words[(layout.offsets[d[3]] >> 2) + 1]);
	};
}

describe("every pure op at every width", () => {
	for (const op of pureOps)
		it(`${op} is what BigInt says, folded, interpreted and evaluated`, () => {
			const interpret = interpreterOf(0);
			const random = new Random(seed);
			const out = new Int32Array(1);
			const scale = rounds(1);
			for (let w = 1; w <= 64; w++)
				for (let k = 0; k < 12 * scale; k++) {
					const shape = shapeOf(op, w, random.width());
					const values = [shape.a, shape.b, shape.c].map((x) => (x ? random.bits(x) : ([0, 0] as [number, number])));
					if (op.startsWith("rot") || op.startsWith("sh") || op === "sar") if (random.once(2)) values[1] = [random.below(Math.min(w + 2, 2 ** shape.b)), 0];
					const [x, y, z] = values.map((v) => asBigInt(...v));
					const want = reference(op, shape.w, shape.a, x, y, z);
					const say = `seed ${seed}: ${op} ${JSON.stringify(shape)} ${x} ${y} ${z}`;
					const lo = evaluate(op, shape.w, shape.a, ...values[0], ...values[1], ...values[2], out);
					expect(asBigInt(lo, out[0]), say).toBe(want);
					const b = new Builder();
					const inputs = [shape.a, shape.b, shape.c].map((width, i) => (width ? b.constant(width, ...values[i]) : -1));
					const folded = b.ops[b.pure(op, shape.w, inputs[0], inputs[1], inputs[2])];
					expect(folded.op, say).toBe("const");
					expect([folded.w, asBigInt(folded.lo, folded.hi)], say).toEqual([shape.w, want]);
					expect(asHalves(want), say).toEqual([folded.lo, folded.hi]);
					expect(interpret(op, shape, values), say).toBe(want);
				}
		});
});
