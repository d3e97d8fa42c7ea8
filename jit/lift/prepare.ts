/** A template in, a tree of steps out that `instantiate.ts` walks fast: kinds are numbers, what follows a conditional jump stands in the arm that gets there. */
import { lowMask } from "../ir/evaluate.ts";
import { foldable, type Op, type OpName, opTable } from "../ir/op.ts";
import type { Template } from "../spec/isa.ts";

export const Kind = {
	pure: 0,
	constant: 1,
	getreg: 2,
	setreg: 3,
	/** file index is operand x (the bits of mask y) / the number x / value a */
	getfileOperand: 4,
	getfileNumber: 5,
	getfileValue: 6,
	setfileOperand: 7,
	setfileNumber: 8,
	setfileValue: 9,
	operand: 10,
	pc: 11,
	next: 12,
	raw: 13,
	if: 14,
	jump: 15,
	trap: 16,
	/** the value of op a under another number */
	alias: 17,
	getspace: 18,
	setspace: 19,
	/** load, store, system ops: appended with their operands mapped */
	effect: 20,
	/** a floating-point op or `raised`: appended as it is, nothing is folded */
	float: 21,
} as const;

export interface Step {
	readonly kind: number;
	readonly op: OpName;
	/** number of the op in its template */
	readonly index: number;
	readonly w: number;
	readonly a: number;
	readonly b: number;
	readonly c: number;
	readonly lo: number;
	readonly hi: number;
	readonly d: number;
	readonly x: number;
	readonly y: number;
}
export interface IfStep extends Step {
	readonly yes: readonly Step[];
	readonly no: readonly Step[];
	readonly phis: readonly Op[];
	/** the op numbers of `phis` */
	readonly phiIndex: readonly number[];
	/** both arms may be done unconditionally, with `select` for what differs */
	readonly speculative: boolean;
	/** the arm always ends in a trap */
	readonly yesTraps: boolean;
	readonly noTraps: boolean;
}
export interface Prepared {
	readonly steps: readonly Step[];
	/** how many op numbers there are */
	readonly size: number;
	readonly result: number;
}

/** Arms with more steps than this are not made unconditional. */
const speculativeLimit = 32;

export function prepare(template: Template): Prepared {
	const builder = new Preparer(template);
	return { steps: normalise(builder.list(0, template.ops.length)), size: template.ops.length, result: template.result };
}

class Preparer {
	private readonly ops: readonly Op[];
	/** is the op's value needed as a value (not only as the index of a register) */
	private readonly used: Uint8Array;

	constructor(template: Template) {
		this.ops = template.ops;
		this.used = new Uint8Array(this.ops.length);
		if (template.result >= 0) this.used[template.result] = 1;
		for (const op of this.ops) {
			if (op.op === "insn") continue;
			const direct = (op.op === "getfile" || op.op === "setfile") && op.a >= 0 && (this.ops[op.a].op === "operand" || this.ops[op.a].op === "const");
			if (op.a >= 0 && !direct) this.used[op.a] = 1;
			if (op.b >= 0) this.used[op.b] = 1;
			if (op.c >= 0) this.used[op.c] = 1;
			if (op.d >= 0) this.used[op.d] = 1;
		}
	}

	/** Steps of the ops from `from` to before `to`. */
	list(from: number, to: number): Step[] {
		const steps: Step[] = [];
		for (let i = from; i < to; i++) {
			const op = this.ops[i];
			if (op.op !== "if") {
				const step = this.step(i, op);
				if (step) steps.push(step);
				continue;
			}
			const { middle, end } = this.arms(i);
			let last = end;
			while (this.ops[last + 1]?.op === "phi") last++;
			const phiIndex = Array.from({ length: last - end }, (_, k) => end + 1 + k);
			steps.push({
				...plain(Kind.if, i, op),
				yes: this.list(i + 1, middle),
				no: this.list(middle + 1, end),
				phis: phiIndex.map((k) => this.ops[k]),
				phiIndex,
				speculative: false,
				yesTraps: false,
				noTraps: false,
			} as IfStep);
			i = last;
		}
		return steps;
	}

	private arms(at: number): { middle: number; end: number } {
		let depth = 0;
		let middle = -1;
		for (let i = at + 1; ; i++) {
			const name = this.ops[i].op;
			if (name === "if") depth++;
			else if (name === "else" && depth === 0) middle = i;
			else if (name === "end" && depth-- === 0) return { middle: middle < 0 ? i : middle, end: i };
		}
	}

	private step(i: number, op: Op): Step | null {
		switch (op.op) {
			case "const":
				return this.used[i] ? plain(Kind.constant, i, op) : null;
			case "operand":
				return this.used[i] ? plain(Kind.operand, i, op) : null;
			case "getreg":
				return plain(Kind.getreg, i, op);
			case "setreg":
				return plain(Kind.setreg, i, op);
			case "getfile":
				return this.fileStep(i, op, Kind.getfileOperand);
			case "setfile":
				return this.fileStep(i, op, Kind.setfileOperand);
			case "pc":
			case "next":
			case "raw":
				return this.used[i] ? plain(Kind[op.op], i, op) : null;
			case "jump":
			case "trap":
			case "getspace":
			case "setspace":
				return plain(Kind[op.op], i, op);
			default:
				return plain(opTable[op.op].effect !== "pure" ? Kind.effect : foldable(op.op) ? Kind.pure : Kind.float, i, op);
		}
	}
	private fileStep(i: number, op: Op, first: number): Step {
		const index = this.ops[op.a];
		if (index.op === "operand") return plain(first, i, op, index.lo, lowMask(index.w));
		if (index.op === "const") return plain(first + 1, i, op, index.lo);
		return plain(first + 2, i, op);
	}
}

function plain(kind: number, index: number, op: Op, x = 0, y = 0): Step {
	return { kind, op: op.op, index, w: op.w, a: op.a, b: op.b, c: op.c, lo: op.lo, hi: op.hi, d: op.d, x, y };
}

const jumps = (steps: readonly Step[]): boolean =>
	steps.some((s) => s.kind === Kind.jump || (s.kind === Kind.if && (jumps((s as IfStep).yes) || jumps((s as IfStep).no))));

function aliases(step: IfStep, side: "a" | "b"): Step[] {
	return step.phis.flatMap((phi, k) => (phi[side] < 0 ? [] : [{ ...plain(Kind.alias, step.phiIndex[k], phi), a: phi[side], b: -1 }]));
}

/** Nothing stands after a jump or a trap, and nothing after an `if` that may jump. */
function normalise(steps: readonly Step[]): Step[] {
	const out: Step[] = [];
	for (let k = 0; k < steps.length; k++) {
		const step = steps[k];
		if (step.kind !== Kind.if) {
			out.push(step);
			if (step.kind === Kind.jump || step.kind === Kind.trap) break;
			continue;
		}
		const choice = step as IfStep;
		const rest = steps.slice(k + 1);
		if ((jumps(choice.yes) || jumps(choice.no)) && (rest.length || choice.phis.length)) {
			out.push(
				finish({
					...choice,
					yes: [...choice.yes, ...aliases(choice, "a"), ...rest],
					no: [...choice.no, ...aliases(choice, "b"), ...rest],
					phis: [],
					phiIndex: [],
				}),
			);
			break;
		}
		const done = finish(choice);
		out.push(done);
		if (done.yesTraps && done.noTraps) break;
	}
	return out;
}

function finish(step: IfStep): IfStep {
	const yes = normalise(step.yes);
	const no = normalise(step.no);
	return {
		...step,
		yes,
		no,
		yesTraps: traps(yes),
		noTraps: traps(no),
		speculative: harmless(yes) && harmless(no) && size(yes) + size(no) <= speculativeLimit,
	};
}

function traps(steps: readonly Step[]): boolean {
	const last = steps[steps.length - 1];
	if (!last) return false;
	return last.kind === Kind.trap || (last.kind === Kind.if && (last as IfStep).yesTraps && (last as IfStep).noTraps);
}
function harmless(steps: readonly Step[]): boolean {
	return steps.every((s) => {
		if (s.kind === Kind.if) return (s as IfStep).speculative;
		return s.kind !== Kind.trap && s.kind !== Kind.effect && s.kind !== Kind.getspace && s.kind !== Kind.setspace;
	});
}
function size(steps: readonly Step[]): number {
	return steps.reduce((n, s) => n + (s.kind === Kind.if ? 1 + size((s as IfStep).yes) + size((s as IfStep).no) : 1), 0);
}
