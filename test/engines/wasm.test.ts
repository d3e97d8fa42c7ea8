/** The Wasm engine by itself: every op at many widths, control flow of every shape, the edges of memory, modules of several regions. */
import { beforeAll, describe, expect, it } from "vitest";
import { Header } from "../../jit/base/layout.ts";
import { Status } from "../../jit/base/status.ts";
import { loadBinaryen } from "../../jit/emit/wasm/binaryen.ts";
import { createWasmEmitter, type ReadableWasmEmitter } from "../../jit/emit/wasm/emit.ts";
import type { Block, Region, Terminator } from "../../jit/ir/block.ts";
import { evaluate } from "../../jit/ir/evaluate.ts";
import { makeOp, type Op, type OpName } from "../../jit/ir/op.ts";
import { printBlock } from "../../jit/ir/print.ts";
import { verifyBlock } from "../../jit/ir/verify.ts";
import { Random, rounds } from "../ir/random.ts";
import { randomBlock } from "../ir/random-block.ts";
import { toyIsa } from "../ir/toy-isa.ts";
import { allApart, Testbed } from "./testbed.ts";

const isa = toyIsa(32);
const base = 0x80002000;
const bed = new Testbed(isa, { base, bytes: 0x3000, flagged: [1] });
const cellOf = (name: string) => isa.cells.findIndex((cell) => cell.name === name);
const [d0, d1, d2, r1, r2] = ["d0", "d1", "d2", "r1", "r2"].map(cellOf);
let emitter: ReadableWasmEmitter;
beforeAll(async () => {
	emitter = createWasmEmitter(isa, bed.layout, bed.env, await loadBinaryen());
});

/** Ops of one instruction become a block. */
function blockOf(ops: readonly Op[], end: Terminator = { kind: "jump", to: 0x2000, context: 0 }, pc = 0x1000): Block {
	return { pc, context: 0, ops: [makeOp("insn", 0, -1, 2, 0, pc), ...ops.map(shifted)], end, count: 1, bytes: 2 };
}
/** Operands count from the first op of the instruction; -1 stays. */
const shifted = (op: Op): Op => ({ ...op, a: op.a < 0 ? -1 : op.a + 1, b: op.b < 0 ? -1 : op.b + 1, c: op.c < 0 ? -1 : op.c + 1 });
const zeroes = isa.cells.map((): [number, number] => [0, 0]);
const cells = (values: Record<number, readonly [number, number]>) => zeroes.map((zero, i) => values[i] ?? zero);
const noRam = new Uint8Array(bed.ramBytes);

describe("every pure op means what the op table says", () => {
	const widths = [1, 2, 7, 8, 15, 16, 17, 31, 32, 33, 47, 63, 64];
	const binary = "add sub mul mulhs mulhu mulhsu divs divu rems remu and or xor eq ne lts ltu les leu".split(" ") as OpName[];
	const shifts = "shl shr sar rotl rotr".split(" ") as OpName[];
	const unary = "not clz ctz popcount".split(" ") as OpName[];
	const masked = ([lo, hi]: readonly [number, number], w: number): [number, number] => [
		w >= 32 ? lo : lo & ((1 << w) - 1),
		w <= 32 ? 0 : w === 64 ? hi : hi & ((1 << (w - 32)) - 1),
	];
	const resize = (value: number, from: number, to: number, sign = false) => makeOp(to < from ? "trunc" : sign ? "sext" : "zext", to, value);

	interface Case {
		readonly name: string;
		readonly w: number;
		readonly wb: number;
		readonly op: OpName;
		readonly out: number;
		readonly constant: readonly [number, number] | null;
	}
	const cases: Case[] = [];
	for (const w of widths) {
		for (const op of binary) {
			const out = ["eq", "ne", "lts", "ltu", "les", "leu"].includes(op) ? 1 : w;
			cases.push({ name: `${op} ${w}`, w, wb: w, op, out, constant: null });
			if (op.startsWith("div") || op.startsWith("rem"))
				for (const constant of [masked([0, 0], w), masked([-1, -1], w), masked([3, 0], w), masked([0, -0x80000000], w)])
					cases.push({ name: `${op} ${w} by ${constant}`, w, wb: w, op, out, constant });
		}
		for (const op of shifts) {
			for (const wb of [3, 8, 32, 64]) cases.push({ name: `${op} ${w} by ${wb} bits`, w, wb, op, out: w, constant: null });
			for (const n of [0, 1, w - 1, w, 64, 255]) cases.push({ name: `${op} ${w} by ${n}`, w, wb: 8, op, out: w, constant: [n, 0] });
			cases.push({ name: `${op} ${w} by 2^40`, w, wb: 64, op, out: w, constant: [0, 256] });
		}
		for (const op of unary) cases.push({ name: `${op} ${w}`, w, wb: 0, op, out: w, constant: null });
		if (w % 8 === 0) cases.push({ name: `bswap ${w}`, w, wb: 0, op: "bswap", out: w, constant: null });
		for (const out of widths) {
			if (out >= w) cases.push({ name: `sext ${w} to ${out}`, w, wb: 0, op: "sext", out, constant: null });
			if (out >= w) cases.push({ name: `zext ${w} to ${out}`, w, wb: 0, op: "zext", out, constant: null });
			if (out <= w) cases.push({ name: `trunc ${w} to ${out}`, w, wb: 0, op: "trunc", out, constant: null });
		}
	}
	for (const w of [24, 40, 48, 56]) cases.push({ name: `bswap ${w}`, w, wb: 0, op: "bswap", out: w, constant: null });

	const regionOf = ({ w, wb, op, out, constant }: Case): Region => {
		const ops = [makeOp("getreg", 64, -1, -1, -1, d0), resize(0, 64, w), makeOp("getreg", 64, -1, -1, -1, d1)];
		ops.push(constant ? makeOp("const", wb, -1, -1, -1, ...constant) : resize(2, 64, wb || 64));
		ops.push(makeOp(op, out, 1, wb ? 3 : -1), resize(4, out, 64), makeOp("setreg", 64, 5, -1, -1, d2));
		return { blocks: [blockOf(ops)], plain: true };
	};

	it("at 13 widths, with random and corner operands", () => {
		const random = new Random(7);
		const units = emitter.emitMany(cases.map(regionOf));
		const high = new Int32Array(1);
		cases.forEach((one, i) => {
			for (let k = 0; k < rounds(60); k++) {
				const a = masked(random.bits(one.w), one.w);
				const b = one.constant ?? masked(random.bits(one.wb || 64), one.wb || 64);
				const lo = evaluate(one.op, one.out, one.w, a[0], a[1], b[0], b[1], 0, 0, high);
				bed.reset(cells({ [d0]: a, [d1]: b }), 1, noRam);
				bed.runUnit(units[i]);
				const got = bed.cell(d2);
				if (got[0] !== lo || got[1] !== high[0]) expect.fail(`${one.name} of ${a}, ${b}: ${got}, expected ${lo},${high[0]}`);
			}
		});
	});
});

describe("control flow", () => {
	/** Blocks of one instruction each that mix a register and go on by its bits: loops in loops, ways into their middle, anything. */
	function tangle(random: Random): Region {
		const count = 2 + random.below(11);
		const pc = (i: number) => 0x1000 + 2 * i;
		const blocks = Array.from({ length: count }, (_, i): Block => {
			const mixed = [
				makeOp("getreg", 32, -1, -1, -1, r1),
				makeOp("const", 32, -1, -1, -1, random.word() | 1),
				makeOp("mul", 32, 0, 1),
				makeOp("const", 32, -1, -1, -1, random.word()),
				makeOp("xor", 32, 2, 3),
				makeOp("setreg", 32, 4, -1, -1, r1),
				makeOp("const", 8, -1, -1, -1, random.below(32)),
				makeOp("shr", 32, 4, 6),
				makeOp("trunc", 1, 7),
			];
			// mostly near, sometimes anywhere, seldom out
			const target = () => pc(random.once(count * 2) ? 100 : random.once(2) ? random.below(count) : Math.max(0, i - 2 + random.below(5)));
			const end: Terminator = random.once(4)
				? { kind: "jump", to: target(), context: 0 }
				: // biome-ignore lint/suspicious/noThenProperty: the terminator's arm, nothing awaits it
					{ kind: "branch", if: 9, then: target(), else: target(), context: 0 };
			return blockOf(mixed, end, pc(i));
		});
		return { blocks, plain: true };
	}

	it("of every shape goes where the interpreter goes, from every label", () => {
		const random = new Random(11);
		for (let module = 0; module < rounds(6); module++) {
			const regions = Array.from({ length: 60 }, () => tangle(random));
			const units = emitter.emitMany(regions);
			regions.forEach((region, i) => {
				region.blocks.forEach((block, label) => {
					if (i === 0) expect(verifyBlock(block, isa)).toEqual([]);
					const start = cells({ [r1]: [random.word(), 0] });
					const budget = 1 + random.below(60);
					bed.reset(start, budget, noRam);
					const wanted = bed.runInterpreted(region, label);
					bed.reset(start, budget, noRam);
					const differences = bed.differences(wanted, bed.runUnit(units[i], label));
					if (differences.length > 0) expect.fail(`${differences.join("\n")}\n${region.blocks.map((b) => printBlock(b, isa)).join("")}`);
				});
			});
		}
	});

	it("leaves a block that the budget does not cover before doing anything", () => {
		const region = tangle(new Random(3));
		const unit = emitter.emit(region);
		bed.reset(cells({ [r1]: [5, 0] }), 0, noRam);
		expect(bed.runUnit(unit, 1).status).toBe(Status.budget);
		expect([bed.pc, bed.cell(r1), bed.header("budget")]).toEqual([region.blocks[1].pc, [5, 0], 0]);
	});

	it("a trap in the middle of a block gives back what was not retired and keeps what was", () => {
		const pc = 0x1000;
		const ops = [
			makeOp("insn", 0, -1, 2, 0, pc),
			makeOp("const", 32, -1, -1, -1, 77),
			makeOp("setreg", 32, 1, -1, -1, r1),
			makeOp("insn", 0, -1, 4, 1, pc + 2),
			makeOp("getreg", 1, -1, -1, -1, cellOf("f0")),
			makeOp("if", 0, 4),
			makeOp("const", 8, -1, -1, -1, 200),
			makeOp("const", 64, -1, -1, -1, 1, -2),
			makeOp("trap", 0, 6, 7),
			makeOp("else", 0),
			makeOp("end", 0),
			makeOp("setreg", 32, 1, -1, -1, r2),
			makeOp("insn", 0, -1, 2, 2, pc + 6),
		];
		const region: Region = {
			blocks: [{ pc, context: 0, ops, end: { kind: "leave", status: Status.privileged, pc: pc + 8 }, count: 3, bytes: 8 }],
			plain: true,
		};
		expect(verifyBlock(region.blocks[0], isa)).toEqual([]);
		const traps = cells({ [cellOf("f0")]: [1, 0] });
		bed.reset(traps, 10, noRam);
		// nobody expects a trap: what does is found out by the interpreter, from where registers are as they were
		expect(bed.runUnit(emitter.emit(region)).status).toBe(Status.assist);
		expect([bed.pc, bed.header("budget"), bed.cell(r1), bed.cell(r2)]).toEqual([pc, 10, [0, 0], [0, 0]]);
		const unit = emitter.emit({ ...region, apart: allApart(region.blocks) });
		bed.reset(traps, 10, noRam);
		expect(bed.runUnit(unit).status).toBe(Status.trap);
		expect([bed.pc, bed.header("budget"), bed.cell(r1), bed.cell(r2)]).toEqual([pc + 2, 9, [77, 0], [0, 0]]);
		expect((["causeLo", "causeHi", "valueLo", "valueHi"] as const).map((f) => bed.header(f))).toEqual([200, 0, 1, -2]);
		bed.reset(cells({}), 10, noRam);
		expect(bed.runUnit(unit).status).toBe(Status.privileged);
		expect([bed.pc, bed.header("budget"), bed.cell(r2)]).toEqual([pc + 8, 7, [77, 0]]);
	});
});

describe("memory", () => {
	const load = (w: number) => [
		makeOp("getreg", 32, -1, -1, -1, r1),
		makeOp("load", w, 0, -1, -1, 0, 1),
		...(w < 64 ? [makeOp("zext", 64, 1)] : []),
		makeOp("setreg", 64, w < 64 ? 2 : 1, -1, -1, d0),
	];
	const store = (w: number) => [
		makeOp("getreg", 32, -1, -1, -1, r1),
		makeOp("getreg", 64, -1, -1, -1, d1),
		...(w < 64 ? [makeOp("trunc", w, 1)] : []),
		makeOp("store", w, 0, w < 64 ? 2 : 1),
	];
	const widths = [8, 16, 32, 64];
	const kinds = widths.flatMap((w) => [true, false].flatMap((plain) => [load, store].map((make) => ({ w, plain, make }))));

	it("S6: every width at every offset of the edges of RAM and of a flagged page is as through the port", () => {
		const random = new Random(5);
		const ram = Uint8Array.from({ length: bed.ramBytes }, () => random.word());
		const regions = kinds.map(({ w, plain, make }): Region => ({ blocks: [blockOf(make(w))], plain }));
		const units = emitter.emitMany(regions);
		const edges = [base, base + 0x1000, base + 0x2000, base + 0x3000, 0, 0x100000000];
		for (const edge of edges) {
			for (let offset = -9; offset < 9; offset++) {
				const start = cells({ [r1]: [(edge + offset) | 0, 0], [d1]: [0x12345678, 0x1abcdef0] });
				regions.forEach((region, i) => {
					bed.reset(start, 5, ram);
					const wanted = bed.runInterpreted(region);
					bed.reset(start, 5, ram);
					const { differences } = bed.compare(region, 0, wanted, bed.runUnit(units[i]), () => bed.reset(start, 5, ram));
					if (differences.length > 0) expect.fail(`${JSON.stringify(kinds[i])} at ${edge.toString(16)}${offset}: ${differences.join("; ")}`);
				});
			}
		}
	});

	it("plain accesses inside RAM do not call the port, misaligned ones neither", () => {
		const units = emitter.emitMany(kinds.filter((k) => k.plain).map(({ w, make }) => ({ blocks: [blockOf(make(w))], plain: true })));
		for (const unit of units) {
			for (const address of [base, base + 0x2004, base + 0x2003, base + 0x2fed]) {
				bed.reset(cells({ [r1]: [address | 0, 0] }), 5, noRam);
				expect([bed.runUnit(unit).status, bed.portCalls]).toEqual([Status.next, 0]);
			}
		}
	});

	it("another processor's state is another parameter", () => {
		const unit = emitter.emit({ blocks: [blockOf(load(32))], plain: true });
		const words = new Int32Array(bed.memory.buffer);
		bed.reset(cells({}), 0, noRam);
		const second = bed.state + 2 * bed.layout.bytes;
		words[(second + Header.budget) >> 2] = 9;
		expect(unit.run(second, 0)).toBe(Status.assist);
		expect(words[(second + Header.budget) >> 2]).toBe(9);
		expect(bed.header("budget")).toBe(0);
	});

	it("shared memory works as well", async () => {
		const memory = new WebAssembly.Memory({ initial: 4, maximum: 4, shared: true });
		const shared = createWasmEmitter(isa, bed.layout, { ...bed.env, memory });
		const unit = shared.emit({ blocks: [blockOf(store(32))], plain: true });
		const words = new Int32Array(memory.buffer);
		words[(bed.state + Header.budget) >> 2] = 1;
		words[(bed.state + bed.layout.offsets[r1]) >> 2] = (base + 8) | 0;
		words[(bed.state + bed.layout.offsets[d1]) >> 2] = 4711;
		expect(unit.run(bed.state, 0)).toBe(Status.next);
		expect(words[(bed.env.ram.offset + 8) >> 2]).toBe(4711);
	});
});

describe("modules", () => {
	it("hold several regions, in order, and say how big each is", () => {
		const regions = [1, 2, 3].map((n): Region => {
			const ops = [makeOp("const", 32, -1, -1, -1, n), makeOp("setreg", 32, 0, -1, -1, r1)];
			return { blocks: [blockOf(ops)], plain: true };
		});
		const units = emitter.emitMany(regions);
		const size = emitter.encode(regions).length;
		const sum = units.reduce((all, unit) => all + unit.bytes, 0);
		expect(sum).toBeGreaterThanOrEqual(size);
		expect(sum).toBeLessThan(size + units.length);
		units.forEach((unit, i) => {
			bed.reset(cells({}), 1, noRam);
			bed.runUnit(unit);
			expect(bed.cell(r1)[0]).toBe(i + 1);
		});
	});

	it("pass Binaryen's validator", () => {
		const random = new Random(13);
		const regions = Array.from({ length: 100 }, (_, i): Region => ({ blocks: [randomBlock(random.word(), isa, { instructions: 8 })], plain: i % 2 === 0 }));
		expect(emitter.valid(regions)).toBe(true);
	});

	it("have a text with the names of registers and helpers", () => {
		const text = emitter.text({ blocks: [blockOf([makeOp("getreg", 32, -1, -1, -1, r1), makeOp("load", 8, 0, -1, -1, 0, 1)])], plain: false });
		expect(text).toContain("(local $r1 i32)");
		expect(text).toContain("call $load8_access1_i32_table");
		expect(text).toContain("(local.set $r1 (i32.load offset=80 align=1 (local.get $state)))\n");
	});
});
