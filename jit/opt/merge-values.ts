/** A block in, the block where a pure op that was done before with the same operands is not done again out. */
import type { Block } from "../ir/block.ts";
import { type Op, type OpName, opNames, opTable } from "../ir/op.ts";
import { renumberEnd, renumbered, without } from "./dead-set.ts";

/** 0: is left as it is; else a number of its own */
const numbers = Object.fromEntries(opNames.map((name, i) => [name, opTable[name].effect === "pure" && name !== "phi" ? i + 1 : 0])) as Record<OpName, number>;

/**
 * Values of an arm are merged with those of the same arm and of what is around it. Constants and phis are left: engines write constants where they
 * are used.
 */
export function mergeValues(block: Block): Block {
	const finder = new Finder(block.ops);
	if (finder.run() === 0) return block;
	const { same } = finder;
	const ops = block.ops.map((op): Op => {
		return op.op === "insn" || (op.a < 0 && op.b < 0) ? op : renumbered(op, same);
	});
	return without({ ...block, ops, end: renumberEnd(block, same) }, (i) => same[i] !== i);
}

class Finder {
	/** by value: the earlier one that is the same, or itself */
	readonly same: Int32Array;
	/** like `same`, but constants too */
	private readonly name: Int32Array;
	/** number of the arm that each value is made in */
	private readonly scope: Int32Array;
	private readonly closed: boolean[] = [false];
	private readonly table: Int32Array;
	private readonly ops: readonly Op[];

	constructor(ops: readonly Op[]) {
		this.ops = ops;
		this.same = new Int32Array(ops.length);
		this.name = new Int32Array(ops.length);
		this.scope = new Int32Array(ops.length);
		this.table = new Int32Array(2 ** (33 - Math.clz32(ops.length))).fill(-1);
	}

	/** How many values there are to merge. */
	run(): number {
		const { ops, same, name, scope, closed } = this;
		const open = [0];
		let merged = 0;
		for (let i = 0; i < ops.length; i++) {
			const op = ops[i];
			same[i] = i;
			name[i] = i;
			if (op.op === "else" || op.op === "end") closed[open.pop() as number] = true;
			if (op.op === "if" || op.op === "else") open.push(closed.push(false) - 1);
			scope[i] = open[open.length - 1];
			const number = numbers[op.op];
			if (number === 0) continue;
			const before = this.find(i, op, number);
			if (before < 0) continue;
			name[i] = before;
			if (op.op === "const") continue;
			same[i] = before;
			merged++;
		}
		return merged;
	}

	/** The value in sight that is the same as value i; -1, after taking note of i, when there is none. Constants are always in sight: only their name is asked. */
	private find(i: number, op: Op, number: number): number {
		const { table, ops, name, closed, scope } = this;
		const a = op.a < 0 ? -1 : name[op.a];
		const b = op.b < 0 ? -1 : name[op.b];
		const c = op.c < 0 ? -1 : name[op.c];
		const d = op.d < 0 ? -1 : name[op.d];
		let hash =
			Math.imul(Math.imul(number, 31) + a, 0x9e3779b1) ^ Math.imul(b + (op.lo << 1), 0x85ebca6b) ^ Math.imul(c + op.hi + (op.w << 6) + (d << 3), 0xc2b2ae35);
		hash ^= hash >>> 15;
		for (let at = hash & (table.length - 1); ; at = (at + 1) & (table.length - 1)) {
			const j = table[at];
			if (j < 0) {
				table[at] = i;
				return -1;
			}
			const o = ops[j];
			if (o.op !== op.op || o.w !== op.w || o.lo !== op.lo || o.hi !== op.hi) continue;
			if ((o.a < 0 ? -1 : name[o.a]) !== a || (o.b < 0 ? -1 : name[o.b]) !== b || (o.c < 0 ? -1 : name[o.c]) !== c) continue;
			if ((o.d < 0 ? -1 : name[o.d]) !== d) continue;
			if (op.op === "const" || !closed[scope[j]]) return j;
			table[at] = i;
			return -1;
		}
	}
}
