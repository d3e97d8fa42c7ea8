/** A block in, its text out: one op a line, `%n` is the value of op n; `parse.ts` reads it back. */
import type { Isa } from "../spec/isa.ts";
import type { Block, Terminator } from "./block.ts";
import { cellNames } from "./names.ts";
import { hasImmediate, type Op, opInfo, opTable } from "./op.ts";

/** A 64-bit number in hexadecimal from its halves. */
export function hex(lo: number, hi: number): string {
	return hi === 0 ? `0x${(lo >>> 0).toString(16)}` : `0x${(hi >>> 0).toString(16)}${(lo >>> 0).toString(16).padStart(8, "0")}`;
}
/** A guest address (see `Terminator`) in hexadecimal; negative ones of 64-bit ISAs as the unsigned number they are. */
export function hexAddress(a: number): string {
	return a < 0 ? hex(a | 0, Math.floor(a / 4294967296) | 0) : `0x${a.toString(16)}`;
}
const v = (n: number): string => (n < 0 ? "-" : `%${n}`);

/** Text for people and for fixtures. Every op is kept as it is, also one that `verifyBlock` would refuse. */
export function printBlock(block: Block, isa: Isa): string {
	const names = cellNames(isa);
	const lines = [`block ${hexAddress(block.pc)} context ${block.context} count ${block.count} bytes ${block.bytes}`];
	let depth = 1;
	block.ops.forEach((op, i) => {
		if (op.op === "else" || op.op === "end") depth = Math.max(1, depth - 1);
		lines.push("  ".repeat(depth) + printOp(op, i, isa, names));
		if (op.op === "if" || op.op === "else") depth++;
	});
	lines.push(printEnd(block.end));
	return `${lines.join("\n")}\n`;
}

/** One op, without a line end. */
export function printOp(op: Op, i: number, isa: Isa, names: readonly string[] = cellNames(isa)): string {
	const info = opTable[op.op];
	const left = info.result ? `%${i}:${op.w} = ` : "";
	return left + body(op, isa, names, info.args);
}

/** What stands before the values: how a comparison takes NaNs, whether rounding to a whole number raises inexact. */
const immediate = (op: Op): number[] => (hasImmediate(op.op) ? [op.lo] : []);

function body(op: Op, isa: Isa, names: readonly string[], args: number): string {
	const space = (): string => isa.memories[op.lo]?.name ?? `#${op.lo}`;
	switch (op.op) {
		case "const":
			return `const ${hex(op.lo, op.hi)}`;
		case "insn":
			return `insn ${hex(op.lo, op.hi)} ${op.b} ; ${op.c}`;
		case "getreg":
			return `getreg ${names[op.lo] ?? `#${op.lo}`}`;
		case "setreg":
			return `setreg:${op.w} ${names[op.lo] ?? `#${op.lo}`} ${v(op.a)}`;
		case "load":
			return `load ${space()} ${op.hi} ${v(op.a)}`;
		case "store":
			return `store:${op.w} ${space()} ${v(op.a)} ${v(op.b)}`;
		case "operand":
			return `operand ${op.lo}`;
		case "offers":
			return `offers ${op.lo}`;
		case "hostcall":
		case "getfile":
		case "setfile":
		case "getspace":
		case "setspace":
			return `${op.op}${op.op.startsWith("set") ? `:${op.w}` : ""} ${op.lo} ${[op.a, op.b].slice(0, args).map(v).join(" ")}`;
		default:
			return [op.op, ...immediate(op), ...[op.a, op.b, op.c].slice(0, args).map(v), ...(opInfo[op.op].rounds ? [v(op.d)] : [])].join(" ");
	}
}

/** The terminator as text. */
export function printEnd(end: Terminator): string {
	switch (end.kind) {
		case "jump":
			return `jump ${hexAddress(end.to)} context ${end.context}`;
		case "branch":
			return `branch %${end.if} ${hexAddress(end.then)} ${hexAddress(end.else)} context ${end.context}`;
		case "indirect":
			return `indirect %${end.to}`;
		case "leave":
			return `leave ${end.status} ${hexAddress(end.pc)}`;
		default:
			return "none";
	}
}
