import { describe, expect, it } from "vitest";
import { Header } from "../../jit/base/layout.ts";
import { Access } from "../../jit/base/port.ts";
import { Status, statusNames } from "../../jit/base/status.ts";
import { type BusDevice, createBus } from "../../src/memory/bus.ts";
import { createGuestMemory, PageFlag } from "../../src/memory/guest-memory.ts";
import { createPorts, type Translate } from "../../src/memory/port.ts";
import { createTables } from "../../src/memory/tables.ts";
import { createWalks } from "../../src/memory/walks.ts";

const base = 0x80000000;
const page = 4096;
const ramBytes = 4 * page;
const deviceBase = 0x10000000;

interface Options {
	readonly endian?: "little" | "big";
	readonly translate?: Translate;
	readonly addressBits?: number;
}

function setUp(o: Options = {}) {
	const memory = createGuestMemory({ stateBytes: 256, processors: 1, ramBase: base, ramBytes });
	const log: string[] = [];
	const device: BusDevice = {
		name: "d",
		accepts: (offset, bytes) => bytes === 4 && offset < 0x80,
		read(offset, bytes) {
			log.push(`r${offset}/${bytes}`);
			return (0xf0000000 + offset) >>> 0;
		},
		write: (offset, bytes, value) => void log.push(`w${offset}/${bytes}=${value.toString(16)}`),
	};
	const bus = createBus();
	bus.add(deviceBase, 0x100, device);
	const invalidated: [number, number][] = [];
	const tables = createTables(memory, { asked: 0, filled: 0, switched: 0, flushed: 0 });
	const walks = createWalks(memory, tables.close);
	const changed: string[] = [];
	const ports = createPorts({
		memory,
		buses: [bus],
		endian: [o.endian ?? "little"],
		addressBits: o.addressBits ?? 64,
		plain: () => o.translate === undefined,
		translate: o.translate ?? (() => ({ status: 0, lo: 0, hi: 0 })),
		...{ tables, walks, retranslate: () => void changed.push("translation") },
		retire: (views) => void changed.push(`view ${views}`),
		forget: ({ lo }) => void changed.push(lo.toString(16)),
		invalidate: (...what) => invalidated.push(what),
	});
	const state = memory.states[0]!;
	const header = (field: keyof typeof Header) => memory.words[(state + Header[field]) >> 2]!;
	const answer = () => {
		const status = statusNames[header("status")]!;
		if (status !== "fault") return status;
		const address = (header("addressHi") >>> 0) * 2 ** 32 + (header("addressLo") >>> 0);
		return `fault ${["fetch", "load", "store"][header("access") & 255]}${header("access") >> 8 ? " misaligned" : ""} at ${address.toString(16)}`;
	};
	const halves = (address: number): [number, number] => [address | 0, Math.floor(address / 2 ** 32) | 0];
	const port = (which: "full" | "translated" | "physical" = "full") => ({
		load(address: number, bytes: number, access: number = Access.load) {
			const [lo, hi] = halves(address);
			const low = ports[which].load(state, lo, hi, bytes, 0, access);
			if (header("status") !== Status.next) return answer();
			const value =
				bytes === 8 ? (BigInt.asUintN(32, BigInt(header("high"))) << 32n) | BigInt.asUintN(32, BigInt(low)) : BigInt.asUintN(8 * bytes, BigInt(low));
			return value.toString(16);
		},
		store(address: number, bytes: number, value: bigint) {
			const [lo, hi] = halves(address);
			ports[which].store(state, lo, hi, bytes, 0, Number(BigInt.asIntN(32, value)), Number(BigInt.asIntN(32, value >> 32n)));
			return answer();
		},
	});
	return {
		memory,
		ports,
		port,
		log,
		invalidated,
		tables,
		walks,
		changed,
		bytesAt: (address: number, length: number) => Buffer.from(memory.window(address, length)!).toString("hex"),
	};
}

const value = 0x8877665544332211n;

describe("a memory port accesses RAM", () => {
	for (const which of ["full", "translated"] as const)
		for (const endian of ["little", "big"] as const)
			for (const bytes of [1, 2, 4, 8])
				it(`${which}, ${endian}-endian, ${bytes} bytes: at every offset of a page edge`, () => {
					const { port, bytesAt } = setUp({ endian });
					const cut = BigInt.asUintN(8 * bytes, value);
					const digits = cut
						.toString(16)
						.padStart(2 * bytes, "0")
						.match(/../g)!;
					const expected = (endian === "big" ? digits : digits.reverse()).join("");
					for (let offset = -9; offset < 10; offset++) {
						const at = base + page + offset;
						expect(port(which).store(at, bytes, value)).toBe("next");
						expect(bytesAt(at, bytes)).toBe(expected);
						expect(port(which).load(at, bytes)).toBe(cut.toString(16));
					}
				});
});

describe("a memory port keeps to RAM", () => {
	const end = base + ramBytes;
	for (const [what, address, bytes, expected] of [
		["before its first byte", base - 1, 1, base - 1],
		["across its first byte", base - 1, 4, base - 1],
		["behind its last byte", end, 1, end],
		["across its end, naming the first byte that is missing", end - 2, 4, end],
		["at 0", 0, 8, 0],
		["at the end of 32 bits", 0xfffffffc, 8, 0xfffffffc],
		["above 2^53", 2 ** 60, 4, 2 ** 60],
	] as const)
		it(what, () => {
			const { port, memory } = setUp();
			const at = expected.toString(16);
			expect(port().load(address, bytes)).toBe(`fault load at ${at}`);
			expect(port().load(address, bytes, Access.fetch)).toBe(`fault fetch at ${at}`);
			expect(port().store(address, bytes, value)).toBe(`fault store at ${at}`);
			expect([port("translated").load(address, bytes), port("translated").store(address, bytes, value)]).toEqual(["assist", "assist"]);
			const { ram } = memory;
			expect(memory.bytes.subarray(ram.offset - 64).every((byte) => byte === 0)).toBe(true);
			expect(memory.bytes.subarray(ram.pageFlags, ram.offset).every((byte) => byte === 0)).toBe(true);
		});
});

describe("a memory port reaches devices", () => {
	it("with the access the device takes; 8 bytes are two of 4, low address first", () => {
		const { port, log } = setUp();
		expect(port().load(deviceBase + 8, 8)).toBe("f000000cf0000008");
		expect(port().store(deviceBase + 8, 8, value)).toBe("next");
		expect(port().store(deviceBase, 4, 0xffffffffn)).toBe("next");
		expect(log).toEqual(["r8/4", "r12/4", "w8/4=44332211", "w12/4=88776655", "w0/4=ffffffff"]);
	});
	it("big-endian with the high half first", () => {
		const { port, log } = setUp({ endian: "big" });
		expect(port().load(deviceBase + 8, 8)).toBe("f0000008f000000c");
		port().store(deviceBase + 8, 8, value);
		expect(log.slice(2)).toEqual(["w8/4=88776655", "w12/4=44332211"]);
	});
	for (const [what, address, bytes] of [
		["of a width it refuses", deviceBase, 1],
		["misaligned", deviceBase + 2, 4],
		["half outside what it accepts", deviceBase + 0x7c, 8],
		["across the end of its region", deviceBase + 0xfe, 4],
		["beside it", deviceBase + 0x100, 4],
	] as const)
		it(`but not ${what}: nothing answers, and nothing happens`, () => {
			const { port, log } = setUp();
			expect([port().load(address, bytes), port().store(address, bytes, value)]).toEqual([
				`fault load at ${address.toString(16)}`,
				`fault store at ${address.toString(16)}`,
			]);
			expect(log).toEqual([]);
		});
	it("never from translated code: that asks for assistance", () => {
		const { port, log } = setUp();
		expect([port("translated").load(deviceBase, 4), port("translated").store(deviceBase, 4, value), log]).toEqual(["assist", "assist", []]);
	});
});

describe("stores to flagged pages", () => {
	it("tell the code cache, after they have happened; both pages count", () => {
		const { port, memory, invalidated, bytesAt } = setUp();
		memory.bytes[memory.ram.pageFlags + 1] = PageFlag.code;
		for (const at of [base + page - 2, base + 2 * page - 2, base + page]) {
			expect(port("translated").store(at, 4, value)).toBe("assist");
			expect(bytesAt(at, 4)).toBe("00000000");
			expect(port().store(at, 4, value)).toBe("next");
			expect(bytesAt(at, 4)).toBe("11223344");
			memory.window(at, 4)!.fill(0);
		}
		expect(invalidated).toEqual([base + page - 2, base + 2 * page - 2, base + page].map((at) => [at, 4]));
		expect(port("translated").store(base, 4, value)).toBe("next");
	});
	it("tell whoever watches one of the bytes", () => {
		const { port, ports, invalidated } = setUp();
		const hits: [number, number][] = [];
		ports.watch(base + 0x100, 8, (...what) => hits.push(what));
		for (const [at, bytes] of [
			[0xff, 1],
			[0xfc, 4],
			[0xfd, 4],
			[0x104, 4],
			[0x107, 1],
			[0x108, 8],
		] as const) {
			expect(port("translated").store(base + at, bytes, value)).toBe("assist");
			port().store(base + at, bytes, value);
		}
		expect(hits).toEqual([
			[base + 0xfd, 4],
			[base + 0x104, 4],
			[base + 0x107, 1],
		]);
		expect(invalidated).toEqual([]);
	});
	it("by the machine itself count as well, and only in RAM", () => {
		const { ports, memory, invalidated } = setUp();
		memory.bytes[memory.ram.pageFlags + 1] = PageFlag.code;
		expect([
			ports.writeRam(base + page - 8, new Uint8Array(2 * page)),
			ports.writeRam(base + ramBytes - 1, new Uint8Array(2)),
			ports.writeRam(0, new Uint8Array(1)),
		]).toEqual([true, false, false]);
		expect(invalidated.length).toBeGreaterThan(0);
		expect(ports.writeRam(base, new Uint8Array(page))).toBe(true);
		expect(invalidated.every(([at, bytes]) => at + bytes > base + page && at < base + 2 * page)).toBe(true);
	});
});

describe("while translation is in force", () => {
	/** Virtual page 0x1000 -> RAM page 3, 0x2000 -> RAM page 0, 0x3000 -> the device; stores to 0x2000 trap; everything else faults. */
	const asked: string[] = [];
	const translate: Translate = (_, lo, hi, access, bytes) => {
		asked.push(`${access}:${(lo >>> 0).toString(16)}/${bytes}`);
		const inside = lo & 0xfff;
		const at = { 1: base + 3 * page, 2: base, 3: deviceBase }[hi === 0 ? lo >>> 12 : -1];
		if (at === undefined) return { status: Status.fault, lo: 0, hi: 0 };
		if (lo >>> 12 === 2 && access === Access.store) return { status: Status.trap, lo: 0, hi: 0 };
		return { status: Status.next, lo: (at + inside) | 0, hi: 0 };
	};
	it("loads and stores go where it says, to devices as well", () => {
		const { port, bytesAt, log } = setUp({ translate });
		expect(port().store(0x1010, 8, value)).toBe("next");
		expect(bytesAt(base + 3 * page + 0x10, 8)).toBe("1122334455667788");
		expect(port("translated").load(0x1010, 4)).toBe("44332211");
		expect([port().load(0x3008, 4), port("translated").load(0x3008, 4), log]).toEqual(["f0000008", "assist", ["r8/4"]]);
	});
	it("an access across pages is asked for in two parts and put together", () => {
		const { port, memory } = setUp({ translate });
		memory.window(base + 4 * page - 3, 3)!.set([1, 2, 3]);
		memory.window(base, 5)!.set([4, 5, 6, 7, 8]);
		asked.length = 0;
		expect(port().load(0x1ffd, 8)).toBe("807060504030201");
		expect(asked).toEqual(["1:1ffd/3", "1:2000/5"]);
		expect(port("translated").load(0x1ffd, 8)).toBe("807060504030201");
	});
	it("a store whose second part is refused has not begun", () => {
		for (const which of ["full", "translated"] as const) {
			const { port, bytesAt } = setUp({ translate });
			expect(port(which).store(0x1ffd, 8, value)).toBe("trap");
			expect(bytesAt(base + 4 * page - 3, 3)).toBe("000000");
		}
	});
	it("an access across into a device or into nothing names that page", () => {
		const { port } = setUp({ translate });
		expect([port().load(0x2ffe, 4), port().load(0x3ffe, 4), port().load(0xffe, 4)]).toEqual(["fault load at 3000", "fault load at 4000", "fault load at ffe"]);
	});
	it("physical accesses are not translated", () => {
		const { port } = setUp({ translate });
		expect([port("physical").store(base, 4, value), port("physical").load(base, 4)]).toEqual(["next", "44332211"]);
	});
});

describe("a store to what translation read", () => {
	const note = (walks: ReturnType<typeof setUp>["walks"], access: number = Access.fetch) => {
		walks.begin();
		walks.note(base + 3 * page, 8);
		walks.note(base + page + 8, 8);
		walks.keep(0x4567, 0, access, 7);
	};
	it("is left to the interpreter, which then has all of that translation forgotten; beside it translated code stores", () => {
		const { port, walks, changed, bytesAt } = setUp();
		note(walks);
		expect([port("translated").store(base + page + 12, 4, value), port("translated").store(base + page + 4, 8, value)]).toEqual(["assist", "assist"]);
		expect([port("translated").store(base + page + 16, 8, value), port("translated").store(base + page, 8, value)]).toEqual(["next", "next"]);
		expect([port().store(base + page + 16, 8, value), changed]).toEqual(["next", []]);
		expect([port().store(base + page + 15, 1, value), changed, bytesAt(base + page + 15, 1)]).toEqual(["next", ["view 7"], "11"]);
	});
	it("has one page forgotten when only the last word of its translation changed, and all of that translation when one before that did", () => {
		const { port, walks, changed } = setUp();
		note(walks, Access.load);
		note(walks, Access.store);
		expect([port("translated").store(base + page + 12, 4, value), changed]).toEqual(["assist", []]);
		expect([port().store(base + page + 12, 4, value), changed]).toEqual(["next", ["4000"]]);
		// the other half of that word still says so; then nobody has read it any more
		expect([port().store(base + page + 8, 8, value), changed]).toEqual(["next", ["4000", "4000"]]);
		expect([port("translated").store(base + page + 8, 8, value), changed]).toEqual(["next", ["4000", "4000"]]);
		expect([port().store(base + 3 * page + 4, 1, value), changed]).toEqual(["next", ["4000", "4000", "view 7"]]);
	});
	it("counts when the machine does it, not when translation itself does", () => {
		const { port, ports, walks, changed } = setUp();
		note(walks);
		expect([port("physical").store(base + page + 8, 8, value), changed]).toEqual(["next", []]);
		ports.writeRam(base, new Uint8Array(2 * page));
		expect(changed).toEqual(["view 7"]);
	});
	it("is never one to a device: nothing answers translation there", () => {
		const { port, log } = setUp();
		expect([port("physical").load(deviceBase, 4), port("physical").store(deviceBase, 4, value)]).toEqual([
			`fault load at ${deviceBase.toString(16)}`,
			`fault store at ${deviceBase.toString(16)}`,
		]);
		expect(log).toEqual([]);
	});
});
