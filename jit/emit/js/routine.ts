/** A machine function, or one guest instruction, privileged ones too, in; the text of a JavaScript function that does it on a processor's state out. */
import { Bug } from "../../base/errors.ts";
import { Header, type StateLayout } from "../../base/layout.ts";
import { Status } from "../../base/status.ts";
import type { Block, Terminator } from "../../ir/block.ts";
import { highMask, lowMask } from "../../ir/evaluate.ts";
import { type Op, type OpName, opTable } from "../../ir/op.ts";
import type { Isa } from "../../spec/isa.ts";
import { halvesOf } from "../shared/region.ts";
import { load, store } from "./access.ts";
import { trapHeader } from "./block.ts";
import { createNesting } from "./nesting.ts";
import { type OutlinedArm, outline } from "./outline.ts";
import { pureOp } from "./pure.ts";
import { Values } from "./values.ts";

/** What to make a function of. `end`: of an instruction; `result`: the value that a machine function gives, -1 for none. */
export interface Routine {
	readonly ops: readonly Op[];
	readonly end: { readonly block: Block; readonly to: Terminator } | null;
	readonly result: number;
}

/** What stays the same for all routines of an ISA. */
export interface RoutineSetting {
	readonly isa: Isa;
	readonly layout: StateLayout;
}

/** `text`: functions; the first one, `routine(state, args)`, answers a `Status` and leaves the result in `answer`. `helpers`: what they are closed over. */
export interface RoutineText {
	readonly text: string;
	readonly helpers: readonly string[];
}

const header = (offset: number): string => `i32[s + ${offset >> 2}]`;

/** System ops: the statement, in the order of the operands' halves; those with a number as result have it in `n`. */
const calls: Partial<Record<OpName, string>> = {
	synccode: "system.syncCode(state);",
	synctranslation: "system.syncTranslation(state);",
	wait: `after = ${Status.wait};`,
	yields: `after = ${Status.yield};`,
};

/**
 * The function works on the state directly: registers are read where the ops read them and written where the ops write them, after everything that may
 * trap. `args` are the parameters of a machine function as halves; missing ones are 0. An instruction's pc is that of the state, so that one function
 * serves all places where the same instruction stands.
 */
export function routineText(setting: RoutineSetting, routine: Routine): RoutineText {
	const helpers = new Set<string>();
	/** Arms that are functions of their own, by their text without the name. */
	const outlined = new Map<string, string>();
	const body = emitBody(setting, routine.ops, routine.result, routine.end, helpers, (arm) => {
		const { lines, parameters } = emitArm(setting, arm, helpers);
		const text = `(${["s", ...parameters].join(", ")}) {\n${lines.map((line) => `\t${line}`).join("\n")}\n}`;
		let name = outlined.get(text);
		if (!name) outlined.set(text, (name = `arm${outlined.size}`));
		return name;
	});
	const functions = [`function routine(state, args) {\n${["const s = state >> 2;", ...body].map((line) => `\t${line}`).join("\n")}\n}`];
	for (const [text, name] of outlined) functions.push(`function ${name}${text}`);
	return { text: functions.join("\n"), helpers: [...helpers] };
}

/** The function of an arm: its parameters are the state's first word and the halves of its inputs; it returns the value. */
function emitArm(setting: RoutineSetting, { ops, result }: OutlinedArm, helpers: Set<string>): { lines: string[]; parameters: string[] } {
	const parameters: string[] = [];
	const lines: string[] = [];
	const nesting = createNesting(ops, (text) => lines.push(text));
	const values = new Values(ops, nesting.line, [result]);
	ops.forEach((op, i) => {
		if (op.op === "operand") {
			const { lo, hi } = values.own(i);
			parameters.push(lo, ...(values.wide(i) ? [hi] : []));
		} else emitPlain(setting, values, nesting, i, helpers);
	});
	lines.push(`return ${values.text(result)};`);
	return { lines, parameters };
}

/** What may stand in an arm and elsewhere. False: it is something else. */
function emitPlain({ layout, isa }: RoutineSetting, values: Values, nesting: ReturnType<typeof createNesting>, i: number, helpers: Set<string>): boolean {
	const op = values.ops[i]!;
	const need = (helper: string): string => {
		helpers.add(helper);
		return helper;
	};
	switch (op.op) {
		case "getreg": {
			if (!values.used(i)) return true;
			const word = layout.offsets[op.lo]! >> 2;
			const { lo, hi } = values.own(i);
			nesting.line(`const ${lo} = i32[s + ${word}]${values.wide(i) ? `, ${hi} = i32[s + ${word + 1}]` : ""}; // ${isa.cells[op.lo]!.name.replace(/\W/g, "")}`);
			return true;
		}
		case "if":
			nesting.open(values, i);
			return true;
		case "else":
			nesting.other(values);
			return true;
		case "end":
			nesting.close(values);
			return true;
		case "phi":
			return true;
		default:
			if (opTable[op.op].effect !== "pure") return false;
			pureOp({ values, line: nesting.line, need }, i);
			return true;
	}
}

function emitBody(
	setting: RoutineSetting,
	all: readonly Op[],
	result: number,
	end: Routine["end"],
	helpers: Set<string>,
	name: (arm: OutlinedArm) => string,
): string[] {
	const { layout, isa } = setting;
	const lines: string[] = [];
	const { ops, arms } = outline(all);
	const roots = [...arms.values()].flat().flatMap((arm) => arm?.inputs ?? []);
	if (result >= 0) roots.push(result);
	if (end?.to.kind === "branch") roots.push(end.to.if);
	if (end?.to.kind === "indirect") roots.push(end.to.to);
	const halves = (list: readonly number[]): string[] => list.flatMap((v) => (values.wide(v) ? values.halves(v) : [values.name(v)]));
	const nesting = createNesting(
		ops,
		(text) => lines.push(text),
		(phi, second) => {
			const arm = arms.get(phi)?.[second ? 1 : 0];
			return arm ? `${name(arm)}(${["s", ...halves(arm.inputs)].join(", ")})` : null;
		},
	);
	const { line } = nesting;
	const values = new Values(ops, line, roots);
	const need = (helper: string): string => {
		helpers.add(helper);
		return helper;
	};
	const access = { values, line, need, plain: false, portOnly: true, ram: none, bigEndian: false, leave: `return ${header(Header.status)};` };
	const leaves = end !== null && ops.some(({ op }) => op === "wait" || op === "yields" || op === "hostcall");
	if (leaves) line(`let after = ${Status.next};`);
	ops.forEach((op, i) => {
		if (emitPlain(setting, values, nesting, i, helpers)) return;
		const statement = calls[op.op];
		if (statement) {
			if (statement.startsWith("system")) need("system");
			line(statement);
			return;
		}
		switch (op.op) {
			case "insn":
				break;
			case "operand": {
				const { lo, hi } = values.own(i);
				const half = (k: number) => `args.length > ${op.lo} ? args[${op.lo}][${k}]${k === 0 ? masked(lowMask(op.w)) : masked(highMask(op.w))} : 0`;
				line(`const ${lo} = ${half(0)}${op.w > 32 ? `, ${hi} = ${half(1)}` : ""};`);
				break;
			}
			case "setreg": {
				const word = layout.offsets[op.lo]! >> 2;
				if (op.w > 32) {
					const [lo, hi] = values.halves(op.a);
					line(`i32[s + ${word}] = ${lo}; i32[s + ${word + 1}] = ${hi};`);
				} else line(`i32[s + ${word}] = ${values.text(op.a)};`);
				break;
			}
			case "load":
				load(access, i, op);
				break;
			case "store":
				store(access, i, op);
				break;
			case "trap":
				for (const text of trapHeader(values, op)) line(text);
				line(`return ${Status.trap};`);
				break;
			case "retired":
			case "clock":
				line(`const n${i} = ${need("system")}.${op.op}(state);`);
				line(`const v${i}_lo = n${i} | 0, v${i}_hi = Math.floor(n${i} / 4294967296) | 0;`);
				values.own(i);
				break;
			case "offers":
				line(`const ${values.own(i).lo} = ${need("system")}.offers("${isa.services[op.lo]}") ? 1 : 0;`);
				break;
			case "hostcall": {
				const operands = [op.a, op.b].map((v) => `[${values.halves(v).join(", ")}]`).join(", ");
				line(`const h${i} = ${need("system")}.hostcall(state, "${isa.services[op.lo]}", ${operands});`);
				line(`if (!h${i}) after = ${Status.stop};`);
				const { lo, hi } = values.own(i);
				line(`const ${lo} = h${i} ? h${i}[0]${masked(lowMask(op.w))} : 0${op.w > 32 ? `, ${hi} = h${i} ? h${i}[1]${masked(highMask(op.w))} : 0` : ""};`);
				break;
			}
			default:
				throw new Bug(`js: op ${op.op} cannot stand in a routine`);
		}
	});
	if (end) emitEnd(setting, values, line, end.block, end.to);
	else {
		const [lo, hi] = result < 0 ? ["0", "0"] : values.halves(result);
		line(`${need("answer")}[0] = ${lo}; answer[1] = ${hi};`);
	}
	line(`return ${leaves ? "after" : Status.next};`);
	return lines;
}

const none = { base: 0, bytes: 0, offset: 0, pageFlags: 0 };
const masked = (mask: number): string => (mask === -1 ? "" : ` & ${mask}`);

/** pc after an instruction: known targets as their distance from it. */
function emitEnd({ layout, isa }: RoutineSetting, values: Values, line: (text: string) => void, block: Block, end: Terminator): void {
	const word = layout.offsets[0]! >> 2;
	const wide = isa.addressBits > 32;
	/** The state's pc moved to where the block's would go. */
	const go = (target: number): string => {
		const [fromLo, fromHi] = halvesOf(block.pc);
		const [toLo, toHi] = halvesOf(target);
		const lo = (toLo - fromLo) | 0;
		const hi = (toHi - fromHi - (toLo >>> 0 < fromLo >>> 0 ? 1 : 0)) | 0;
		const low = `i32[s + ${word}] = (i32[s + ${word}] + ${lo})${masked(lowMask(isa.addressBits)) || " | 0"};`;
		if (!wide) return low;
		return `${low} i32[s + ${word + 1}] = (i32[s + ${word + 1}] + ${hi} + (i32[s + ${word}] >>> 0 < ${lo >>> 0} ? 1 : 0))${masked(highMask(isa.addressBits)) || " | 0"};`;
	};
	if (end.kind === "jump") line(go(end.to));
	else if (end.kind === "branch") line(`if (${values.condition(end.if)}) { ${go(end.then)} } else { ${go(end.else)} }`);
	else if (end.kind === "indirect") {
		const [lo, hi] = values.halves(end.to);
		line(`i32[s + ${word}] = ${lo};${wide ? ` i32[s + ${word + 1}] = ${hi};` : ""}`);
	}
}
