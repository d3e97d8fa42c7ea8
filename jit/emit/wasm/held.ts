/** A region in, out where its function holds the processor while it runs: registers, budget and pc in locals, read from the state and written back on the ways out. */
import { Header } from "../../base/layout.ts";
import { Status } from "../../base/status.ts";
import type { Region } from "../../ir/block.ts";
import { Exits, type Way } from "./exits.ts";
import { floatCells } from "./float-cells.ts";
import { Frame } from "./frame.ts";
import { Marks } from "./marks.ts";
import { type AnyType, type Node, type Nodes, type Type, typeOf } from "./nodes.ts";
import type { Surroundings } from "./plan.ts";
import { halves } from "./port.ts";
import type { Registers } from "./values.ts";

/** Parameters of a region's function. `stack`: bytes of the host's stack that calls have taken so far. */
export const Param = { state: 0, label: 1, stack: 2 } as const;
/** Cell 0 is pc; it is written at exits only. */
export const pcCell = 0;

export interface Held {
	readonly frame: Frame;
	readonly registers: Registers;
	/** The locals with the instructions that are left, and with the address that a way `next` leads to. */
	readonly budget: number;
	readonly pc: number;
	readonly pcType: Type;
	/** The look-up table's offset; -1 in plain regions. */
	readonly table: number;
	/** Cells that differ from the state in memory where code is being emitted. */
	readonly dirty: Set<number>;
	/** Code is emitted from now on where these cells differ. */
	setDirty(cells: Iterable<number>): void;
	/** Emits what takes the budget from the header. */
	readBudget(): void;
	read(cell: number): Node;
	write(cell: number): Node;
	writeHeader(): Node[];
	/** The status in the header. */
	status(): Node;
	setMark(pc: number, count: number, status: number): Node;
	/** Emits what sets pc to an address. */
	setPc(pc: number): void;
	/** Compares what is in pc with an address. */
	isAt(pc: number, how: "eq" | "ne"): Node;
	/** Out of the function, when the condition holds or always. */
	out(way: Way, condition?: Node): Node;
	/** The function's body, whose end is not reached, with the ways out behind it. */
	withExits(body: readonly Node[]): Node[];
}

const bytesOf = (type: AnyType): number => (type === "i32" || type === "f32" ? 4 : 8);

/** `cells`: those that the region touches. */
export function hold(nodes: Nodes, region: Region, { isa, layout, fuses }: Surroundings, cells: readonly number[]): Held {
	const frame = new Frame(nodes, Object.keys(Param));
	const marks = new Marks(region);
	const exits = new Exits();
	const typeOfCell = (cell: number): Type => typeOf(isa.cells[cell]!.width);
	const pcType = typeOfCell(pcCell);
	const budget = frame.fixed("i32", "budget");
	const mark = frame.fixed("i32", "mark");
	const pc = frame.fixed(pcType, "pc");
	const table = region.plain ? -1 : frame.fixed("i32", "table");
	const floats = floatCells(region, fuses);
	const registers = new Map(cells.map((cell) => [cell, frame.fixed(floats.get(cell) ?? typeOfCell(cell), isa.cells[cell]!.name)]));
	const dirty = new Set<number>();

	const state = (): Node => frame.get(Param.state);
	const address = (to: number): Node => nodes.number(pcType, ...halves(to));
	const status = (): Node => nodes.load("i32", 4, Header.status, state());

	function put(local: number, offset: number): Node {
		const type = frame.typeOfLocal(local);
		const value = frame.get(local);
		if (type === "v128") return nodes.store("f64", 8, offset, state(), nodes.first("f64", value));
		return nodes.store(type, bytesOf(type), offset, state(), value);
	}
	const write = (cell: number): Node => put(registers.get(cell)!, layout.offsets[cell]!);
	const writeHeader = (): Node[] => [put(budget, Header.budget), put(pc, layout.offsets[pcCell]!)];

	/** What the mark says, into pc, budget and (the status) label. */
	function unpack(): Node[] {
		const what = () => frame.get(mark);
		const left = nodes.tee(Param.label, marks.status(nodes, what()), "i32");
		return [
			nodes.set(pc, marks.pc(nodes, what(), pcType)),
			nodes.set(budget, nodes.binary("i32", "add", frame.get(budget), marks.count(nodes, what()))),
			nodes.if(nodes.unary("i32", "eqz", left), nodes.set(Param.label, status())),
		];
	}

	return {
		...{ frame, registers, budget, pc, pcType, table, dirty, write, writeHeader, status },
		setDirty(cells) {
			dirty.clear();
			for (const cell of cells) dirty.add(cell);
		},
		readBudget: () => frame.set(budget, nodes.load("i32", 4, Header.budget, state())),
		read(cell) {
			const local = registers.get(cell)!;
			const type = frame.typeOfLocal(local);
			const kept = type === "v128" ? "f64" : type;
			const loaded = nodes.load(kept, bytesOf(kept), layout.offsets[cell]!, state());
			return nodes.set(local, type === "v128" ? nodes.splat("f64", loaded) : loaded);
		},
		setMark: (at, count, status) => nodes.set(mark, nodes.i32(marks.pack(at, count, status))),
		setPc: (to) => frame.set(pc, address(to)),
		isAt: (there, how) => nodes.binary(pcType, how, frame.get(pc), address(there)),
		out: (way, condition = 0) => nodes.br(exits.to(way, dirty), condition),
		withExits: (body) =>
			exits.around(nodes, body, write, {
				next: () => [...writeHeader(), nodes.return(nodes.i32(Status.next))],
				leave: () => [...unpack(), ...writeHeader(), nodes.return(frame.get(Param.label))],
			}),
	};
}
