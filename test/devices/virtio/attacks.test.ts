import { describe, expect, it } from "vitest";
import { createMemoryStore, sectorBytes } from "../../../src/base/block-store.ts";
import { createConsole } from "../../../src/base/host.ts";
import { createVirtio9p } from "../../../src/devices/virtio/9p.ts";
import { createVirtioBlock } from "../../../src/devices/virtio/block.ts";
import { createVirtioConsole } from "../../../src/devices/virtio/console.ts";
import type { VirtioDevice } from "../../../src/devices/virtio/device.ts";
import { createVirtioEntropy } from "../../../src/devices/virtio/entropy.ts";
import { latencySteps } from "../../../src/devices/virtio/mmio.ts";
import { createVirtioNet } from "../../../src/devices/virtio/net.ts";
import { createQueue, maxRequestBytes } from "../../../src/devices/virtio/queue.ts";
import { Random } from "../../ir/random.ts";
import { emptyFolder, fullCable } from "../parts.ts";
import { createDriver, Flag, Register, ramBase, ramBytes, ringsOf, Status } from "./driver.ts";

const header = ramBase + 0x8000;
const data = ramBase + 0x9000;
const status = ramBase + 0xb000;
const end = ramBase + ramBytes;
type Driver = ReturnType<typeof createDriver>;

const devices: Record<string, () => VirtioDevice> = {
	block: () => createVirtioBlock({ store: createMemoryStore(new Uint8Array(64 * sectorBytes).fill(0x5a)), id: "disk" }),
	"9p": () => createVirtio9p({ folder: emptyFolder(), tag: "share" }),
	entropy: () => createVirtioEntropy({ seed: 1 }),
	console: () => {
		const console = createConsole(() => {});
		console.push(new Uint8Array(64).fill(0x5a));
		return createVirtioConsole({ console });
	},
	net: () => createVirtioNet({ cable: fullCable(), mac: Uint8Array.of(2, 0, 0, 0, 0, 1), time: { now: () => 0, alarm: () => () => {} } }),
};

/** A read of a sector that is as it should be, made available as descriptor 0: what each attack spoils. */
function good(driver: Driver): void {
	driver.start();
	driver.view.setUint32(driver.at(header), 0, true);
	driver.chain([
		[header, 16, false],
		[data, sectorBytes, true],
		[status, 1, true],
	]);
}
const spoil = (driver: Driver, index: number, change: { address?: number; length?: number; flags?: number; next?: number }): void => {
	const usual = [
		{ address: header, length: 16, flags: Flag.next, next: 1 },
		{ address: data, length: sectorBytes, flags: Flag.next | Flag.write, next: 2 },
		{ address: status, length: 1, flags: Flag.write, next: 0 },
	][index]!;
	driver.describe(index, { ...usual, ...change });
};
const available = ringsOf(0).available - ramBase;

/** What a hostile driver does after `good`, instead of one that is well-behaved: the device then needs a reset. */
const attacks: [what: string, attack: (driver: Driver) => void][] = [
	["next >= size", (driver) => spoil(driver, 0, { next: 8 })],
	["next = 0xffff", (driver) => spoil(driver, 1, { next: 0xffff })],
	["a head >= size", (driver) => driver.view.setUint16(available + 4, 8, true)],
	["a cycle of one descriptor", (driver) => spoil(driver, 0, { next: 0 })],
	["a cycle among the writable ones", (driver) => spoil(driver, 2, { flags: Flag.next | Flag.write, next: 1 })],
	["an available index that is ahead of the ring", (driver) => driver.view.setUint16(available + 2, 9, true)],
	["an available index far ahead", (driver) => driver.view.setUint16(available + 2, 0xffff, true)],
	["an address and length that wrap", (driver) => spoil(driver, 1, { address: 2 ** 64 - 2 ** 12, length: 2 ** 13 })],
	["an address and length that wrap 32 bits", (driver) => spoil(driver, 1, { address: 0xffffff00, length: 0x200 })],
	["a length of 2^32 - 1", (driver) => spoil(driver, 1, { length: 0xffffffff })],
	["a buffer that ends one byte past RAM", (driver) => spoil(driver, 1, { address: end - sectorBytes + 1 })],
	["a buffer that begins one byte before RAM", (driver) => spoil(driver, 1, { address: ramBase - 1 })],
	["a buffer in the device's own registers", (driver) => spoil(driver, 1, { address: 0x10001000 })],
	["a header in another device's registers", (driver) => spoil(driver, 0, { address: 0x10000000 })],
	["a buffer at 0", (driver) => spoil(driver, 1, { address: 0 })],
	["an empty buffer", (driver) => spoil(driver, 1, { length: 0 })],
	["a flipped WRITE on the status", (driver) => spoil(driver, 2, { flags: 0 })],
	["a flipped WRITE on the header", (driver) => spoil(driver, 0, { flags: Flag.next | Flag.write })],
	[
		"WRITE flipped everywhere",
		(driver) => {
			spoil(driver, 0, { flags: Flag.next | Flag.write });
			spoil(driver, 1, { flags: Flag.next });
			spoil(driver, 2, { flags: 0 });
		},
	],
	["no room for a status", (driver) => spoil(driver, 0, { flags: 0 })],
	["a header that is too short", (driver) => spoil(driver, 0, { length: 15 })],
	["an indirect table, which was not agreed upon", (driver) => spoil(driver, 0, { flags: Flag.indirect })],
	["unknown flags", (driver) => spoil(driver, 1, { flags: Flag.next | Flag.write | 0x8000 })],
];

/** Rings that must not become ready. */
const rings: [what: string, change: Partial<ReturnType<typeof ringsOf>>][] = [
	["a size of 0", { size: 0 }],
	["a size that is no power of two", { size: 6 }],
	["a size above the largest", { size: 512 }],
	["a size of 2^31", { size: 2 ** 31 }],
	["descriptors unaligned", { descriptors: ramBase + 0x1008 }],
	["available unaligned", { available: ramBase + 0x1401 }],
	["used unaligned", { used: ramBase + 0x1802 }],
	["available in the descriptors", { available: ramBase + 0x1010 }],
	["used on available", { used: ramBase + 0x1404 }],
	["all at one address", { descriptors: ramBase, available: ramBase, used: ramBase }],
	["descriptors outside RAM", { descriptors: 0x10001000 }],
	["descriptors past the end of RAM", { descriptors: end - 16 }],
	["available past the end of RAM", { available: end - 4 }],
	["used past the end of RAM", { used: end - 4 }],
	["descriptors above 2^63", { descriptors: 2 ** 64 - 2 ** 11 }],
];

describe("S4: a virtqueue under attack", () => {
	for (const [what, attack] of attacks)
		it(`${what}: the device needs a reset, has served nothing, and works after the reset`, () => {
			const driver = createDriver(devices["block"]!());
			good(driver);
			driver.ram.fill(0xee, driver.at(data), driver.at(data) + 2 * sectorBytes);
			driver.offer(0);
			attack(driver);
			const before = driver.ram.slice();
			driver.pass(1_000_000);
			expect([driver.broken(), driver.used().count, driver.irq.level, driver.get(Register.interruptStatus)]).toEqual([true, 0, true, 2]);
			expect(Buffer.compare(driver.ram, before)).toBe(0);
			driver.set(Register.queueNotify, 0);
			driver.pass(1_000_000);
			expect(driver.used().count).toBe(0);
			driver.ram.fill(0);
			good(driver);
			driver.offer(0);
			driver.pass(1_000_000);
			expect([driver.broken(), driver.used(), driver.ram[driver.at(data)]]).toEqual([false, { count: 1, length: sectorBytes + 1 }, 0x5a]);
		});
	for (const [what, change] of rings)
		it(`${what}: the queue does not become ready, and the device needs a reset`, () => {
			const driver = createDriver(devices["block"]!());
			driver.begin();
			driver.setQueue(0, { ...ringsOf(0), ...change });
			expect([driver.get(Register.queueReady), driver.broken()]).toEqual([0, true]);
			driver.ok();
			driver.set(Register.queueNotify, 0);
			driver.pass(1_000_000);
			expect(driver.ram.every((byte) => byte === 0)).toBe(true);
		});
	it("rings at the very end of RAM are as good as any", () => {
		const driver = createDriver(devices["entropy"]!());
		const last = { size: 8, descriptors: end - 0x200, available: end - 0x100, used: end - 72 };
		driver.begin();
		driver.setQueue(0, last);
		driver.ok();
		driver.chain([[data, 16, true]], last);
		driver.offer(0, 0, last);
		driver.pass(1_000_000);
		expect(driver.used(0, last)).toEqual({ count: 1, length: 16 });
	});
	it("a notification before DRIVER_OK is served once the driver is ready, and not before", () => {
		const driver = createDriver(devices["block"]!());
		driver.begin();
		driver.setQueue(0, ringsOf(0));
		driver.chain([
			[header, 16, false],
			[data, sectorBytes, true],
			[status, 1, true],
		]);
		driver.offer(0);
		driver.pass(1_000_000);
		expect([driver.used().count, driver.broken()]).toEqual([0, false]);
		driver.ok();
		driver.pass(1_000_000);
		expect(driver.used().count).toBe(1);
	});
	it("a notification of a queue that is not ready, or not there, is nothing", () => {
		const driver = createDriver(devices["block"]!());
		driver.begin();
		driver.ok();
		for (const queue of [0, 1, 7, 0xffff, 0xffffffff]) driver.set(Register.queueNotify, queue);
		driver.pass(1_000_000);
		expect([driver.broken(), driver.irq.level]).toEqual([false, false]);
	});
	it("DRIVER_OK without FEATURES_OK needs a reset", () => {
		const driver = createDriver(devices["block"]!());
		driver.set(Register.status, Status.acknowledge | Status.driver | Status.driverOk);
		expect(driver.broken()).toBe(true);
	});
	it("a reset in flight ends the request: nothing is written afterwards", () => {
		const driver = createDriver(devices["block"]!());
		good(driver);
		driver.offer(0);
		driver.pass(latencySteps - 1);
		driver.set(Register.status, 0);
		const before = driver.ram.slice();
		driver.pass(1_000_000);
		expect(Buffer.compare(driver.ram, before)).toBe(0);
		expect(driver.irq.level).toBe(false);
	});
	it("a queue taken away in flight ends the request too", () => {
		const driver = createDriver(devices["block"]!());
		good(driver);
		driver.offer(0);
		driver.set(Register.queueReady, 0);
		driver.pass(1_000_000);
		expect([driver.used().count, driver.broken()]).toEqual([0, false]);
	});
	it("rings do not move while the queue is ready", () => {
		const driver = createDriver(devices["block"]!());
		good(driver);
		driver.setQueue(0, { size: 4, descriptors: 0, available: 0, used: 0 });
		driver.offer(0);
		driver.pass(1_000_000);
		expect([driver.used().count, driver.broken()]).toEqual([1, false]);
	});
	it("descriptors rewritten after the notification count as they are when they are read, once", () => {
		const driver = createDriver(devices["block"]!());
		good(driver);
		driver.offer(0);
		driver.pass(latencySteps - 1);
		spoil(driver, 1, { address: data + 0x800 });
		driver.pass(1);
		expect([driver.ram[driver.at(data)], driver.ram[driver.at(data + 0x800)]]).toEqual([0, 0x5a]);
	});
	for (const [what, target, broken] of [
		["its own descriptors", ringsOf(0).descriptors, false],
		["its own available ring", ringsOf(0).available, true],
		["its own used ring", ringsOf(0).used, false],
	] as const)
		it(`a request that writes over ${what} while it is served ends once; what it wrote counts for the next`, () => {
			const driver = createDriver(devices["block"]!());
			good(driver);
			spoil(driver, 1, { address: target });
			driver.offer(0);
			driver.pass(10 * latencySteps);
			expect([driver.used().count, driver.ram[driver.at(status)], driver.broken()]).toEqual([1, 0, broken]);
		});
	it("a chain that names the same RAM again and again is refused above a limit, so that no request keeps the host", () => {
		const ram = new Uint8Array(2 ** 22);
		const window = (address: number, length: number) => (address >= 0 && address + length <= ram.length ? ram.subarray(address, address + length) : null);
		const write = (address: number, bytes: Uint8Array) => window(address, bytes.length)?.set(bytes) === undefined;
		const view = new DataView(ram.buffer);
		const fits = Math.floor(maxRequestBytes / 2 ** 21);
		const outcomes = [fits, fits + 1].map((count) => {
			const queue = createQueue({ window, write }, { size: 256, descriptors: 0, available: 0x1000, used: 0x2000 })!;
			for (let i = 0; i < count; i++) {
				view.setUint32(16 * i, 2 ** 21, true);
				view.setUint32(16 * i + 8, 2 ** 21, true);
				view.setUint16(16 * i + 12, (i + 1 < count ? Flag.next : 0) | Flag.write, true);
				view.setUint16(16 * i + 14, i + 1, true);
			}
			view.setUint16(0x1002, 1, true);
			return queue.serve((request) => ({ written: 0, moved: request.room }));
		});
		expect(outcomes).toEqual([{ written: 0, moved: maxRequestBytes }, "broken"]);
	});
	for (const [name, make] of Object.entries(devices))
		it(`${name}: random descriptors, rings and notifications end in requests served or a device that needs a reset`, () => {
			const cases = 300 * Number(process.env.DOPPEL_COUNT ?? 1);
			const seed = 4;
			const random = new Random(seed);
			const counts = { served: 0, broken: 0 };
			for (let i = 0; i < cases; i++) {
				const driver = createDriver(make());
				driver.start();
				for (let index = 0; index < 8; index++) {
					const near = ramBase + random.below(ramBytes);
					driver.describe(index, {
						address: random.once(8) ? random.pick([0, 0x10001000, end - 1, 2 ** 64 - 4096, ringsOf(0).used]) : near,
						length: random.once(8) ? random.pick([0, 2 ** 32 - 1, ramBytes]) : 1 + random.below(2048),
						flags: random.once(8) ? random.below(0x10000) : random.below(4),
						next: random.once(16) ? random.below(0x10000) : random.below(8),
					});
				}
				for (let k = 0; k < 6 && !driver.broken(); k++) {
					const queue = random.below(driver.mmio.get("QUEUE_SEL") + 2);
					if (random.once(10)) driver.view.setUint16(available + 2, random.below(0x10000), true);
					driver.offer(random.once(10) ? random.below(0x10000) : random.below(8), queue < 2 ? queue : 0);
					driver.pass(random.below(20_000));
				}
				driver.pass(2_000_000);
				if (driver.broken()) counts.broken++;
				else counts.served += driver.used().count > 0 ? 1 : 0;
				expect(
					driver.mmio.kept().every((n) => !Number.isNaN(n)),
					`seed ${seed}, case ${i}`,
				).toBe(true);
			}
			expect(counts.broken, JSON.stringify(counts)).toBeGreaterThan(cases / 20);
		});
});
