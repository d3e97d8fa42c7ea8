/** Machine functions and single instructions in, JavaScript functions that carry them out on a processor's state out: what the interpreter does, without the interpreter. */
import type { StateLayout } from "../../base/layout.ts";
import type { MemoryPort, SystemPort } from "../../base/port.ts";
import type { Status } from "../../base/status.ts";
import type { Block } from "../../ir/block.ts";
import { optimize } from "../../opt/optimize.ts";
import type { Isa, Template } from "../../spec/isa.ts";
import { makeFunction, pureBindings } from "./emit.ts";
import { floatHelpers } from "./float-helpers.ts";
import { type RoutineSetting, type RoutineText, routineText } from "./routine.ts";

/** What the code is bound to for good: the memory must not grow. The port is the full one: nothing is accessed but through it. */
export interface RoutineParts {
	readonly memory: WebAssembly.Memory;
	readonly port: MemoryPort;
	readonly system: SystemPort;
}

export type Arguments = readonly (readonly [lo: number, hi: number])[];
/** `args` are for machine functions. A trap, a fault: the state is as before; pc too where a machine function does not jump. */
export type RunRoutine = (state: number, args: Arguments) => Status;

export interface Routines {
	/** A machine function, lifted. Its value is in `answer` after `Status.next`. */
	machineFunction(template: Template): RunRoutine;
	/** A block of one instruction; good for every block of the same `keyOf`. */
	instruction(block: Block): RunRoutine;
	/** The value of the last machine function, in halves. */
	readonly answer: Int32Array;
}

/** By machine function: its text, which takes longer to make than to compile. */
const texts = new WeakMap<Template, RoutineText>();

/** Throws an EvalError where the host forbids code from strings. */
export function createRoutines(isa: Isa, layout: StateLayout, { memory, port, system }: RoutineParts): Routines {
	const answer = new Int32Array(2);
	const bindings: Readonly<Record<string, unknown>> = { ...pureBindings(), port, system, answer, i32: new Int32Array(memory.buffer) };
	const float = floatHelpers();
	const setting = { isa, layout };
	const make = ({ text, helpers }: RoutineText): RunRoutine => {
		const names = ["i32", ...helpers.filter((name) => name !== "i32")];
		return makeFunction(`(() => {\n${text}\nreturn routine;\n})()`, names, (name) => bindings[name] ?? float(name)) as RunRoutine;
	};
	return {
		answer,
		machineFunction(template) {
			let text = texts.get(template);
			if (!text) texts.set(template, (text = functionText(setting, template)));
			return make(text);
		},
		instruction(block) {
			const better = optimize(block);
			return make(routineText(setting, { ops: better.ops, end: { block: better, to: better.end }, result: -1 }));
		},
	};
}

function functionText(setting: RoutineSetting, { ops, result }: Template): RoutineText {
	// the passes know blocks; the value is what an indirect jump would go to
	const end = result < 0 ? ({ kind: "none" } as const) : ({ kind: "indirect", to: result } as const);
	const better = optimize({ pc: 0, context: 0, ops, end, count: 1, bytes: 0 });
	return routineText(setting, { ops: better.ops, end: null, result: better.end.kind === "indirect" ? better.end.to : -1 });
}

/** Equal for two blocks of one instruction that do the same, each from where it stands. */
export function keyOf({ ops, end, pc }: Block): string {
	const words: (number | string)[] = [end.kind];
	const distance = (to: number): number | string => (Number.isSafeInteger(to - pc) ? to - pc : `${pc} ${to}`);
	if (end.kind === "jump") words.push(distance(end.to));
	else if (end.kind === "branch") words.push(end.if, distance(end.then), distance(end.else));
	else if (end.kind === "indirect") words.push(end.to);
	for (const op of ops) if (op.op !== "insn") words.push(op.op, op.w, op.a, op.b, op.c, op.d, op.lo, op.hi);
	return words.join();
}
