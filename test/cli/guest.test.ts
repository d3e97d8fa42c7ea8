import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type ArchiveEntry, writeArchive } from "../../src/cli/guest/cpio.ts";
import { aliasTable, collectModules, dependencyTable } from "../../src/cli/guest/modules.ts";
import { doppel } from "./run-doppel.ts";

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

describe("an initramfs", () => {
	const entries: ArchiveEntry[] = [
		{ kind: "directory", path: "dev", mode: 0o755 },
		{ kind: "device", path: "dev/console", mode: 0o600, major: 5, minor: 1 },
		{ kind: "file", path: "init", mode: 0o755, data: text("#!/bin/sh\n") },
		{ kind: "link", path: "sh", mode: 0o777, to: "/bin/busybox" },
	];
	it("holds headers of 110 bytes in hexadecimal, names and data at multiples of four, and the trailer", () => {
		const archive = writeArchive(entries);
		const whole = new TextDecoder("latin1").decode(archive);
		expect(archive.length % 4).toBe(0);
		const at = whole.indexOf("init\0") - 110;
		expect(at % 4).toBe(0);
		// magic, inode, mode, owner, group, links, time, size, devices (4), name's length, checksum
		expect(whole.slice(at, at + 110)).toBe(
			"070701000000030000" + "81ed" + "00000000".repeat(2) + "0000000100000000" + "0000000a" + "00000000".repeat(4) + "0000000500000000",
		);
		expect(whole.slice(at + 110, at + 126)).toBe("init\0\0#!/bin/sh\n");
		expect(whole).toMatch(/TRAILER!!!\0+$/);
	});
	it("is listed by cpio as it was meant", (ctx) => {
		const listed = spawnSync("cpio", ["-itv", "--quiet", "--numeric-uid-gid"], {
			input: writeArchive(entries),
			env: { ...process.env, LC_ALL: "C", TZ: "UTC" },
		});
		if (listed.error) return ctx.skip("cpio is not on this machine");
		const lines = String(listed.stdout)
			.trim()
			.split("\n")
			.map((line) => line.replace(/\s+/g, " ").replace(/ Jan .* 1970/, ""));
		expect(lines).toEqual([
			"drwxr-xr-x 2 0 0 0 dev",
			"crw------- 1 0 0 5, 1 dev/console",
			"-rwxr-xr-x 1 0 0 10 init",
			"lrwxrwxrwx 1 0 0 12 sh -> /bin/busybox",
		]);
	});
});

describe("kernel modules", () => {
	const folder = mkdtempSync(join(tmpdir(), "doppel-modules-"));
	mkdirSync(join(folder, "kernel/fs"), { recursive: true });
	const module = (name: string, ...info: string[]) =>
		writeFileSync(join(folder, "kernel/fs", `${name}.ko`), `ELF\0license=GPL\0${info.map((line) => `${line}\0`).join("")}`);
	module("top", "depends=middle-one,in_the_kernel", "alias=fs-top", "alias=virtio:d*v*", "softdep=pre: helper post: other");
	module("middle-one", "depends=bottom");
	module("bottom", "depends=");
	module("helper");
	module("unasked");
	it("come with all they need, each with what must be loaded before it", () => {
		const found = collectModules(folder, ["top"]);
		expect(found.map(({ file }) => file).sort()).toEqual(["bottom.ko", "helper.ko", "middle-one.ko", "top.ko"]);
		expect(dependencyTable(found).split("\n").sort()).toEqual([
			"",
			"bottom.ko:",
			"helper.ko:",
			"middle-one.ko: bottom.ko",
			"top.ko: helper.ko middle-one.ko bottom.ko",
		]);
		expect(aliasTable(found)).toBe("alias fs-top top\nalias virtio:d*v* top\n");
	});
	it("that are missing are named", () =>
		expect(() => collectModules(folder, ["gone"])).toThrow("kernel module gone: is not in the package: has it become part of the kernel?"));
});

describe("doppel guest", () => {
	it("builds those it knows only", async () =>
		expect(await doppel(["guest", "plan9"])).toMatchObject({ stderr: "doppel: guest plan9: is not one of debian, debian-root\n", code: 2 }));
});
