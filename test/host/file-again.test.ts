import { mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { HostError } from "../../jit/base/errors.ts";
import { readAgain } from "../../src/host/node/file-again.ts";
import { largeBytes, readBytes } from "../../src/host/node/files.ts";
import { loadRaw } from "../../src/load/raw.ts";

const folder = mkdtempSync(join(tmpdir(), "doppel-again-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function segmentOf(name: string, bytes: number) {
	const path = join(folder, name);
	writeFileSync(
		path,
		Uint8Array.from({ length: bytes }, (_, i) => i * 7),
	);
	const file = readBytes(path);
	return { path, file, segment: readAgain(loadRaw(file, 0x1000).segments, path, file)[0]! };
}

describe("files and what is read from them again", () => {
	it.each([0, 1, largeBytes - 1, largeBytes, largeBytes + 1])("a file of %i bytes is read whole", (bytes) => {
		const path = join(folder, "whole");
		writeFileSync(
			path,
			Uint8Array.from({ length: bytes }, (_, i) => i * 7),
		);
		expect(Buffer.compare(readBytes(path), readFileSync(path))).toBe(0);
	});
	it("a large segment gives its bytes away once, and reads them from the file after that", () => {
		const { path, file, segment } = segmentOf("large", largeBytes + 100);
		const first = segment.data;
		expect(first.buffer).toBe(file.buffer);
		const second = segment.data;
		expect(second.buffer).not.toBe(file.buffer);
		expect(Buffer.compare(second, readFileSync(path))).toBe(0);
		expect(segment).toMatchObject({ address: 0x1000, bytes: largeBytes + 100, padding: 0 });
	});
	it("a small one stays", () => {
		const { file, segment } = segmentOf("small", 100);
		expect([segment.data.buffer, segment.data.buffer]).toEqual([file.buffer, file.buffer]);
	});
	it.each([
		["has changed", (path: string) => utimesSync(path, 1, 1), "has changed since the guest was started"],
		["is gone", (path: string) => rmSync(path), "no such file: the guest was reset, and needs the file that it was started with"],
	])("where the file %s, the answer is one line", (_, change, line) => {
		const { path, segment } = segmentOf("lost", largeBytes);
		void segment.data;
		change(path);
		expect(() => segment.data).toThrow(HostError);
		expect(() => segment.data).toThrow(`${path}: ${line}`);
	});
});
