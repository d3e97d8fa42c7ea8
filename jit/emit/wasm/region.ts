/** A region in, one Wasm function `(state, label) -> status` out: registers in locals between its entry and its one exit. */
import { Bug } from "../../base/errors.ts";
import { Header, type StateLayout } from "../../base/layout.ts";
import type { Environment } from "../../base/port.ts";
import { Status } from "../../base/status.ts";
import type { Block, Region } from "../../ir/block.ts";
import { type Op, opInfo } from "../../ir/op.ts";
import type { Isa } from "../../spec/isa.ts";
import { type Arms, armsOf, type Labels, labelsOf, successors } from "../shared/region.ts";
import { emitFloat } from "./float.ts";
import { Frame } from "./frame.ts";
import { emitLoad, emitStore, type MemoryContext } from "./memory.ts";
import { type AnyType, type Node, type Nodes, type Type, typeOf } from "./nodes.ts";
import { halves } from "./port.ts";
import { route, type Shape, shapeOf } from "./shape.ts";
import { Values } from "./values.ts";

const state = 0;
const label = 1;
/** Cell 0 is pc; it is written at exits only. */
const pcCell = 0;

/** Packs where and how an instruction leaves into one number: distance of its address from `base`, instructions to give back, status (0: the header's). */
interface Marks {
	readonly base: number;
	readonly distanceBits: number;
	readonly countBits: number;
}
const statusShift = 28;

function marksOf(region: Region): Marks {
	let base = Number.POSITIVE_INFINITY;
	let top = Number.NEGATIVE_INFINITY;
	let most = 0;
	const see = (pc: number) => {
		base = Math.min(base, pc);
		top = Math.max(top, pc);
	};
	for (const block of region.blocks) {
		see(block.pc);
		most = Math.max(most, block.count);
		if (block.end.kind === "leave") see(block.end.pc);
		for (const op of block.ops) if (op.op === "insn") see(op.hi * 2 ** 32 + (op.lo >>> 0));
	}
	const bits = (n: number) => (n < 2 ** 28 ? 32 - Math.clz32(n) : 99);
	const marks = { base, distanceBits: bits(top - base), countBits: bits(most) };
	if (marks.distanceBits + marks.countBits > statusShift)
		throw new Bug(`emit/wasm: region from ${base} to ${top} with blocks of ${most} instructions is too big for one function`);
	return marks;
}

/** What all regions of an emitter have in common. */
export interface Surroundings {
	readonly isa: Isa;
	readonly layout: StateLayout;
	readonly env: Environment;
}

class RegionFunction {
	readonly #nodes: Nodes;
	readonly #frame: Frame;
	readonly #region: Region;
	readonly #around: Surroundings;
	readonly #marks: Marks;
	readonly #labels: Labels;
	readonly #shape: Shape;
	readonly #registers = new Map<number, number>();
	readonly #budget: number;
	readonly #mark: number;
	readonly #pc: number;
	/** The look-up table's offset; -1 in plain regions. */
	readonly #table: number;
	#stores = 0;
	#floats = 0;

	constructor(nodes: Nodes, region: Region, around: Surroundings) {
		this.#nodes = nodes;
		this.#region = region;
		this.#around = around;
		this.#frame = new Frame(nodes, ["state", "label"]);
		this.#marks = marksOf(region);
		this.#labels = labelsOf(region);
		this.#shape = shapeOf(region.blocks.map((_, p) => successors(region, p, this.#labels).filter((to) => to >= 0)));
		this.#budget = this.#frame.fixed("i32", "budget");
		this.#mark = this.#frame.fixed("i32", "mark");
		this.#pc = this.#frame.fixed(this.#typeOfCell(pcCell), "pc");
		this.#table = region.plain ? -1 : this.#frame.fixed("i32", "table");
		const floats = floatCells(region);
		for (const block of region.blocks)
			for (const { op, lo } of block.ops)
				if ((op === "getreg" || op === "setreg") && lo !== pcCell && !this.#registers.has(lo))
					this.#registers.set(lo, this.#frame.fixed(floats.has(lo) ? "f64" : this.#typeOfCell(lo), around.isa.cells[lo]!.name));
	}

	#typeOfCell(cell: number): Type {
		return typeOf(this.#around.isa.cells[cell]!.width);
	}
	/** Adds the function to the module. */
	add(name: string): void {
		const nodes = this.#nodes;
		const frame = this.#frame;
		const before = frame.open();
		this.#enter();
		for (const node of this.#level(0, this.#region.blocks.length - 1, -1)) frame.emit(node);
		const main = nodes.block("next", frame.close(before));
		const next = [main, nodes.set(label, nodes.i32(Status.next)), nodes.br("out")];
		const left = nodes.block("leave", next);
		const body = [nodes.block("out", [left, ...this.#leave()]), ...this.#writeBack(), frame.get(label)];
		nodes.function(name, ["i32", "i32"], "i32", frame.types, nodes.block(null, body, "i32"), frame.names);
	}

	#enter(): void {
		const nodes = this.#nodes;
		const frame = this.#frame;
		const { offsets } = this.#around.layout;
		frame.set(this.#budget, nodes.load("i32", 4, Header.budget, frame.get(state)));
		if (this.#table >= 0) frame.set(this.#table, nodes.load("i32", 4, Header.table, frame.get(state)));
		for (const [cell, local] of this.#registers) {
			const type = frame.typeOfLocal(local);
			frame.set(local, nodes.load(type, bytesOf(type), offsets[cell]!, frame.get(state)));
		}
	}
	/** Every register that the region ever writes is stored: it was loaded on entry, so that is exact whatever ran. */
	#writeBack(): Node[] {
		const nodes = this.#nodes;
		const frame = this.#frame;
		const { offsets } = this.#around.layout;
		const put = (local: number, offset: number) => {
			const type = frame.typeOfLocal(local);
			return nodes.store(type, bytesOf(type), offset, frame.get(state), frame.get(local));
		};
		const written = new Set<number>();
		for (const block of this.#region.blocks) for (const { op, lo } of block.ops) if (op === "setreg") written.add(lo);
		return [
			put(this.#budget, Header.budget),
			put(this.#pc, offsets[pcCell]!),
			...[...this.#registers].filter(([cell]) => written.has(cell)).map(([cell, local]) => put(local, offsets[cell]!)),
		];
	}
	/** Unpacks the mark. */
	#leave(): Node[] {
		const nodes = this.#nodes;
		const frame = this.#frame;
		const { base, distanceBits, countBits } = this.#marks;
		const mark = () => frame.get(this.#mark);
		const type = this.#typeOfCell(pcCell);
		const ones = (bits: number) => nodes.i32(2 ** bits - 1);
		const distance = nodes.binary("i32", "and", mark(), ones(distanceBits));
		const pc = nodes.binary(type, "add", type === "i32" ? distance : nodes.extendU(distance), nodes.number(type, ...halves(base)));
		const back = nodes.binary("i32", "and", nodes.binary("i32", "shr", mark(), nodes.i32(distanceBits)), ones(countBits));
		const status = nodes.tee(label, nodes.binary("i32", "shr", mark(), nodes.i32(statusShift)), "i32");
		return [
			nodes.set(this.#pc, pc),
			nodes.set(this.#budget, nodes.binary("i32", "add", frame.get(this.#budget), back)),
			nodes.if(nodes.unary("i32", "eqz", status), nodes.set(label, this.#status())),
		];
	}
	#status(): Node {
		return this.#nodes.load("i32", 4, Header.status, this.#frame.get(state));
	}
	/** Remembers the way out: at address `pc`, giving back `count` instructions, with a status or (0) the header's. */
	#setMark(pc: number, count: number, status: number): Node {
		const { base, distanceBits } = this.#marks;
		return this.#nodes.set(this.#mark, this.#nodes.i32((pc - base) | (count << distanceBits) | (status << statusShift)));
	}

	/**
	 * The blocks from `first` to `last`, which the loop `head` (-1: the region) consists of. Its segments are blocks and inner loops; each but
	 * the first begins where a Wasm block ends, and the innermost Wasm block decides by the label where to begin.
	 */
	#level(first: number, last: number, head: number): Node[] {
		const nodes = this.#nodes;
		const starts: number[] = [];
		const isLoop = (p: number) => p !== head && this.#shape.last[p]! >= 0;
		for (let p = first; p <= last; p = isLoop(p) ? this.#shape.last[p]! + 1 : p + 1) starts.push(p);
		const begin = (p: number) => (p === first ? `i${p}` : `b${p}`);
		let code: Node[] = [];
		if (starts.length > 1) {
			const labels = this.#region.blocks.map((_, p) => begin(starts.filter((start) => start <= p).at(-1) ?? first));
			if (head >= 0) code.push(nodes.br(begin(first), nodes.binary("i32", "eq", this.#frame.get(label), nodes.i32(head))));
			code.push(nodes.switch(labels, this.#frame.get(label)));
			code = [nodes.block(begin(first), code)];
		}
		starts.forEach((start, k) => {
			const end = (starts[k + 1] ?? last + 1) - 1;
			if (k > 0) code = [nodes.block(begin(start), code)];
			if (isLoop(start)) code.push(nodes.loop(`l${start}`, nodes.block(null, this.#level(start, end, start))));
			else code.push(...this.#block(start));
		});
		return code;
	}

	#block(position: number): Node[] {
		const nodes = this.#nodes;
		const frame = this.#frame;
		const block = this.#region.blocks[position]!;
		const before = frame.open();
		if (block.count > 0) {
			const less = nodes.binary("i32", "sub", frame.get(this.#budget), nodes.i32(block.count));
			frame.emit(this.#setMark(block.pc, block.count, Status.budget));
			frame.emit(nodes.br("leave", nodes.binary("i32", "lts", nodes.tee(this.#budget, less, "i32"), nodes.i32(0))));
		}
		const values = new Values(nodes, frame, block.ops, block.end, this.#registers);
		this.#ops(block, values);
		this.#end(position, block, values);
		frame.flush();
		return frame.close(before);
	}

	#ops(block: Block, values: Values): void {
		const nodes = this.#nodes;
		const frame = this.#frame;
		const { isa, env } = this.#around;
		let pc = block.pc;
		let back = block.count;
		const context: MemoryContext = {
			ram: env.ram,
			table: this.#table,
			bigEndian: isa.memories[0]!.endian === "big",
			mark: () => this.#setMark(pc, back, 0),
			leave: (condition) => nodes.br("leave", condition ?? 0),
			status: () => this.#status(),
		};
		const arms = armsOf(block);
		const conditional = new Conditional(nodes, frame, values, block.ops);
		block.ops.forEach((op, i) => {
			switch (op.op) {
				case "insn":
					pc = op.hi * 2 ** 32 + (op.lo >>> 0);
					back = block.count - op.c;
					break;
				case "getreg":
					values.readCell(i, op.lo);
					break;
				case "setreg":
					values.writeCell(op.lo, op.a);
					break;
				case "load":
					emitLoad(values, i, op, context);
					break;
				case "store":
					emitStore(values, op, context, this.#stores++);
					break;
				case "if":
					conditional.if(i, arms.get(i)!);
					break;
				case "else":
					conditional.else();
					break;
				case "end":
					conditional.end();
					break;
				case "phi":
					break;
				case "trap":
					this.#trap(values, op);
					frame.emit(this.#setMark(pc, back, Status.trap));
					frame.emit(nodes.br("leave"));
					break;
				default:
					if (opInfo[op.op].float) emitFloat(values, i, op, this.#floats++);
					else values.note(i);
			}
			frame.flush();
		});
	}

	#trap(values: Values, op: Op): void {
		const nodes = this.#nodes;
		const put = (value: number, offset: number) => {
			const node = values.use(value);
			const wide = typeOf(values.ops[value]!.w) === "i64" ? node : nodes.extendU(node);
			this.#frame.emit(nodes.store("i64", 8, offset, this.#frame.get(state), wide));
		};
		put(op.a, Header.causeLo);
		put(op.b, Header.valueLo);
	}

	#end(position: number, block: Block, values: Values): void {
		const nodes = this.#nodes;
		const frame = this.#frame;
		const { end } = block;
		switch (end.kind) {
			case "jump":
				this.#go(position, end.to, end.context);
				break;
			case "branch": {
				const condition = values.use(end.if);
				if (this.#labels(end.then, end.context) === position + 1) {
					this.#go(position, end.else, end.context, nodes.unary("i32", "eqz", condition));
					this.#go(position, end.then, end.context);
				} else {
					this.#go(position, end.then, end.context, condition);
					this.#go(position, end.else, end.context);
				}
				break;
			}
			case "indirect":
				frame.set(this.#pc, values.use(end.to));
				frame.emit(nodes.br("next"));
				break;
			case "leave":
				frame.emit(this.#setMark(end.pc, 0, end.status));
				frame.emit(nodes.br("leave"));
				break;
			case "none":
				frame.emit(nodes.unreachable());
		}
	}

	/** To another block, in the region or out of it. What is set before a jump that is not taken does not matter: each jump sets what it needs. */
	#go(from: number, pc: number, context: number, condition: Node = 0): void {
		const nodes = this.#nodes;
		const frame = this.#frame;
		const to = this.#labels(pc, context);
		if (to < 0) {
			frame.set(this.#pc, nodes.number(this.#typeOfCell(pcCell), ...halves(pc)));
			frame.emit(nodes.br("next", condition));
			return;
		}
		const { back, at, label: labelled } = route(this.#shape, from, to);
		if (labelled) frame.set(label, nodes.i32(to));
		if (back) frame.emit(nodes.br(`l${at}`, condition));
		else if (to !== from + 1 || condition !== 0) frame.emit(nodes.br(`b${at}`, condition));
	}
}

/** Cells of 64 bits that floating-point ops of that format read or make: their locals hold numbers. */
function floatCells(region: Region): Set<number> {
	const cells = new Set<number>();
	for (const { ops } of region.blocks)
		for (const op of ops) {
			if (opInfo[op.op].float)
				for (const v of [op.a, op.b, op.c]) {
					const from = ops[v];
					if (from?.op === "getreg" && from.w === 64 && op.op !== "ffroms" && op.op !== "ffromu") cells.add(from.lo);
				}
			if (op.op === "setreg" && op.w === 64 && isNumber(ops[op.a]!)) cells.add(op.lo);
		}
	return cells;
}
/** Is the value of the op a floating-point number? */
const isNumber = ({ op }: Op): boolean => opInfo[op].rounds === true && op !== "ftoints" && op !== "ftointu";
const bytesOf = (type: AnyType): number => (type === "i32" || type === "f32" ? 4 : 8);

/** The arms of `if` ops, which nest. */
class Conditional {
	readonly #open: { condition: Node; before: Node[]; first: Node[] | null; phis: readonly { op: Op; local: number; index: number }[] }[] = [];
	constructor(
		readonly nodes: Nodes,
		readonly frame: Frame,
		readonly values: Values,
		readonly ops: readonly Op[],
	) {}

	if(at: number, arms: Arms): void {
		this.values.beforeArms(at, arms.end);
		const live = arms.phis.filter((phi) => this.values.isLive(phi));
		const phis = live.map((index) => ({ op: this.ops[index]!, local: this.frame.temporary(typeOf(this.ops[index]!.w)), index }));
		const condition = this.values.use(this.ops[at]!.a);
		this.#open.push({ condition, before: this.frame.open(), first: null, phis });
	}
	#finish(arm: "a" | "b"): void {
		for (const { op, local } of this.#open.at(-1)!.phis) if (op[arm] >= 0) this.frame.set(local, this.values.use(op[arm]));
	}
	else(): void {
		this.#finish("a");
		this.#open.at(-1)!.first = this.frame.open();
	}
	end(): void {
		this.#finish("b");
		const { condition, before, first, phis } = this.#open.pop()!;
		const second = this.frame.close(before);
		this.frame.emit(this.nodes.if(condition, this.nodes.block(null, first!), second.length > 0 ? this.nodes.block(null, second) : 0));
		for (const { index, local } of phis) this.values.placed(index, local);
	}
}

/** Adds the region to the module as a function of this name. */
export function addRegion(nodes: Nodes, name: string, region: Region, around: Surroundings): void {
	new RegionFunction(nodes, region, around).add(name);
}
