/** Ops in, the interpreter's flat program out: widths resolved, constants preset, `if` turned into gotos, phis into copies. */
import { Bug } from "../base/errors.ts";
import type { StateLayout } from "../base/layout.ts";
import type { Block, Terminator } from "../ir/block.ts";
import { highMask, lowMask } from "../ir/evaluate.ts";
import type { FloatKind } from "../ir/floating.ts";
import { type Op, type OpName, opInfo, opNames, opTable } from "../ir/op.ts";
import type { Program } from "../ir/program.ts";
import type { Isa } from "../spec/isa.ts";
import { type InstructionName, instructions, lengthShift, mostSlots, slotShift } from "./code.ts";
import type { Room } from "./room.ts";

/** Of a machine function. */
export interface FunctionProgram extends Program {
	/** slots and widths of operands, by number */
	readonly operands: readonly { readonly slot: number; readonly number: number; readonly width: number }[];
}

const both: Partial<Record<OpName, readonly [narrow: InstructionName, wide: InstructionName]>> = {
	add: ["add", "addW"],
	sub: ["sub", "subW"],
	and: ["and", "andW"],
	or: ["or", "orW"],
	xor: ["xor", "xorW"],
	not: ["not", "notW"],
	mul: ["mul", "mulW"],
	shl: ["shl", "shlW"],
	shr: ["shr", "shrW"],
	sar: ["sar", "sarW"],
	eq: ["eq", "eqW"],
	ne: ["ne", "neW"],
	lts: ["lts", "ltsW"],
	ltu: ["ltu", "ltuW"],
	les: ["les", "lesW"],
	leu: ["leu", "leuW"],
};
/** Of 32 bits only. */
const exact32: Partial<Record<OpName, InstructionName>> = {
	divs: "divs",
	divu: "divu",
	rems: "rems",
	remu: "remu",
	mulhs: "mulhs",
	mulhu: "mulhu",
};
const plain: Partial<Record<OpName, InstructionName>> = {
	retired: "retired",
	clock: "clock",
	wait: "wait",
	yields: "yields",
	synccode: "synccode",
	synctranslation: "synctranslation",
};
const compares = new Set<OpName>(["eq", "ne", "lts", "ltu", "les", "leu"]);

interface OpenIf {
	/** where the `if` instruction, then the `goto` of its first arm, waits for its target */
	at: number;
	/** number of the op `end`, known from the start */
	readonly end: number;
}

/** Compiles a block (with its terminator). */
export function compileBlock(isa: Isa, layout: StateLayout, { ops, end }: Pick<Block, "ops" | "end">, room: Room): Program {
	const { code, start, words, slots, floats } = new Compiler(isa, layout, ops).run(end, -1, room);
	return { code, start, words, slots, floats };
}
/** `result`: the op with the function's value, or -1. */
export function compileFunction(isa: Isa, layout: StateLayout, ops: readonly Op[], result: number, room: Room): FunctionProgram {
	return new Compiler(isa, layout, ops).run(null, result, room);
}

const noFloats: readonly FloatKind[] = [];
/** The slot of an op; that of none, -1, is 0. */
const slotOf = (op: number): number => 2 + 2 * op;
/** Behind the last instruction, which would be looked at beyond its end, and stops who comes there. */
const behind = [0xff, 0xff];
/** What an instruction's line may name, as bits. */
const Field = { a: 1, b: 2, c: 4, x: 8, y: 16, z: 32 } as const;
/** By instruction: its first word without the slot, and what follows. */
const heads = Object.fromEntries(
	Object.entries(instructions).map(([name, [code, fields]]) => [
		name,
		{ first: code | ((1 + fields.length) << lengthShift), fields: [...fields].reduce((sum, field) => sum | Field[field as keyof typeof Field], 0) },
	]),
) as Record<InstructionName, { readonly first: number; readonly fields: number }>;

class Compiler {
	private readonly out: number[] = [];
	private readonly constants: number[] = [];
	/** Where instructions begin, from the start of the program on. */
	private readonly base: number;
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
		this.base = 1 + 3 * ops.reduce((sum, { op }) => sum + (op === "const" ? 1 : 0), 0);
	}

	run(end: Terminator | null, result: number, room: Room): FunctionProgram {
		const { ops, constants, operands, floats } = this;
		// two slots an op, and one for the flags of each floating-point op
		const slots = slotOf(ops.length) + ops.reduce((sum, { op }) => sum + (opInfo[op].float ? 1 : 0), 0);
		if (slots > mostSlots) throw new Bug(`${ops.length} operations are more than the interpreter takes at once, which is ${mostSlots / 2}`);
		ops.forEach((op, i) => {
			this.op(i, op);
		});
		if (end) this.terminator(end);
		else this.emit("result", 0, slotOf(result));
		const words = [constants.length / 3, ...constants, ...this.out, ...behind];
		const { code, start } = room.put(words);
		return { code, start, words: words.length, slots, operands, floats: floats.length === 0 ? noFloats : floats };
	}

	private emit(name: InstructionName, dest = 0, a = 0, b = 0, c = 0, x = 0, y = 0, z = 0): number {
		const { out } = this;
		const at = out.length;
		const { first, fields } = heads[name];
		out.push(first | (dest << slotShift));
		if (fields & Field.a) out.push(a);
		if (fields & Field.b) out.push(b);
		if (fields & Field.c) out.push(c);
		if (fields & Field.x) out.push(x);
		if (fields & Field.y) out.push(y);
		if (fields & Field.z) out.push(z);
		return at;
	}
	/** The instruction `if` or `goto` at `at` goes to what comes next. */
	private land(at: number): void {
		const words = (this.out[at] >> lengthShift) & 15;
		this.out[at + words - 1] = this.base + this.out.length;
	}

	private op(i: number, op: Op): void {
		const w = op.w;
		const d = slotOf(i);
		const a = slotOf(op.a);
		const b = slotOf(op.b);
		const c = slotOf(op.c);
		const wide = w > 32;
		const pair = both[op.op];
		if (pair) {
			const width = compares.has(op.op) ? this.ops[op.a].w : w;
			if (width > 32) this.emit(pair[1], d, a, b, 0, 64 - width, width, highMask(width));
			else this.emit(pair[0], d, a, b, 0, 32 - width, width, lowMask(width));
			return;
		}
		if (w === 32 && exact32[op.op] !== undefined) {
			this.emit(exact32[op.op] as InstructionName, d, a, b);
			return;
		}
		if (opInfo[op.op].float) {
			const kind = this.floats.push({ op: op.op, w, from: this.ops[op.a].w, lo: op.lo }) - 1;
			this.flags[i] = slotOf(this.ops.length) + kind;
			this.emit("float", d, a, op.b >= 0 ? b : a, op.c >= 0 ? c : a, kind, slotOf(op.d), this.flags[i]);
			return;
		}
		if (op.op === "raised") {
			this.emit("or", d, this.flags[op.a], b);
			return;
		}
		if (plain[op.op] !== undefined) {
			this.emit(plain[op.op] as InstructionName, d);
			return;
		}
		switch (op.op) {
			case "const":
				this.constants.push(d, op.lo, op.hi);
				break;
			case "insn":
				this.emit("insn", 0, 0, 0, 0, op.lo, op.hi);
				break;
			case "getreg":
				this.emit(wide ? "getregW" : "getreg", d, 0, 0, 0, this.layout.offsets[op.lo]);
				break;
			case "setreg":
				this.emit(wide ? "setregW" : "setreg", 0, a, 0, 0, this.layout.offsets[op.lo]);
				break;
			case "select":
				this.emit("select", d, a, b, c);
				break;
			case "zext":
			case "trunc":
				if (wide) this.emit("keepW", d, a, 0, 0, 0, 0, highMask(w));
				else this.emit("narrow", d, a, 0, 0, 0, 0, lowMask(w));
				break;
			case "sext": {
				const from = this.ops[op.a].w;
				if (from > 32) this.emit("sextWW", d, a, 0, 0, 64 - from, 0, highMask(w));
				else if (wide) this.emit("sextW", d, a, 0, 0, 32 - from, 0, highMask(w));
				else this.emit("sext", d, a, 0, 0, 32 - from, 0, lowMask(w));
				break;
			}
			case "load":
				this.emit("load", d, a, 0, 0, w / 8, op.lo, op.hi);
				break;
			case "store":
				this.emit("store", 0, a, b, 0, w / 8, op.lo);
				break;
			case "trap":
				this.emit("trap", 0, a, b);
				break;
			case "offers":
				this.emit("offers", d, 0, 0, 0, op.lo);
				break;
			case "hostcall":
				this.emit("hostcall", d, a, b, 0, op.lo, lowMask(w), highMask(w));
				break;
			case "operand":
				this.operands.push({ slot: d, number: op.lo, width: w });
				break;
			case "if":
				this.open.push({ at: this.emit("if", 0, a), end: this.closing(i) });
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
				this.emit("any", d, a, op.b >= 0 ? b : a, op.c >= 0 ? c : a, opNames.indexOf(op.op), w, this.ops[op.a].w);
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
		for (let k = end + 1; this.ops[k]?.op === "phi"; k++) if (this.ops[k][side] >= 0) this.emit("copy", slotOf(k), slotOf(this.ops[k][side]));
	}
	private otherwise(): void {
		const open = this.open[this.open.length - 1];
		this.copies(open.end, "a");
		const over = this.emit("goto");
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
				this.emit("jump", 0, 0, 0, 0, ...this.halves(end.to));
				break;
			case "branch": {
				const branch = this.emit("if", 0, slotOf(end.if));
				this.emit("jump", 0, 0, 0, 0, ...this.halves(end.then));
				this.land(branch);
				this.emit("jump", 0, 0, 0, 0, ...this.halves(end.else));
				break;
			}
			case "indirect":
				this.emit("indirect", 0, slotOf(end.to));
				break;
			case "leave":
				this.emit("leave", 0, 0, 0, 0, end.status, ...this.halves(end.pc));
				break;
			default:
		}
	}
}
