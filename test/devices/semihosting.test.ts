import { describe, expect, it } from "vitest";
import { createConsole, Errno, type FileSystem } from "../../src/base/host.ts";
import { confine, createSemihosting, type GuestBytes } from "../../src/devices/semihosting.ts";

/** Guest memory from 0 up to 64 KiB. */
function guestMemory() {
	const bytes = new Uint8Array(65536);
	const memory: GuestBytes = {
		read: (at, length) => (at >= 0 && at + length <= bytes.length ? bytes.slice(at, at + length) : null),
		write(at, data) {
			if (!(at >= 0 && at + data.length <= bytes.length)) return false;
			bytes.set(data, at);
			return true;
		},
	};
	return { bytes, memory };
}

/** Files in a map; every path that is asked for is recorded. */
function fakeFiles() {
	const files = new Map<string, Uint8Array>();
	const handles: string[] = [];
	const asked: string[] = [];
	const system: FileSystem = {
		open(path, mode) {
			asked.push(path);
			if (!files.has(path) && !mode.create) return -Errno.noEntry;
			if (!files.has(path) || mode.truncate) files.set(path, new Uint8Array(0));
			return handles.push(path) - 1;
		},
		close: () => 0,
		read: (handle, position, length) => files.get(handles[handle]!)!.slice(position, position + length),
		write(handle, position, data) {
			const old = files.get(handles[handle]!)!;
			const now = new Uint8Array(Math.max(old.length, position + data.length));
			now.set(old);
			now.set(data, position);
			files.set(handles[handle]!, now);
			return data.length;
		},
		size: (handle) => files.get(handles[handle]!)!.length,
		remove(path) {
			asked.push(path);
			return files.delete(path) ? 0 : -Errno.noEntry;
		},
		rename(from, to) {
			asked.push(from, to);
			const data = files.get(from);
			if (!data) return -Errno.noEntry;
			files.delete(from);
			files.set(to, data);
			return 0;
		},
	};
	return { files, asked, system };
}

function setUp(o: { wordBytes?: 4 | 8; files?: FileSystem | null; commandLine?: string } = {}) {
	const wordBytes = o.wordBytes ?? 8;
	const out: number[] = [];
	const ended: [string, number][] = [];
	const console = createConsole((byte) => out.push(byte));
	const { bytes, memory } = guestMemory();
	const semihosting = createSemihosting({
		wordBytes,
		console,
		files: o.files ?? null,
		commandLine: o.commandLine ?? "prog a b",
		finish: (what, code) => ended.push([what, code]),
		nanos: () => 12_345_678_900,
		epoch: 1000,
		heap: [1, 2, 3, 4],
	});
	const block = 0x100;
	const words = (...values: number[]): number => {
		const view = new DataView(bytes.buffer);
		values.forEach((value, i) => {
			view.setUint32(block + i * wordBytes, value % 2 ** 32, true);
			if (wordBytes === 8) view.setUint32(block + i * 8 + 4, Math.floor(value / 2 ** 32), true);
		});
		return block;
	};
	const text = (at: number, value: string): [number, number] => {
		bytes.set(new TextEncoder().encode(`${value}\0`), at);
		return [at, new TextEncoder().encode(value).length];
	};
	const call = (operation: number, parameter: number) => semihosting.call(memory, operation, parameter);
	const open = (path: string, mode: number) => {
		const [at, length] = text(0x1000, path);
		return call(1, words(at, mode, length));
	};
	const write = (handle: number, value: string) => {
		const [at, length] = text(0x2000, value);
		return call(5, words(handle, at, length));
	};
	const read = (handle: number, length: number) => {
		const left = call(6, words(handle, 0x3000, length));
		return new TextDecoder().decode(bytes.subarray(0x3000, 0x3000 + length - left));
	};
	return { ...{ out, ended, console, bytes, memory, words, text, call, open, write, read }, printed: () => String.fromCharCode(...out) };
}

describe("semihosting writes to the console", () => {
	it("a character, a text, and through :tt", () => {
		const { call, text, open, write, printed } = setUp();
		text(0x500, "abc");
		call(3, 0x500);
		call(4, 0x501);
		const handle = open(":tt", 4);
		expect(write(handle, "def")).toBe(0);
		expect(call(9, setUpWord(handle))).toBe(-1);
		expect(printed()).toBe("abcdef");
	});
	it("stops at the end of guest memory", () => {
		const { call, bytes, printed } = setUp();
		bytes.fill(65, 65530);
		expect(call(4, 65530)).toBe(0);
		expect(printed()).toBe("AAAAAA");
	});
});
/** An address without a block. */
const setUpWord = (_: number) => 0xfffffff0;

describe("semihosting reads from the console", () => {
	it("a character, or -1 when there is none", () => {
		const { call, console } = setUp();
		console.push(Uint8Array.of(0x41));
		expect([call(7, 0), call(7, 0)]).toEqual([0x41, -1]);
	});
	it("a line at most, through :tt", () => {
		const { open, read, console } = setUp();
		console.push(new TextEncoder().encode("one\ntwo"));
		const handle = open(":tt", 0);
		expect([read(handle, 100), read(handle, 100), read(handle, 100)]).toEqual(["one\n", "two", ""]);
	});
});

describe("semihosting files", () => {
	it("are written, appended, read, measured, renamed and removed", () => {
		const { files, system } = fakeFiles();
		const { open, write, read, call, words, text } = setUp({ files: system });
		const w = open("a.txt", 4);
		expect([write(w, "hello"), call(2, words(w))]).toEqual([0, 0]);
		const a = open("a.txt", 8);
		write(a, " world");
		call(2, words(a));
		const r = open("a.txt", 0);
		expect([call(12, words(r)), call(10, words(r, 6)), read(r, 100), call(9, words(r))]).toEqual([11, 0, "world", 0]);
		const [from, fromLength] = text(0x600, "a.txt");
		const [to, toLength] = text(0x700, "b.txt");
		expect(call(15, words(from, fromLength, to, toLength))).toBe(0);
		expect([...files.keys()]).toEqual(["b.txt"]);
		expect([call(14, words(to, toLength)), call(14, words(to, toLength)), call(19, 0)]).toEqual([0, -1, Errno.noEntry]);
	});
	for (const path of ["/etc/passwd", "../x", "a/../../x", "..", "", ".", "C:\\x", "a\\..\\b"])
		it(`outside the directory are refused before the host is asked: ${JSON.stringify(path)}`, () => {
			const { asked, system } = fakeFiles();
			const { open, call, words, text } = setUp({ files: system });
			for (const mode of [0, 4, 8]) expect(open(path, mode)).toBe(-1);
			const [at, length] = text(0x600, path);
			const [good, goodLength] = text(0x700, "good");
			expect([call(14, words(at, length)), call(15, words(at, length, good, goodLength)), call(15, words(good, goodLength, at, length))]).toEqual([-1, -1, -1]);
			expect(asked).toEqual([]);
		});
	it("S10: do not exist without a host that offers them", () => {
		const { open, call } = setUp();
		expect([open("x", 0), open("x", 4), call(19, 0)]).toEqual([-1, -1, Errno.noEntry]);
	});
	it("are limited in number", () => {
		const { system } = fakeFiles();
		const { open, call } = setUp({ files: system });
		expect(Array.from({ length: 70 }, (_, i) => open(`f${i}`, 4)).filter((handle) => handle > 0).length).toBe(64);
		expect(call(19, 0)).toBe(Errno.tooManyFiles);
	});
	it("a path inside stays as it is meant", () => expect(["a", "./a//b/.", "x/..y"].map(confine)).toEqual(["a", "a/b", "x/..y"]));
});

describe("semihosting ends the run", () => {
	const cases: [what: string, wordBytes: 4 | 8, operation: number, parameter: number | number[], code: number][] = [
		["32 bits, application exit", 4, 0x18, 0x20026, 0],
		["32 bits, anything else", 4, 0x18, 0x20023, 1],
		["32 bits, extended", 4, 0x20, [0x20026, 42], 42],
		["64 bits, with a block", 8, 0x18, [0x20026, 7], 7],
		["64 bits, another reason", 8, 0x18, [0x20020, 7], 1],
		["64 bits, extended", 8, 0x20, [0x20026, 3], 3],
	];
	for (const [what, wordBytes, operation, parameter, code] of cases)
		it(what, () => {
			const { call, words, ended } = setUp({ wordBytes });
			call(operation, typeof parameter === "number" ? parameter : words(...parameter));
			expect(ended).toEqual([["exit", code]]);
		});
});

describe("semihosting answers", () => {
	it("time in the guest's own time", () => {
		const { call, bytes } = setUp();
		expect([call(0x10, 0), call(0x11, 0), call(0x31, 0), call(0x30, 0x800)]).toEqual([1234, 1012, 1e9, 0]);
		expect(new DataView(bytes.buffer).getBigUint64(0x800, true)).toBe(12345678900n);
	});
	it("the command line, if it fits", () => {
		const { call, words, bytes } = setUp();
		expect(call(0x15, words(0x900, 100))).toBe(0);
		expect(new TextDecoder().decode(bytes.subarray(0x900, 0x909))).toBe("prog a b\0");
		expect(new DataView(bytes.buffer).getUint32(0x108, true)).toBe(8);
		expect(call(0x15, words(0x900, 8))).toBe(-1);
	});
	it("where the heap is", () => {
		const { call, words, bytes } = setUp({ wordBytes: 4 });
		expect(call(0x16, words(0xa00))).toBe(0);
		expect([...new Uint32Array(bytes.buffer, 0xa00, 4)]).toEqual([1, 2, 3, 4]);
	});
	it("what it can do, in :semihosting-features", () => {
		const { open, read, call, words } = setUp();
		const handle = open(":semihosting-features", 0);
		expect([call(12, words(handle)), read(handle, 4), open(":semihosting-features", 4)]).toEqual([5, "SHFB", -1]);
	});
	it("-1 to what it does not know, and to blocks that are not there", () => {
		const { call } = setUp();
		expect([call(0x99, 0), call(19, 0), call(5, 0xffffff00), call(0x12, 0)]).toEqual([-1, Errno.notSupported, -1, -1]);
	});
	it("S7: a huge length is done in part, at once", () => {
		const { open, call, words } = setUp();
		const handle = open(":tt", 4);
		const huge = 2 ** 52;
		expect(call(5, words(handle, 0x2000, huge))).toBe(huge);
		expect(call(6, words(handle, 0x2000, huge))).toBe(huge);
	});
});
