import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Errno, type FileSystem, type OpenMode } from "../../src/base/host.ts";
import { createDirectoryFiles } from "../../src/host/node/directory.ts";

let folder = "";
let files: FileSystem;
const read: OpenMode = { read: true, write: false, create: false, truncate: false };
const write: OpenMode = { read: true, write: true, create: true, truncate: true };

beforeAll(() => {
	folder = mkdtempSync(join(tmpdir(), "doppel-directory-"));
	mkdirSync(join(folder, "in/sub"), { recursive: true });
	writeFileSync(join(folder, "secret"), "secret");
	writeFileSync(join(folder, "in/a.txt"), "hello");
	symlinkSync("../secret", join(folder, "in/link"));
	symlinkSync("..", join(folder, "in/up"));
	symlinkSync("../created", join(folder, "in/dangling"));
	files = createDirectoryFiles(join(folder, "in"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("a directory for the guest", () => {
	it("reads and writes at positions, and tells sizes", () => {
		const h = files.open("sub/b.txt", write);
		expect(h).toBeGreaterThanOrEqual(0);
		expect(files.write(h, 0, new TextEncoder().encode("hello world"))).toBe(11);
		expect(files.size(h)).toBe(11);
		expect(new TextDecoder().decode(files.read(h, 6, 100) as Uint8Array)).toBe("world");
		expect(files.read(h, 99, 10)).toEqual(new Uint8Array(0));
		expect(files.close(h)).toBe(0);
		expect(files.close(h)).toBe(-Errno.badHandle);
		expect(files.rename("sub/b.txt", "c.txt")).toBe(0);
		expect(readFileSync(join(folder, "in/c.txt"), "utf8")).toBe("hello world");
		expect(files.remove("c.txt")).toBe(0);
		expect(files.open("c.txt", read)).toBe(-Errno.noEntry);
	});
	it.each(["../secret", "sub/../../secret", "/etc/passwd", "", ".", "..", "a//b", "link", "up/secret", "up"])("S10: %j leads nowhere", (path) => {
		expect(files.open(path, read)).toBeLessThan(0);
	});
	it("S10: a link that points outside is neither created through, removed nor renamed over", () => {
		expect(files.open("dangling", write)).toBe(-Errno.access);
		expect(files.remove("link")).toBe(-Errno.access);
		expect(files.rename("a.txt", "link")).toBe(-Errno.access);
		expect(readFileSync(join(folder, "secret"), "utf8")).toBe("secret");
	});
	it("a directory is no file, a missing directory is one clear line", () => {
		expect(files.open("sub", read)).toBe(-Errno.isDirectory);
		expect(() => createDirectoryFiles(join(folder, "none"))).toThrow("none: no such file");
		expect(() => createDirectoryFiles(join(folder, "secret"))).toThrow("secret: is no directory");
	});
	it("a length far beyond the file's takes no more than the file", () => {
		const h = files.open("a.txt", read);
		expect((files.read(h, 0, 2 ** 40) as Uint8Array).length).toBe(5);
		files.close(h);
	});
});
