/** Registers of a virtio device over MMIO (virtio 1.2, section 4.2): a driver's accesses in, requests served and an interrupt wire out. */
import type { Line } from "../../base/line.ts";
import type { Clock } from "../../time/clock.ts";
import { createRegisterBlock, type RegisterBlock, type RegisterSpec, type Trace } from "../kit/registers.ts";
import type { VirtioDevice } from "./device.ts";
import { createQueue, type Dma, maxQueueSize, type Queue } from "./queue.ts";

/** "virt" */
const magic = 0x74726976;
/** "QEMU", as drivers written for its boards expect. */
const vendor = 0x554d4551;
const configBase = 0x100;

export const DeviceStatus = { acknowledge: 1, driver: 2, driverOk: 4, featuresOk: 8, needsReset: 64, failed: 128 } as const;
const Interrupt = { used: 1, config: 2 } as const;
/** Feature bits of the transport, by word: virtio 1 is bit 32. */
const version1 = 1;

/**
 * A request is carried out this many steps after its notification, and the next one of the device after one step more for so many bytes moved: a disk of 800 MB/s
 * at 100 million steps a second. So a guest sees requests in flight, at the same step on every host, and cannot have its host copy without end.
 */
export const latencySteps = 1000;
export const bytesPerStep = 8;

const queueRegisters = {
	QUEUE_NUM: [0x38, "its size"],
	QUEUE_DESC_LOW: [0x80, "address of its descriptor table, low half"],
	QUEUE_DESC_HIGH: [0x84, "and high half"],
	QUEUE_DRIVER_LOW: [0x90, "address of its available ring, low half"],
	QUEUE_DRIVER_HIGH: [0x94, "and high half"],
	QUEUE_DEVICE_LOW: [0xa0, "address of its used ring, low half"],
	QUEUE_DEVICE_HIGH: [0xa4, "and high half"],
} as const;
type QueueRegister = keyof typeof queueRegisters;
const noSetup = Object.fromEntries(Object.keys(queueRegisters).map((name) => [name, 0])) as Record<QueueRegister, number>;
const noRegion = { SHM_LEN_LOW: 0xb0, SHM_LEN_HIGH: 0xb4, SHM_BASE_LOW: 0xb8, SHM_BASE_HIGH: 0xbc } as const;

export interface VirtioMmio extends RegisterBlock {
	/** Outside input may have arrived for the device. */
	poll(): void;
}

/** Without a `device` the place is empty: a driver sees device number 0 and leaves it alone. */
export function createVirtioMmio(o: { name: string; device: VirtioDevice | null; irq: Line; dma: Dma; clock: Clock; trace?: Trace | undefined }): VirtioMmio {
	const { device, clock } = o;
	const offered: readonly number[] = device ? [device.features, version1] : [0, 0];
	const count = device?.queues ?? 0;
	const queues: (Queue | null)[] = Array.from({ length: count }, () => null);
	/** What the driver says of each queue, and the features it takes, by word. */
	const setups = Array.from({ length: count }, (): Record<QueueRegister, number> => ({ ...noSetup }));
	const taken = [0, 0];
	/** Queues with something to look at. */
	const notified = new Set<number>();
	/** The device is busy with what it moved last until this step. */
	let busyUntil = 0;
	let bytesMoved = 0;

	const status = (): number => block.get("STATUS");
	const running = (): boolean => (status() & (DeviceStatus.driverOk | DeviceStatus.needsReset)) === DeviceStatus.driverOk;
	const interrupt = (why: number): void => {
		block.set("INTERRUPT_STATUS", block.get("INTERRUPT_STATUS") | why);
		o.irq.set(true);
	};
	/** The driver broke a rule: nothing more is looked at until it resets the device. */
	const fail = (): void => {
		const live = running();
		block.set("STATUS", status() | DeviceStatus.needsReset);
		notified.clear();
		timer.set(Number.POSITIVE_INFINITY);
		if (live) interrupt(Interrupt.config);
	};
	const schedule = (): void => {
		if (notified.size === 0 || !running() || timer.at !== Number.POSITIVE_INFINITY) return;
		timer.set(Math.max(clock.steps(), busyUntil) + latencySteps);
	};
	const notify = (queue: number): void => {
		if (queue >= count) return;
		notified.add(queue);
		schedule();
	};
	/** Serves one request of the queue that has waited longest. */
	const work = (): void => {
		const [index] = notified;
		if (index === undefined || !device) return;
		notified.delete(index);
		const queue = queues[index];
		const outcome = queue?.serve((request) => device.serve(index, request)) ?? null;
		if (outcome === "broken") fail();
		else if (outcome !== null && queue) {
			bytesMoved += outcome.moved;
			busyUntil = clock.steps() + Math.ceil(outcome.moved / bytesPerStep);
			if (!queue.quiet()) interrupt(Interrupt.used);
			if (queue.waiting()) notified.add(index);
		}
		schedule();
	};
	const timer = clock.timers.timer(work);

	const selected = (): number => block.get("QUEUE_SEL");
	const ready = (on: boolean): void => {
		const index = selected();
		const setup = setups[index];
		if (!setup || status() & DeviceStatus.needsReset) return;
		if (!on) queues[index] = null;
		else if (!queues[index]) {
			queues[index] = createQueue(o.dma, {
				size: setup.QUEUE_NUM,
				descriptors: setup.QUEUE_DESC_HIGH * 2 ** 32 + setup.QUEUE_DESC_LOW,
				available: setup.QUEUE_DRIVER_HIGH * 2 ** 32 + setup.QUEUE_DRIVER_LOW,
				used: setup.QUEUE_DEVICE_HIGH * 2 ** 32 + setup.QUEUE_DEVICE_LOW,
			});
			if (!queues[index]) fail();
		}
	};
	const forget = (): void => {
		timer.set(Number.POSITIVE_INFINITY);
		notified.clear();
		queues.fill(null);
		for (const setup of setups) Object.assign(setup, noSetup);
		taken.fill(0);
		busyUntil = 0;
		bytesMoved = 0;
		block.reset();
		device?.reset();
		o.irq.set(false);
	};
	const setStatus = (wanted: number): void => {
		const before = status();
		let now = before | (wanted & 0xff & ~DeviceStatus.needsReset);
		if ((now & ~before & DeviceStatus.featuresOk) !== 0 && offered.some((bits, word) => (taken[word]! & ~bits) !== 0)) {
			now &= ~DeviceStatus.featuresOk;
		}
		block.set("STATUS", now);
		if ((now & ~before & DeviceStatus.driverOk) === 0) return;
		if ((now & DeviceStatus.featuresOk) === 0) fail();
		else for (let queue = 0; queue < count; queue++) notify(queue);
	};

	const read = (name: string, offset: number, doc: string, value: () => number): RegisterSpec => ({ name, offset, bytes: 4, access: "r", doc, read: value });
	const ofQueue = (Object.keys(queueRegisters) as QueueRegister[]).map(
		(name): RegisterSpec => ({
			name,
			offset: queueRegisters[name][0],
			bytes: 4,
			access: "w",
			doc: `of the selected queue: ${queueRegisters[name][1]}`,
			written(value) {
				const setup = setups[selected()];
				if (setup && !queues[selected()]) setup[name] = value;
			},
		}),
	);
	const block: RegisterBlock = createRegisterBlock({
		name: o.name,
		narrowest: 1,
		widest: 4,
		trace: o.trace,
		registers: [
			read("MAGIC_VALUE", 0, '"virt"', () => magic),
			read("VERSION", 4, "2: the layout of virtio 1.0 and later", () => 2),
			read("DEVICE_ID", 8, "which device; 0: none", () => device?.id ?? 0),
			read("VENDOR_ID", 0xc, "whose", () => vendor),
			read("DEVICE_FEATURES", 0x10, "features offered, the word that DEVICE_FEATURES_SEL says", () => offered[block.get("DEVICE_FEATURES_SEL")] ?? 0),
			{ name: "DEVICE_FEATURES_SEL", offset: 0x14, bytes: 4, access: "w", doc: "which word of the features offered" },
			{
				name: "DRIVER_FEATURES",
				offset: 0x20,
				bytes: 4,
				access: "w",
				doc: "features taken, the word that DRIVER_FEATURES_SEL says",
				written(value) {
					const word = block.get("DRIVER_FEATURES_SEL");
					if (word < taken.length && !(status() & DeviceStatus.featuresOk)) taken[word] = value;
				},
			},
			{ name: "DRIVER_FEATURES_SEL", offset: 0x24, bytes: 4, access: "w", doc: "which word of the features taken" },
			{ name: "QUEUE_SEL", offset: 0x30, bytes: 4, access: "w", doc: "the queue that the next registers are about" },
			read("QUEUE_NUM_MAX", 0x34, "of the selected queue: its largest size; 0: there is none", () => (selected() < count ? maxQueueSize : 0)),
			...ofQueue,
			{
				name: "QUEUE_READY",
				offset: 0x44,
				bytes: 4,
				access: "rw",
				writable: 0,
				doc: "of the selected queue: it is in use",
				read: () => (queues[selected()] ? 1 : 0),
				written: (value) => ready((value & 1) !== 0),
			},
			{ name: "QUEUE_NOTIFY", offset: 0x50, bytes: 4, access: "w", doc: "this queue has new requests", written: notify },
			{ name: "INTERRUPT_STATUS", offset: 0x60, bytes: 4, access: "r", doc: "why it interrupts: used buffers, configuration or a broken rule" },
			{
				name: "INTERRUPT_ACK",
				offset: 0x64,
				bytes: 4,
				access: "w",
				doc: "these reasons were seen",
				written(value) {
					const left = block.get("INTERRUPT_STATUS") & ~value;
					block.set("INTERRUPT_STATUS", left);
					o.irq.set(left !== 0);
				},
			},
			{
				name: "STATUS",
				offset: 0x70,
				bytes: 4,
				access: "rw",
				writable: 0,
				doc: "how far the driver is; 0 resets the device",
				written(value) {
					if (value === 0) forget();
					else if (device) setStatus(value);
				},
			},
			...Object.entries(noRegion).map(([name, offset]) => read(name, offset, "there is no shared memory", () => 0xffffffff)),
			read("CONFIG_GENERATION", 0xfc, "the configuration never changes", () => 0),
		],
	});
	device?.connect?.(notify, running, () => taken[0]!);
	const config = device?.config ?? new Uint8Array(0);
	return {
		...block,
		read(offset, bytes) {
			if (offset < configBase) return block.read(offset, bytes);
			let value = 0;
			for (let i = bytes - 1; i >= 0; i--) value = value * 256 + (config[offset - configBase + i] ?? 0);
			o.trace?.(o.name, `CONFIG+${offset - configBase}`, false, value);
			return value;
		},
		reset: forget,
		poll: () => device?.poll?.(),
		kept: () => [
			...block.kept(),
			...taken,
			...setups.flatMap((setup) => Object.values(setup)),
			...queues.flatMap((queue) => queue?.kept() ?? []),
			...notified,
			busyUntil,
			bytesMoved,
			timer.at,
			...(device?.kept() ?? []),
		],
	};
}
