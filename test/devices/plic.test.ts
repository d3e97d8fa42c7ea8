import { describe, expect, it } from "vitest";
import { createLine } from "../../src/base/line.ts";
import { createPlic } from "../../src/devices/plic.ts";

const enable = (context: number) => 0x2000 + 0x80 * context;
const threshold = (context: number) => 0x200000 + 0x1000 * context;
const claim = (context: number) => threshold(context) + 4;

function plic(again: "level" | "event" = "level") {
	const contexts = [createLine(), createLine()];
	const device = createPlic({ name: "plic", sources: 40, contexts, again });
	const w = (offset: number, value: number) => device.write(offset, 4, value);
	const r = (offset: number) => device.read(offset, 4);
	return { device, w, r, levels: () => contexts.map((line) => line.level) };
}

describe("PLIC", () => {
	it("passes a source on only with a priority, enabled and above the threshold", () => {
		const { device, w, levels } = plic();
		device.source(10).set(true);
		expect(levels()).toEqual([false, false]);
		w(4 * 10, 3);
		expect(levels()).toEqual([false, false]);
		w(enable(1), 1 << 10);
		expect(levels()).toEqual([false, true]);
		w(threshold(1), 3);
		expect(levels()).toEqual([false, false]);
		w(threshold(1), 2);
		expect(levels()).toEqual([false, true]);
	});
	it("claims the highest priority first, then the lowest number", () => {
		const { device, w, r, levels } = plic();
		for (const [source, priority] of [
			[33, 2],
			[5, 2],
			[7, 1],
		] as const) {
			w(4 * source, priority);
			device.source(source).set(true);
		}
		w(enable(0), (1 << 5) | (1 << 7));
		w(enable(0) + 4, 1 << 1);
		expect([r(claim(0)), r(claim(0)), r(claim(0)), r(claim(0))]).toEqual([5, 33, 7, 0]);
		expect(levels()[0]).toBe(false);
	});
	it("that goes by events raises a source again only when its wire is driven again, also while it is claimed", () => {
		const { device, w, r, levels } = plic("event");
		w(4 * 10, 1);
		w(enable(0), 1 << 10);
		device.source(10).set(true);
		expect(r(claim(0))).toBe(10);
		w(claim(0), 10);
		expect(levels()[0]).toBe(false);
		device.source(10).set(true);
		expect([levels()[0], r(claim(0))]).toEqual([true, 10]);
		device.source(10).set(true);
		expect([levels()[0], r(claim(0)), r(0x1000)]).toEqual([false, 0, 1 << 10]);
		w(claim(0), 10);
		expect([levels()[0], r(claim(0))]).toEqual([true, 10]);
		w(claim(0), 10);
		device.source(10).set(true);
		device.source(10).set(false);
		expect([levels()[0], r(0x1000)]).toEqual([false, 0]);
	});
	it("raises a source that is still high again once it is completed", () => {
		const { device, w, r, levels } = plic();
		w(4 * 10, 1);
		w(enable(0), 1 << 10);
		device.source(10).set(true);
		expect(r(0x1000)).toBe(1 << 10);
		expect(r(claim(0))).toBe(10);
		expect([levels()[0], r(0x1000)]).toEqual([false, 0]);
		w(claim(0), 10);
		expect(levels()[0]).toBe(true);
		expect(r(claim(0))).toBe(10);
		device.source(10).set(false);
		w(claim(0), 10);
		expect(levels()[0]).toBe(false);
	});
	it("ignores the completion of a source that is not enabled or not there", () => {
		const { device, w, r } = plic();
		w(4 * 3, 1);
		w(enable(0), 1 << 3);
		device.source(3).set(true);
		expect(r(claim(0))).toBe(3);
		for (const source of [0, 4, 41, 0xffffffff]) w(claim(0), source);
		expect(r(claim(0))).toBe(0);
	});
	it("keeps the priority of source 0 out of everything", () => {
		const { w, r, levels } = plic();
		w(0, 7);
		w(enable(0), 1);
		expect([levels()[0], r(claim(0))]).toEqual([false, 0]);
	});
});
