/** Ops in, the ops whose values or effects somebody needs out, renumbered; in place. */
import { type Op, type OpName, opNames, opTable } from "./op.ts";

/** May be dropped when nobody uses the value. */
const removable = new Set<OpName>(opNames.filter((name) => opTable[name].effect === "pure" || opTable[name].effect === "read" || name === "operand"));

/**
 * Drops pure ops and register reads that neither an op with an effect nor one of `roots` depends on, and `if`s with nothing left in them.
 * Owns `ops` (and the objects in it): renumbers them in place. Answers what became of each old number; -1: gone.
 */
export function compact(ops: Op[], roots: readonly number[]): Int32Array {
	const n = ops.length;
	const needed = new Uint8Array(n);
	for (const r of roots) if (r >= 0) needed[r] = 1;
	/** for each open `if` (walking backwards): is there anything in it so far */
	const filled: boolean[] = [];
	for (let i = n - 1; i >= 0; i--) {
		const op = ops[i];
		const name = op.op;
		if (name === "end") {
			filled.push(needed[i + 1] === 1 && ops[i + 1]?.op === "phi");
			continue;
		}
		if (name === "else") continue;
		if (name === "if") {
			if (!filled.pop()) continue;
			needed[i] = 1;
			if (op.a >= 0) needed[op.a] = 1;
			if (filled.length) filled[filled.length - 1] = true;
			continue;
		}
		if (removable.has(name)) {
			if (!needed[i]) continue;
		} else {
			needed[i] = 1;
			if (filled.length) filled[filled.length - 1] = true;
		}
		if (name === "phi") keepPhis(ops, needed, i);
		if (name === "insn") continue;
		if (op.a >= 0) needed[op.a] = 1;
		if (op.b >= 0) needed[op.b] = 1;
		if (op.c >= 0) needed[op.c] = 1;
		if (op.d >= 0) needed[op.d] = 1;
	}
	return renumber(ops, needed);
}

/** A needed phi anywhere behind an `end` has to be seen by that `end`: mark the first phi too if it is not. */
function keepPhis(ops: readonly Op[], needed: Uint8Array, i: number): void {
	if (ops[i - 1].op === "phi") needed[i - 1] = 1;
}

function renumber(ops: Op[], needed: Uint8Array): Int32Array {
	const to = new Int32Array(ops.length).fill(-1);
	const open: boolean[] = [];
	let k = 0;
	for (let i = 0; i < ops.length; i++) {
		const op = ops[i];
		let keep = needed[i] === 1;
		if (op.op === "if") open.push(keep);
		else if (op.op === "else") keep = open[open.length - 1];
		else if (op.op === "end") keep = open.pop() as boolean;
		if (!keep) continue;
		if (op.op !== "insn") {
			if (op.a >= 0) op.a = to[op.a];
			if (op.b >= 0) op.b = to[op.b];
			if (op.c >= 0) op.c = to[op.c];
			if (op.d >= 0) op.d = to[op.d];
		}
		to[i] = k;
		ops[k++] = op;
	}
	ops.length = k;
	return to;
}
