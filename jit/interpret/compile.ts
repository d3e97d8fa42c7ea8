/** Ops in, the interpreter's flat program out: widths resolved, constants preset, `if` turned into gotos, phis into copies. */
import { Bug } from "../base/errors.ts";
import type { StateLayout } from "../base/layout.ts";
import type { Terminator } from "../ir/block.ts";
import { highMask, lowMask } from "../ir/evaluate.ts";
import type { FloatKind } from "../ir/floating.ts";
import { type Op, type OpName, opInfo, opTable } from "../ir/op.ts";
import type { Isa } from "../spec/isa.ts";
import { Code, stride } from "./code.ts";

/** What `run` executes. Two slots an op; a program must not be entered again while it runs. */
export interface Program {
	/** The slots, with what they hold at first, and behind them, from `start` on, the code: one array, because there are as many as blocks, and an array has its price. */
	readonly words: Int32Array;
	readonly start: number;
	/** slots and widths of operands, by number; functions only */
	readonly operands: readonly { readonly slot: number; readonly number: number; readonly width: number }[];
	/** for `Code.any` */
	readonly names: readonly OpName[];
	/** for `Code.float` */
	readonly floats: readonly FloatKind[];
	busy: boolean;
}

const both: Partial<Record<OpName, readonly [narrow: number, wide: number]>> = {
	add: [Code.add, Code.addW],
	sub: [Code.sub, Code.subW],
	and: [Code.and, Code.andW],
	or: [Code.or, Code.orW],
	xor: [Code.xor, Code.xorW],
	not: [Code.not, Code.notW],
	mul: [Code.mul, Code.mulW],
	shl: [Code.shl, Code.shlW],
	shr: [Code.shr, Code.shrW],
	sar: [Code.sar, Code.sarW],
	eq: [Code.eq, Code.eqW],
	ne: [Code.ne, Code.neW],
	lts: [Code.lts, Code.ltsW],
	ltu: [Code.ltu, Code.ltuW],
	les: [Code.les, Code.lesW],
	leu: [Code.leu, Code.leuW],
};
/** Of 32 bits only. */
const exact32: Partial<Record<OpName, number>> = {
	divs: Code.divs,
	divu: Code.divu,
	rems: Code.rems,
	remu: Code.remu,
	mulhs: Code.mulhs,
	mulhu: Code.mulhu,
};
const plain: Partial<Record<OpName, number>> = {
	retired: Code.retired,
	clock: Code.clock,
	wait: Code.wait,
	yields: Code.yields,
	synccode: Code.synccode,
	synctranslation: Code.synctranslation,
};
const compares = new Set<OpName>(["eq", "ne", "lts", "ltu", "les", "leu"]);
const opNames = Object.keys(opTable) as OpName[];

interface OpenIf {
	/** where the `if` instruction, then the `goto` of its first arm, waits for its target */
	at: number;
	/** number of the op `end`, known from the start */
	readonly end: number;
}

/** Compiles a block (with its terminator) or a function (`end` null, `result` the op with its value or -1). */
export function compile(isa: Isa, layout: StateLayout, ops: readonly Op[], end: Terminator | null, result = -1): Program {
	return new Compiler(isa, layout, ops).run(end, result);
}

class Compiler {
	private readonly out: number[] = [];
	/** Slots, and what they hold at first: slot, low half, high half. */
	private readonly slots: number;
	private readonly constants: number[] = [];
	private readonly operands: { slot: number; number: number; width: number }[] = [];
	private readonly floats: FloatKind[] = [];
	/** Where the flags of a floating-point op are. */
	private readonly flags: number[] = [];
	private readonly open: OpenIf[] = [];
	private readonly isa: Isa;
	private readonly layout: StateLayout;
	private readonly ops: readonly Op[];

	constructor(isa: Isa, layout: StateLayout, ops: readonly Op[]) {
		this.isa = isa;
		this.layout = layout;
		this.ops = ops;
		// two slots an op, two that stay 0 for functions without a value, and one for the flags of each floating-point op
		this.slots = 2 * ops.length + 2 + ops.reduce((sum, { op }) => sum + (opInfo[op].float ? 1 : 0), 0);
	}

	run(end: Terminator | null, result: number): Program {
		this.ops.forEach((op, i) => {
			this.op(i, op);
		});
		if (end) this.terminator(end);
		else this.emit(Code.result, 0, result >= 0 ? 2 * result : this.zero);
		const { slots: start, constants, operands, floats } = this;
		const words = new Int32Array(start + this.out.length);
		words.set(this.out, start);
		for (let i = 0; i < constants.length; i += 3) {
			words[constants[i]] = constants[i + 1];
			words[constants[i] + 1] = constants[i + 2];
		}
		return { words, start, operands, names: opNames, floats, busy: false };
	}

	private emit(code: number, dest = 0, a = 0, b = 0, c = 0, x = 0, y = 0, z = 0): number {
		this.out.push(code, dest, a, b, c, x, y, z);
		return this.out.length / stride - 1;
	}
	/** A slot that holds 0. */
	private get zero(): number {
		return 2 * this.ops.length;
	}
	/** Instruction `at` goes to the instruction that comes next. */
	private land(at: number): void {
		this.out[at * stride + 5] = this.slots + this.out.length;
	}

	private op(i: number, op: Op): void {
		const w = op.w;
		const d = 2 * i;
		const a = 2 * op.a;
		const b = 2 * op.b;
		const wide = w > 32;
		const pair = both[op.op];
		if (pair) {
			const width = compares.has(op.op) ? this.ops[op.a].w : w;
			if (width > 32) this.emit(pair[1], d, a, b, 0, 64 - width, width, highMask(width));
			else this.emit(pair[0], d, a, b, 0, 32 - width, width, lowMask(width));
			return;
		}
		if (w === 32 && exact32[op.op] !== undefined) {
			this.emit(exact32[op.op] as number, d, a, b);
			return;
		}
		if (opInfo[op.op].float) {
			const kind = this.floats.push({ op: op.op, w, from: this.ops[op.a].w, lo: op.lo }) - 1;
			this.flags[i] = this.zero + 2 + kind;
			this.emit(Code.float, d, a, op.b >= 0 ? b : a, op.c >= 0 ? 2 * op.c : a, kind, op.d >= 0 ? 2 * op.d : this.zero, this.flags[i]);
			return;
		}
		if (op.op === "raised") {
			this.emit(Code.or, d, this.flags[op.a], b);
			return;
		}
		if (plain[op.op] !== undefined) {
			this.emit(plain[op.op] as number, d);
			return;
		}
		switch (op.op) {
			case "const":
				this.constants.push(d, op.lo, op.hi);
				break;
			case "insn":
				this.emit(Code.insn, 0, 0, 0, 0, op.lo, op.hi);
				break;
			case "getreg":
				this.emit(wide ? Code.getregW : Code.getreg, d, 0, 0, 0, this.layout.offsets[op.lo]);
				break;
			case "setreg":
				this.emit(wide ? Code.setregW : Code.setreg, 0, a, 0, 0, this.layout.offsets[op.lo]);
				break;
			case "select":
				this.emit(Code.select, d, a, b, 2 * op.c);
				break;
			case "zext":
			case "trunc":
				if (wide) this.emit(Code.keepW, d, a, 0, 0, 0, 0, highMask(w));
				else this.emit(Code.narrow, d, a, 0, 0, 0, 0, lowMask(w));
				break;
			case "sext": {
				const from = this.ops[op.a].w;
				if (from > 32) this.emit(Code.sextWW, d, a, 0, 0, 64 - from, 0, highMask(w));
				else if (wide) this.emit(Code.sextW, d, a, 0, 0, 32 - from, 0, highMask(w));
				else this.emit(Code.sext, d, a, 0, 0, 32 - from, 0, lowMask(w));
				break;
			}
			case "load":
				this.emit(Code.load, d, a, 0, 0, w / 8, op.lo, op.hi);
				break;
			case "store":
				this.emit(Code.store, 0, a, b, 0, w / 8, op.lo);
				break;
			case "trap":
				this.emit(Code.trap, 0, a, b);
				break;
			case "offers":
				this.emit(Code.offers, d, 0, 0, 0, op.lo);
				break;
			case "hostcall":
				this.emit(Code.hostcall, d, a, b, 0, op.lo, lowMask(w), highMask(w));
				break;
			case "operand":
				this.operands.push({ slot: d, number: op.lo, width: w });
				break;
			case "if":
				this.open.push({ at: this.emit(Code.if, 0, a), end: this.closing(i) });
				break;
			case "else":
				this.otherwise();
				break;
			case "end":
				this.close(i);
				break;
			case "phi":
				break;
			default:
				if (opTable[op.op].effect !== "pure") throw new Bug(`op ${i}: ${op.op} is not for the interpreter: resolve it by lifting`);
				this.emit(Code.any, d, a, op.b >= 0 ? b : a, op.c >= 0 ? 2 * op.c : a, opNames.indexOf(op.op), w, this.ops[op.a].w);
		}
	}

	/** The `end` of the `if` at op i. */
	private closing(i: number): number {
		let depth = 0;
		for (let k = i + 1; k < this.ops.length; k++) {
			const name = this.ops[k].op;
			if (name === "if") depth++;
			else if (name === "end" && depth-- === 0) return k;
		}
		throw new Bug(`op ${i}: if without end`);
	}
	private copies(end: number, side: "a" | "b"): void {
		for (let k = end + 1; this.ops[k]?.op === "phi"; k++) if (this.ops[k][side] >= 0) this.emit(Code.copy, 2 * k, 2 * this.ops[k][side]);
	}
	private otherwise(): void {
		const open = this.open[this.open.length - 1];
		this.copies(open.end, "a");
		const over = this.emit(Code.goto);
		this.land(open.at);
		open.at = over;
	}
	private close(i: number): void {
		const open = this.open.pop() as OpenIf;
		this.copies(i, "b");
		this.land(open.at);
	}

	private halves(address: number): [number, number] {
		const bits = this.isa.addressBits;
		return [(address | 0) & lowMask(bits), (Math.floor(address / 4294967296) | 0) & highMask(bits)];
	}

	private terminator(end: Terminator): void {
		switch (end.kind) {
			case "jump":
				this.emit(Code.jump, 0, 0, 0, 0, ...this.halves(end.to));
				break;
			case "branch": {
				const branch = this.emit(Code.if, 0, 2 * end.if);
				this.emit(Code.jump, 0, 0, 0, 0, ...this.halves(end.then));
				this.land(branch);
				this.emit(Code.jump, 0, 0, 0, 0, ...this.halves(end.else));
				break;
			}
			case "indirect":
				this.emit(Code.indirect, 0, 2 * end.to);
				break;
			case "leave":
				this.emit(Code.leave, 0, 0, 0, 0, end.status, ...this.halves(end.pc));
				break;
			default:
		}
	}
}
