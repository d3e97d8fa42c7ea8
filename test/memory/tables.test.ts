import { describe, expect, it } from "vitest";
import { Header } from "../../jit/base/layout.ts";
import { Lookup, lookUp } from "../../jit/base/lookup.ts";
import { Access } from "../../jit/base/port.ts";
import { createGuestMemory, PageFlag } from "../../src/memory/guest-memory.ts";
import { createTables } from "../../src/memory/tables.ts";
import { createWalks } from "../../src/memory/walks.ts";

const base = 0x80000000;
const page = 4096;

function setUp(processors = 1) {
	const memory = createGuestMemory({ stateBytes: 256, processors, ramBase: base, ramBytes: 16 * page });
	const counts = { asked: 0, filled: 0, switched: 0, flushed: 0 };
	const tables = createTables(memory, counts);
	const walks = createWalks(memory, tables.close);
	const { words, states, ram } = memory;
	/** What translated code of a processor would find, as an offset in RAM. */
	const look = (lo: number, access: number, { hi = 0, processor = 0 } = {}) =>
		lookUp(words, words[(states[processor]! + Header.table) >> 2]! + (access === Access.store ? Lookup.stores : 0), lo, hi);
	const found = (lo: number, access: number, ramPage: number, { hi = 0, processor = 0 } = {}) =>
		tables.found(states[processor]!, lo, hi, access, ram.offset + ramPage * page + (lo & (page - 1)));
	return { memory, tables, walks, counts, look, found, states };
}

describe("look-up tables", () => {
	it("are empty at first, even for the page at 0", () => {
		const { tables, look, states } = setUp();
		tables.select(states[0]!, 1);
		for (const lo of [0, 1, 0x800, 0x1000, 0x80000000, -4096]) for (const access of [Access.load, Access.store]) expect(look(lo, access)).toBe(-1);
	});
	it("give the place of every byte of a page that was found, for that access only", () => {
		const { tables, look, found, states, counts } = setUp();
		tables.select(states[0]!, 1);
		found(0x40001234, Access.load, 3);
		expect([look(0x40001000, Access.load), look(0x40001fff, Access.load)]).toEqual([3 * page, 4 * page - 1]);
		expect([look(0x40000fff, Access.load), look(0x40002000, Access.load), look(0x40001000, Access.store)]).toEqual([-1, -1, -1]);
		expect(look(0x40001000, Access.load, { hi: 1 })).toBe(-1);
		expect(counts.filled).toBe(1);
	});
	it("hold pages at both ends of the address space, and one of those that share an entry", () => {
		const { tables, look, found, states } = setUp();
		tables.select(states[0]!, 1);
		found(0, Access.load, 15);
		found(-1, Access.load, 0, { hi: -1 });
		expect([look(4, Access.load), look(-4, Access.load, { hi: -1 })]).toEqual([15 * page + 4, page - 4]);
		found(Lookup.entries * page, Access.load, 2);
		expect([look(4, Access.load), look(Lookup.entries * page, Access.load)]).toEqual([-1, 2 * page]);
	});
	it("keep what was found under each translation lately in force, and nothing of others", () => {
		const { tables, look, found, states, memory } = setUp();
		const views = Array.from({ length: memory.tables.length + 1 }, (_, i) => i + 1);
		for (const view of views) {
			tables.select(states[0]!, view);
			expect(look(0x1000, Access.load)).toBe(-1);
			found(0x1000, Access.load, view);
		}
		// the first one's table went to the last
		for (const view of views.slice(1).reverse()) {
			tables.select(states[0]!, view);
			expect(look(0x1000, Access.load)).toBe(view * page);
		}
		tables.select(states[0]!, 1);
		expect(look(0x1000, Access.load)).toBe(-1);
	});
	it("are never taken from under a processor that uses them", () => {
		const { tables, look, found, states, memory } = setUp(2);
		tables.select(states[1]!, 1000);
		found(0x1000, Access.load, 7, { processor: 1 });
		for (let view = 1; view <= 3 * memory.tables.length; view++) tables.select(states[0]!, view);
		expect(look(0x1000, Access.load, { processor: 1 })).toBe(7 * page);
		tables.select(states[0]!, 1000);
		expect(look(0x1000, Access.load)).toBe(7 * page);
	});
	it("have no entry for stores to a flagged page, and lose the ones they have when it is flagged", () => {
		const { tables, look, found, states, memory } = setUp();
		memory.bytes[memory.ram.pageFlags + 2] = PageFlag.code;
		for (const view of [1, 2]) {
			tables.select(states[0]!, view);
			found(0x2000, Access.store, 2);
			found(0x3000, Access.store, 3);
			found(0x7000, Access.store, 3);
			found(0x4000, Access.store, 4);
			found(0x3000, Access.load, 3);
		}
		tables.close(3);
		for (const view of [1, 2]) {
			tables.select(states[0]!, view);
			expect([0x2000, 0x3000, 0x7000, 0x4000].map((lo) => look(lo, Access.store))).toEqual([-1, -1, -1, 4 * page]);
			expect(look(0x3000, Access.load)).toBe(3 * page);
		}
	});
	it("forget one page for loads and stores under every translation", () => {
		const { tables, look, found, states } = setUp();
		for (const view of [1, 2]) {
			tables.select(states[0]!, view);
			for (const access of [Access.load, Access.store]) {
				found(0x1000, access, 1);
				found(0x2000, access, 2);
			}
		}
		tables.forget({ lo: 0x1000, hi: 1 });
		tables.forget({ lo: 0x1000 + Lookup.entries * page, hi: 0 });
		expect(look(0x1000, Access.load)).toBe(page);
		tables.forget({ lo: 0x1000, hi: 0 });
		for (const view of [1, 2]) {
			tables.select(states[0]!, view);
			for (const access of [Access.load, Access.store]) expect([look(0x1000, access), look(0x2000, access)]).toEqual([-1, 2 * page]);
		}
	});
	it("forget what was found under one translation, for processors that use it too until they select again", () => {
		const { tables, look, found, states } = setUp(2);
		for (const [processor, view] of [
			[0, 1],
			[1, 2],
		] as const) {
			tables.select(states[processor]!, view);
			found(0x1000, Access.load, 1 + processor, { processor });
		}
		tables.retire(2);
		tables.retire(3);
		found(0x1000, Access.load, 5, { processor: 1 });
		expect([look(0x1000, Access.load), look(0x1000, Access.load, { processor: 1 })]).toEqual([page, -1]);
		tables.select(states[1]!, 4);
		found(0x1000, Access.load, 5, { processor: 1 });
		expect(look(0x1000, Access.load, { processor: 1 })).toBe(5 * page);
	});
	it("forget everything at once; what is found before the next selection is not remembered", () => {
		const { tables, look, found, states } = setUp();
		tables.select(states[0]!, 1);
		found(0x1000, Access.load, 1);
		tables.flush();
		found(0x1000, Access.load, 1);
		expect(look(0x1000, Access.load)).toBe(-1);
		tables.select(states[0]!, 1);
		expect(look(0x1000, Access.load)).toBe(-1);
	});
});

describe("what translation read", () => {
	it("is watched once a translation succeeded, to the word", () => {
		const { walks, memory } = setUp();
		const flag = (n: number) => memory.bytes[memory.ram.pageFlags + n];
		walks.begin();
		walks.note(base + page + 8, 8);
		walks.note(base + 5 * page - 4, 4);
		expect([walks.holds(base + page + 8, 4), flag(1)]).toEqual([false, 0]);
		walks.keep(0x4000, 0, Access.fetch, 1);
		expect([flag(0), flag(1), flag(4), flag(5)]).toEqual([0, PageFlag.walked, PageFlag.walked, 0]);
		for (const [offset, bytes, wanted] of [
			[page + 4, 4, false],
			[page + 7, 2, true],
			[page + 15, 1, true],
			[page + 16, 8, false],
			[5 * page - 8, 4, false],
			[5 * page - 1, 1, true],
			[9 * page, 8, false],
		] as const)
			expect([offset, walks.holds(base + offset, bytes)]).toEqual([offset, wanted]);
	});
	it("is not, when it failed or all was forgotten; other flags stay", () => {
		const { walks, memory } = setUp();
		memory.bytes[memory.ram.pageFlags + 1] = PageFlag.code;
		walks.begin();
		walks.note(base + page, 4);
		walks.begin();
		walks.keep(0x4000, 0, Access.fetch, 1);
		expect(walks.holds(base + page, 4)).toBe(false);
		walks.begin();
		walks.note(base + page, 4);
		walks.keep(0x4000, 0, Access.fetch, 1);
		expect(memory.bytes[memory.ram.pageFlags + 1]).toBe(PageFlag.code | PageFlag.walked);
		walks.clear();
		expect([walks.holds(base + page, 4), memory.bytes[memory.ram.pageFlags + 1]]).toEqual([false, PageFlag.code]);
	});
	it("leaves a page as one of data when none of it counts any more: translated code stores there by itself again", () => {
		const { walks, memory } = setUp();
		const flag = (n: number) => memory.bytes[memory.ram.pageFlags + n];
		memory.bytes[memory.ram.pageFlags + 1] = PageFlag.code;
		for (const access of [Access.load, Access.fetch]) {
			walks.begin();
			walks.note(base + page, 8);
			walks.note(base + page + 64, 8);
			walks.keep(0x4000, 0, access, 1);
			walks.changed(base + page + 64, 8);
			expect(flag(1)).toBe(PageFlag.code | PageFlag.walked);
			walks.changed(base + page, 8);
			expect(flag(1)).toBe(PageFlag.code);
		}
	});
	it("is noted page by page where it was the last word of a translation, up to a limit", () => {
		const { walks } = setUp();
		const read = (at: number, lo: number, access: number = Access.load, view = 1) => {
			walks.begin();
			walks.note(base, 8);
			walks.note(base + at, 8);
			walks.keep(lo, 1, access, view);
		};
		const pagesAt = (at: number, bytes: number) => walks.changed(base + at, bytes)?.pages;
		const viewsAt = (at: number, bytes: number) => walks.changed(base + at, bytes)?.views;
		read(0x100, 0x5123);
		read(0x100, 0x6000);
		read(0x108, 0x7000);
		read(0x110, 0x8000, Access.fetch);
		read(0x110, 0x8000, Access.fetch, 2);
		expect(walks.changed(base + 0x200, 8)).toEqual({ pages: [], views: [] });
		expect(pagesAt(0x100, 4)).toEqual([
			{ lo: 0x5000, hi: 1 },
			{ lo: 0x6000, hi: 1 },
		]);
		expect(pagesAt(0x100, 4)).toEqual([]);
		expect(pagesAt(0x10c, 1)).toEqual([{ lo: 0x7000, hi: 1 }]);
		// the number of each translation that read on, or code
		expect([viewsAt(0, 8), viewsAt(0, 8), viewsAt(0x114, 4), viewsAt(0x114, 4)]).toEqual([[1, 2], [], [1, 2], []]);
		walks.clear();
		expect([walks.holds(base, 8), walks.changed(base, 8)]).toEqual([false, { pages: [], views: [] }]);
		for (let i = 0; i <= 2 ** 15; i++) read(0x100, i * page);
		expect(walks.changed(base + 0x100, 8)).toBe(null);
		walks.clear();
		for (let i = 0; i <= 2 ** 16; i++) read(0x100, page, Access.fetch, i);
		expect(walks.changed(base, 8)).toBe(null);
	});
	it("is noted no more once what it said was forgotten", () => {
		const { walks } = setUp();
		for (const access of [Access.load, Access.fetch]) {
			walks.begin();
			walks.note(base + page, 8);
			walks.keep(0x4000, 0, access, 3);
			expect(walks.holds(base + page, 8)).toBe(true);
			walks.changed(base + page, 8);
			expect(walks.holds(base + page, 8)).toBe(false);
		}
	});
	it("closes the page to stores that are not seen", () => {
		const { tables, walks, look, found, states } = setUp();
		tables.select(states[0]!, 1);
		found(0x1000, Access.store, 1);
		walks.begin();
		walks.note(base + page, 8);
		walks.keep(0x4000, 0, Access.fetch, 1);
		expect(look(0x1000, Access.store)).toBe(-1);
	});
});
