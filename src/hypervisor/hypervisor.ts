/** Exits of the dispatcher in, their effect on the processor out: privileged instructions, traps, interrupts, waiting. All of it by the definition's own functions. */
import type { Exit, Halves } from "../../jit/base/exit.ts";
import { Header, type StateLayout } from "../../jit/base/layout.ts";
import { Status } from "../../jit/base/status.ts";
import type { CodeAccess } from "../../jit/dispatch/parts.ts";
import type { Interpreter } from "../../jit/interpret/interpret.ts";
import type { Isa, MachineFunction } from "../../jit/spec/isa.ts";
import type { Clock } from "../time/clock.ts";
import type { Timer } from "../time/timer-queue.ts";
import { type Processor, readCell, toPc } from "./processor.ts";
import { watchCells } from "./watched-cells.ts";

/** How often each thing happened, since the machine was built. */
export interface HypervisorCounts {
	/** Trap handlers entered for an instruction, and for an interrupt. */
	traps: number;
	interrupts: number;
	/** Traps that followed another without an instruction retired between them. */
	stuck: number;
}

export interface Hypervisor {
	/**
	 * Acts on an exit. Afterwards the processor may be run again: pc is that of the next instruction, an interrupt that is due has been entered, and
	 * `plain` is right. Answers how much of a run's budget the exit took: what retired, and one for a trap that followed another one directly, so
	 * that a guest that only traps cannot hold up its host.
	 */
	handle(processor: Processor, exit: Exit): number;
	/** Looks again at interrupts, translation and waiting: after wires or registers changed from outside. */
	refresh(processor: Processor): void;
	/** A question only: would `refresh` change nothing? */
	settled(processor: Processor): boolean;
	/** The processor's turn ends: others run before it goes on. */
	suspend(processor: Processor): void;
	readonly counts: HypervisorCounts;
}

export interface HypervisorParts {
	readonly isa: Isa;
	readonly layout: StateLayout;
	readonly words: Int32Array;
	readonly clock: Clock;
	/** The board's clock now, and the step at which it will show so many ticks. */
	readonly time: () => number;
	readonly stepOf: (ticks: number) => number;
	readonly interpreter: Interpreter;
	readonly fetch: CodeAccess;
	/** The number of the translation in force, when it is not plain: see `CodeAccess.view`. */
	readonly view: (state: number) => number;
	/** Another translation than before is in force, and it is not plain. */
	readonly select: (state: number, view: number) => void;
	/** Carries out the instruction at pc, privileged ones too. */
	readonly stepOne: (state: number) => Exit;
	/** The guest asked whoever runs the machine to stop it. */
	readonly stop: () => void;
}

/** An interrupt's entry changes registers, so everything is looked at again; a definition that never comes to rest is not followed further. */
const maxRounds = 4;

export function createHypervisor(o: HypervisorParts): Hypervisor {
	const { isa, layout, words, interpreter, clock } = o;
	const counts: HypervisorCounts = { traps: 0, interrupts: 0, stuck: 0 };
	const has = (name: MachineFunction): boolean => isa.machine[name] !== undefined;
	const [hasPlain, hasAlarm, hasWake, hasInterrupt] = [has("plain"), has("alarm"), has("wake"), has("interrupt")];
	const plainChanged = watchCells(isa, layout, words, ["plain"]);
	const interruptChanged = watchCells(isa, layout, words, ["interrupt"]);
	const alarmChanged = watchCells(isa, layout, words, ["alarm"]);
	const alarms = new Map<Processor, Timer>();
	/** Retired count of each processor at its last trap. */
	const trappedAt: number[] = [];
	const header = (state: number, field: keyof typeof Header): number => words[(state + Header[field]) >> 2]!;

	const plainOf = (state: number): boolean => {
		if (!hasPlain) return !has("translate");
		const answer = interpreter.call("plain", state, []);
		return answer.status === Status.next && (answer.lo & 1) === 1;
	};
	const refresh = (processor: Processor): void => {
		processor.dirty = true;
		for (let round = 0; processor.dirty && round < maxRounds; round++) look(processor);
	};
	/** The processor is looked at again when the board's clock shows what the definition's `alarm` says. */
	const setAlarm = (processor: Processor): void => {
		const { lo, hi } = interpreter.call("alarm", processor.state, []);
		const at = (hi >>> 0) * 2 ** 32 + (lo >>> 0);
		let timer = alarms.get(processor);
		if (!timer) {
			timer = clock.timers.timer(() => {
				processor.due = true;
				processor.dirty = true;
			});
			alarms.set(processor, timer);
		}
		timer.set(at <= o.time() || at >= 2 ** 53 ? Number.POSITIVE_INFINITY : o.stepOf(at));
	};
	const look = (processor: Processor): void => {
		processor.dirty = false;
		const { state } = processor;
		if (plainChanged.now(processor)) processor.plain = plainOf(state);
		const view = processor.plain ? 0 : o.view(state);
		if (view !== processor.view) {
			processor.view = view;
			if (view !== 0) o.select(state, view);
		}
		if (hasAlarm && (alarmChanged.now(processor) || processor.due)) setAlarm(processor);
		if (processor.waiting && (!hasWake || (interpreter.call("wake", state, []).lo & 1) === 1)) processor.waiting = false;
		if (processor.waiting || !hasInterrupt || !(interruptChanged.now(processor) || processor.due)) return;
		processor.due = false;
		const cause = interpreter.call("interrupt", state, []);
		if (cause.status !== Status.next || (cause.lo | cause.hi) === 0) return;
		counts.interrupts++;
		enter(processor, [cause.lo, cause.hi], [0, 0]);
	};

	/** Into the trap handler. A trap of the entry itself leaves the processor where it is: it then traps for ever, within its budget. */
	const enter = (processor: Processor, cause: Halves, value: Halves): void => {
		if (has("enter")) interpreter.call("enter", processor.state, [cause, value]);
		else o.stop();
		processor.dirty = true;
	};
	/** A function that ends in a trap: enter the handler with what it left in the header. */
	const raise = (processor: Processor, fn: MachineFunction, args: readonly Halves[]): void => {
		const { state } = processor;
		if (!has(fn)) o.stop();
		else if (interpreter.call(fn, state, args).status === Status.trap)
			enter(processor, [header(state, "causeLo"), header(state, "causeHi")], [header(state, "valueLo"), header(state, "valueHi")]);
	};
	/** The first 32 bits at pc, 0 where nothing can be fetched. */
	const encoding = (state: number): number => {
		const [lo, hi] = readCell(words, layout, state, 0);
		const source = o.fetch.source(state);
		let bits = 0;
		for (let i = 0; i < 4; i += isa.unitBytes) {
			const window = source(toPc(lo, hi, isa.addressBits) + i);
			if (!window) break;
			for (let k = 0; k < isa.unitBytes && i + k < 4; k++) bits |= window.bytes[window.at + k]! << (8 * (i + k));
		}
		return bits;
	};

	const act = (processor: Processor, exit: Exit): number => {
		processor.retired += exit.retired;
		clock.advance(exit.retired);
		let extra = 0;
		switch (exit.kind) {
			case "privileged":
				processor.dirty = true;
				extra = act(processor, o.stepOne(processor.state));
				break;
			case "trap":
			case "fault":
			case "illegal":
				counts.traps++;
				if (trappedAt[processor.index] === processor.retired) {
					counts.stuck++;
					extra = 1;
				}
				trappedAt[processor.index] = processor.retired;
				if (exit.kind === "trap") enter(processor, exit.cause, exit.value);
				else if (exit.kind === "fault") {
					raise(processor, "fault", [[exit.access, 0], [exit.fault, 0], exit.address]);
				} else raise(processor, "illegal", [[encoding(processor.state), 0]]);
				break;
			case "next":
				processor.dirty = true;
				break;
			case "wait":
				processor.waiting = true;
				processor.dirty = true;
				break;
			case "yield":
				processor.yields = true;
				processor.dirty = true;
				break;
			case "stop":
				o.stop();
				break;
		}
		return exit.retired + extra;
	};

	return {
		counts,
		refresh,
		settled(processor) {
			const { state } = processor;
			if (plainChanged.differs(processor) && plainOf(state) !== processor.plain) return false;
			if (!processor.plain && o.view(state) !== processor.view) return false;
			if (hasAlarm && alarmChanged.differs(processor)) return false;
			if (!hasInterrupt || !interruptChanged.differs(processor)) return true;
			const cause = interpreter.call("interrupt", state, []);
			return (cause.lo | cause.hi) === 0;
		},
		suspend(processor) {
			if (!has("suspend")) return;
			interpreter.call("suspend", processor.state, []);
			processor.dirty = true;
		},
		handle(processor, exit) {
			const used = act(processor, exit);
			if (processor.dirty) refresh(processor);
			return used;
		},
	};
}
