/** A template and a state in, what it does out: a plain reading of the op table, for comparing with what a definition's text says. */
import { evaluate } from "../../jit/ir/evaluate.ts";
import { type Op, opTable } from "../../jit/ir/op.ts";
import type { Isa, Template } from "../../jit/spec/isa.ts";

export interface Outcome {
	/** cells after the instruction; as before when it trapped */
	readonly cells: readonly number[];
	readonly jump: number | null;
	readonly trap: readonly [cause: number, value: number] | null;
	readonly stores: readonly string[];
	readonly result: number | null;
}

/** Runs a template of values of at most 32 bits. `load` answers memory reads. */
export function runTemplate(template: Template, before: readonly number[], operands: readonly number[], load: (address: number) => number): Outcome {
	const { ops } = template;
	const values: number[] = ops.map(() => 0);
	const cells = [...before];
	const stores: string[] = [];
	const high = new Int32Array(1);
	/** index of each if -> of its else and end */
	const partner = new Map<number, number>();
	const open: number[] = [];
	ops.forEach((op, i) => {
		if (op.op === "if") open.push(i);
		else if (op.op === "else") {
			partner.set(open.pop() as number, i);
			open.push(i);
		} else if (op.op === "end") partner.set(open.pop() as number, i);
	});
	const taken: boolean[] = [];
	let last = true;
	const done = (jump: number | null, trap: readonly [number, number] | null): Outcome => ({
		cells: trap ? before : cells,
		jump,
		trap,
		stores,
		result: template.result < 0 ? null : (values[template.result] as number),
	});
	const arg = (i: number): number => {
		if (i < 0) throw new Error("an op takes a value that is not there");
		return values[i] as number;
	};
	for (let i = 0; i < ops.length; i++) {
		const op = ops[i] as Op;
		switch (op.op) {
			case "const":
				values[i] = op.lo >>> 0;
				break;
			case "operand":
				values[i] = (operands[op.lo] as number) >>> 0;
				break;
			case "pc":
				values[i] = 0x1000;
				break;
			case "next":
				values[i] = 0x1001;
				break;
			case "getreg":
				values[i] = cells[op.lo] as number;
				break;
			case "setreg":
				cells[op.lo] = arg(op.a);
				break;
			case "load":
				values[i] = load(arg(op.a));
				break;
			case "store":
				stores.push(`${arg(op.a)}=${arg(op.b)}`);
				break;
			case "if":
				taken.push(arg(op.a) === 1);
				if (arg(op.a) === 0) i = partner.get(i) as number;
				break;
			case "else":
				// the first arm ran through
				i = (partner.get(i) as number) - 1;
				break;
			case "end":
				last = taken.pop() as boolean;
				break;
			case "phi":
				values[i] = arg(last ? op.a : op.b);
				break;
			case "trap":
				return done(null, [arg(op.a), arg(op.b)]);
			case "jump":
				return done(arg(op.a), null);
			default: {
				const info = opTable[op.op];
				if (info.effect !== "pure") throw new Error(`${op.op} is not expected here`);
				const a = arg(op.a) | 0;
				const b = info.args > 1 ? arg(op.b) | 0 : 0;
				const c = info.args > 2 ? arg(op.c) | 0 : 0;
				values[i] = evaluate(op.op, op.w, ops[op.a]?.w ?? 0, a, 0, b, 0, c, 0, high) >>> 0;
			}
		}
	}
	return done(null, null);
}

/** One op a line, for goldens: `%3 = add.8 %1 %2`. */
export function showTemplate(isa: Isa, template: Template): string[] {
	const lines = template.ops.map((op, i) => {
		const info = opTable[op.op];
		const args = [op.a, op.b, op.c].slice(0, info.args).map((a) => (a < 0 ? "-" : `%${a}`));
		const extra: string[] = [];
		if (op.op === "const") extra.push(String((BigInt(op.hi >>> 0) << 32n) | BigInt(op.lo >>> 0)));
		else if (op.op === "getreg" || op.op === "setreg") extra.push(isa.cells[op.lo]?.name ?? "?");
		else if (op.op === "operand" || op.op === "load" || op.op === "store" || /file|space|offers|hostcall/.test(op.op)) extra.push(`#${op.lo}`);
		const text = `${op.op}${op.w ? `.${op.w}` : ""} ${[...extra, ...args].join(" ")}`.trim();
		return info.result ? `%${i} = ${text}` : text;
	});
	return template.result < 0 ? lines : [...lines, `result %${template.result}`];
}

/** What is wrong with the shape of a template: values used where they are not seen, ifs that do not close, phis that do not follow an end. */
export function shapeErrors(template: Template): string[] {
	const errors: string[] = [];
	const { ops } = template;
	/** for each op the arms it stands in, outermost first, as "index of the if:arm" */
	const arms: string[][] = [];
	const open: { at: number; arm: number }[] = [];
	let closed = -1;
	ops.forEach((op, i) => {
		if (op.op === "else") {
			const top = open.at(-1);
			if (top?.arm !== 0) errors.push(`${i}: else without if`);
			else top.arm = 1;
		} else if (op.op === "end") {
			const top = open.pop();
			if (top?.arm !== 1) errors.push(`${i}: end without else`);
			closed = top?.at ?? -1;
		}
		arms.push(open.map((o) => `${o.at}:${o.arm}`));
		const args = [op.a, op.b, op.c].slice(0, opTable[op.op].args);
		if (op.op === "phi") {
			const previous = ops[i - 1]?.op;
			if (previous !== "end" && previous !== "phi") errors.push(`${i}: phi does not follow an end`);
			args.forEach((a, arm) => {
				const home = arms[a] ?? [];
				const seen = [...open.map((o) => `${o.at}:${o.arm}`), `${closed}:${arm}`];
				if (a >= i || a < 0 || !home.every((h, k) => seen[k] === h)) errors.push(`${i}: phi takes ${a}, which is not in its arm`);
			});
		} else {
			for (const a of args) {
				if (a < 0 || a >= i || !opTable[(ops[a] as Op).op].result) errors.push(`${i}: takes ${a}`);
				else if (!(arms[a] as string[]).every((h, k) => open[k] && `${open[k].at}:${open[k].arm}` === h))
					errors.push(`${i}: takes ${a} from an arm that is closed`);
			}
		}
		const after = ops[i + 1]?.op;
		if ((op.op === "jump" || op.op === "trap") && after !== undefined && after !== "else" && after !== "end")
			errors.push(`${i}: ${op.op} is not the last of its path`);
		if (op.op === "if") open.push({ at: i, arm: 0 });
	});
	if (open.length > 0) errors.push("an if is not closed");
	return errors;
}
