import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { isaString, virt } from "../../src/boards/virt.ts";
import { cells, cells64, type FdtNode, texts, writeFdt } from "../../src/load/fdt.ts";

/** Path of a property -> its bytes as hex; an independent reading of the format. */
function readFdt(blob: Uint8Array): Map<string, string> {
	const view = new DataView(blob.buffer, blob.byteOffset, blob.length);
	expect(view.getUint32(0)).toBe(0xd00dfeed);
	expect(view.getUint32(4)).toBeLessThanOrEqual(blob.length);
	const strings = view.getUint32(12);
	const text = (at: number) => new TextDecoder().decode(blob.subarray(at, blob.indexOf(0, at)));
	const found = new Map<string, string>();
	const path: string[] = [];
	for (let at = view.getUint32(8); ; ) {
		const token = view.getUint32(at);
		at += 4;
		if (token === 1) {
			path.push(text(at));
			at = (blob.indexOf(0, at) + 4) & ~3;
		} else if (token === 2) path.pop();
		else if (token === 3) {
			const bytes = view.getUint32(at);
			found.set(`${path.join("/")}:${text(strings + view.getUint32(at + 4))}`, Buffer.from(blob.subarray(at + 8, at + 8 + bytes)).toString("hex"));
			at = (at + 8 + bytes + 3) & ~3;
		} else {
			expect([token, path]).toEqual([9, []]);
			return found;
		}
	}
}

const hex = (s: string) => Buffer.from(s).toString("hex");
const tree = (bits: 32 | 64) =>
	virt.tree({
		bits,
		extensions: ["i", "m", "a", "c", "zicsr", "zbb", "zba", "system"],
		processors: 1,
		ramBytes: 2 ** 27,
		bootArguments: "",
		boot: {},
		seed: [],
	});

describe("a flattened device tree", () => {
	it("holds every kind of value", () => {
		const root: FdtNode = {
			name: "",
			properties: [
				["cells", cells(1, 0xffffffff)],
				["wide", cells64(0x123456789)],
				["texts", texts("a", "bc")],
				["nothing", null],
				["bytes", Uint8Array.of(1, 2, 3)],
			],
			children: [{ name: "child@1", properties: [["cells", cells(2)]], children: [] }],
		};
		expect([...readFdt(writeFdt(root))]).toEqual([
			[":cells", "00000001ffffffff"],
			[":wide", "0000000123456789"],
			[":texts", "61006263" + "00"],
			[":nothing", ""],
			[":bytes", "010203"],
			["/child@1:cells", "00000002"],
		]);
	});
	it("S9: keeps names and texts as text, whatever they hold", () => {
		const evil = ["*/process.exit()//", "__proto__", "constructor"];
		const properties = evil.map((name) => [name, texts(name)] as const);
		const found = readFdt(writeFdt({ name: "", properties, children: [{ name: "__proto__", properties, children: [] }] }));
		expect(evil.flatMap((name) => [found.get(`:${name}`), found.get(`/__proto__:${name}`)])).toEqual(
			evil.flatMap((name) => [`${hex(name)}00`, `${hex(name)}00`]),
		);
		expect(readFdt(writeFdt({ name: "", properties: [["p", texts("a\0b")]], children: [] })).get(":p")).toBe("616200");
	});
});

describe("the device tree of virt", () => {
	const same = [
		...["#address-cells", "#size-cells", "compatible", "model"].map((name) => `:${name}`),
		...["device_type", "reg"].map((name) => `/memory@80000000:${name}`),
		...["#address-cells", "#size-cells", "timebase-frequency"].map((name) => `/cpus:${name}`),
		...["phandle", "device_type", "reg", "status", "compatible"].map((name) => `/cpus/cpu@0:${name}`),
		...["#interrupt-cells", "interrupt-controller", "compatible", "phandle"].map((name) => `/cpus/cpu@0/interrupt-controller:${name}`),
		"/cpus/cpu-map/cluster0/core0:cpu",
		...["#address-cells", "#size-cells", "compatible", "ranges"].map((name) => `/soc:${name}`),
		...["interrupts", "interrupt-parent", "clock-frequency", "reg", "compatible"].map((name) => `/soc/serial@10000000:${name}`),
		...["phandle", "reg", "compatible"].map((name) => `/soc/test@100000:${name}`),
		...["phandle", "riscv,ndev", "reg", "interrupt-controller", "compatible", "#address-cells", "#interrupt-cells"].map((name) => `/soc/plic@c000000:${name}`),
		...["interrupts-extended", "reg", "compatible"].map((name) => `/soc/clint@2000000:${name}`),
		...["poweroff", "reboot"].flatMap((node) => ["value", "offset", "regmap", "compatible"].map((name) => `/${node}:${name}`)),
		"/chosen:stdout-path",
	];
	for (const bits of [32, 64] as const)
		it(`says what QEMU's says of the devices that are here (${bits} bits)`, (ctx) => {
			const dir = mkdtempSync(join(tmpdir(), "doppel-fdt-"));
			const file = join(dir, "virt.dtb");
			const run = spawnSync(`qemu-system-riscv${bits}`, ["-M", `virt,dumpdtb=${file}`, "-bios", "none", "-display", "none"]);
			if (run.status !== 0) return ctx.skip(`qemu-system-riscv${bits} is not on this machine`);
			const theirs = readFdt(new Uint8Array(readFileSync(file)));
			rmSync(dir, { recursive: true });
			const ours = readFdt(writeFdt(tree(bits)));
			expect(same.map((path) => [path, ours.get(path)])).toEqual(same.map((path) => [path, theirs.get(path)]));
			expect(same.filter((path) => theirs.get(path) === undefined)).toEqual([]);
		});
	it("is one that dtc reads without a warning (but one that it has for QEMU too)", (ctx) => {
		const dir = mkdtempSync(join(tmpdir(), "doppel-fdt-"));
		const file = join(dir, "virt.dtb");
		writeFileSync(file, writeFdt(tree(64)));
		const run = spawnSync("dtc", ["-W", "no-interrupt_provider", "-I", "dtb", "-O", "dts", file]);
		rmSync(dir, { recursive: true });
		if (run.error) return ctx.skip("dtc is not on this machine");
		expect([run.status, run.stderr.toString()]).toEqual([0, ""]);
		expect(run.stdout.toString()).toContain('riscv,isa = "rv64imac_zicsr_zba_zbb"');
	});
	for (const [extensions, text] of [
		[["i"], "rv32i"],
		[["C", "A", "M", "I"], "rv32imac"],
		[["i", "supervisor", "zicsr", "sv"], "rv32isu_zicsr"],
		[["i", "zbs", "zba", "zifencei", "zicsr", "zicntr", "machine", "pmp"], "rv32i_zicntr_zicsr_zifencei_zba_zbs"],
	] as const)
		it(`names ${extensions.join(" ")} as ${text}`, () => expect(isaString(32, extensions)).toBe(text));
});
