/** A board's device list in, devices on the bus with their wires connected out. */
import { Bug, HostError, SpecError } from "../../jit/base/errors.ts";
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
import { createVirtio9p } from "../devices/virtio/9p.ts";
import { createVirtioBlock } from "../devices/virtio/block.ts";
import { createVirtioConsole } from "../devices/virtio/console.ts";
import type { VirtioDevice } from "../devices/virtio/device.ts";
import { createVirtioEntropy } from "../devices/virtio/entropy.ts";
import { createVirtioMmio } from "../devices/virtio/mmio.ts";
import { type CardTime, createVirtioNet } from "../devices/virtio/net.ts";
import type { Dma } from "../devices/virtio/queue.ts";
import type { Processor } from "../hypervisor/processor.ts";
import type { Bus } from "../memory/bus.ts";
import type { Clock } from "../time/clock.ts";
import type { VirtioPart } from "./options.ts";

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
	readonly dma: Dma;
	readonly virtio: readonly VirtioPart[];
}

/** The addresses that QEMU gives to cards, one after the other. */
const cardMac = (index: number): Uint8Array => Uint8Array.of(0x52, 0x54, 0, 0x12, 0x34, 0x56 + index);

/** Throws `SpecError` when the board names a wire or an interrupt controller that is not there, `HostError` when it has no place for a device. */
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
	const places = board.devices.filter((spec) => spec.kind === "virtio-mmio").length;
	if (o.virtio.length > places)
		throw new HostError(`board ${board.name}: has ${places} places for virtio devices (drives and others), ${o.virtio.length} are asked for`);
	const parts = [...o.virtio];
	/** While a virtio console is in use, what is typed goes there. */
	let taken = (): boolean => false;
	const typed: GuestConsole = {
		put: o.console.put,
		take: o.console.take,
		get waiting() {
			return taken() ? 0 : o.console.waiting;
		},
	};
	let disks = 0;
	let cards = 0;
	const stepsPerMilli = (board.timebase * clock.stepsPerTick) / 1000;
	const cardTime: CardTime = {
		now: () => clock.steps() / stepsPerMilli,
		alarm(fire) {
			const timer = clock.timers.timer(fire);
			return (millis) => timer.set(clock.steps() + millis * stepsPerMilli);
		},
	};
	const makeVirtio: { [kind in VirtioPart["kind"]]: (part: Extract<VirtioPart, { kind: kind }>) => VirtioDevice } = {
		block: (part) => createVirtioBlock({ store: part.store, id: part.id ?? `disk${disks++}` }),
		net: (part) => createVirtioNet({ cable: part.cable, mac: part.mac ?? cardMac(cards++), time: cardTime }),
		"9p": (part) => createVirtio9p({ folder: part.folder, tag: part.tag }),
		entropy: (part) => createVirtioEntropy({ seed: part.seed ?? 0 }),
		console() {
			const device = createVirtioConsole({ console: o.console });
			taken = device.active;
			return device;
		},
	};
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
				const plic = createPlic({ name: spec.name, sources: spec.sources, contexts, again: spec.again, trace });
				controllers.set(spec.name, plic);
				return plic;
			}
			case "ns16550a": {
				const irq = spec.interrupt ? source(spec.name, spec.interrupt) : createLine();
				const uart = createNs16550a({ name: spec.name, console: typed, irq, trace });
				polls.push(uart.poll);
				return uart;
			}
			case "goldfish-rtc": {
				const irq = source(spec.name, spec.interrupt);
				return createGoldfishRtc({ name: spec.name, clock, timebase: board.timebase, epoch: o.epoch, irq, trace });
			}
			case "virtio-mmio": {
				const part = parts.shift();
				const device = part ? (makeVirtio[part.kind] as (part: VirtioPart) => VirtioDevice)(part) : null;
				const place = createVirtioMmio({ name: spec.name, device, irq: source(spec.name, spec.interrupt), dma: o.dma, clock, trace });
				polls.push(place.poll);
				return place;
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
