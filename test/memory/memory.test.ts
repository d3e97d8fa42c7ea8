import { describe, expect, it } from "vitest";
import { HostError, SpecError } from "../../jit/base/errors.ts";
import { Jumps } from "../../jit/base/jumps.ts";
import { Lookup } from "../../jit/base/lookup.ts";
import { Status } from "../../jit/base/status.ts";
import { createBus } from "../../src/memory/bus.ts";
import { canaryBytes, createGuestMemory } from "../../src/memory/guest-memory.ts";
import { createTranslation } from "../../src/memory/translation.ts";

const make = (ramBytes: number, processors = 1) => createGuestMemory({ stateBytes: 1024, processors, ramBase: 0x80000000, ramBytes });

describe("guest memory", () => {
	it("has states first, then look-up tables, then the jump table, then a flag for each page, then RAM at a multiple of 64 KiB, with room between", () => {
		for (const mib of [1, 128, 256, 257]) {
			const { ram, states, tables, jumps, bytes } = make(mib * 2 ** 20, 4);
			expect(Math.max(...states) + 1024).toBeLessThanOrEqual(65536);
			expect(tables.length).toBeGreaterThan(states.length);
			expect([Math.min(...tables), jumps]).toEqual([65536, Math.max(...tables) + Lookup.bytes]);
			expect([ram.pageFlags, ram.offset % 65536]).toEqual([jumps + Jumps.bytes, 0]);
			expect(ram.offset - ram.pageFlags - ram.bytes / 4096).toBeGreaterThanOrEqual(canaryBytes);
			expect(bytes.length - ram.offset - ram.bytes).toBeGreaterThanOrEqual(canaryBytes);
		}
	});
	for (const [ramBytes, message] of [
		[1000, "machine: RAM of 1000 bytes is not a whole number of 4096-byte pages: try -m 128M"],
		[0, "machine: RAM of 0 bytes is not a whole number of 4096-byte pages: try -m 128M"],
		[Number.NaN, "machine: RAM of NaN bytes is not a whole number of 4096-byte pages: try -m 128M"],
		[2 ** 31, "machine: RAM of 2 GiB is too large, limit 1984 MiB: try a smaller -m"],
		[2 ** 45, "machine: RAM of 32768 GiB is too large, limit 1984 MiB: try a smaller -m"],
	] as const)
		it(`refuses ${ramBytes} bytes of RAM`, () => expect(() => make(ramBytes)).toThrow(new HostError(message)));
	it("refuses more processors than have room for their state", () =>
		expect(() => make(4096, 100)).toThrow(new HostError("machine: 100 processors need 103424 bytes of state, limit 65536: use fewer (--smp)")));
	it("gives windows of RAM only", () => {
		const { window } = make(8192);
		expect([window(0x80000000, 8192)?.length, window(0x80001fff, 2), window(0x7fffffff, 1), window(0x80000000, -1), window(Number.NaN, 1)]).toEqual([
			8192,
			null,
			null,
			null,
			null,
		]);
	});
});

describe("a bus", () => {
	const device = (name: string) => ({ name, accepts: () => true, read: () => 0, write: () => {} });
	it("refuses regions that overlap", () => {
		const bus = createBus();
		bus.add(0x1000, 0x100, device("a"));
		bus.add(0x1100, 0x100, device("b"));
		expect(() => bus.add(0x10ff, 2, device("c"))).toThrow(
			new SpecError("board", 1, 1, "", 'device "c" at 0x10ff overlaps "a" at 0x1000: give each region its own addresses'),
		);
	});
	it("finds the device that holds all of an access", () => {
		const bus = createBus();
		bus.add(0x1100, 0x100, device("b"));
		bus.add(0x1000, 0x100, device("a"));
		const name = (address: number, bytes: number) => bus.find(address, bytes)?.device.name;
		expect([name(0x1000, 4), name(0x10fe, 4), name(0x1100, 4), name(0x11ff, 1), name(0x1200, 1), name(0x10ff, 1)]).toEqual([
			"a",
			undefined,
			"b",
			"b",
			undefined,
			"a",
		]);
	});
});

describe("a translation that is remembered", () => {
	it("is asked for once a page, access and view; what is finer than a page every time", () => {
		const counts = { asked: 0 };
		let view = 1;
		const { translate, forget } = createTranslation(
			(_, lo, __, ___, bytes) => {
				// page 5 lets its first half only
				const fine = lo >>> 12 !== 5 || (lo & 0xfff) + bytes <= 2048;
				return { status: fine ? Status.next : Status.trap, lo: lo + 0x100000, hi: 0 };
			},
			() => view,
			{ begin() {}, note() {}, keep() {}, clear() {}, holds: () => false, changed: () => null },
			counts,
		);
		const ask = (lo: number, access = 1) => {
			const { status, lo: physical } = translate(0, lo, 0, access, 4);
			return [status, status === Status.next ? physical : 0, counts.asked];
		};
		expect(ask(0x1004)).toEqual([0, 0x101004, 1]);
		expect(ask(0x1ff0)).toEqual([0, 0x101ff0, 1]);
		expect(ask(0x1ff0, 2)).toEqual([0, 0x101ff0, 2]);
		view = 2;
		expect(ask(0x1004)).toEqual([0, 0x101004, 3]);
		expect(ask(0x5000)).toEqual([0, 0x105000, 5]);
		expect(ask(0x5000)).toEqual([0, 0x105000, 6]);
		expect(ask(0x5800)).toEqual([Status.trap, 0, 7]);
		// forgetting a page counts for every access
		forget({ lo: 0x1000, hi: 0 });
		expect(ask(0x1004)).toEqual([0, 0x101004, 8]);
		forget({ lo: 0x2000, hi: 0 });
		expect(ask(0x1004)).toEqual([0, 0x101004, 8]);
		expect(ask(0x801004)).toEqual([0, 0x901004, 9]);
		expect(ask(0x1004)).toEqual([0, 0x101004, 10]);
	});
});
