/** The parts of a machine in, the machine out: run, reset, look at its state. */
import type { StateLayout } from "../../jit/base/layout.ts";
import type { Environment } from "../../jit/base/port.ts";
import type { CodeCache } from "../../jit/cache/cache.ts";
import type { Dispatcher, Statistics } from "../../jit/dispatch/parts.ts";
import type { Interpreter } from "../../jit/interpret/interpret.ts";
import type { Isa } from "../../jit/spec/isa.ts";
import { createHash } from "../base/hash.ts";
import type { createConsole } from "../base/host.ts";
import type { Transcript } from "../base/transcript.ts";
import type { Hypervisor, HypervisorCounts } from "../hypervisor/hypervisor.ts";
import { type Processor, readCell, toPc } from "../hypervisor/processor.ts";
import type { Image } from "../load/image.ts";
import type { GuestMemory } from "../memory/guest-memory.ts";
import type { Ports } from "../memory/port.ts";
import type { TranslationCounts } from "../memory/tables.ts";
import type { Clock } from "../time/clock.ts";
import type { Devices } from "./devices.ts";
import { createDialogue, type Dialogue } from "./dialogue.ts";
import type { HostParts, RunResult } from "./options.ts";
import { placeImage } from "./place.ts";
import { createRun } from "./run.ts";

export interface Machine {
	readonly isa: Isa;
	readonly layout: StateLayout;
	/** What an emitter for this machine is bound to. */
	readonly env: Environment;
	readonly memory: GuestMemory;
	readonly processors: readonly Processor[];
	readonly clock: Clock;
	readonly statistics: Statistics;
	readonly counts: HypervisorCounts;
	readonly translation: Readonly<TranslationCounts>;
	readonly cache: CodeCache;
	/** Where the device tree lies, or null when it found no place. */
	readonly tree: { readonly address: number; readonly blob: Uint8Array } | null;
	/** Instructions retired by all processors. */
	readonly retired: number;
	/** Number of the processor whose turn it is. */
	readonly current: number;
	/** What all runs took from their budgets: `retired`, and what guests cost that retire nothing (traps upon traps, resets). Never stands still. */
	readonly spent: number;

	/** Runs until exactly `instructions` more have been retired, or something else ends it first. May be called again. */
	run(instructions: number): RunResult;
	/** As at power on: RAM cleared, image loaded again, devices reset. Time goes on. */
	reset(): void;
	/** Bytes for the guest's console; it sees them when it runs next. */
	input(bytes: Uint8Array): void;
	/** The same console for tests and scripts: wait for what the guest prints, type an answer. */
	readonly console: Dialogue;
	/** Forgets what is remembered of translations of addresses: for comparing. The guest cannot see it. */
	retranslate(): void;
	/** pc of a processor, as jit's numbers have it. */
	pc(processor?: number): number;
	/** A register by one of its names in the definition, as an unsigned number in halves; null when there is none of that name. */
	register(name: string, processor?: number): readonly [lo: number, hi: number] | null;
	/** Changes guest RAM from outside; code made from it is forgotten. False outside RAM. */
	write(address: number, data: Uint8Array): boolean;
	/** A fingerprint of registers, counters, time, devices and (unless `ram` is false) RAM: equal for equal runs on every engine. */
	hash(o?: { ram?: boolean }): string;
	/** Translations for a later run of a machine that is built alike, for `createKept`; null when it was built without `kept`. */
	keep(): Uint8Array | null;
	/** Gives back what the host lent: open files, disks. */
	close(): void;
}

export interface MachineParts {
	readonly isa: Isa;
	readonly layout: StateLayout;
	readonly env: Environment;
	readonly memory: GuestMemory;
	readonly image: Image;
	readonly processors: readonly Processor[];
	readonly clock: Clock;
	readonly cache: CodeCache;
	readonly dispatcher: Dispatcher;
	readonly hypervisor: Hypervisor;
	readonly interpreter: Interpreter;
	readonly devices: Devices;
	readonly console: ReturnType<typeof createConsole>;
	readonly ports: Ports;
	readonly ending: { now: "exit" | "reset" | null; code: number };
	readonly tree: { readonly address: number; readonly blob: Uint8Array } | null;
	/** Address of what the board tells firmware; 0: nothing. */
	readonly firmware: number;
	readonly stopAtReset: boolean;
	readonly transcript: Transcript;
	readonly rest: HostParts["rest"];
	readonly pace: HostParts["pace"];
	/** Forgets all translations. */
	readonly retranslate: () => void;
	readonly translation: Readonly<TranslationCounts>;
	readonly close: () => void;
}

export function createMachine(parts: MachineParts): Machine {
	const { isa, layout, memory, processors, clock, cache, hypervisor, devices, ports, image, tree } = parts;
	const { words, ram } = memory;

	/** A fresh memory is zero, and clearing 128 MiB again would be most of a short run's start. */
	let fresh = true;
	const reset = (): void => {
		if (!fresh) memory.bytes.fill(0, ram.offset, ram.offset + ram.bytes);
		fresh = false;
		cache.flush();
		parts.retranslate();
		for (const device of devices.all) device.reset();
		placeImage(image, memory);
		if (tree) ports.writeRam(tree.address, tree.blob);
		for (const processor of processors) {
			memory.bytes.fill(0, processor.state, processor.state + layout.bytes);
			processor.waiting = false;
			processor.yields = false;
			processor.view = -1;
			const address = (value: number): [number, number] => [value | 0, Math.floor(value / 2 ** 32) | 0];
			if (isa.machine.reset)
				parts.interpreter.call("reset", processor.state, [
					address(processor.index),
					address(image.entry),
					address(tree?.address ?? 0),
					address(parts.firmware),
				]);
			else
				[words[(processor.state + layout.offsets[0]!) >> 2], words[(processor.state + layout.offsets[0]! + 4) >> 2]] = address(image.entry) as [number, number];
			hypervisor.refresh(processor);
		}
		restart();
	};
	const retired = (): number => processors.reduce((sum, processor) => sum + processor.retired, 0);
	const { run, spent, turn, restart } = createRun({
		...{ processors, clock, hypervisor, devices, retired, reset },
		...{ dispatcher: parts.dispatcher, ending: parts.ending, stopAtReset: parts.stopAtReset, pace: parts.pace },
		resetCost: Math.ceil(ram.bytes / 1024),
	});
	reset();

	const state = (index: number): number => processors[index]!.state;
	return {
		...{ isa, layout, env: parts.env, memory, processors, clock, cache, tree, reset, run },
		statistics: parts.dispatcher.statistics,
		translation: parts.translation,
		retranslate: parts.retranslate,
		counts: hypervisor.counts,
		get retired() {
			return retired();
		},
		get spent() {
			return spent();
		},
		get current() {
			return turn()[0];
		},
		input: parts.console.push,
		console: createDialogue({ run, input: parts.console.push, steps: clock.steps, transcript: parts.transcript, rest: parts.rest }),
		pc(processor = 0) {
			const [lo, hi] = readCell(words, layout, state(processor), 0);
			return toPc(lo, hi, isa.addressBits);
		},
		register(name, processor = 0) {
			const places = isa.names.get(name);
			if (!places) return null;
			let [lo, hi, width] = [0, 0, 0];
			for (const { cell, low, width: bits } of [...places].reverse()) {
				const [cellLo, cellHi] = readCell(words, layout, state(processor), cell);
				for (let i = 0; i < bits; i++, width++) {
					const at = low + i;
					const bit = ((at < 32 ? cellLo >>> at : cellHi >>> (at - 32)) & 1) << (width & 31);
					if (width < 32) lo |= bit;
					else hi |= bit;
				}
			}
			return [lo, hi];
		},
		write: ports.writeRam,
		hash(o = {}) {
			const hash = createHash();
			for (const processor of processors) {
				const first = processor.state + layout.offsets[0]!;
				hash.add(memory.bytes.subarray(first, first + 8 * isa.cells.length));
				hash.number(processor.retired);
				hash.number(processor.waiting ? 1 : 0);
			}
			hash.number(clock.steps());
			for (const value of turn()) hash.number(value);
			for (const device of devices.all) for (const value of device.kept()) hash.number(value);
			if (o.ram !== false) hash.add(memory.bytes.subarray(ram.offset, ram.offset + ram.bytes));
			return hash.digest();
		},
		keep: parts.dispatcher.keep,
		close: parts.close,
	};
}
