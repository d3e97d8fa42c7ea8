import { describe, expect, it } from "vitest";
import { type BlockStore, createMemoryStore, createOverlay, sectorBytes } from "../../../src/base/block-store.ts";
import { createVirtioBlock } from "../../../src/devices/virtio/block.ts";
import { bytesPerStep, latencySteps } from "../../../src/devices/virtio/mmio.ts";
import { Random } from "../../ir/random.ts";
import { createDriver, Register, ramBase, ringsOf, Status } from "./driver.ts";

const Type = { in: 0, out: 1, flush: 4, getId: 8, discard: 11, writeZeroes: 13 } as const;
const header = ramBase + 0x8000;
const data = ramBase + 0x9000;
const status = ramBase + 0x8100;
const sectors = 64;

function disk(o: { readOnly?: boolean; store?: BlockStore } = {}) {
	const bytes = Uint8Array.from({ length: sectors * sectorBytes }, (_, i) => (i >> 9) ^ (i & 255));
	const driver = createDriver(createVirtioBlock({ store: o.store ?? createMemoryStore(bytes, o), id: "a-disk" }));
	driver.start();
	/** One request to its end: its status byte, and the bytes it was told of. */
	const request = (type: number, sector: number, length: number, writes: boolean) => {
		driver.view.setUint32(driver.at(header), type, true);
		driver.view.setUint32(driver.at(header) + 8, sector % 2 ** 32, true);
		driver.view.setUint32(driver.at(header) + 12, Math.floor(sector / 2 ** 32), true);
		driver.ram[driver.at(status)] = 0xff;
		driver.chain([[header, 16, false], ...(length > 0 ? [[data, length, writes] as const] : []), [status, 1, true]]);
		driver.offer(0);
		driver.pass(1_000_000);
		return { status: driver.ram[driver.at(status)], length: driver.used().length };
	};
	const buffer = (length: number) => driver.ram.subarray(driver.at(data), driver.at(data) + length);
	return { driver, request, bytes, buffer };
}

describe("the virtio block device", () => {
	it("says what it is", () => {
		const { driver } = disk();
		const read = (offset: number) => driver.get(offset);
		expect([read(Register.magic), read(Register.version), read(Register.deviceId), read(Register.queueNumMax)]).toEqual([0x74726976, 2, 2, 256]);
		expect([read(Register.config), read(Register.config + 4), read(Register.config + 20)]).toEqual([sectors, 0, 512]);
		expect([driver.mmio.read(Register.config, 1), driver.mmio.read(Register.config + 20, 2)]).toEqual([sectors, 512]);
	});
	it("reads sectors", () => {
		const { request, bytes, buffer } = disk();
		expect(request(Type.in, 3, 2 * sectorBytes, true)).toEqual({ status: 0, length: 2 * sectorBytes + 1 });
		expect(buffer(2 * sectorBytes)).toEqual(bytes.subarray(3 * sectorBytes, 5 * sectorBytes));
	});
	it("writes sectors", () => {
		const { request, bytes, buffer } = disk();
		buffer(sectorBytes).fill(0xa5);
		expect(request(Type.out, 63, sectorBytes, false)).toEqual({ status: 0, length: 1 });
		expect(bytes.subarray(63 * sectorBytes)).toEqual(new Uint8Array(sectorBytes).fill(0xa5));
	});
	it.each([
		["a read past the end", Type.in, sectors, sectorBytes, true, 1],
		["a read that ends past the end", Type.in, sectors - 1, 2 * sectorBytes, true, 1],
		["a read at a sector that wraps", Type.in, 2 ** 52, sectorBytes, true, 1],
		["a read of half a sector", Type.in, 0, 100, true, 1],
		["a write past the end", Type.out, sectors, sectorBytes, false, 1],
		["a write of half a sector", Type.out, 0, 100, false, 1],
		["a type that there is not", 99, 0, sectorBytes, true, 2],
		["a discard without ranges", Type.discard, 0, 0, false, 1],
	])("refuses %s by its status and goes on", (_, type, sector, length, writes, expected) => {
		const { driver, request, bytes } = disk();
		const before = bytes.slice();
		expect(request(type, sector, length, writes).status).toBe(expected);
		expect(bytes).toEqual(before);
		expect(driver.broken()).toBe(false);
		expect(request(Type.in, 0, sectorBytes, true).status).toBe(0);
	});
	it("answers its id, and flushes", () => {
		let flushed = 0;
		const { request, buffer } = disk({ store: { ...createMemoryStore(new Uint8Array(sectorBytes)), flush: () => ++flushed > 0 } });
		expect(request(Type.getId, 0, 20, true).status).toBe(0);
		expect(Buffer.from(buffer(20)).toString("latin1")).toBe("a-disk".padEnd(20, "\0"));
		expect([request(Type.flush, 0, 0, false).status, flushed]).toEqual([0, 1]);
	});
	it("flushes each write of a driver that cannot ask for it, and none of one that can", () => {
		for (const [mask, expected] of [
			[0xffffffff, [0, 0, 0]],
			[0xffffffff & ~(1 << 9), [0, 1, 2]],
		] as const) {
			let flushed = 0;
			const { driver, request } = disk({ store: { ...createMemoryStore(new Uint8Array(8 * sectorBytes)), flush: () => ++flushed > 0 } });
			driver.start(8, mask);
			const counts = [
				() => request(Type.in, 0, sectorBytes, true),
				() => request(Type.out, 0, sectorBytes, false),
				() => request(Type.writeZeroes, 0, 16, false),
			];
			driver.view.setUint32(driver.at(data) + 8, 1, true);
			expect(
				counts.map((action) => {
					expect(action().status).toBe(0);
					driver.ram.fill(0, driver.at(data), driver.at(data) + 16);
					driver.view.setUint32(driver.at(data) + 8, 1, true);
					return flushed;
				}),
			).toEqual(expected);
		}
	});
	it("zeroes and discards ranges; a discard leaves the sectors as they are", () => {
		const { driver, request, bytes } = disk();
		const range = (sector: number, count: number, flags: number) => {
			for (const [i, value] of [sector, 0, count, flags].entries()) driver.view.setUint32(driver.at(data) + 4 * i, value, true);
		};
		const before = bytes.slice();
		range(2, 3, 0);
		expect([request(Type.discard, 0, 16, false).status, bytes]).toEqual([0, before]);
		expect(request(Type.writeZeroes, 0, 16, false).status).toBe(0);
		expect(bytes).toEqual(before.fill(0, 2 * sectorBytes, 5 * sectorBytes));
		for (const [sector, count, flags, expected] of [
			[60, 5, 0, 1],
			[0, 2 ** 32 - 1, 0, 1],
			[0, 1, 8, 2],
		] as const) {
			range(sector, count, flags);
			expect(request(Type.writeZeroes, 0, 16, false).status).toBe(expected);
		}
		expect(bytes).toEqual(before);
	});
	it("that is read-only says so and refuses writes", () => {
		const { driver, request, bytes } = disk({ readOnly: true });
		const before = bytes.slice();
		driver.set(Register.deviceFeaturesSel, 0);
		expect(driver.get(Register.deviceFeatures) & (1 << 5)).not.toBe(0);
		expect([request(Type.out, 0, sectorBytes, false).status, request(Type.writeZeroes, 0, 16, false).status]).toEqual([1, 1]);
		expect(bytes).toEqual(before);
	});
	it("tells of a host that cannot read or write", () => {
		const failing = { ...createMemoryStore(new Uint8Array(sectors * sectorBytes)), read: () => false, write: () => false, flush: () => false };
		const { request } = disk({ store: failing });
		expect([request(Type.in, 0, 512, true).status, request(Type.out, 0, 512, false).status, request(Type.flush, 0, 0, false).status]).toEqual([1, 1, 1]);
	});
	it("takes data in any pieces, the header's among them", () => {
		const { driver, bytes } = disk();
		driver.view.setUint32(driver.at(header), Type.in, true);
		driver.view.setUint32(driver.at(header) + 8, 7, true);
		driver.chain([
			[header, 5, false],
			[header + 5, 11, false],
			[data, 1, true],
			[data + 100, 510, true],
			[data + 1000, 2, true],
		]);
		driver.offer(0);
		driver.pass(10_000);
		const sector = bytes.subarray(7 * sectorBytes, 8 * sectorBytes);
		const at = driver.at(data);
		expect(driver.ram[at]).toBe(sector[0]);
		expect(driver.ram.subarray(at + 100, at + 610)).toEqual(sector.subarray(1, 511));
		expect([driver.ram[at + 1000], driver.ram[at + 1001]]).toEqual([sector[511], 0]);
	});
	it("completes at its step: after a latency, and later the more the request before has moved", () => {
		const { driver } = disk();
		driver.view.setUint32(driver.at(header), Type.in, true);
		driver.chain([
			[header, 16, false],
			[data, 8 * sectorBytes, true],
			[status, 1, true],
		]);
		driver.offer(0);
		driver.offer(0);
		driver.pass(latencySteps - 1);
		expect([driver.used().count, driver.irq.level]).toEqual([0, false]);
		driver.pass(1);
		expect([driver.used().count, driver.irq.level]).toEqual([1, true]);
		const busy = Math.ceil((16 + 8 * sectorBytes) / bytesPerStep);
		driver.pass(busy + latencySteps - 1);
		expect(driver.used().count).toBe(1);
		driver.pass(1);
		expect(driver.used().count).toBe(2);
	});
	it("interrupts until every reason is acknowledged, and not at all when the driver asks for silence", () => {
		const { driver, request } = disk();
		request(Type.in, 0, sectorBytes, true);
		expect([driver.irq.level, driver.get(Register.interruptStatus)]).toEqual([true, 1]);
		driver.set(Register.interruptAck, 1);
		expect([driver.irq.level, driver.get(Register.interruptStatus)]).toEqual([false, 0]);
		driver.view.setUint16(driver.at(ringsOf(0).available), 1, true);
		request(Type.in, 0, sectorBytes, true);
		expect([driver.irq.level, driver.used().count]).toEqual([false, 2]);
	});
	it("serves more requests than its ring holds, one after the other, across the end of 16-bit indices", () => {
		const { driver } = disk();
		driver.view.setUint32(driver.at(header), Type.flush, true);
		driver.chain([
			[header, 16, false],
			[status, 1, true],
		]);
		for (let i = 0; i < 2 ** 16 + 5; i++) {
			driver.offer(0);
			driver.pass(2 * latencySteps);
		}
		expect([driver.used().count, driver.broken()]).toEqual([5, false]);
	});
	it("keeps features that were not offered from a driver", () => {
		const { driver } = disk();
		driver.set(Register.status, 0);
		driver.set(Register.driverFeaturesSel, 0);
		driver.set(Register.driverFeatures, 1 << 28);
		driver.set(Register.status, Status.acknowledge | Status.driver | Status.featuresOk);
		expect(driver.status()).toBe(Status.acknowledge | Status.driver);
	});
	it("comes back from a reset as it was when it was made", () => {
		const { driver, request } = disk();
		request(Type.in, 0, sectorBytes, true);
		driver.set(Register.status, 0);
		expect([driver.status(), driver.get(Register.queueReady), driver.get(Register.interruptStatus), driver.irq.level]).toEqual([0, 0, 0, false]);
		driver.ram.fill(0);
		driver.start();
		expect(request(Type.in, 0, sectorBytes, true)).toEqual({ status: 0, length: sectorBytes + 1 });
	});
});

describe("a copy-on-write disk", () => {
	it("reads as a written disk would, and leaves its base alone, for any order of reads and writes", () => {
		const random = new Random(11);
		const base = Uint8Array.from({ length: sectors * sectorBytes }, (_, i) => i & 255);
		const kept = base.slice();
		const plain = base.slice();
		const store = createOverlay(createMemoryStore(base, { readOnly: true }), createMemoryStore(new Uint8Array(base.length)));
		for (let i = 0; i < 500; i++) {
			const sector = random.below(sectors);
			const count = 1 + random.below(Math.min(8, sectors - sector));
			const bytes = new Uint8Array(count * sectorBytes);
			if (random.below(2)) {
				bytes.fill(i);
				plain.set(bytes, sector * sectorBytes);
				expect(store.write(sector, bytes)).toBe(true);
			} else {
				expect(store.read(sector, bytes)).toBe(true);
				expect(bytes).toEqual(plain.subarray(sector * sectorBytes, (sector + count) * sectorBytes));
			}
		}
		expect(base).toEqual(kept);
	});
});
