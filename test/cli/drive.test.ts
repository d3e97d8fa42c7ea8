import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { parseDrive } from "../../src/cli/run/drives.ts";
import { mirror, mirrored, writeAndStay } from "../machine/disk-guest.ts";
import { bundle, doppel } from "./run-doppel.ts";

const folder = mkdtempSync(join(tmpdir(), "doppel-drive-"));
const content = Uint8Array.from({ length: 512 * 16 }, (_, i) => (i * 3 + (i >> 9)) & 255);
const fresh = (): void => writeFileSync(join(folder, "disk.img"), content);
beforeAll(() => {
	writeFileSync(join(folder, "mirror.s"), mirror);
	writeFileSync(join(folder, "odd.img"), new Uint8Array(700));
	writeFileSync(join(folder, "empty.img"), "");
	writeFileSync(join(folder, "a,b.img"), content);
	mkdirSync(join(folder, "folder"));
	fresh();
});
const run = (...args: string[]) => doppel(["run", "mirror.s", ...args], { cwd: folder });

describe("--drive", () => {
	it("writes to the file", async () => {
		fresh();
		expect(await run("--drive", "file=disk.img")).toMatchObject({ stdout: "", stderr: "", code: 0 });
		expect(Buffer.compare(readFileSync(join(folder, "disk.img")), mirrored(content))).toBe(0);
	});
	it.each([
		["snapshot=on: all goes well and nothing stays", "snapshot=on", 0],
		// eight writes that fail
		["readonly=on: writes fail", "readonly=on", 8],
	])("leaves the file alone with %s", async (_, option, code) => {
		fresh();
		const before = readdirSync(tmpdir()).filter((name) => name.startsWith("doppel-snapshot-"));
		expect(await run("--drive", `file=disk.img,${option},format=raw`)).toMatchObject({ stderr: "", code });
		expect(Buffer.compare(readFileSync(join(folder, "disk.img")), content)).toBe(0);
		expect(readdirSync(tmpdir()).filter((name) => name.startsWith("doppel-snapshot-"))).toEqual(before);
	});
	it("has what a guest was told is written in the file, when doppel is killed the moment after", async () => {
		fresh();
		writeFileSync(join(folder, "stay.s"), writeAndStay);
		const child = spawn(process.execPath, [bundle, "run", "stay.s", "--drive", "file=disk.img"], { cwd: folder });
		await new Promise((seen) => child.stdout.once("data", seen));
		child.kill("SIGKILL");
		await new Promise((ended) => child.once("close", ended));
		const expected = content.slice().fill("W".charCodeAt(0), 3 * 512, 4 * 512);
		expect(Buffer.compare(readFileSync(join(folder, "disk.img")), expected)).toBe(0);
	});
	it("takes several disks, in order", async () => {
		fresh();
		expect(await run("--drive", "file=disk.img", "--drive", "file=a,,b.img,if=none,id=x0")).toMatchObject({ code: 0 });
		expect(Buffer.compare(readFileSync(join(folder, "a,b.img")), content)).toBe(0);
	});
	const form = "write file=disk.img[,readonly=on][,snapshot=on][,format=raw]";
	it.each([
		[["disk.img"], `--drive disk.img: "disk.img" is not KEY=VALUE: ${form}`],
		[["file="], `--drive file=: "file=" is not KEY=VALUE: ${form}`],
		[["readonly=on"], `--drive readonly=on: names no file: ${form}`],
		[["file=disk.img,readonly=yes"], "--drive file=disk.img,readonly=yes: readonly=yes is not one of readonly=on, readonly=off"],
		[["file=disk.img,format=qcow2"], "--drive file=disk.img,format=qcow2: format=qcow2 is not one of format=raw"],
		[["file=disk.img,cache=none"], '--drive file=disk.img,cache=none: "cache" is not one of file, readonly, snapshot, format, if, id'],
		[["file=disk.img,constructor=1"], '--drive file=disk.img,constructor=1: "constructor" is not one of file, readonly, snapshot, format, if, id'],
		[["file=disk.img,file=disk.img"], "--drive file=disk.img,file=disk.img: file is given twice"],
		[["file=none.img"], "none.img: no such file"],
		[["file=folder"], "folder: is a directory, a file is needed"],
		[["file=folder,readonly=on"], "folder: is no file: a disk is a raw image"],
		[["file=empty.img"], 'empty.img: is empty: make an image with "truncate -s 64M"'],
		[["file=odd.img"], 'odd.img: 700 bytes are no whole number of sectors: fill it up with "truncate -s %512"'],
		[["file=disk.img", "file=./disk.img"], "--drive file=./disk.img: is given twice: add snapshot=on or readonly=on to both"],
		[Array(9).fill("file=disk.img,readonly=on"), "board virt: has 8 places for virtio devices (drives and others), 9 are asked for"],
	])("%j is refused in one line", async (drives, message) => {
		expect(await run(...drives.flatMap((drive: string) => ["--drive", drive]))).toMatchObject({ stdout: "", stderr: `doppel: ${message}\n`, code: 2 });
	});
	it("two commas are one of the name", () => {
		for (const [text, file] of [
			["file=a,,b", "a,b"],
			["file=a,,", "a,"],
			["file=a,,,readonly=off", "a,"],
			["file=,,a", ",a"],
		])
			expect(parseDrive(text!).file).toBe(file);
	});
	it("--device is one of those that there are", async () => {
		expect(await run("--device", "virtio-gpu")).toMatchObject({
			stderr: "doppel: --device virtio-gpu: is not one of virtio-rng, virtio-console, virtio-net\n",
			code: 2,
		});
		fresh();
		expect(await run("--drive", "file=disk.img", "--device", "virtio-rng", "--device", "virtio-console")).toMatchObject({ stderr: "", code: 0 });
	});
});
