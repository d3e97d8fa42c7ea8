import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Part } from "../../../src/devices/virtio/9p-wire.ts";
import { openSharedFolder } from "../../../src/host/node/shared-folder.ts";
import { Random } from "../../ir/random.ts";
import { createClient, Type, u8, u16, u32, u64 } from "./9p-client.ts";
import { Register, ramBase, ringsOf } from "./driver.ts";

const seed = Number(process.env.DOPPEL_SEED ?? 1);
const cases = 3000 * Number(process.env.DOPPEL_COUNT ?? 1);
/** Arguments of each message: f a fid, n a name, w two names to walk, d data, else bytes of a number. */
const forms: Readonly<Record<(typeof Type)[keyof typeof Type], string>> = {
	8: "f",
	12: "f4",
	14: "fn444",
	16: "fnn4",
	18: "fn4444",
	20: "ffn",
	22: "f",
	24: "f8",
	26: "f444488888",
	30: "ffn",
	40: "f84",
	50: "f4",
	52: "f148884n",
	54: "f1884n",
	70: "ffn",
	72: "fn44",
	74: "fnfn",
	76: "fn4",
	100: "4n",
	102: "fnn4",
	104: "f4nn4",
	108: "2",
	110: "ffw",
	116: "f84",
	118: "f8d",
	120: "f",
	122: "f",
};
const errors = {
	EPERM: 1,
	ENOENT: 2,
	EBADF: 9,
	EACCES: 13,
	EBUSY: 16,
	ENOTDIR: 20,
	EINVAL: 22,
	ENFILE: 23,
	EMFILE: 24,
	ENAMETOOLONG: 36,
	ELOOP: 40,
	EPROTO: 71,
};

/** `outer/secret` is outside, `outer/in` is shared. */
let outer = "";
const inside = (name: string): string => join(outer, "in", name);
/** Makes what is shared anew. */
const fill = (): void => {
	rmSync(inside(""), { recursive: true, force: true });
	mkdirSync(inside("sub"), { recursive: true });
	writeFileSync(inside("a"), "hello");
	writeFileSync(inside("sub/file"), "inside");
	symlinkSync("../secret", inside("link"));
	symlinkSync("..", inside("up"));
	symlinkSync(join(outer, "beside"), inside("beside"));
	symlinkSync("../created", inside("dangling"));
};
beforeEach(() => {
	outer = mkdtempSync(join(tmpdir(), "doppel-9p-"));
	mkdirSync(join(outer, "beside"));
	writeFileSync(join(outer, "secret"), "secret");
	writeFileSync(join(outer, "beside/file"), "secret");
	fill();
});
afterEach(() => rmSync(outer, { recursive: true, force: true }));
const client = () => createClient(openSharedFolder(join(outer, "in"), { readOnly: false }));
const untouched = (): void => {
	expect([readdirSync(outer).sort(), readdirSync(join(outer, "beside"))]).toEqual([["beside", "in", "secret"], ["file"]]);
	expect([readFileSync(join(outer, "secret"), "latin1"), readFileSync(join(outer, "beside/file"), "latin1")]).toEqual(["secret", "secret"]);
};

describe("S4: S10: a guest that wants to leave its shared folder", () => {
	it("sees links as links, and is not led through them", () => {
		const c = client();
		for (const name of ["link", "up", "beside", "dangling"]) {
			expect(c.fid(1, name)).toBe(0);
			expect(c.attributes(1)).toMatchObject({ kind: 0x02 });
			expect([c.open(1), c.open(1, 2), c.open(1, 0o1001)]).toEqual(Array(3).fill(errors.EACCES));
			expect([c.setAttributes(1, 8, { size: 0 }), c.setAttributes(1, 1, { mode: 0 })].every((code) => code > 0)).toBe(true);
			expect(c.call(Type.link, u32(0), u32(1), "hard")).toBe(errors.EPERM);
			for (const next of ["secret", "file", "new"]) expect([c.walk(1, 2, next)].map((found) => typeof found)).toEqual(["number"]);
			expect(c.create(1, "new", 1, 0o644)).toBeGreaterThan(0);
			expect(c.code(c.call(Type.mkdir, u32(1), "new", u32(0o755), u32(0)))).toBeGreaterThan(0);
			expect(c.code(c.call(Type.renameat, u32(0), "a", u32(1), "a"))).toBeGreaterThan(0);
			expect(c.code(c.call(Type.unlinkat, u32(1), "file", u32(0)))).toBeGreaterThan(0);
			c.walk(0, 3);
			expect(c.create(3, name, 1, 0o644)).toBe(errors.ELOOP);
			c.clunk(3);
			c.clunk(1);
		}
		// attributes of a link are its own
		expect([c.fid(1, "link"), c.setAttributes(1, 0x120, { modified: 77 }), statSync(join(outer, "secret")).mtimeMs === 77_500]).toEqual([0, 0, false]);
		untouched();
	});
	it("finds nothing above the folder", () => {
		const c = client();
		c.walk(0, 1);
		const root = c.attributes(1);
		for (const path of ["..", "../..", "sub/../..", "sub/../../.."]) {
			expect(c.fid(2, path)).toBe(0);
			expect(c.attributes(2)).toEqual(root);
			c.clunk(2);
		}
		expect([c.fid(2, "../secret"), c.fid(2, "../in")]).toEqual([-1, -1]);
	});
	it.each(["", ".", "..", "../secret", "sub/file", "/etc/passwd", "a\0b", "x".repeat(256)])("has no such name as %j", (name) => {
		const c = client();
		c.fid(1, "a");
		const attempts = [
			name === ".." ? errors.EINVAL : c.code(c.walk(0, 2, name)),
			c.create(0, name, 1, 0o644),
			c.code(c.call(Type.mkdir, u32(0), name, u32(0o755), u32(0))),
			c.code(c.call(Type.symlink, u32(0), name, "x", u32(0))),
			c.code(c.call(Type.link, u32(0), u32(1), name)),
			c.code(c.call(Type.rename, u32(1), u32(0), name)),
			c.code(c.call(Type.renameat, u32(0), "a", u32(0), name)),
			c.code(c.call(Type.renameat, u32(0), name, u32(0), "b")),
			c.code(c.call(Type.unlinkat, u32(0), name, u32(0x200))),
		];
		const expected = name.includes("\0") ? errors.EPROTO : name.length > 255 ? errors.ENAMETOOLONG : errors.EINVAL;
		expect(attempts).toEqual(attempts.map(() => expected));
		untouched();
	});
	it.skipIf(!existsSync("/proc/self/fd"))("is not helped by folders that become links between two messages, or on the way", () => {
		const c = client();
		expect([c.fid(1, "sub/file"), c.fid(2, "sub")]).toEqual([0, 0]);
		renameSync(inside("sub"), inside("old"));
		symlinkSync("../beside", inside("sub"));
		expect([c.open(1), c.open(1, 2)]).toEqual([errors.ENOTDIR, errors.ENOTDIR]);
		expect([c.create(2, "new", 1, 0o644), c.code(c.walk(2, 3, "file"))].every((code) => [errors.ENOTDIR, errors.ELOOP].includes(code))).toBe(true);
		untouched();
	});
	it("does not take away, move or exchange the folder itself", () => {
		const c = client();
		expect([c.code(c.call(Type.rename, u32(0), u32(0), "self")), c.code(c.call(Type.remove, u32(0)))]).toEqual([errors.EBUSY, errors.EBUSY]);
		untouched();
	});
	it("opens no pipe, and so does not wait for somebody to write into it", (ctx) => {
		if (spawnSync("mkfifo", [inside("pipe")]).status !== 0) return ctx.skip("mkfifo is not on this machine");
		const c = client();
		expect([c.fid(1, "pipe"), c.open(1), c.open(1, 1), c.setAttributes(1, 8, { size: 0 })]).toEqual([0, errors.EACCES, errors.EACCES, errors.EACCES]);
	});
	it("makes no file that runs as somebody else", () => {
		const c = client();
		c.walk(0, 1);
		expect([c.create(1, "tool", 2, 0o6755), c.setAttributes(1, 1, { mode: 0o7755 }), statSync(inside("tool")).mode & 0o7000]).toEqual([0, 0, 0]);
	});
	it("goes so deep, and no deeper", () => {
		const c = client();
		c.walk(0, 1);
		let depth = 0;
		let from = 1;
		for (; c.code(c.call(Type.mkdir, u32(from), "d", u32(0o755), u32(0))) === 0; depth++) {
			expect(c.code(c.walk(from, 3 - from, "d"))).toBe(0);
			c.clunk(from);
			from = 3 - from;
		}
		expect([depth, c.call(Type.mkdir, u32(from), "d", u32(0o755), u32(0))]).toEqual([128, errors.ENAMETOOLONG]);
	});
	it("has so many fids and open files, and no more; then goes on", () => {
		const c = client();
		let opened = 0;
		for (let number = 1; ; number++) {
			expect(c.fid(number, "a")).toBe(0);
			const code = c.open(number);
			if (code === 0) opened++;
			else {
				expect(code).toBe(errors.EMFILE);
				break;
			}
		}
		expect(opened).toBe(512);
		let count = opened + 2;
		for (; c.code(c.walk(0, 10_000 + count)) === 0; count++);
		expect(count).toBe(8192);
		expect([c.clunk(1), c.clunk(2), c.fid(1, "a"), c.open(1), c.read(1, 0, 9)]).toEqual([0, 0, 0, 0, "hello"]);
	});
});

describe("S4: a 9P message under attack", () => {
	const raw = (size: number, type: number, rest: Uint8Array = new Uint8Array(0)): Uint8Array => {
		const out = new Uint8Array(7 + rest.length);
		const view = new DataView(out.buffer);
		view.setUint32(0, size, true);
		view.setUint8(4, type);
		out.set(rest, 7);
		return out;
	};
	const errorOf = (out: Uint8Array): number => (out[4] === 7 ? new DataView(out.buffer, out.byteOffset).getUint32(7, true) : 0);
	it.each([
		["a size of 0", raw(0, 120)],
		["a size of less than a header", raw(6, 120)],
		["a size beyond its bytes", raw(100, 120, new Uint8Array(4))],
		["a size of 2^32 - 1", raw(0xffffffff, 118, new Uint8Array(20))],
		["arguments that end early", raw(10, 120, new Uint8Array(3))],
		["arguments that go on", raw(12, 120, new Uint8Array(5))],
		["a name longer than the message", raw(13, 76, Uint8Array.of(0, 0, 0, 0, 0xff, 0xff))],
		[
			"data longer than the message",
			raw(
				27,
				118,
				Uint8Array.from({ length: 20 }, (_, i) => (i >= 12 ? 0xff : 0)),
			),
		],
		["a name that is no UTF-8", raw(18, 76, Uint8Array.of(0, 0, 0, 0, 1, 0, 0xff, 0, 0, 0, 0))],
	])("with %s is answered by EPROTO", (_, message) => {
		const c = client();
		expect(errorOf(c.send(message))).toBe(errors.EPROTO);
		expect(c.fid(1, "a")).toBe(0);
	});
	it("of a type that there is not, or is an answer's, is refused", () => {
		const c = client();
		for (const type of [0, 6, 7, 9, 11, 98, 106, 112, 121, 124, 126, 255]) expect(errorOf(c.send(raw(7, type))), `type ${type}`).toBe(95);
	});
	it("before the version is refused", () => {
		const c = createClient(openSharedFolder(join(outer, "in"), { readOnly: false }), { start: false });
		expect(c.call(Type.attach, u32(0), u32(0xffffffff), "", "", u32(0))).toBe(errors.EPROTO);
	});
	it("that walks more than 16 names, or leaves no room for its answer, is refused", () => {
		const c = client();
		expect(c.code(c.walk(0, 1, ...Array<string>(16).fill("..")))).toBe(0);
		expect(c.call(Type.walk, u32(0), u32(2), u16(17), ...Array<string>(16).fill(".."))).toBe(errors.EINVAL);
		expect(errorOf(c.send(c.message(Type.walk, [u32(0), u32(2), u16(2), "sub", "file"]), 30))).toBe(90);
	});
	it("without room for an error, or without a header, breaks the device until its driver resets it", () => {
		for (const [given, room] of [
			[7, 10],
			[6, 100],
		] as const) {
			const { driver } = client();
			driver.chain([
				[ramBase + 0x8000, given, false],
				[ramBase + 0x9000, room, true],
			]);
			driver.offer(0);
			driver.pass(100_000);
			expect(driver.broken()).toBe(true);
		}
	});
	it("that is spread over single bytes is one message", () => {
		const { driver, message } = client();
		const rings = ringsOf(0, 64);
		driver.ram.fill(0);
		driver.start(64);
		const sent = message(Type.version, [u32(8192), "9P2000.L"]);
		const bytes = Array.from(sent, (_, i) => [ramBase + 0x8000 + 2 * i, 1, false] as const);
		for (const [i, [address]] of bytes.entries()) driver.ram[driver.at(address)] = sent[i]!;
		driver.chain([...bytes, ...Array.from({ length: 30 }, (_, i) => [ramBase + 0x9000 + 2 * i, 1, true] as const)], rings);
		driver.offer(0, 0, rings);
		driver.pass(100_000);
		expect([driver.broken(), driver.used(0, rings)]).toEqual([false, { count: 1, length: 21 }]);
		const answer = Array.from({ length: 21 }, (_, i) => driver.ram[driver.at(ramBase + 0x9000 + 2 * i)]);
		expect(answer).toEqual([21, 0, 0, 0, 101, ...sent.subarray(5)]);
	});
	it("at random, whatever it holds: is answered, and nothing outside the folder changes", { timeout: 300_000 }, () => {
		const random = new Random(seed);
		const types = Object.values(Type);
		const names = ["a", "sub", "link", "up", "..", "", "beside", "file", "new", "/", "\u00e9"];
		let c = client();
		const counts = { good: 0, refused: 0 };
		for (let i = 0; i < cases; i++) {
			if (i % 30 === 29) {
				c.driver.set(Register.status, 0);
				fill();
				c = client();
			}
			// mostly the right form, so that it goes deep
			const value = (field: string): Part => {
				const fields: Record<string, () => Part> = {
					f: () => u32(random.below(5)),
					n: () => random.pick(names),
					2: () => u16(random.below(4)),
					4: () => u32(random.pick([0, 1, 2, 0x200, 0o1002, 0xffffffff, 0x7fffffff])),
					8: () => u64(random.pick([0, 1, 4096, 2 ** 32, 2 ** 53 + 2, 2 ** 64 - 2048])),
				};
				return fields[random.once(40) ? random.pick(Object.keys(fields)) : field]!();
			};
			const type = random.pick(types.filter((one) => one !== Type.version || random.once(50)));
			const parts = [...forms[type]].flatMap((field): Part[] =>
				field === "w" ? [u16(2), value("n"), value("n")] : field === "d" ? [u32(3), new Uint8Array(3)] : field === "1" ? [u8(random.below(3))] : [value(field)],
			);
			let sent = c.message(type, parts);
			if (random.once(10)) {
				sent = sent.slice();
				sent[random.below(sent.length)] = random.below(256);
			}
			const out = c.send(sent);
			counts[out[4] === 7 ? "refused" : "good"]++;
		}
		expect([counts.good > cases / 20, counts.refused > cases / 10], `seed ${seed}: ${JSON.stringify(counts)}`).toEqual([true, true]);
		untouched();
	});
});
