import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ImageError } from "../../jit/base/errors.ts";
import { createRandom } from "../../src/base/random.ts";
import { cells, cells64, type FdtNode, texts, writeFdt } from "../../src/load/fdt.ts";
import { amendFdt, readFdt } from "../../src/load/fdt-read.ts";
import { fastest, mutate } from "./mutate.ts";

const cases = Number(process.env.DOPPEL_CASES ?? 10_000);
const seed = Number(process.env.DOPPEL_SEED ?? 1);

const node = (name: string, properties: FdtNode["properties"] = [], children: readonly FdtNode[] = []): FdtNode => ({ name, properties, children });
const tree = node(
	"",
	[["model", texts("a board")]],
	[
		node(
			"chosen",
			[
				["bootargs", texts("old")],
				["stdout-path", texts("/soc/serial")],
			],
			[node("inner")],
		),
		node("soc", [], [node("serial", [["reg", cells(1, 2)]])]),
	],
);
const blob = writeFdt(tree, { bootCpu: 3, reserved: [{ base: 0x80000000, bytes: 0x1000 }] });
const [start, end] = [4 * 2, blob.length];
/** The blob with a word of its header or structure changed. */
const changed = (at: number, value: number): Uint8Array => {
	const out = blob.slice();
	new DataView(out.buffer).setUint32(at, value);
	return out;
};
const structure = new DataView(blob.buffer).getUint32(start);

/** `levels` nodes, each inside the one before. */
const deep = (levels: number): FdtNode => (levels === 0 ? node("n") : node("n", [], [deep(levels - 1)]));

describe("a device tree from outside", () => {
	it("is read as it was written", () => {
		const found = readFdt(blob);
		expect(writeFdt(found.root, found)).toEqual(blob);
		expect([found.bootCpu, found.reserved, found.root.children.map(({ name }) => name)]).toEqual([3, [{ base: 0x80000000, bytes: 0x1000 }], ["chosen", "soc"]]);
	});
	it("gets command line, first file system and the firmware's memory; nothing else changes", () => {
		const reserved = { base: 0x80000000, bytes: 0x80000 };
		const amended = readFdt(amendFdt(blob, { bootArguments: "new", initrd: { base: 0x88000000, bytes: 0x123 }, reserved }));
		const chosen = node(
			"chosen",
			[
				["stdout-path", texts("/soc/serial")],
				["bootargs", texts("new")],
				["linux,initrd-start", cells64(0x88000000)],
				["linux,initrd-end", cells64(0x88000123)],
			],
			[node("inner")],
		);
		expect(amended).toEqual(
			readFdt(writeFdt({ ...tree, children: [tree.children[1]!, chosen] }, { bootCpu: 3, reserved: [{ base: 0x80000000, bytes: 0x1000 }, reserved] })),
		);
	});
	it("keeps its own command line when there is no other, and gets a place for one when it has none", () => {
		const bootargs = (of: Uint8Array): unknown =>
			readFdt(of)
				.root.children.find(({ name }) => name === "chosen")
				?.properties.find(([name]) => name === "bootargs")?.[1];
		const bytes = (text: string): Uint8Array => new TextEncoder().encode(`${text}\0`);
		expect(bootargs(amendFdt(blob, { bootArguments: "" }))).toEqual(bytes("old"));
		expect(bootargs(amendFdt(writeFdt(node("")), { bootArguments: "new" }))).toEqual(bytes("new"));
	});
	it("of QEMU is read, and dtc finds the same in what is written again", (ctx) => {
		const folder = mkdtempSync(join(tmpdir(), "doppel-fdt-"));
		const file = join(folder, "virt.dtb");
		const run = spawnSync("qemu-system-riscv64", ["-M", `virt,dumpdtb=${file}`, "-display", "none"]);
		const theirs = run.status === 0 ? new Uint8Array(readFileSync(file)) : null;
		rmSync(folder, { recursive: true });
		if (!theirs) return ctx.skip("qemu-system-riscv64 is not on this machine");
		const source = (input: Uint8Array) => spawnSync("dtc", ["-q", "-I", "dtb", "-O", "dts"], { input });
		if (source(theirs).status === null) return ctx.skip("dtc is not on this machine");
		const found = readFdt(theirs);
		expect(String(source(writeFdt(found.root, found)).stdout)).toBe(String(source(theirs).stdout));
	});
	it.each([
		["no header", blob.subarray(0, 39), "byte 0: the file ends after 39 bytes, the header alone has 40"],
		["another file", changed(0, 0x7f454c46), "byte 0: 0x7f454c46 is not its magic number 0xd00dfeed"],
		["a file cut short", blob.subarray(0, end - 1), `byte 4: says ${end} bytes, the file has ${end - 1}`],
		["a huge size", changed(4, 0xffffffff), "byte 4: says 4294967295 bytes, at most 2097152 are taken"],
		["a version to come", changed(24, 18), "byte 20: version 17, compatible with 18: 16 and 17 are known"],
		["a structure outside", changed(8, 0xfffffff0), "byte 8: the structure at 4294967280 does not fit into"],
		["strings outside", changed(12, end), "byte 12: the strings at"],
		["reserved memory without an end", changed(16, end - 8), "the list of reserved memory has no end"],
		["no node", changed(structure, 9), `byte ${structure}: no node begins here`],
		["a wrong token", changed(structure + 8, 7), `byte ${structure + 8}: 7 is no part of a node`],
		["a value outside", changed(structure + 12, 0xfffffff0), "a value of 4294967280 bytes does not fit"],
		["a name outside", changed(structure + 16, 0xfffffff0), "a text has no end"],
		["a node without an end", changed(36, 8), "the structure ends inside a node"],
		["nodes inside nodes", writeFdt(deep(65)), "nodes inside nodes, more than 64 deep"],
		[
			"too many nodes",
			writeFdt(
				node(
					"",
					[],
					Array.from({ length: 65536 }, () => node("n")),
				),
			),
			"more than 65536 nodes and properties",
		],
		["a name that is no text", writeFdt(node("\u00e9")), "a name is no plain text"],
	])("with %s is refused", (_, file, message) => expect(() => readFdt(file)).toThrow(message));
	it("S1: mutated: is read, or one line of ImageError, within 50 ms", () => {
		const random = createRandom(seed);
		let refused = 0;
		for (let i = 0; i < cases; i++) {
			const file = mutate(random, blob);
			const place = `seed ${seed}, case ${i}: ${Buffer.from(file).toString("hex")}`;
			const from = performance.now();
			try {
				amendFdt(file, { bootArguments: "x" });
			} catch (error) {
				refused++;
				expect(error, place).toBeInstanceOf(ImageError);
				expect((error as Error).message, place).toMatch(/^device tree: byte \d+: [^\n]+$/);
			}
			if (performance.now() - from > 50)
				expect(
					fastest(() => amendFdt(file, { bootArguments: "x" })),
					place,
				).toBeLessThan(50);
		}
		expect([refused > cases / 10, refused < cases]).toEqual([true, true]);
	});
});
