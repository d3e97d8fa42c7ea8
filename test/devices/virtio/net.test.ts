import { describe, expect, it } from "vitest";
import type { Cable, Card, Frame } from "../../../src/base/network.ts";
import { createVirtioNet } from "../../../src/devices/virtio/net.ts";
import { createDriver, Register, ramBase, ringsOf } from "./driver.ts";

const data = ramBase + 0x8000;
const Feature = { checksum: 1, guestChecksum: 2, mac: 0x20, guestTso4: 0x80, hostTso4: 0x800, status: 0x10000 };
const every = Object.values(Feature).reduce((all, bit) => all | bit);
const mac = Uint8Array.of(0x52, 0x54, 0, 0x12, 0x34, 0x56);
const frameOf = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => (i * 3) & 255);

function network(o: { large?: boolean; mask?: number } = {}) {
	const sent: Frame[] = [];
	const waiting: Frame[] = [];
	let card: Card | undefined;
	const cable: Cable = {
		large: o.large ?? true,
		attach(one) {
			card = one;
		},
		send: (frame) => void sent.push(frame),
		receive: () => waiting.shift() ?? null,
		poll: () => card?.wake(),
		kept: () => [],
		close: () => {},
	};
	const driver = createDriver(createVirtioNet({ cable, mac, time: { now: () => 0, alarm: () => () => {} } }));
	driver.begin(o.mask);
	for (const queue of [0, 1]) driver.setQueue(queue, ringsOf(queue));
	driver.ok();
	return {
		...{ driver, sent, waiting },
		card: () => card!,
		/** Sends a frame behind a header of these 12 bytes, in pieces. */
		send(header: number[], frame: Uint8Array) {
			driver.ram.set([...header, ...Array(12 - header.length).fill(0)], driver.at(data));
			driver.ram.set(frame, driver.at(data) + 12);
			const pieces = [data, data + 5, data + 12 + Math.floor(frame.length / 2), data + 12 + frame.length];
			driver.chain(
				pieces.slice(1).map((end, i) => [pieces[i]!, end - pieces[i]!, false] as const),
				ringsOf(1),
			);
			driver.offer(0, 1);
			driver.pass(100_000);
		},
		/** Offers room and says what was put there. */
		receive(room: number) {
			driver.ram.fill(0xee, driver.at(data), driver.at(data) + room);
			driver.chain([[data, room, true]]);
			driver.offer(0);
			driver.pass(100_000);
			const { length } = driver.used();
			return driver.ram.slice(driver.at(data), driver.at(data) + length);
		},
	};
}

describe("the virtio network card", () => {
	it("says its address, that the link is up, and what its network can do", () => {
		for (const [large, offered] of [
			[true, every],
			[false, Feature.mac | Feature.status],
		] as const) {
			const { driver } = network({ large });
			driver.set(Register.deviceFeaturesSel, 0);
			expect([driver.get(Register.deviceId), driver.get(Register.deviceFeatures)]).toEqual([1, offered]);
			const bytes = Array.from({ length: 10 }, (_, i) => driver.mmio.read(Register.config + i, 1));
			expect(bytes).toEqual([...mac, 1, 0, 1, 0]);
		}
	});
	it("sends a frame from however many pieces, without its header", () => {
		const { send, sent, driver } = network();
		send([], frameOf(1514));
		expect(sent).toEqual([{ bytes: frameOf(1514), segment: 0, checksum: null }]);
		expect(driver.used(1)).toEqual({ count: 1, length: 0 });
	});
	it("passes on checksums to complete and frames that stand for several", () => {
		const { send, sent } = network();
		send([1, 0, 0, 0, 0, 0, 34, 0, 16, 0], frameOf(100));
		send([1, 1, 54, 0, 0xb4, 5, 34, 0, 16, 0], frameOf(20_000));
		expect(sent.map(({ segment, checksum }) => [segment, checksum])).toEqual([
			[0, { start: 34, offset: 16 }],
			[1460, { start: 34, offset: 16 }],
		]);
	});
	it.each([
		["shorter than a header of Ethernet", [], 13, every],
		["longer than a frame may be", [], 1515, every],
		["longer than a frame may be, for a driver without segments", [1, 1, 54, 0, 180, 5, 34, 0, 16, 0], 1515, every & ~Feature.hostTso4],
		["that stands for several without that having been agreed", [1, 1, 54, 0, 180, 5, 34, 0, 16, 0], 1000, every & ~Feature.hostTso4],
		["with a checksum to complete without that having been agreed", [1, 0, 0, 0, 0, 0, 34, 0, 16, 0], 100, every & ~Feature.checksum],
		["with a checksum beyond its end", [1, 0, 0, 0, 0, 0, 34, 0, 65, 0], 100, every],
		["with a checksum far beyond its end", [1, 0, 0, 0, 0, 0, 255, 255, 255, 255], 100, every],
		["of segments of nothing", [1, 1, 54, 0, 0, 0, 34, 0, 16, 0], 2000, every],
		["of segments with whole checksums", [0, 1, 54, 0, 180, 5, 34, 0, 16, 0], 2000, every],
		["of segments of another kind", [1, 4, 54, 0, 180, 5, 34, 0, 16, 0], 2000, every],
	])("drops a frame %s", (_, header, length, mask) => {
		const { send, sent, driver } = network({ mask });
		send(header, frameOf(length));
		expect([sent, driver.used(1).count, driver.broken()]).toEqual([[], 1, false]);
	});
	it("puts frames into the room that a driver offers, one by one, and says how long they are", () => {
		const { receive, waiting, driver } = network();
		waiting.push({ bytes: frameOf(60), segment: 0, checksum: null }, { bytes: frameOf(1514), segment: 0, checksum: null });
		expect([...receive(2000)]).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, ...frameOf(60)]);
		expect([...receive(2000).subarray(12)]).toEqual([...frameOf(1514)]);
		expect(driver.used().count).toBe(2);
	});
	it("keeps an offer until there is a frame", () => {
		const { receive, waiting, driver } = network();
		receive(2000);
		expect(driver.used().count).toBe(0);
		waiting.push({ bytes: frameOf(60), segment: 0, checksum: null });
		driver.mmio.poll();
		driver.pass(100_000);
		expect(driver.used()).toEqual({ count: 1, length: 72 });
	});
	it("tells of segments and checksums in the header", () => {
		const { receive, waiting, card } = network();
		expect(card().large()).toBe(true);
		waiting.push({ bytes: frameOf(3000), segment: 1460, checksum: { start: 34, offset: 16 } });
		expect([...receive(4000).subarray(0, 12)]).toEqual([1, 1, 54, 0, 0xb4, 5, 34, 0, 16, 0, 1, 0]);
	});
	it("drops what has no room, or what a driver has not agreed to, and takes the next", () => {
		const { receive, waiting, card } = network({ mask: every & ~Feature.guestTso4 });
		expect(card().large()).toBe(false);
		waiting.push({ bytes: frameOf(100), segment: 50, checksum: { start: 34, offset: 16 } });
		waiting.push({ bytes: frameOf(200), segment: 0, checksum: null }, { bytes: frameOf(80), segment: 0, checksum: null });
		expect(receive(100).length).toBe(92);
	});
	it.each([
		["a frame without a whole header", 1, [data, 11, false] as const],
		["room without a whole header", 0, [data, 11, true] as const],
	])("needs a reset after %s", (_, queue, buffer) => {
		const { driver, waiting } = network();
		waiting.push({ bytes: frameOf(60), segment: 0, checksum: null });
		driver.chain([buffer], ringsOf(queue));
		driver.offer(0, queue);
		driver.pass(100_000);
		expect(driver.broken()).toBe(true);
	});
});
