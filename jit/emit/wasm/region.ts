/** A region in, one Wasm function `(state, label, stack) -> status` out: registers in locals between its entry, its calls and its exits. */
import { Header } from "../../base/layout.ts";
import { Status } from "../../base/status.ts";
import type { Block, Region } from "../../ir/block.ts";
import { type Op, opInfo } from "../../ir/op.ts";
import { armsOf } from "../shared/region.ts";
import { type Ahead, aheadOf, lookAhead } from "./ahead.ts";
import { Conditional } from "./conditional.ts";
import { Exits, type Way } from "./exits.ts";
import { type Ask, asItIs, type Expected, expecting } from "./expect.ts";
import { emitFloat } from "./float.ts";
import { floatCells } from "./float-cells.ts";
import { Doubts, emitExpected } from "./float-expected.ts";
import { Frame } from "./frame.ts";
import { addressOf, type Groups, groupsOf } from "./groups.ts";
import { lookUpPlace, wordAt } from "./jump.ts";
import { Marks } from "./marks.ts";
import { emitLoad, emitStore, type MemoryContext } from "./memory.ts";
import { type AnyType, type Node, type Nodes, type Type, typeOf, unitParams } from "./nodes.ts";
import { type Call, type Case, type Plan, planOf, type Surroundings } from "./plan.ts";
import { halves } from "./port.ts";
import { isApart, type Place, Restart } from "./restart.ts";
import { slotBits } from "./runtime.ts";
import { route } from "./shape.ts";
import { Values } from "./values.ts";

const state = 0;
const label = 1;
/** Bytes of the host's stack that calls have taken so far. */
const stack = 2;
/** Cell 0 is pc; it is written at exits only. */
const pcCell = 0;

/** A call deeper than this leaves to the dispatcher, which begins with an empty stack: V8's has a megabyte. */
const stackLimit = 256 * 1024;
/** Bytes of stack that a function with so many registers in locals takes at most, as a guess: V8's quick code keeps every local there. */
const frameBytes = (registers: number): number => 16 * (registers + 40);

/** Another region of the module (or the same): the name of its function, and the slot of its unit. */
export interface Sibling {
	readonly name: string;
	readonly slot: number;
}

/** A loop without checks: its first and last block, and the local with the turns that are left. */
interface Free {
	readonly head: number;
	readonly last: number;
	readonly left: number;
}

class RegionFunction {
	readonly #nodes: Nodes;
	readonly #frame: Frame;
	readonly #region: Region;
	readonly #around: Surroundings;
	readonly #marks: Marks;
	readonly #plan: Plan;
	readonly #exits = new Exits();
	readonly #registers = new Map<number, number>();
	readonly #budget: number;
	readonly #mark: number;
	readonly #pc: number;
	/** The look-up table's offset; -1 in plain regions. */
	readonly #table: number;
	/** Cells that differ from the state in memory where code is being emitted. */
	#dirty = new Set<number>();
	/** The loop without checks that is being emitted. */
	#free: Free | null = null;
	/** What loops need to do without checks, by their heads. */
	readonly #loops = new Map<number, { readonly ahead: Ahead | null; readonly turns: number }>();
	#stores = 0;
	#floats = 0;

	constructor(
		nodes: Nodes,
		region: Region,
		around: Surroundings,
		plan: Plan,
		readonly expected: readonly Expected[],
		readonly siblings: ReadonlyMap<number, Sibling>,
	) {
		this.#nodes = nodes;
		this.#region = region;
		this.#around = around;
		this.#plan = plan;
		this.#frame = new Frame(nodes, ["state", "label", "stack"]);
		this.#marks = new Marks(region);
		this.#budget = this.#frame.fixed("i32", "budget");
		this.#mark = this.#frame.fixed("i32", "mark");
		this.#pc = this.#frame.fixed(this.#typeOfCell(pcCell), "pc");
		this.#table = region.plain ? -1 : this.#frame.fixed("i32", "table");
		const floats = floatCells(region, around.fuses);
		for (const cell of plan.flow.cells) this.#registers.set(cell, this.#frame.fixed(floats.get(cell) ?? this.#typeOfCell(cell), around.isa.cells[cell]!.name));
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
		const body = this.#exits.around(nodes, frame.close(before), (cell) => this.#write(cell), {
			next: () => [...this.#writeHeader(), nodes.return(nodes.i32(Status.next))],
			leave: () => [...this.#unpack(), ...this.#writeHeader(), nodes.return(frame.get(label))],
		});
		nodes.function(name, unitParams, "i32", frame.types, nodes.block(null, [...body, nodes.unreachable()], "i32"), frame.names);
	}

	/** Loads what the block that is entered needs; all blocks but the first one share what any of them needs. */
	#enter(): void {
		const nodes = this.#nodes;
		const frame = this.#frame;
		this.#readBudget();
		if (this.#table >= 0) frame.set(this.#table, nodes.load("i32", 4, Header.table, frame.get(state)));
		const [first, ...others] = this.#plan.entries.map((p) => this.#plan.flow.liveAt(p));
		const rest = [...new Set(others.flat())];
		const both = first!.filter((cell) => rest.includes(cell));
		for (const cell of both) frame.emit(this.#read(cell));
		const more = rest.filter((cell) => !both.includes(cell)).map((cell) => this.#read(cell));
		const only = first!.filter((cell) => !both.includes(cell)).map((cell) => this.#read(cell));
		if (more.length > 0) frame.emit(nodes.if(frame.get(label), nodes.block(null, more), only.length > 0 ? nodes.block(null, only) : 0));
		else for (const node of only) frame.emit(node);
	}
	#readBudget(): void {
		this.#frame.set(this.#budget, this.#nodes.load("i32", 4, Header.budget, this.#frame.get(state)));
	}
	#read(cell: number): Node {
		const local = this.#registers.get(cell)!;
		const type = this.#frame.typeOfLocal(local);
		const kept = type === "v128" ? "f64" : type;
		const loaded = this.#nodes.load(kept, bytesOf(kept), this.#around.layout.offsets[cell]!, this.#frame.get(state));
		return this.#nodes.set(local, type === "v128" ? this.#nodes.splat("f64", loaded) : loaded);
	}
	#write(cell: number): Node {
		return this.#put(this.#registers.get(cell)!, this.#around.layout.offsets[cell]!);
	}
	#put(local: number, offset: number): Node {
		const type = this.#frame.typeOfLocal(local);
		const value = this.#frame.get(local);
		if (type === "v128") return this.#nodes.store("f64", 8, offset, this.#frame.get(state), this.#nodes.first("f64", value));
		return this.#nodes.store(type, bytesOf(type), offset, this.#frame.get(state), value);
	}
	#writeHeader(): Node[] {
		return [this.#put(this.#budget, Header.budget), this.#put(this.#pc, this.#around.layout.offsets[pcCell]!)];
	}
	/** What the mark says, into pc, budget and (the status) label. */
	#unpack(): Node[] {
		const nodes = this.#nodes;
		const frame = this.#frame;
		const mark = () => frame.get(this.#mark);
		const status = nodes.tee(label, this.#marks.status(nodes, mark()), "i32");
		return [
			nodes.set(this.#pc, this.#marks.pc(nodes, mark(), this.#typeOfCell(pcCell))),
			nodes.set(this.#budget, nodes.binary("i32", "add", frame.get(this.#budget), this.#marks.count(nodes, mark()))),
			nodes.if(nodes.unary("i32", "eqz", status), nodes.set(label, this.#status())),
		];
	}
	#status(): Node {
		return this.#nodes.load("i32", 4, Header.status, this.#frame.get(state));
	}
	#setMark(pc: number, count: number, status: number): Node {
		return this.#nodes.set(this.#mark, this.#nodes.i32(this.#marks.pack(pc, count, status)));
	}
	/** Out of the function, when the condition holds or always. */
	#out(way: Way, condition: Node = 0): Node {
		return this.#nodes.br(this.#exits.to(way, this.#dirty), condition);
	}

	/**
	 * The blocks from `first` to `last`, which the loop `head` (-1: the region) consists of. Its segments are blocks and inner loops; each but
	 * the first begins where a Wasm block ends, and the innermost Wasm block decides by the label where to begin.
	 */
	#level(first: number, last: number, head: number): Node[] {
		const nodes = this.#nodes;
		const starts: number[] = [];
		const isLoop = (p: number) => p !== head && this.#plan.shape.last[p]! >= 0;
		for (let p = first; p <= last; p = isLoop(p) ? this.#plan.shape.last[p]! + 1 : p + 1) starts.push(p);
		const begin = (p: number) => (p === first ? `i${p}` : `b${p}`);
		let code: Node[] = [];
		if (starts.length > 1 && (head >= 0 ? this.#plan.chosen[head] : this.#plan.entries.length > 1)) {
			const labels = this.#region.blocks.map((_, p) => begin(starts.filter((start) => start <= p).at(-1) ?? first));
			if (head >= 0) code.push(nodes.br(begin(first), nodes.binary("i32", "eq", this.#frame.get(label), nodes.i32(head))));
			code.push(nodes.switch(labels, this.#frame.get(label)));
			code = [nodes.block(begin(first), code)];
		}
		starts.forEach((start, k) => {
			const end = (starts[k + 1] ?? last + 1) - 1;
			if (k > 0) code = [nodes.block(begin(start), code)];
			const turns = isLoop(start) ? this.#turnsOf(start) : -1;
			if (turns >= 0) code.push(nodes.set(turns, nodes.i32(0)));
			if (isLoop(start)) code.push(nodes.loop(`l${start}`, nodes.block(null, this.#level(start, end, start))));
			else code.push(...this.#block(start));
		});
		return code;
	}

	/** The local that counts turns with checks of a loop that may do without; -1: there is no such loop whose head is that block. */
	#turnsOf(head: number): number {
		let known = this.#loops.get(head);
		if (known === undefined) {
			const ahead = this.#aheadOf(head);
			known = { ahead, turns: ahead ? this.#frame.fixed("i32", `turns${head}`) : -1 };
			this.#loops.set(head, known);
		}
		return known.turns;
	}
	#aheadOf(head: number): Ahead | null {
		const { shape, calls, cases, known, targets } = this.#plan;
		const { blocks, plain, apart } = this.#region;
		const last = shape.last[head]!;
		for (let p = head; p <= last; p++)
			if (!plain || isApart(blocks[p]!, apart) || calls[p] !== null || known[p] || cases[p]!.length > 1 || (p > head && shape.last[p]! >= 0)) return null;
		const within = targets.slice(head, last + 1).map((list) => list.filter((to) => to >= head && to <= last).map((to) => to - head));
		return last < head ? null : aheadOf(blocks.slice(head, last + 1), within, this.#around.ram);
	}

	#block(position: number): Node[] {
		const nodes = this.#nodes;
		const frame = this.#frame;
		const block = this.#region.blocks[position]!;
		const before = frame.open();
		if (this.#turnsOf(position) >= 0) this.#lap(position);
		this.#dirty = new Set(this.#plan.flow.dirtyAt(position));
		if (block.count > 0) {
			const less = nodes.binary("i32", "sub", frame.get(this.#budget), nodes.i32(block.count));
			frame.emit(this.#setMark(block.pc, block.count, Status.budget));
			frame.emit(this.#out("leave", nodes.rare(nodes.binary("i32", "lts", nodes.tee(this.#budget, less, "i32"), nodes.i32(0)))));
		}
		const { plain, apart } = this.#region;
		const exact = isApart(block, apart);
		const groups: Groups = exact ? new Map() : groupsOf(block, this.#around.ram, plain);
		this.#end(position, block, this.#ops(position, groups, exact));
		frame.flush();
		return frame.close(before);
	}

	/** In front of a loop: after some turns with checks, as many as are possible without. */
	#lap(head: number): void {
		const nodes = this.#nodes;
		const frame = this.#frame;
		const { ahead, turns } = this.#loops.get(head)!;
		const { blocks } = this.#region;
		const away = `a${head}`;
		const before = frame.open();
		const more = nodes.tee(turns, nodes.binary("i32", "add", frame.get(turns), nodes.i32(1)), "i32");
		frame.emit(nodes.br(away, nodes.binary("i32", "leu", more, nodes.i32(ahead!.patience))));
		frame.set(turns, nodes.i32(0));
		const left = frame.temporary("i32");
		lookAhead(nodes, frame, this.#around.ram, ahead!, this.#budget, left, this.#registers, away);
		const last = head + ahead!.groups.length - 1;
		this.#free = { head, last, left };
		let code: Node[] = [];
		for (let p = head; p <= last; p++) {
			const outside = frame.open();
			this.#dirty = new Set(this.#plan.flow.dirtyAt(p));
			frame.set(this.#budget, nodes.binary("i32", "sub", frame.get(this.#budget), nodes.i32(blocks[p]!.count)));
			this.#end(p, blocks[p]!, this.#ops(p, ahead!.groups[p - head]!, false));
			frame.flush();
			const body = frame.close(outside);
			code = p === head ? body : [nodes.block(`f${p}`, code), ...body];
		}
		this.#free = null;
		frame.emit(nodes.loop(`f${head}`, nodes.block(null, code)));
		frame.release(left);
		frame.flush();
		const all = frame.close(before);
		frame.emit(nodes.block(away, all));
	}
	/** To a block of the loop that does without checks; back to its head as long as it can. */
	#branchFree(from: number, to: number, condition: Node, { head, left }: Free): void {
		const nodes = this.#nodes;
		const frame = this.#frame;
		if (to !== head) {
			if (to !== from + 1 || condition !== 0) frame.emit(nodes.br(`f${to}`, condition));
			return;
		}
		const fewer = nodes.tee(left, nodes.binary("i32", "sub", frame.get(left), nodes.i32(1)), "i32");
		const back = [nodes.br(`f${head}`, fewer), nodes.br(`a${head}`)];
		if (condition === 0) for (const node of back) frame.emit(node);
		else frame.emit(nodes.if(condition, nodes.block(null, back)));
	}

	#ops(position: number, groups: Groups, exact: boolean): Values {
		const free = this.#free !== null;
		const expected = this.expected[position]!;
		const { block, asks, floats } = expected;
		const leaves = !free || asks.size + floats.size > 0;
		const nodes = this.#nodes;
		const frame = this.#frame;
		const instead = (i: number) => {
			const member = groups.get(i);
			return member && addressOf(member, i);
		};
		const values = new Values(nodes, frame, block.ops, block.end, this.#registers, instead, expected);
		const { isa, ram } = this.#around;
		const commit = (): void => {
			for (const cell of values.commit()) if (cell !== pcCell) this.#dirty.add(cell);
		};
		const restart = new Restart(block, exact, commit, () => doubts.ask());
		const mark = ({ pc, back }: Place, status: number): Node => this.#setMark(pc, back, status);
		const context: MemoryContext = {
			ram,
			table: this.#table,
			bigEndian: isa.memories[0]!.endian === "big",
			begin: () => {
				if (leaves) restart.begin();
			},
			begun: () => restart.begun,
			mark: () => mark(restart.here, 0),
			leave: (condition) => this.#out("leave", nodes.rare(condition)),
			status: () => this.#status(),
			assist: () => mark(restart.place(), Status.assist),
			groups,
			free,
			checked: new Map(),
		};
		const leave = (condition: Node): Node[] => [context.assist(), context.leave(condition)];
		const doubts = new Doubts({ values, fuses: this.#around.fuses, leave });
		const ask = (value: number, what: Ask): void => {
			restart.place();
			const node = values.use(value);
			for (const one of leave(what === "zero" ? node : nodes.unary("i32", "eqz", nodes.binary("i32", "and", node, nodes.i32(1))))) frame.emit(one);
		};
		const arms = armsOf(block);
		const conditional = new Conditional(nodes, frame, values, block.ops);
		block.ops.forEach((op, i) => {
			switch (op.op) {
				case "insn":
					restart.next(op);
					break;
				case "getreg":
					if (values.isPending(op.lo)) restart.settle();
					values.readCell(i, op.lo);
					break;
				case "setreg":
					values.setLater(op.lo, op.a);
					break;
				case "load":
					emitLoad(values, i, op, context);
					break;
				case "store":
					emitStore(values, i, op, context, this.#stores++);
					break;
				case "if":
					restart.settle();
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
					restart.settle();
					this.#trap(values, op);
					frame.emit(mark(restart.here, Status.trap));
					frame.emit(this.#out("leave"));
					break;
				default:
					if (floats.has(i)) {
						restart.place();
						emitExpected(doubts, i, op);
					} else if (opInfo[op.op].float) emitFloat(values, i, op, this.#floats++, this.#around.fuses);
					else values.note(i);
			}
			const asked = asks.get(i);
			if (asked) ask(i, asked);
			frame.flush();
		});
		if (this.#plan.known[position]) {
			// in front of the call nothing of it has happened
			frame.emit(context.assist());
			frame.set(this.#pc, values.use((block.end as { readonly to: number }).to));
			const others = this.#plan.cases[position]!.map(({ pc }) => this.#isAt(pc, "ne"));
			frame.emit(context.leave(others.reduce((all, one) => nodes.binary("i32", "and", all, one))));
		}
		restart.settle();
		frame.flush();
		return values;
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
			case "jump": {
				const call = this.#plan.calls[position];
				if (call) {
					frame.set(this.#pc, nodes.number(this.#typeOfCell(pcCell), ...halves(end.to)));
					this.#call(position, call);
				} else if (this.#plan.inlined[position]! >= 0) this.#branch(position, this.#plan.inlined[position]!, 0);
				else this.#go(position, end.to, end.context);
				break;
			}
			case "branch": {
				const condition = values.use(end.if);
				if (this.#plan.to(position, end.then, end.context) === position + 1) {
					this.#go(position, end.else, end.context, nodes.unary("i32", "eqz", condition));
					this.#go(position, end.then, end.context);
				} else {
					this.#go(position, end.then, end.context, condition);
					this.#go(position, end.else, end.context);
				}
				break;
			}
			case "indirect": {
				const call = this.#plan.calls[position];
				const cases = this.#plan.cases[position]!;
				const known = this.#plan.known[position]!;
				if (!known) frame.set(this.#pc, values.use(end.to));
				if (known || call) {
					// callees are few and may lie far apart
					cases.forEach(({ pc, to }, i) => {
						if (known && i === cases.length - 1) this.#branch(position, to, 0);
						else this.#branch(position, to, this.#isAt(pc, "eq"));
					});
					if (call) this.#call(position, call);
				} else {
					if (cases.length > 0) this.#choose(position, cases);
					frame.emit(this.#out("next"));
				}
				break;
			}
			case "leave":
				frame.emit(this.#setMark(end.pc, 0, end.status));
				frame.emit(this.#out("leave"));
				break;
			case "none":
				frame.emit(nodes.unreachable());
		}
	}

	/** To another block, in the region or out of it. What is set before a jump that is not taken does not matter: each jump sets what it needs. */
	#go(from: number, pc: number, context: number, condition: Node = 0): void {
		const nodes = this.#nodes;
		const frame = this.#frame;
		const to = this.#plan.to(from, pc, context);
		if (to < 0) {
			frame.set(this.#pc, nodes.number(this.#typeOfCell(pcCell), ...halves(pc)));
			frame.emit(this.#out("next", condition));
			return;
		}
		this.#branch(from, to, condition);
	}
	/** `apart`: what is emitted next is not what follows in the order of blocks. */
	#branch(from: number, to: number, condition: Node, apart = false): void {
		const nodes = this.#nodes;
		const frame = this.#frame;
		const free = this.#free;
		if (free && to >= free.head && to <= free.last) {
			this.#branchFree(from, to, condition, free);
			return;
		}
		const { back, at, label: labelled } = route(this.#plan.shape, this.#plan.chosen, from, to);
		if (labelled) frame.set(label, nodes.i32(to));
		if (back) frame.emit(nodes.br(`l${at}`, condition));
		else if (to !== from + 1 || condition !== 0 || apart || free) frame.emit(nodes.br(`b${at}`, condition));
	}

	/** Compares what is in pc with an address. */
	#isAt(pc: number, how: "eq" | "ne"): Node {
		const type = this.#typeOfCell(pcCell);
		return this.#nodes.binary(type, how, this.#frame.get(this.#pc), this.#nodes.number(type, ...halves(pc)));
	}

	/** To the block of one of the cases whose address is in pc; what is none of them goes on behind. */
	#choose(from: number, cases: readonly Case[]): void {
		const nodes = this.#nodes;
		const frame = this.#frame;
		const type = this.#typeOfCell(pcCell);
		if (cases.length === 1) {
			const [{ pc, to }] = cases as [Case];
			this.#branch(from, to, this.#isAt(pc, "eq"));
			return;
		}
		const { shape, chosen } = this.#plan;
		const { unitBytes } = this.#around.isa;
		const low = cases.reduce((least, { pc }) => Math.min(least, pc), Number.POSITIVE_INFINITY);
		const by = Math.log2(unitBytes);
		// a jump into the middle of a unit is rotated out of the range
		const distance = nodes.binary(type, "sub", frame.get(this.#pc), nodes.number(type, ...halves(low)));
		const number = unitBytes === 1 ? distance : nodes.binary(type, "rotr", distance, nodes.number(type, by, 0));
		const size = Math.max(...cases.map(({ pc }) => pc - low)) / unitBytes + 1;
		const name = (to: number) => {
			const { back, at, label: labelled } = route(shape, chosen, from, to);
			return back || labelled ? `c${from}_${to}` : `b${at}`;
		};
		const none = `n${from}`;
		const places = new Map(cases.map(({ pc, to }) => [(pc - low) / unitBytes, name(to)]));
		const labels = Array.from({ length: size }, (_, i) => places.get(i) ?? none);
		const local = frame.scratch(type);
		const table =
			type === "i32"
				? [nodes.switch([...labels, none], number)]
				: [
						nodes.br(none, nodes.binary(type, "gtu", nodes.tee(local, number, type), nodes.number(type, size, 0))),
						nodes.switch([...labels, none], nodes.wrap(frame.get(local))),
					];
		const before = frame.open();
		let code = [nodes.block(none, table), nodes.br(`e${from}`)];
		for (const to of new Set(cases.map((one) => one.to))) {
			if (!name(to).startsWith("c")) continue;
			frame.open();
			this.#branch(from, to, 0, true);
			code = [nodes.block(name(to), code), ...frame.close([])];
		}
		frame.open(before);
		frame.emit(nodes.block(`e${from}`, code));
	}

	/** Everything is in the state while the callee runs; when it has come back to where it was expected, what the rest needs is loaded again. */
	#call(from: number, { back, to, place }: Call): void {
		const nodes = this.#nodes;
		const frame = this.#frame;
		const type = this.#typeOfCell(pcCell);
		const pcOffset = this.#around.layout.offsets[pcCell]!;
		frame.emit(this.#out("next", nodes.rare(nodes.binary("i32", "gtu", frame.get(stack), nodes.i32(stackLimit)))));
		for (const cell of this.#dirty) frame.emit(this.#write(cell));
		for (const node of this.#writeHeader()) frame.emit(node);
		const deeper = () => nodes.binary("i32", "add", frame.get(stack), nodes.i32(frameBytes(this.#registers.size)));
		const jumps = this.#around.jumps!;
		const mode = () => nodes.load("i32", 4, Header.mode, frame.get(state));
		if (place >= 0) frame.set(label, wordAt(nodes, jumps, nodes.i32(place)));
		else for (const node of lookUpPlace(nodes, { jumps, type, pc: this.#pc, into: label, mode: mode() })) frame.emit(node);
		const slot = nodes.binary("i32", "and", frame.get(label), nodes.i32((1 << slotBits) - 1));
		const block = nodes.binary("i32", "shr", frame.get(label), nodes.i32(slotBits));
		const enter = nodes.set(label, nodes.call("enter", [frame.get(state), block, deeper(), slot], "i32"));
		const sibling = this.siblings.get(place);
		if (sibling) {
			// while its place leads there, it is called without a detour
			const direct = nodes.call(sibling.name, [frame.get(state), nodes.i32(0), deeper()], "i32");
			frame.emit(nodes.if(nodes.binary("i32", "eq", frame.get(label), nodes.i32(sibling.slot)), nodes.set(label, direct), enter));
		} else frame.emit(enter);
		const there = nodes.load(type, type === "i32" ? 4 : 8, pcOffset, frame.get(state));
		const apart = nodes.binary(type, "ne", there, nodes.number(type, ...halves(back)));
		frame.emit(nodes.if(nodes.rare(nodes.binary("i32", "or", frame.get(label), apart)), nodes.return(frame.get(label))));
		this.#readBudget();
		for (const cell of this.#plan.flow.liveAt(to)) frame.emit(this.#read(cell));
		this.#branch(from, to, 0);
	}
}

const bytesOf = (type: AnyType): number => (type === "i32" || type === "f32" ? 4 : 8);

/** Adds the region to the module as a function of this name; `places` as in `Job`. Answers the blocks that it may be entered at. */
export function addRegion(
	nodes: Nodes,
	name: string,
	region: Region,
	around: Surroundings,
	places: readonly number[] | undefined,
	siblings: ReadonlyMap<number, Sibling>,
): readonly number[] {
	const expected = region.blocks.map((block) => (isApart(block, region.apart) ? asItIs(block) : expecting(block)));
	const changed = { ...region, blocks: expected.map(({ block }) => block) };
	const plan = planOf(changed, around, places);
	new RegionFunction(nodes, changed, around, plan, expected, siblings).add(name);
	return plan.entries;
}
