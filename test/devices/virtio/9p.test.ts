import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openSharedFolder } from "../../../src/host/node/shared-folder.ts";
import { createClient, noFid, qid, Type, u16, u32 } from "./9p-client.ts";
import { Register } from "./driver.ts";

const [write, readWrite, exclusive, truncate] = [1, 2, 0o200, 0o1000];
const errors = { EPERM: 1, ENOENT: 2, EBADF: 9, EEXIST: 17, ENOTDIR: 20, EISDIR: 21, EROFS: 30, ENOTEMPTY: 39, EOPNOTSUPP: 95 };

let folder = "";
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "doppel-9p-"));
	mkdirSync(join(folder, "sub/deep"), { recursive: true });
	writeFileSync(join(folder, "hello.txt"), "hello, guest\n");
	writeFileSync(join(folder, "sub/b"), "bbb");
	symlinkSync("hello.txt", join(folder, "link"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const client = (o: { readOnly?: boolean } = {}) => createClient(openSharedFolder(folder, { readOnly: o.readOnly ?? false }));
const text = (name: string): string => readFileSync(join(folder, name), "latin1");

describe("a shared folder", () => {
	it("says what it is and by which name it is mounted", () => {
		const { driver } = client();
		expect([driver.get(Register.deviceId), driver.get(Register.queueNumMax)]).toEqual([9, 256]);
		driver.set(Register.deviceFeaturesSel, 0);
		expect(driver.get(Register.deviceFeatures)).toBe(1);
		const tag = Array.from({ length: 7 }, (_, i) => driver.mmio.read(Register.config + i, 1));
		expect(tag).toEqual([5, 0, ..."share"].map((c) => (typeof c === "number" ? c : c.charCodeAt(0))));
	});
	it("answers byte for byte as the protocol has it", () => {
		const { send } = client();
		const hex = (message: string): string => Buffer.from(send(Buffer.from(message.replaceAll(" ", ""), "hex"))).toString("hex");
		// Tversion tag 0xffff, 8192 bytes, "9P2000.L"; Tclunk of a fid that there is not: EBADF
		expect(hex("15000000 64 ffff 00200000 0800 3950323030302e4c")).toBe("1500000065ffff0020000008003950323030302e4c");
		expect(hex("0b000000 78 0100 09000000")).toBe("0b00000007010009000000");
	});
	it("takes the smaller of two message sizes, and speaks no other version", () => {
		const { must } = client();
		const version = (size: number, name: string) => {
			const read = must(Type.version, u32(size), name);
			return [read.u32(), read.text()];
		};
		expect([version(2 ** 20, "9P2000.L"), version(4096, "9P2000.L"), version(8192, "9P2000.u")]).toEqual([
			[2 ** 18, "9P2000.L"],
			[4096, "9P2000.L"],
			[8192, "unknown"],
		]);
	});
	it("reads files, at any place, as much as a message holds", () => {
		const c = client();
		expect([c.fid(1, "hello.txt"), c.open(1)]).toEqual([0, 0]);
		expect([c.read(1, 0, 100), c.read(1, 7, 3), c.read(1, 13, 10), c.read(1, 2 ** 40, 10)]).toEqual(["hello, guest\n", "gue", "", ""]);
		writeFileSync(join(folder, "large"), "x".repeat(100_000));
		expect([c.fid(2, "large"), c.open(2), (c.read(2, 0, 0xffffffff) as string).length]).toEqual([0, 0, 0x8000 - 11]);
	});
	it("makes, writes, cuts and flushes files; the host sees them at once", () => {
		const c = client();
		expect([c.fid(1, "sub"), c.create(1, "new", readWrite | exclusive, 0o640), c.write(1, 0, "0123456789"), c.write(1, 3, "abc")]).toEqual([0, 0, 10, 3]);
		expect([text("sub/new"), statSync(join(folder, "sub/new")).mode & 0o777 & ~0o27]).toEqual(["012abc6789", 0o640 & ~0o27]);
		expect([c.code(c.call(Type.fsync, u32(1), u32(0))), c.setAttributes(1, 8, { size: 4 }), text("sub/new")]).toEqual([0, 0, "012a"]);
		expect([c.fid(2, "sub/new"), c.open(2, write | truncate), text("sub/new"), c.write(2, 0, "z"), text("sub/new")]).toEqual([0, 0, "", 1, "z"]);
		expect([c.fid(3, "sub"), c.create(3, "new", write | exclusive, 0o600)]).toEqual([0, errors.EEXIST]);
	});
	it("lists a folder in pieces of any size, each name once, with its kind", () => {
		for (let i = 0; i < 300; i++) writeFileSync(join(folder, "sub/deep", `name-${i}`), "");
		const c = client();
		expect([c.fid(1, "sub/deep"), c.open(1), c.fid(2, "sub"), c.open(2), c.walk(0, 3) !== 0, c.open(3)]).toEqual([0, 0, 0, 0, true, 0]);
		const names = c.list(1, 100);
		expect([names.length, new Set(names.map(([name]) => name)).size]).toEqual([300, 300]);
		expect(c.list(1, 30_000)).toEqual(names);
		expect(c.list(2)).toEqual([
			["b", 8],
			["deep", 4],
		]);
		expect(c.list(3)).toEqual([
			["hello.txt", 8],
			["link", 10],
			["sub", 4],
		]);
	});
	it("tells attributes, and changes permissions, length and times", () => {
		utimesSync(join(folder, "hello.txt"), 1000, 2000);
		const c = client();
		c.fid(1, "hello.txt");
		expect(c.attributes(1)).toMatchObject({ kind: 0, mode: statSync(join(folder, "hello.txt")).mode, links: 1, size: 13 });
		expect([c.setAttributes(1, 1, { mode: 0o7604 }), statSync(join(folder, "hello.txt")).mode & 0o7777]).toEqual([0, 0o604]);
		expect([c.setAttributes(1, 8, { size: 5 }), text("hello.txt")]).toEqual([0, "hello"]);
		utimesSync(join(folder, "hello.txt"), 1000, 2000);
		expect([c.setAttributes(1, 0x120, { modified: 3000 }), statSync(join(folder, "hello.txt")).mtimeMs]).toEqual([0, 3_000_500]);
		expect(statSync(join(folder, "hello.txt")).atimeMs).toBe(1_000_000);
		expect(c.setAttributes(1, 2, { user: 12345 })).toBe(errors.EPERM);
		c.fid(2, "sub");
		expect([c.setAttributes(2, 1, { mode: 0o700 }), statSync(join(folder, "sub")).mode & 0o7777]).toEqual([0, 0o700]);
	});
	it("makes folders, links and second names, and takes them away", () => {
		const c = client();
		const made = qid(c.must(Type.mkdir, u32(0), "made", u32(0o755), u32(0)));
		const link = qid(c.must(Type.symlink, u32(0), "to", "/anywhere/at all", u32(0)));
		expect([made.kind, link.kind]).toEqual([0x80, 0x02]);
		c.fid(1, "to");
		expect(c.must(Type.readlink, u32(1)).text()).toBe("/anywhere/at all");
		c.fid(2, "hello.txt");
		c.must(Type.link, u32(0), u32(2), "second");
		expect([text("second"), c.attributes(2)]).toMatchObject(["hello, guest\n", { links: 2 }]);
		const unlink = (name: string, flags: number) => c.code(c.call(Type.unlinkat, u32(0), name, u32(flags)));
		expect([unlink("sub", 0x200), unlink("made", 0), unlink("gone", 0)]).toEqual([errors.ENOTEMPTY, expect.any(Number), errors.ENOENT]);
		expect([unlink("made", 0x200), unlink("second", 0), unlink("to", 0)]).toEqual([0, 0, 0]);
		expect([c.fid(3, "sub/b"), c.code(c.call(Type.remove, u32(3))), c.clunk(3)]).toEqual([0, 0, errors.EBADF]);
		expect(() => text("sub/b")).toThrow("ENOENT");
	});
	it("renames, and a fid goes with its file, those below a folder too", () => {
		const c = client();
		expect([c.fid(1, "sub/b"), c.fid(2, "sub/deep"), c.fid(3, "sub")]).toEqual([0, 0, 0]);
		c.must(Type.renameat, u32(0), "sub", u32(0), "moved");
		expect([c.open(1), c.read(1, 0, 9), c.open(2), text("moved/b")]).toEqual([0, "bbb", 0, "bbb"]);
		c.must(Type.rename, u32(3), u32(0), "again");
		expect(text("again/b")).toBe("bbb");
		const [, moved] = [c.walk(3, 4, "b"), c.attributes(4)];
		expect(moved).toMatchObject({ size: 3 });
	});
	it("keeps an open file without a name readable, and tells of its attributes", () => {
		const c = client();
		expect([c.fid(1, "hello.txt"), c.open(1, readWrite), c.code(c.call(Type.unlinkat, u32(0), "hello.txt", u32(0)))]).toEqual([0, 0, 0]);
		expect([c.read(1, 0, 5), c.write(1, 0, "HELLO"), c.read(1, 0, 7), c.attributes(1)]).toMatchObject(["hello", 5, "HELLO, ", { links: 0, size: 13 }]);
	});
	it("walks as far as names go: no new fid when it is not all the way, an error when it is not one step", () => {
		const c = client();
		const partial = c.walk(0, 1, "sub", "deep", "gone", "x");
		expect([typeof partial === "number" ? partial : partial.u16(), c.clunk(1)]).toEqual([2, errors.EBADF]);
		expect([c.walk(0, 1, "gone"), c.walk(9, 1, "sub"), c.clunk(1)]).toEqual([errors.ENOENT, errors.EBADF, errors.EBADF]);
		const file = c.walk(0, 1, "hello.txt", "x");
		expect(typeof file === "number" ? file : file.u16()).toBe(1);
		expect([c.fid(1, "sub/../hello.txt"), c.attributes(1)]).toMatchObject([0, { size: 13 }]);
		expect(c.walk(0, 1, "sub")).toBe(errors.EEXIST);
	});
	it("locks for its one client, has no extended attributes, and makes no devices", () => {
		const c = client();
		c.fid(1, "hello.txt");
		const [type, zero, one] = [
			[1, 1],
			[8, 0],
			[8, 1],
		] as const;
		expect(c.must(Type.lock, u32(1), type, u32(0), zero, one, u32(1), "guest").u8()).toBe(0);
		expect(c.must(Type.getlock, u32(1), type, zero, one, u32(1), "guest").u8()).toBe(2);
		expect([c.call(Type.xattrwalk, u32(1), u32(2), "user.x"), c.call(Type.auth, u32(5), "root", "", u32(0))]).toEqual([errors.EOPNOTSUPP, errors.EOPNOTSUPP]);
		expect(c.call(Type.mknod, u32(0), "disk", u32(0o60644), u32(8), u32(0), u32(0))).toBe(errors.EPERM);
		expect(c.code(c.call(Type.flush, u16(3)))).toBe(0);
		expect(c.must(Type.statfs, u32(0)).u32()).toBe(0x01021997);
	});
	it("that is read-only changes nothing", () => {
		const c = client({ readOnly: true });
		c.fid(1, "hello.txt");
		c.fid(2, "sub");
		const changes = [
			() => c.open(1, write),
			() => c.open(1, truncate),
			() => c.create(2, "new", write, 0o644),
			() => c.setAttributes(1, 1, { mode: 0 }),
			() => c.setAttributes(1, 8, { size: 0 }),
			() => c.setAttributes(1, 0x20),
			() => c.code(c.call(Type.mkdir, u32(0), "made", u32(0o755), u32(0))),
			() => c.code(c.call(Type.symlink, u32(0), "to", "x", u32(0))),
			() => c.code(c.call(Type.link, u32(0), u32(1), "second")),
			() => c.code(c.call(Type.rename, u32(1), u32(0), "other")),
			() => c.code(c.call(Type.renameat, u32(0), "hello.txt", u32(0), "other")),
			() => c.code(c.call(Type.unlinkat, u32(0), "hello.txt", u32(0))),
		];
		expect(changes.map((change) => change()).map((code, i) => [i, code])).toEqual(changes.map((_, i) => [i, errors.EROFS]));
		expect([c.open(1), c.read(1, 0, 5), text("hello.txt"), c.code(c.call(Type.remove, u32(2)))]).toEqual([0, "hello", "hello, guest\n", errors.EROFS]);
	});
	it("forgets everything at a reset, and at a new version", () => {
		for (const again of ["reset", "version"]) {
			const c = client();
			expect([c.fid(1, "hello.txt"), c.open(1)]).toEqual([0, 0]);
			if (again === "reset") {
				c.driver.set(Register.status, 0);
				c.driver.start();
				expect(c.call(Type.attach, u32(0), u32(noFid), "", "", u32(0))).toBe(71);
			}
			c.start();
			expect([c.read(1, 0, 1), c.fid(1, "hello.txt")]).toEqual([errors.EBADF, 0]);
		}
	});
});
