/** Where the values of a block live: ops in, nodes out. A value is built where it is first used, so that most never see a local of their own. */
import { Bug } from "../../base/errors.ts";
import type { Terminator } from "../../ir/block.ts";
import { type Op, opInfo, opTable } from "../../ir/op.ts";
import { upperBound } from "./bound.ts";
import type { Expected } from "./expect.ts";
import type { Frame } from "./frame.ts";
import { type AnyType, type FloatType, type Node, type Nodes, type Type, typeOf } from "./nodes.ts";
import type { Operands } from "./operands.ts";
import type { Operation } from "./operations.ts";
import { halves } from "./port.ts";
import { pureNode } from "./pure.ts";

/** The local of each cell that the region touches, by cell number. */
export type Registers = ReadonlyMap<number, number>;

/** Zero-extension within one Wasm type changes nothing: such an op is another name of its operand. */
const isAlias = (op: Op, ops: readonly Op[]): boolean => op.op === "zext" && typeOf(op.w) === typeOf(ops[op.a]!.w);
/** Values that a pure op is computed from. */
function operandsOf(op: Op): number[] {
	const { args } = opTable[op.op];
	return [op.a, op.b, op.c].slice(0, args).filter((v) => v >= 0);
}
/** What the op does to its operand, a number of 64 bits, if it changes nothing but the sign. */
function signOf(op: Op, ops: readonly Op[]): "neg" | "abs" | null {
	if (op.w !== 64 || (op.op !== "xor" && op.op !== "and")) return null;
	const bits = ops[op.b]!;
	if (bits.op !== "const") return null;
	if (op.op === "xor") return bits.lo === 0 && bits.hi === -0x80000000 ? "neg" : null;
	return bits.lo === -1 && bits.hi === 0x7fffffff ? "abs" : null;
}
/** By value: is it one of 64 bits that is wanted as a number, by a floating-point op or a cell that is held as one? */
function findNumbers(ops: readonly Op[], isNumberCell: (cell: number) => boolean): Uint8Array {
	const numbers = new Uint8Array(ops.length);
	for (let i = ops.length - 1; i >= 0; i--) {
		const op = ops[i]!;
		if (takesNumbers(op)) for (const v of operandsOf(op)) numbers[v] = 1;
		else if ((op.op === "setreg" && isNumberCell(op.lo)) || (numbers[i] === 1 && signOf(op, ops) !== null)) numbers[op.a] = 1;
	}
	ops.forEach((op, i) => {
		if (op.w !== 64) numbers[i] = 0;
	});
	return numbers;
}
/** Are the op's operands floating-point numbers? */
export const takesNumbers = ({ op }: Op): boolean => opInfo[op].float === true && op !== "ffroms" && op !== "ffromu";

/** Ops whose low bits come from the low bits of their operands. */
const lowFromLow = new Set<string>(["add", "sub", "and", "or", "xor", "shl"]);
const isPure = (op: Op): boolean => opTable[op.op].effect === "pure";

/** How often the flags of floating-point ops are asked for, and the value with the flags of before, where that is there in time. */
export interface Flags {
	readonly asked: Int32Array;
	readonly before: Map<number, number>;
}

/** Values that the op at an index is computed from in place of its first operand; undefined: of that one. */
export type Instead = (i: number) => readonly number[] | undefined;

/** Uses of each value by live ops and by the end of the block. */
function countUses(ops: readonly Op[], end: Terminator, flags: Flags, instead: Instead, { asks, floats }: Pick<Expected, "asks" | "floats">): Int32Array {
	const uses = new Int32Array(ops.length);
	for (const i of asks.keys()) uses[i]!++;
	for (const i of floats) flags.asked[i]!++;
	if (end.kind === "branch") uses[end.if]!++;
	if (end.kind === "indirect") uses[end.to]!++;
	for (let i = ops.length - 1; i >= 0; i--) {
		const op = ops[i]!;
		if (isPure(op) && uses[i] === 0 && flags.asked[i] === 0) continue;
		if (op.op === "raised") {
			flags.asked[op.a]!++;
			uses[op.b]!++;
			if (op.b < op.a) flags.before.set(op.a, op.b);
			continue;
		}
		const before = flags.before.get(i);
		if (before !== undefined) uses[before]!++;
		const { args } = opTable[op.op];
		if (op.d >= 0) uses[op.d]!++;
		if (isAlias(op, ops)) uses[op.a]! += uses[i]!;
		else {
			const others = instead(i);
			if (others) for (const v of others) uses[v]!++;
			else if (args > 0 && op.a >= 0) uses[op.a]!++;
			if (args > 1 && op.b >= 0) uses[op.b]!++;
			if (args > 2 && op.c >= 0) uses[op.c]!++;
		}
	}
	return uses;
}

/** What makes nodes for reads of a value, as an integer and as a number; `type`: as what it is kept. */
export interface Reads {
	readonly bits: () => Node;
	readonly number: () => Node;
	readonly type: AnyType;
	/** Where it is kept as one. */
	readonly vector?: () => Node;
}

const isNumberType = (type: AnyType): boolean => type === "f64" || type === "v128";

export class Values implements Operands {
	/** Uses that are still to come. */
	readonly #left: Int32Array;
	/** The local that holds the value, or -1: it is not computed yet. */
	readonly #place: Int32Array;
	/** Values that were read from, or put into, a cell and are found in its local until that is set again. */
	readonly #inCell = new Map<number, number[]>();
	/** What cells are to be set to, by cell. */
	readonly #pending = new Map<number, number>();
	/** Values with several uses that may not be computed yet. */
	#shared: number[] = [];
	readonly flags: Flags;
	/** The local with the flags that a floating-point op raised. */
	readonly #flagsPlace = new Map<number, number>();
	readonly #numbers: Uint8Array;

	constructor(
		readonly nodes: Nodes,
		readonly frame: Frame,
		readonly ops: readonly Op[],
		end: Terminator,
		readonly registers: Registers,
		instead: Instead,
		expected: Pick<Expected, "asks" | "floats">,
	) {
		this.flags = { asked: new Int32Array(ops.length), before: new Map() };
		this.#left = countUses(ops, end, this.flags, instead, expected);
		this.#numbers = findNumbers(ops, (cell) => cell !== 0 && isNumberType(frame.typeOfLocal(registers.get(cell)!)));
		this.#place = new Int32Array(ops.length).fill(-1);
	}

	isLive(i: number): boolean {
		return this.#left[i]! > 0;
	}
	/** Is value i, of 64 bits, best made as a number? */
	isNumber(i: number): boolean {
		return this.#numbers[i] === 1;
	}
	/** Is value i a number with another sign, best made as one? */
	#isSigned(i: number): boolean {
		return this.isNumber(i) && signOf(this.ops[i]!, this.ops) !== null;
	}
	/** Is value `by` wanted, and all that wants value i? */
	isOnlyUse(i: number, by: number): boolean {
		return this.#left[i] === 1 && this.#left[by]! > 0 && !isAlias(this.ops[by]!, this.ops);
	}
	#resolve(i: number): number {
		while (isAlias(this.ops[i]!, this.ops)) i = this.ops[i]!.a;
		return i;
	}

	/** A node for the next use of value i. */
	use(i: number): Node {
		i = this.#resolve(i);
		const op = this.ops[i]!;
		const left = --this.#left[i]!;
		if (left < 0) throw new Bug(`emit/wasm: value ${i} used more often than counted`);
		if (op.op === "const") return this.nodes.number(typeOf(op.w), op.lo, op.hi);
		if (this.#place[i]! < 0) {
			if (left === 0) return pureNode(this, op);
			this.#compute(i);
		}
		const place = this.#place[i]!;
		if (left === 0) this.frame.release(place);
		return this.#bits(place);
	}
	/** The low 32 bits of value i at its next use; computed in 32 bits as far as nothing else wants more of them. */
	useLow(i: number): Node {
		i = this.#resolve(i);
		const { nodes, ops } = this;
		const op = ops[i]!;
		if (typeOf(op.w) === "i32") return this.use(i);
		if (op.op === "const") {
			this.#left[i]!--;
			return nodes.i32(op.lo);
		}
		const alone = this.#place[i]! < 0 && this.#left[i] === 1 && op.w === 64;
		const extended = (op.op === "sext" || op.op === "zext") && typeOf(ops[op.a]!.w) === "i32" && (op.op === "zext" || ops[op.a]!.w === 32);
		const near = op.op !== "shl" || (ops[op.b]!.op === "const" && upperBound(ops, op.b) < 32);
		if (alone && extended) {
			this.#left[i]!--;
			return this.use(op.a);
		}
		if (!(alone && near && lowFromLow.has(op.op))) return nodes.wrap(this.use(i));
		this.#left[i]!--;
		const a = this.useLow(op.a);
		return nodes.binary("i32", op.op as Operation, a, this.useLow(op.b));
	}
	/** The same as a number of 32 or 64 bits, without a detour where it is in a local as one. */
	useFloat(i: number, type: FloatType): Node {
		i = this.#resolve(i);
		const place = this.#place[i]!;
		if (place < 0 && type === "f64" && this.#isSigned(i)) {
			if (this.#left[i] === 1) {
				this.#left[i]!--;
				return this.#make(i, type);
			}
			this.#compute(i);
			return this.useFloat(i, type);
		}
		const kept = place < 0 ? null : this.frame.typeOfLocal(place);
		if (kept !== type && (kept !== "v128" || type !== "f64")) return this.nodes.asFloat(type, this.use(i));
		if (--this.#left[i]! === 0) this.frame.release(place);
		return kept === "v128" ? this.nodes.first("f64", this.frame.get(place)) : this.frame.get(place);
	}
	/** A use of value i becomes one of what it negates, where it is a negation that has not been computed: answers that value; or -1. */
	takeNegated(i: number): number {
		i = this.#resolve(i);
		const op = this.ops[i]!;
		if (this.#place[i]! >= 0 || signOf(op, this.ops) !== "neg") return -1;
		if (--this.#left[i]! > 0) this.#left[this.#resolve(op.a)]!++;
		else this.#left[op.b]!--;
		return op.a;
	}
	/** The type of the local that value i is best made in. */
	#madeAs(i: number): Type | "f64" {
		return this.#isSigned(i) ? "f64" : typeOf(this.ops[i]!.w);
	}
	/** Value i, which is in no local and no constant, for a local of that type. */
	#make(i: number, type: Type | FloatType): Node {
		const op = this.ops[i]!;
		if (type === "i32" || type === "i64") return pureNode(this, op);
		if (!this.#isSigned(i)) return this.nodes.asFloat(type, pureNode(this, op));
		this.#left[op.b]!--;
		return this.nodes.float("f64", signOf(op, this.ops)!, this.useFloat(op.a, "f64"));
	}
	/** What is in a local, as an integer. */
	#bits(place: number): Node {
		return this.nodes.bits(this.frame.typeOfLocal(place), this.frame.get(place));
	}
	/** Takes back a use of value i, and those of what only it would have been computed from. */
	forget(i: number): void {
		i = this.#resolve(i);
		const place = this.#place[i]!;
		if (--this.#left[i]! > 0) return;
		const op = this.ops[i]!;
		if (place >= 0) this.frame.release(place);
		else if (op.op === "raised") {
			this.#askedLess(op.a);
			this.forget(op.b);
		} else if (isPure(op)) for (const operand of operandsOf(op)) this.forget(operand);
	}
	/** A node for the next use of value i plus a number, which is not cut to the width of i; one addition where the value is itself a sum with a number. */
	usePlus(i: number, plus: number): Node {
		i = this.#resolve(i);
		const { nodes, ops } = this;
		const op = ops[i]!;
		const type = typeOf(op.w);
		const pending = this.#place[i]! < 0 && this.#left[i] === 1 && op.op === "add" && (op.w === 32 || op.w === 64);
		const at = pending ? [op.a, op.b].findIndex((v) => ops[v]!.op === "const") : -1;
		if (at < 0) return nodes.binary(type, "add", this.use(i), nodes.number(type, ...halves(plus)));
		this.#left[i]!--;
		const constant = this.#resolve(at === 0 ? op.a : op.b);
		const number = ops[constant]!;
		this.#left[constant]!--;
		const [lo, hi] = halves(plus);
		const low = (number.lo >>> 0) + (lo >>> 0);
		const sum = nodes.number(type, low | 0, (number.hi + hi + (low >= 2 ** 32 ? 1 : 0)) | 0);
		return nodes.binary(type, "add", this.use(at === 0 ? op.b : op.a), sum);
	}

	/** For several reads in one operation: takes one use of value i, returns what makes a node for each read. */
	reader(i: number): () => Node {
		return this.readers(i, "f64").bits;
	}
	/** The same, for reads as an integer and as a number. */
	readers(i: number, float: FloatType): Reads {
		i = this.#resolve(i);
		const op = this.ops[i]!;
		const type = typeOf(op.w);
		let place = this.#place[i]!;
		if (op.op !== "const" && place < 0 && this.#left[i] === 1) {
			this.#left[i]!--;
			const made = this.#madeAs(i);
			place = this.frame.scratch(made);
			this.frame.set(place, this.#make(i, made));
		} else {
			this.use(i);
			place = this.#place[i]!;
		}
		if (op.op === "const") {
			const bits = (): Node => this.nodes.number(type, op.lo, op.hi);
			return { bits, number: () => this.nodes.asFloat(float, bits()), type };
		}
		const bits = (): Node => this.#bits(place);
		const kept = this.frame.typeOfLocal(place);
		if (kept === "v128" && float === "f64")
			return { bits, number: () => this.nodes.first("f64", this.frame.get(place)), type: kept, vector: () => this.frame.get(place) };
		return { bits, number: kept === float ? () => this.frame.get(place) : () => this.nodes.asFloat(float, bits()), type: kept };
	}
	#compute(i: number): void {
		const made = this.#madeAs(i);
		const local = this.frame.temporary(made);
		this.frame.set(local, this.#make(i, made));
		this.#place[i] = local;
	}

	/** Notes a pure op; it costs nothing before it is used. */
	note(i: number): void {
		const op = this.ops[i]!;
		if (this.#left[i]! > 1 && op.op !== "const" && !isAlias(op, this.ops)) this.#shared.push(i);
	}
	/** The flags of floating-point op i are in this temporary local, held once, from now on. */
	placedFlags(i: number, local: number): void {
		this.#flagsPlace.set(i, local);
	}
	/** A node for the next time somebody asks for the flags of op i. */
	raised(i: number): Node {
		const node = this.nodes.get(this.#flagsPlace.get(i)!, "i32");
		this.#askedLess(i);
		return node;
	}
	#askedLess(i: number): void {
		if (--this.flags.asked[i]! === 0) this.frame.release(this.#flagsPlace.get(i)!);
	}
	/** Value i is in this temporary local from now on, or released at once when nobody wants it. */
	placed(i: number, local: number): void {
		if (this.#left[i]! > 0) this.#place[i] = local;
		else this.frame.release(local);
	}

	readCell(i: number, cell: number): void {
		if (this.#left[i] === 0) return;
		this.#place[i] = this.registers.get(cell)!;
		const inCell = this.#inCell.get(cell);
		if (inCell) inCell.push(i);
		else this.#inCell.set(cell, [i]);
	}
	/** Sets the cell when `commit` is called, unless it is set again before: its local keeps the value of before until then. */
	setLater(cell: number, value: number): void {
		const before = this.#pending.get(cell);
		if (before !== undefined) this.forget(before);
		this.#pending.delete(cell);
		this.#pending.set(cell, value);
	}
	isPending(cell: number): boolean {
		return this.#pending.has(cell);
	}
	/** Sets cells as `setLater` was told to; answers which. */
	commit(): number[] {
		const cells = [...this.#pending.keys()];
		for (const [cell, value] of this.#pending) this.#writeCell(cell, value);
		this.#pending.clear();
		return cells;
	}
	#writeCell(cell: number, value: number): void {
		const local = this.registers.get(cell)!;
		const i = this.#resolve(value);
		if (this.#place[i] === local) {
			this.#left[i]!--;
			return;
		}
		const type = this.frame.typeOfLocal(local);
		if (type === "v128") {
			this.#writeVector(i, local, cell);
			return;
		}
		const build = this.#place[i]! < 0 && this.#left[i]! > 1 && this.ops[i]!.op !== "const";
		if (build) this.#left[i]!--;
		const node = build ? this.#make(i, type) : type === "f32" || type === "f64" ? this.useFloat(i, type) : this.use(i);
		this.#saveCell(cell);
		this.frame.set(local, node);
		if (build) {
			this.#place[i] = local;
			this.#inCell.set(cell, [i]);
		}
	}
	#writeVector(i: number, local: number, cell: number): void {
		const place = this.#place[i]!;
		const isVector = place >= 0 && this.frame.typeOfLocal(place) === "v128";
		if (isVector && --this.#left[i]! === 0) this.frame.release(place);
		const node = isVector ? this.frame.get(place) : this.nodes.splat("f64", this.useFloat(i, "f64"));
		this.#saveCell(cell);
		this.frame.set(local, node);
	}
	/** Copies the values that are found in the cell's local and are still wanted, before it is set. */
	#saveCell(cell: number): void {
		const local = this.registers.get(cell)!;
		const wanted = (this.#inCell.get(cell) ?? []).filter((i) => this.#left[i]! > 0 && this.#place[i] === local);
		this.#inCell.set(cell, []);
		if (wanted.length === 0) return;
		const copy = this.frame.temporary(this.frame.typeOfLocal(local));
		this.frame.set(copy, this.frame.get(local));
		wanted.forEach((i, n) => {
			if (n > 0) this.frame.hold(copy);
			this.#place[i] = copy;
		});
	}

	/** What both arms of an `if` op may want is computed before it. */
	beforeArms(): void {
		for (const i of this.#shared) if (this.#left[i]! > 0 && this.#place[i]! < 0) this.#compute(i);
		this.#shared = [];
	}
}
