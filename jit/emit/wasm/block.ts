/** A block of a region in, the statements of its function out: its ops, with checks in place of what rarely happens, then its end. */
import { Header } from "../../base/layout.ts";
import { Status } from "../../base/status.ts";
import type { Region } from "../../ir/block.ts";
import { type Op, opInfo } from "../../ir/op.ts";
import { armsOf } from "../shared/region.ts";
import { Conditional } from "./conditional.ts";
import { type ControlParts, createControl, type Here } from "./control.ts";
import type { Ask, Expected } from "./expect.ts";
import { emitFloat } from "./float.ts";
import { Doubts, emitExpected } from "./float-expected.ts";
import { addressOf, type Groups, groupsOf } from "./groups.ts";
import { Param, pcCell } from "./held.ts";
import { emitLoad, emitStore, type MemoryContext } from "./memory.ts";
import { type Node, typeOf } from "./nodes.ts";
import { isApart, type Place, Restart } from "./restart.ts";
import { Values } from "./values.ts";

export interface BlockParts extends ControlParts {
	readonly region: Region;
	/** By block: it is emitted as what is expected of it. */
	readonly expected: readonly Expected[];
}

/** Answers what emits a block; its instructions have been taken from the budget. */
export function createBlocks(parts: BlockParts): (here: Here) => void {
	const { nodes, held, plan, around, region, expected } = parts;
	const { frame } = held;
	const { isa, ram, fuses } = around;
	const end = createControl(parts);
	let stores = 0;
	let floats = 0;

	function trap(values: Values, op: Op): void {
		const put = (value: number, offset: number) => {
			const node = values.use(value);
			const wide = typeOf(values.ops[value]!.w) === "i64" ? node : nodes.extendU(node);
			frame.emit(nodes.store("i64", 8, offset, frame.get(Param.state), wide));
		};
		put(op.a, Header.causeLo);
		put(op.b, Header.valueLo);
	}

	function ops({ position, free }: Here): Values {
		const { block, asks, floats: quick } = expected[position]!;
		const exact = isApart(block, region.apart);
		const groups: Groups = free ? free.groups[position - free.head]! : exact ? new Map() : groupsOf(block, ram, region.plain);
		const leaves = !free || asks.size + quick.size > 0;
		const instead = (i: number) => {
			const member = groups.get(i);
			return member && addressOf(member, i);
		};
		const values = new Values(nodes, frame, block.ops, block.end, held.registers, instead, expected[position]!);
		const commit = (): void => {
			for (const cell of values.commit()) if (cell !== pcCell) held.dirty.add(cell);
		};
		const restart = new Restart(block, exact, commit, () => doubts.ask());
		const mark = ({ pc, back }: Place, status: number): Node => held.setMark(pc, back, status);
		const context: MemoryContext = {
			ram,
			table: held.table,
			bigEndian: isa.memories[0]!.endian === "big",
			begin: () => {
				if (leaves) restart.begin();
			},
			begun: () => restart.begun,
			mark: () => mark(restart.here, 0),
			leave: (condition) => held.out("leave", nodes.rare(condition)),
			status: held.status,
			assist: () => mark(restart.place(), Status.assist),
			groups,
			free: free !== null,
			checked: new Map(),
		};
		const leave = (condition: Node): Node[] => [context.assist(), context.leave(condition)];
		const doubts = new Doubts({ values, fuses, leave });
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
					emitStore(values, i, op, context, stores++);
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
					trap(values, op);
					frame.emit(mark(restart.here, Status.trap));
					frame.emit(held.out("leave"));
					break;
				default:
					if (quick.has(i)) {
						restart.place();
						emitExpected(doubts, i, op);
					} else if (opInfo[op.op].float) emitFloat(values, i, op, floats++, fuses);
					else values.note(i);
			}
			const asked = asks.get(i);
			if (asked) ask(i, asked);
			frame.flush();
		});
		if (plan.known[position]) {
			// in front of the call nothing of it has happened
			frame.emit(context.assist());
			frame.set(held.pc, values.use((block.end as { readonly to: number }).to));
			const others = plan.cases[position]!.map(({ pc }) => held.isAt(pc, "ne"));
			frame.emit(context.leave(others.reduce((all, one) => nodes.binary("i32", "and", all, one))));
		}
		restart.settle();
		frame.flush();
		return values;
	}

	return (here) => {
		end(here, region.blocks[here.position]!, ops(here));
		frame.flush();
	};
}
