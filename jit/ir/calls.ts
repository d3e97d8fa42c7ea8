/** A block in, the address its call returns to out: calls are found by what they do, because an ISA has many ways to write one. */
import type { Block } from "./block.ts";

const two32 = 4294967296;

/**
 * A block whose last instruction jumps elsewhere and leaves the address after itself in a register is taken for a call, which returns there. null: it is
 * none. It is a guess that only speed depends on: whoever uses it compares the address that control really comes back to.
 */
export function returnAddress(block: Block): number | null {
	const { ops, end, pc, bytes } = block;
	const next = pc + bytes;
	if ((end.kind !== "jump" && end.kind !== "indirect") || (end.kind === "jump" && end.to === next)) return null;
	const lo = next | 0;
	const hi = Math.floor(next / two32) | 0;
	for (let i = ops.length - 1; i >= 0 && ops[i].op !== "insn"; i--) {
		const { op, a, w } = ops[i];
		if (op !== "setreg" || ops[a].op !== "const") continue;
		if (ops[a].lo === lo && (w <= 32 || ops[a].hi === hi)) return next;
	}
	return null;
}
