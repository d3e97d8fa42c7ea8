/** A board's device list in, devices on the bus with their wires connected out. */
import { Bug, SpecError } from "../../jit/base/errors.ts";
import type { GuestConsole } from "../base/host.ts";
import { createLine, type Line } from "../base/line.ts";
import type { Board, DeviceSpec } from "../boards/board.ts";
import { createClint } from "../devices/clint.ts";
import { createGoldfishRtc } from "../devices/goldfish-rtc.ts";
import type { Finish } from "../devices/kit/finish.ts";
import type { RegisterBlock, Trace } from "../devices/kit/registers.ts";
import { createNs16550a } from "../devices/ns16550a.ts";
import { createPlic, type Plic } from "../devices/plic.ts";
import { createRom } from "../devices/rom.ts";
import { createSswi } from "../devices/sswi.ts";
import { createTestFinisher } from "../devices/test-finisher.ts";
import type { Processor } from "../hypervisor/processor.ts";
import type { Bus } from "../memory/bus.ts";
import type { Clock } from "../time/clock.ts";

export interface Devices {
	readonly all: readonly RegisterBlock[];
	/** The board's clock in ticks, as its timer device shows it. */
	readonly time: () => number;
	/** The clock's step at which that will be so many ticks. */
	readonly stepOf: (ticks: number) => number;
	/** Input may be waiting at the console. */
	readonly poll: () => void;
}

export interface DeviceParts {
	readonly board: Board;
	readonly bus: Bus;
	readonly clock: Clock;
	readonly console: GuestConsole;
	readonly processors: readonly Processor[];
	readonly finish: Finish;
	/** What stands in read-only memory, and where. */
	readonly rom: { readonly address: number; readonly data: Uint8Array } | null;
	/** The board's clock was set. */
	readonly timeSet: () => void;
	/** Seconds since 1970 at power on. */
	readonly epoch: number;
	readonly trace: Trace | undefined;
}

/** Throws `SpecError` when the board names a wire or an interrupt controller that is not there. */
export function connectDevices(o: DeviceParts): Devices {
	const { board, clock, trace } = o;
	const wrong = (problem: string): never => {
		throw new SpecError(`board ${board.name}`, 1, 1, "", problem);
	};
	const wire = (processor: Processor, name: string): Line =>
		processor.lines.get(name) ?? wrong(`no interrupt line "${name}": the definition has ${[...processor.lines.keys()].join(", ") || "none"}`);
	const all: RegisterBlock[] = [];
	const polls: (() => void)[] = [];
	const controllers = new Map<string, Plic>();
	let time = (): number => clock.ticks();
	let stepOf = clock.stepOf;

	const source = (name: string, to: { readonly controller: string; readonly source: number }): Line =>
		controllers.get(to.controller)?.source(to.source) ?? wrong(`"${name}" is wired to "${to.controller}", which does not stand before it`);

	const make = (spec: DeviceSpec): RegisterBlock => {
		switch (spec.kind) {
			case "clint": {
				const [software, timer] = [spec.software, spec.timer].map((name) => o.processors.map((processor) => wire(processor, name)));
				const clint = createClint({ name: spec.name, clock, software: software!, timer: timer!, timeSet: o.timeSet, trace });
				time = clint.time;
				stepOf = clint.stepOf;
				return clint;
			}
			case "sswi":
				return createSswi({ name: spec.name, software: o.processors.map((processor) => wire(processor, spec.software)), trace });
			case "plic": {
				const contexts = o.processors.flatMap((processor) => spec.contexts.map((name) => (name === null ? createLine() : wire(processor, name))));
				const plic = createPlic({ name: spec.name, sources: spec.sources, contexts, trace });
				controllers.set(spec.name, plic);
				return plic;
			}
			case "ns16550a": {
				const irq = spec.interrupt ? source(spec.name, spec.interrupt) : createLine();
				const uart = createNs16550a({ name: spec.name, console: o.console, irq, trace });
				polls.push(uart.poll);
				return uart;
			}
			case "goldfish-rtc": {
				const irq = source(spec.name, spec.interrupt);
				return createGoldfishRtc({ name: spec.name, clock, timebase: board.timebase, epoch: o.epoch, irq, trace });
			}
			case "test-finisher":
				return createTestFinisher({ name: spec.name, finish: o.finish, trace });
			case "rom": {
				const data = new Uint8Array(o.rom ? o.rom.address - spec.base + o.rom.data.length : 0);
				if (o.rom) data.set(o.rom.data, o.rom.address - spec.base);
				return createRom({ name: spec.name, data, trace });
			}
			default:
				throw new Bug(`board ${board.name}: device of unknown kind ${JSON.stringify(spec)}`);
		}
	};
	for (const spec of board.devices) {
		const device = make(spec);
		o.bus.add(spec.base, spec.bytes, device);
		all.push(device);
	}
	return {
		all,
		time: () => time(),
		stepOf: (ticks) => stepOf(ticks),
		poll: () => {
			for (const poll of polls) poll();
		},
	};
}
