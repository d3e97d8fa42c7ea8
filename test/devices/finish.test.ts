import { describe, expect, it } from "vitest";
import { createConsole } from "../../src/base/host.ts";
import { createHtif } from "../../src/devices/htif.ts";
import { createTestFinisher } from "../../src/devices/test-finisher.ts";
import { testClock } from "./parts.ts";

describe("test finisher", () => {
	for (const [value, bytes, ended] of [
		[0x5555, 4, ["exit", 0]],
		[0x3333, 4, ["exit", 0]],
		[0x00013333, 4, ["exit", 1]],
		[0xffff3333, 4, ["exit", 65535]],
		[0x7777, 4, ["reset", 0]],
		[0x5555, 2, ["exit", 0]],
		[0, 4, null],
		[0x5554, 4, null],
	] as const)
		it(`0x${value.toString(16)} in ${bytes} bytes: ${ended?.join(" ") ?? "nothing"}`, () => {
			const got: unknown[] = [];
			const device = createTestFinisher({ name: "test", finish: (...what) => got.push(what) });
			device.write(0, bytes, value);
			expect(got).toEqual(ended ? [ended] : []);
		});
});

const tohost = 0x40;
const fromhost = 0x48;

function htif() {
	const bytes = new Uint8Array(256);
	const view = new DataView(bytes.buffer);
	const out: number[] = [];
	const ended: unknown[] = [];
	const { clock, pass } = testClock();
	const console = createConsole((byte) => out.push(byte));
	const window = (at: number, count: number) => (at + count <= bytes.length ? bytes.subarray(at, at + count) : null);
	const write = (at: number, data: Uint8Array) => {
		bytes.set(data, at);
		device.stored(at, data.length);
	};
	const device = createHtif({ tohost, fromhost, window, write, console, finish: (...what) => ended.push(what), clock });
	const store32 = (at: number, value: number) => {
		view.setUint32(at, value, true);
		device.stored(at, 4);
	};
	const store64 = (at: number, value: bigint) => {
		view.setBigUint64(at, value, true);
		device.stored(at, 8);
	};
	return { bytes, view, out, ended, pass, console, store32, store64, word: (at: number) => view.getBigUint64(at, true) };
}

describe("HTIF", () => {
	it("ends the run with the code that an odd word holds", () => {
		const { store64, ended } = htif();
		store64(tohost, 1n);
		store64(tohost, (42n << 1n) | 1n);
		expect(ended).toEqual([
			["exit", 0],
			["exit", 42],
		]);
	});
	it("of a 32-bit guest waits for the high half", () => {
		const { store32, ended } = htif();
		store32(tohost, 3);
		expect(ended).toEqual([]);
		store32(tohost + 4, 0);
		expect(ended).toEqual([["exit", 1]]);
	});
	it("or, when that never comes, a hundred steps", () => {
		const { store32, ended, pass } = htif();
		store32(tohost, 5);
		pass(99);
		expect(ended).toEqual([]);
		pass(1);
		expect(ended).toEqual([["exit", 2]]);
	});
	it("prints a character and answers", () => {
		const { store64, out, word } = htif();
		store64(tohost, (1n << 56n) | (1n << 48n) | 0x41n);
		expect([out, word(tohost), word(fromhost)]).toEqual([[0x41], 0n, (1n << 56n) | (1n << 48n)]);
	});
	it("takes an odd character for a character, in halves too", () => {
		const { store32, out, ended } = htif();
		store32(tohost, 0x43);
		store32(tohost + 4, 0x01010000);
		expect([out, ended]).toEqual([[0x43], []]);
	});
	it("hands over a character of input", () => {
		const { store64, console, word } = htif();
		console.push(Uint8Array.of(0x58));
		store64(tohost, 1n << 56n);
		expect(word(fromhost)).toBe((1n << 56n) | 0x59n);
	});
	it("carries out the write system call", () => {
		const { store64, bytes, view, out, word } = htif();
		bytes.set([0x68, 0x69], 0x80);
		[64n, 1n, 0x80n, 2n].forEach((value, i) => void view.setBigUint64(0xa0 + 8 * i, value, true));
		store64(tohost, 0xa0n);
		expect([String.fromCharCode(...out), word(0xa0), word(fromhost)]).toEqual(["hi", 2n, 1n]);
	});
	it("answers a system call it does not know, and one with memory that is not there", () => {
		const { store64, view, word } = htif();
		view.setBigUint64(0xa0, 1234n, true);
		store64(tohost, 0xa0n);
		expect(BigInt.asIntN(64, word(0xa0))).toBe(-38n);
		[64n, 1n, 0xfff0n, 2n].forEach((value, i) => void view.setBigUint64(0xa0 + 8 * i, value, true));
		store64(tohost, 0xa0n);
		expect(BigInt.asIntN(64, word(0xa0))).toBe(-14n);
	});
});
