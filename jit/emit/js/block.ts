/** One block: its ops and terminator in, lines of JavaScript out. */
import { Bug } from "../../base/errors.ts";
import { Header } from "../../base/layout.ts";
import { Status } from "../../base/status.ts";
import type { Block } from "../../ir/block.ts";
import { returnAddress } from "../../ir/calls.ts";
import { type Op, opTable } from "../../ir/op.ts";
import { halvesOf } from "../shared/region.ts";
import { type AccessContext, load, store } from "./access.ts";
import type { CellName } from "./names.ts";
import { createNesting } from "./nesting.ts";
import { pureOp } from "./pure.ts";
import { bare, Values } from "./values.ts";

/** What a block needs to know of the unit around it. */
export interface BlockContext extends Omit<AccessContext, "values" | "leave" | "line"> {
	readonly names: readonly CellName[];
	/** Writes a line, indented as deep as the block stands. */
	readonly line: (text: string) => void;
	/** Statements that leave the unit at an address, giving back `back` instructions of the budget. */
	leave(status: number | string, pc: number, back: number): string;
	/** Statements that leave with pc in two texts (the high half "0" where pc is narrow). */
	leaveTo(lo: string, hi: string): string;
	/** Statements that go to an address, within the unit if they can; none when the code that follows is that place. */
	go(to: number, context: number): string;
}

/** The address as in listings: hexadecimal, of 64-bit addresses unsigned. */
export function hex(address: number): string {
	const [lo, hi] = halvesOf(address);
	return hi === 0 ? (lo >>> 0).toString(16) : (hi >>> 0).toString(16) + (lo >>> 0).toString(16).padStart(8, "0");
}

/** Lines that leave cause and value of a trap in the header. */
export function trapHeader(values: Values, op: Op): string[] {
	const [causeLo, causeHi] = values.halves(op.a);
	const [valueLo, valueHi] = values.halves(op.b);
	const s = (offset: number) => `i32[s + ${offset >> 2}]`;
	return [`${s(Header.causeLo)} = ${causeLo}; ${s(Header.causeHi)} = ${causeHi};`, `${s(Header.valueLo)} = ${valueLo}; ${s(Header.valueHi)} = ${valueHi};`];
}

export function emitBlock(unit: BlockContext, block: Block): void {
	const { ops, end } = block;
	const nesting = createNesting(ops, unit.line);
	const { line } = nesting;
	const ends = end.kind === "branch" ? [end.if] : end.kind === "indirect" ? [end.to] : [];
	const values = new Values(ops, line, ends);
	let pc = block.pc;
	let back = block.count;
	const context = (): AccessContext => ({ ...unit, values, line, leave: unit.leave(`i32[s + ${Header.status >> 2}]`, pc, back) });
	const pure = { values, line, need: unit.need };

	ops.forEach((op, i) => {
		switch (op.op) {
			case "insn":
				pc = (op.hi | 0) * 4294967296 + (op.lo >>> 0);
				back = block.count - op.c;
				line(`// ${hex(pc)}: instruction ${op.c}`);
				break;
			case "getreg": {
				const { lo, hi } = unit.names[op.lo]!;
				if (hi === null) values.narrow(i, lo);
				else values.pair(i, lo, hi);
				break;
			}
			case "setreg": {
				const { lo, hi } = unit.names[op.lo]!;
				if (hi === null) {
					const text = bare(values.text(op.a));
					if (text === lo) break;
					values.changes(lo);
					line(`${lo} = ${text};`);
				} else {
					const [l, h] = values.halves(op.a);
					values.changes(lo);
					values.changes(hi);
					// a value may be the register's own halves exchanged: what is read must not have been written
					if (h !== lo) line(`${lo} = ${l}; ${hi} = ${h};`);
					else if (l !== hi) line(`${hi} = ${h}; ${lo} = ${l};`);
					else line(`const s${i} = ${lo}; ${lo} = ${hi}; ${hi} = s${i};`);
				}
				break;
			}
			case "load":
				load(context(), i, op);
				break;
			case "store":
				store(context(), i, op);
				break;
			case "if":
				nesting.open(values, i);
				break;
			case "else":
				nesting.other(values);
				break;
			case "end":
				nesting.close(values);
				break;
			case "phi":
				break;
			case "trap": {
				for (const text of trapHeader(values, op)) line(text);
				line(unit.leave(Status.trap, pc, back));
				break;
			}
			default:
				if (opTable[op.op].effect !== "pure") throw new Bug(`js: op ${op.op} cannot stand in translated code`);
				pureOp(pure, i);
		}
	});

	switch (end.kind) {
		case "jump":
			if (unit.go(end.to, end.context)) line(unit.go(end.to, end.context));
			break;
		case "branch": {
			const condition = values.condition(end.if);
			const then = unit.go(end.then, end.context);
			const otherwise = unit.go(end.else, end.context);
			if (then) {
				line(`if (${bare(condition)}) ${then}`);
				if (otherwise) line(otherwise);
			} else if (otherwise) line(`if (!${condition}) ${otherwise}`);
			break;
		}
		case "indirect": {
			const [lo, hi] = values.halves(end.to);
			if (returnAddress(block) === null) line(`i32[s + ${Header.from >> 2}] = ${halvesOf(block.pc + block.bytes)[0]};`);
			line(unit.leaveTo(lo, hi));
			break;
		}
		case "leave":
			line(unit.leave(end.status, end.pc, 0));
			break;
		case "none":
			break;
	}
}
