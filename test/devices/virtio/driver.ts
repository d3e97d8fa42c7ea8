/** A virtio device in, the same with a driver's hands on its registers and rings out: RAM of its own, a clock, an interrupt wire. */
import { createLine } from "../../../src/base/line.ts";
import type { VirtioDevice } from "../../../src/devices/virtio/device.ts";
import { createVirtioMmio } from "../../../src/devices/virtio/mmio.ts";
import { testClock } from "../parts.ts";

export const ramBase = 0x80000000;
export const ramBytes = 2 ** 17;
export const Register = {
	magic: 0,
	version: 4,
	deviceId: 8,
	deviceFeatures: 0x10,
	deviceFeaturesSel: 0x14,
	driverFeatures: 0x20,
	driverFeaturesSel: 0x24,
	queueSel: 0x30,
	queueNumMax: 0x34,
	queueNum: 0x38,
	queueReady: 0x44,
	queueNotify: 0x50,
	interruptStatus: 0x60,
	interruptAck: 0x64,
	status: 0x70,
	descLow: 0x80,
	descHigh: 0x84,
	driverLow: 0x90,
	deviceLow: 0xa0,
	config: 0x100,
} as const;
export const Status = { acknowledge: 1, driver: 2, driverOk: 4, featuresOk: 8, needsReset: 64 } as const;
export const Flag = { next: 1, write: 2, indirect: 4 } as const;

/** Where the rings of queue `i` lie. */
const ringsAt = (i: number) => ramBase + 0x1000 + 0x1000 * i;
export interface Rings {
	size: number;
	descriptors: number;
	available: number;
	used: number;
}
export const ringsOf = (queue: number, size = 8): Rings => ({
	size,
	descriptors: ringsAt(queue),
	available: ringsAt(queue) + 0x400,
	used: ringsAt(queue) + 0x800,
});

export interface Descriptor {
	readonly address: number;
	readonly length: number;
	readonly flags: number;
	readonly next?: number;
}

export function createDriver(device: VirtioDevice) {
	const ram = new Uint8Array(ramBytes);
	const view = new DataView(ram.buffer);
	const { clock, pass } = testClock();
	const irq = createLine();
	const window = (address: number, length: number): Uint8Array | null => {
		const at = address - ramBase;
		return at >= 0 && length >= 0 && at + length <= ramBytes ? ram.subarray(at, at + length) : null;
	};
	const write = (address: number, data: Uint8Array): boolean => {
		window(address, data.length)?.set(data);
		return window(address, data.length) !== null;
	};
	const mmio = createVirtioMmio({ name: "virtio", device, irq, dma: { window, write }, clock });
	const set = (offset: number, value: number): void => mmio.write(offset, 4, value >>> 0);
	const get = (offset: number): number => mmio.read(offset, 4);
	const at = (address: number): number => address - ramBase;

	const driver = {
		...{ mmio, ram, view, irq, clock, pass, set, get, at },
		status: () => get(Register.status),
		broken: () => (get(Register.status) & Status.needsReset) !== 0,
		/** Up to FEATURES_OK, taking all features of the low word that are also in `mask`. */
		begin(mask = 0xffffffff) {
			set(Register.status, 0);
			set(Register.status, Status.acknowledge);
			set(Register.status, Status.acknowledge | Status.driver);
			for (const word of [0, 1]) {
				set(Register.deviceFeaturesSel, word);
				set(Register.driverFeaturesSel, word);
				set(Register.driverFeatures, get(Register.deviceFeatures) & (word === 0 ? mask : 0xffffffff));
			}
			set(Register.status, Status.acknowledge | Status.driver | Status.featuresOk);
		},
		setQueue(queue: number, rings: Rings) {
			set(Register.queueSel, queue);
			set(Register.queueNum, rings.size);
			for (const [register, address] of [
				[Register.descLow, rings.descriptors],
				[Register.driverLow, rings.available],
				[Register.deviceLow, rings.used],
			] as const) {
				set(register, address % 2 ** 32);
				set(register + 4, Math.floor(address / 2 ** 32));
			}
			set(Register.queueReady, 1);
		},
		ok: () => set(Register.status, Status.acknowledge | Status.driver | Status.featuresOk | Status.driverOk),
		/** A device that runs, with all its queues in their places. */
		start(size = 8, mask = 0xffffffff) {
			driver.begin(mask);
			for (let queue = 0; queue < device.queues; queue++) driver.setQueue(queue, ringsOf(queue, size));
			driver.ok();
		},
		describe(index: number, d: Descriptor, rings = ringsOf(0)) {
			const to = at(rings.descriptors) + 16 * index;
			view.setUint32(to, d.address % 2 ** 32, true);
			view.setUint32(to + 4, Math.floor(d.address / 2 ** 32), true);
			view.setUint32(to + 8, d.length, true);
			view.setUint16(to + 12, d.flags, true);
			view.setUint16(to + 14, d.next ?? 0, true);
		},
		/** Chains the buffers from descriptor 0 on. */
		chain(buffers: readonly (readonly [address: number, length: number, writes: boolean])[], rings = ringsOf(0)) {
			buffers.forEach(([address, length, writes], i) => {
				const more = i + 1 < buffers.length;
				driver.describe(i, { address, length, flags: (more ? Flag.next : 0) | (writes ? Flag.write : 0), next: i + 1 }, rings);
			});
		},
		/** Makes `head` available and notifies. */
		offer(head: number, queue = 0, rings = ringsOf(queue)) {
			const index = view.getUint16(at(rings.available) + 2, true);
			view.setUint16(at(rings.available) + 4 + 2 * (index % rings.size), head, true);
			view.setUint16(at(rings.available) + 2, index + 1, true);
			set(Register.queueNotify, queue);
		},
		/** How many requests came back, and the length of the last one. */
		used(queue = 0, rings = ringsOf(queue)): { count: number; length: number } {
			const count = view.getUint16(at(rings.used) + 2, true);
			return { count, length: count === 0 ? 0 : view.getUint32(at(rings.used) + 4 + 8 * ((count - 1) % rings.size) + 4, true) };
		},
	};
	return driver;
}
