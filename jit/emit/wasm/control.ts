/** The end of a block in, the ways on out: to other blocks, into callees, or out of the region's function. */
import { Header } from "../../base/layout.ts";
import type { Block } from "../../ir/block.ts";
import type { Groups } from "./groups.ts";
import { type Held, Param, pcCell } from "./held.ts";
import { lookUpPlace, wordAt } from "./jump.ts";
import type { Node, Nodes } from "./nodes.ts";
import type { Call, Case, Plan, Surroundings } from "./plan.ts";
import { halves } from "./port.ts";
import { slotBits } from "./runtime.ts";
import { route } from "./shape.ts";
import type { Values } from "./values.ts";

/** A call deeper than this leaves to the dispatcher, which begins with an empty stack: V8's has a megabyte. */
const stackLimit = 256 * 1024;
/** Bytes of stack that a function with so many registers in locals takes at most, as a guess: V8's quick code keeps every local there. */
const frameBytes = (registers: number): number => 16 * (registers + 40);

/** Another region of the module (or the same): the name of its function, and the slot of its unit. */
export interface Sibling {
	readonly name: string;
	readonly slot: number;
}

/** A loop without checks: its first and last block, the accesses of each of them, and the local with the turns that are left. */
export interface Free {
	readonly head: number;
	readonly last: number;
	readonly groups: readonly Groups[];
	readonly left: number;
}

/** Where code is being emitted: in a block, and in a loop without checks, if it is. */
export interface Here {
	readonly position: number;
	readonly free: Free | null;
}

export interface ControlParts {
	readonly nodes: Nodes;
	readonly held: Held;
	readonly plan: Plan;
	readonly around: Surroundings;
	/** by place */
	readonly siblings: ReadonlyMap<number, Sibling>;
}

/** Answers what emits the end of a block whose ops have been emitted. */
export function createControl({ nodes, held, plan, around, siblings }: ControlParts): (here: Here, block: Block, values: Values) => void {
	const { frame, pcType: type } = held;

	/** To a block of the loop that does without checks; back to its head as long as it can. */
	function branchFree(from: number, to: number, condition: Node, { head, left }: Free): void {
		if (to !== head) {
			if (to !== from + 1 || condition !== 0) frame.emit(nodes.br(`f${to}`, condition));
			return;
		}
		const fewer = nodes.tee(left, nodes.binary("i32", "sub", frame.get(left), nodes.i32(1)), "i32");
		const back = [nodes.br(`f${head}`, fewer), nodes.br(`a${head}`)];
		if (condition === 0) for (const node of back) frame.emit(node);
		else frame.emit(nodes.if(condition, nodes.block(null, back)));
	}

	/** `apart`: what is emitted next is not what follows in the order of blocks. */
	function branch({ position: from, free }: Here, to: number, condition: Node = 0, apart = false): void {
		if (free && to >= free.head && to <= free.last) {
			branchFree(from, to, condition, free);
			return;
		}
		const { back, at, label: labelled } = route(plan.shape, plan.chosen, from, to);
		if (labelled) frame.set(Param.label, nodes.i32(to));
		if (back) frame.emit(nodes.br(`l${at}`, condition));
		else if (to !== from + 1 || condition !== 0 || apart || free) frame.emit(nodes.br(`b${at}`, condition));
	}

	/** To another block, in the region or out of it. What is set before a jump that is not taken does not matter: each jump sets what it needs. */
	function go(here: Here, pc: number, context: number, condition: Node = 0): void {
		const to = plan.to(here.position, pc, context);
		if (to >= 0) branch(here, to, condition);
		else {
			held.setPc(pc);
			frame.emit(held.out("next", condition));
		}
	}

	/** To the block of one of the cases whose address is in pc; what is none of them goes on behind. */
	function choose(here: Here, cases: readonly Case[]): void {
		const from = here.position;
		if (cases.length === 1) {
			const [{ pc, to }] = cases as [Case];
			branch(here, to, held.isAt(pc, "eq"));
			return;
		}
		const { unitBytes } = around.isa;
		const low = cases.reduce((least, { pc }) => Math.min(least, pc), Number.POSITIVE_INFINITY);
		const by = Math.log2(unitBytes);
		// a jump into the middle of a unit is rotated out of the range
		const distance = nodes.binary(type, "sub", frame.get(held.pc), nodes.number(type, ...halves(low)));
		const number = unitBytes === 1 ? distance : nodes.binary(type, "rotr", distance, nodes.number(type, by, 0));
		const size = Math.max(...cases.map(({ pc }) => pc - low)) / unitBytes + 1;
		const name = (to: number) => {
			const { back, at, label: labelled } = route(plan.shape, plan.chosen, from, to);
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
			branch(here, to, 0, true);
			code = [nodes.block(name(to), code), ...frame.close([])];
		}
		frame.open(before);
		frame.emit(nodes.block(`e${from}`, code));
	}

	/** Everything is in the state while the callee runs; when it has come back to where it was expected, what the rest needs is loaded again. */
	function call(here: Here, { back, to, place }: Call): void {
		const { state, label, stack } = Param;
		frame.emit(held.out("next", nodes.rare(nodes.binary("i32", "gtu", frame.get(stack), nodes.i32(stackLimit)))));
		for (const cell of held.dirty) frame.emit(held.write(cell));
		for (const node of held.writeHeader()) frame.emit(node);
		const deeper = () => nodes.binary("i32", "add", frame.get(stack), nodes.i32(frameBytes(held.registers.size)));
		const jumps = around.jumps!;
		const mode = () => nodes.load("i32", 4, Header.mode, frame.get(state));
		if (place >= 0) frame.set(label, wordAt(nodes, jumps, nodes.i32(place)));
		else for (const node of lookUpPlace(nodes, { jumps, type, pc: held.pc, into: label, mode: mode() })) frame.emit(node);
		const slot = nodes.binary("i32", "and", frame.get(label), nodes.i32((1 << slotBits) - 1));
		const block = nodes.binary("i32", "shr", frame.get(label), nodes.i32(slotBits));
		const enter = nodes.set(label, nodes.call("enter", [frame.get(state), block, deeper(), slot], "i32"));
		const sibling = siblings.get(place);
		if (sibling) {
			// while its place leads there, it is called without a detour
			const direct = nodes.call(sibling.name, [frame.get(state), nodes.i32(0), deeper()], "i32");
			frame.emit(nodes.if(nodes.binary("i32", "eq", frame.get(label), nodes.i32(sibling.slot)), nodes.set(label, direct), enter));
		} else frame.emit(enter);
		const there = nodes.load(type, type === "i32" ? 4 : 8, around.layout.offsets[pcCell]!, frame.get(state));
		const apart = nodes.binary(type, "ne", there, nodes.number(type, ...halves(back)));
		frame.emit(nodes.if(nodes.rare(nodes.binary("i32", "or", frame.get(label), apart)), nodes.return(frame.get(label))));
		held.readBudget();
		for (const cell of plan.flow.liveAt(to)) frame.emit(held.read(cell));
		branch(here, to);
	}

	return (here, { end }, values) => {
		const { position } = here;
		const callee = plan.calls[position];
		switch (end.kind) {
			case "jump":
				if (callee) {
					held.setPc(end.to);
					call(here, callee);
				} else if (plan.inlined[position]! >= 0) branch(here, plan.inlined[position]!);
				else go(here, end.to, end.context);
				break;
			case "branch": {
				const condition = values.use(end.if);
				if (plan.to(position, end.then, end.context) === position + 1) {
					go(here, end.else, end.context, nodes.unary("i32", "eqz", condition));
					go(here, end.then, end.context);
				} else {
					go(here, end.then, end.context, condition);
					go(here, end.else, end.context);
				}
				break;
			}
			case "indirect": {
				const cases = plan.cases[position]!;
				const known = plan.known[position]!;
				if (!known) frame.set(held.pc, values.use(end.to));
				if (known || callee) {
					// callees are few and may lie far apart
					cases.forEach(({ pc, to }, i) => {
						if (known && i === cases.length - 1) branch(here, to);
						else branch(here, to, held.isAt(pc, "eq"));
					});
					if (callee) call(here, callee);
				} else {
					if (cases.length > 0) choose(here, cases);
					frame.emit(held.out("next"));
				}
				break;
			}
			case "leave":
				frame.emit(held.setMark(end.pc, 0, end.status));
				frame.emit(held.out("leave"));
				break;
			case "none":
				frame.emit(nodes.unreachable());
		}
	};
}
