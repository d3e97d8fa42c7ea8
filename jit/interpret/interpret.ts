/** A block (or a machine function) and the state of a processor in, the state after it and a status out: the reference for every other engine. */
import { Bug } from "../base/errors.ts";
import type { StateLayout } from "../base/layout.ts";
import type { MemoryPort, SystemPort } from "../base/port.ts";
import { Status } from "../base/status.ts";
import type { Block, Ready } from "../ir/block.ts";
import type { Program } from "../ir/program.ts";
import { liftFunction } from "../lift/function.ts";
import type { Isa, MachineFunction } from "../spec/isa.ts";
import { compileBlock, compileFunction, type FunctionProgram } from "./compile.ts";
import { execute, type Machine } from "./execute.ts";
import { ownRoom, type Room } from "./room.ts";

/** What the interpreter works on. `memory` holds the processors' states; `port` is the full one: it carries out MMIO too. */
export interface InterpreterParts {
	readonly memory: WebAssembly.Memory;
	readonly port: MemoryPort;
	readonly system: SystemPort;
}

/** What a machine function came to: its value (0 if it has none) when `status` is `Status.next`. */
export interface CallResult {
	readonly status: Status;
	readonly lo: number;
	readonly hi: number;
}

/** As it is of itself. */
export interface BareInterpreter extends Interpreter {
	/** The same as `prepare` and `Ready`, for whoever has very many. */
	compiled(block: Block, room: Room): Program;
	start(program: Program, state: number): Status;
}

export interface Interpreter {
	/** For whoever runs the block again and again. */
	prepare(block: Block): Ready;
	/**
	 * Runs the block on the processor at byte offset `state`. Answers `Status.next` (pc and context name the next block), the status of a `leave`,
	 * or `trap`, `fault`, `assist`: then the state is as at the start of the instruction at pc. `wait`, `yield` and `stop` come after their instruction is done.
	 * Takes nothing from the budget.
	 */
	run(block: Block, state: number): Status;
	/**
	 * Runs a function of the ISA's machine half. `args` are the parameters as halves, missing ones are 0; after them, for functions that use `raw`,
	 * the encoding. Register writes are applied, and pc is set if it jumps; a trap or a fault applies none and leaves cause or address in the header.
	 * @throws Bug when the ISA has no such function: look at `isa.machine` first.
	 */
	call(fn: MachineFunction, state: number, args: readonly (readonly [lo: number, hi: number])[]): CallResult;
	/** Instructions completed by the last `run`. */
	readonly retired: number;
}

export function createInterpreter(isa: Isa, layout: StateLayout, parts: InterpreterParts): BareInterpreter {
	const prepared = new WeakMap<Block, Ready>();
	const functions = new Map<MachineFunction, FunctionProgram>();
	let values = new Int32Array(1024);
	let busy = false;
	const machine: Machine = {
		memory: parts.memory,
		port: parts.port,
		system: parts.system,
		services: isa.services,
		pc: layout.offsets[0],
		wide: isa.addressBits > 32,
		words: new Int32Array(parts.memory.buffer),
		high: new Int32Array(1),
		float: { lo: 0, hi: 0, flags: 0 },
		retired: 0,
		result: 0,
	};

	/** Slots for its values. The port may come back while they are in use: then they are others. */
	function valuesFor({ slots }: Program): Int32Array {
		if (busy) return new Int32Array(slots);
		if (values.length < slots) values = new Int32Array(2 * slots);
		return values;
	}
	function enter(program: Program, slots: Int32Array, state: number): Status {
		if (machine.words.buffer !== parts.memory.buffer) machine.words = new Int32Array(parts.memory.buffer);
		const inner = busy;
		busy = true;
		const status = execute(machine, program, slots, state);
		busy = inner;
		return status;
	}

	const start = (program: Program, state: number): Status => enter(program, valuesFor(program), state);
	const compiled = (block: Block, room: Room): Program => compileBlock(isa, layout, block, room);

	function prepare(block: Block): Ready {
		const program = compiled(block, ownRoom);
		return (state) => start(program, state);
	}

	function run(block: Block, state: number): Status {
		let ready = prepared.get(block);
		if (!ready) {
			ready = prepare(block);
			prepared.set(block, ready);
		}
		return ready(state);
	}

	function call(fn: MachineFunction, state: number, args: readonly (readonly [lo: number, hi: number])[]): CallResult {
		let program = functions.get(fn);
		if (!program) {
			if (!isa.machine[fn]) throw new Bug(`${isa.name}: the definition has no machine function "${fn}"; ask isa.machine before the call`);
			const template = liftFunction(isa, fn);
			program = compileFunction(isa, layout, template.ops, template.result, ownRoom);
			functions.set(fn, program);
		}
		const retired = machine.retired;
		const slots = valuesFor(program);
		for (const { slot, number, width } of program.operands) {
			const arg = args[number];
			slots[slot] = arg ? (width >= 32 ? arg[0] : arg[0] & ((1 << width) - 1)) : 0;
			slots[slot + 1] = arg && width > 32 ? (width === 64 ? arg[1] : arg[1] & ((1 << (width - 32)) - 1)) : 0;
		}
		const status = enter(program, slots, state);
		machine.retired = retired;
		const at = machine.result;
		return status === Status.next ? { status, lo: slots[at], hi: slots[at + 1] } : { status, lo: 0, hi: 0 };
	}

	return {
		...{ compiled, start, prepare },
		run,
		call,
		get retired() {
			return machine.retired;
		},
	};
}
