/** Machine functions and single instructions in, what they do to a processor's state out: by the interpreter, and by JavaScript made of them once they run often. */
import type { StateLayout } from "../base/layout.ts";
import { Status } from "../base/status.ts";
import { createRoutines, keyOf, type RunRoutine } from "../emit/js/routines.ts";
import { createInterpreter, type Interpreter, type InterpreterParts } from "../interpret/interpret.ts";
import type { Block, Ready } from "../ir/block.ts";
import type { Op } from "../ir/op.ts";
import { liftFunction } from "../lift/function.ts";
import type { Isa, MachineFunction } from "../spec/isa.ts";

/** One thing that is carried out again and again. `code` is null while it is interpreted. `ops`: of an instruction, as they are wherever it stands. */
interface Known {
	readonly ops: readonly Op[];
	runs: number;
	code: RunRoutine | null;
	/** Whoever still has it looks the instruction up anew. */
	forgotten: boolean;
}

/** Distinct instructions that are known at most; past it all are forgotten, so that a guest cannot fill the host's memory with them. */
const mostInstructions = 4096;

/**
 * An interpreter that stops interpreting: what has run `after` times becomes a JavaScript function, an instruction once for all places where the same one
 * stands. `Infinity`: never; then, where the host forbids code from strings, and for blocks of several instructions it is the interpreter alone.
 */
export function createExecutor(isa: Isa, layout: StateLayout, parts: InterpreterParts, after: number): Interpreter {
	const interpreter = createInterpreter(isa, layout, parts);
	if (after === Number.POSITIVE_INFINITY) return interpreter;
	const routines = createRoutines(isa, layout, parts);
	const functions = new Map<MachineFunction, Known>();
	const instructions = new Map<string, Known>();
	const prepared = new WeakMap<Block, Ready>();
	let retired = 0;
	let forbidden = false;

	/** Its code, if it is due. */
	const codeOf = (known: Known, make: () => RunRoutine): RunRoutine | null => {
		if (known.code !== null) return known.code;
		if (forbidden || known.runs++ < after) return null;
		try {
			known.code = make();
		} catch (error) {
			if (!(error instanceof EvalError)) throw error;
			forbidden = true;
		}
		return known.code;
	};
	const knownAt = (block: Block): Known => {
		const key = keyOf(block);
		let known = instructions.get(key);
		if (!known) {
			if (instructions.size >= mostInstructions) {
				for (const old of instructions.values()) [old.code, old.forgotten] = [null, true];
				instructions.clear();
			}
			instructions.set(key, (known = unknown(block.ops)));
		}
		return known;
	};
	const prepare = (block: Block): Ready => {
		if (block.count !== 1 || block.end.kind === "leave") {
			const run = interpreter.prepare(block);
			return (state) => {
				const status = run(state);
				retired = interpreter.retired;
				return status;
			};
		}
		let known = knownAt(block);
		// the same instruction stands at many places, and of each only what differs is kept: 5,000 of a boot took 10 MiB
		const { ops, ...rest } = block;
		const own = ops.find(isInsn)!;
		const whole = (): Block => ({ ...rest, ops: known.ops.map((op) => (isInsn(op) ? own : op)) });
		let interpreted: Ready | null = null;
		return (state) => {
			if (known.forgotten) known = knownAt(whole());
			const code = known.code ?? codeOf(known, () => routines.instruction(whole()));
			if (code === null) {
				const status = (interpreted ??= interpreter.prepare(whole()))(state);
				retired = interpreter.retired;
				return status;
			}
			interpreted = null;
			const status = code(state, noArguments);
			retired = status === Status.trap || status === Status.fault || status === Status.assist ? 0 : 1;
			return status;
		};
	};

	return {
		prepare,
		run(block, state) {
			let ready = prepared.get(block);
			if (!ready) prepared.set(block, (ready = prepare(block)));
			return ready(state);
		},
		call(fn, state, args) {
			let known = functions.get(fn);
			if (!known) functions.set(fn, (known = unknown([])));
			const code = codeOf(known, () => routines.machineFunction(liftFunction(isa, fn)));
			if (code === null) return interpreter.call(fn, state, args);
			const status = code(state, args);
			const { answer } = routines;
			return status === Status.next ? { status, lo: answer[0]!, hi: answer[1]! } : { status, lo: 0, hi: 0 };
		},
		get retired() {
			return retired;
		},
	};
}

const noArguments: readonly never[] = [];
const unknown = (ops: readonly Op[]): Known => ({ ops, runs: 0, code: null, forgotten: false });
const isInsn = ({ op }: Op): boolean => op === "insn";
