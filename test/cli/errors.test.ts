import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { doppel, root } from "./run-doppel.ts";

let folder = "";
const guest = readFileSync(join(root, "src/boards/guest/guest.elf"));
const patched = (edit: (bytes: Buffer) => void): Buffer => {
	const copy = Buffer.from(guest);
	edit(copy);
	return copy;
};

beforeAll(() => {
	folder = mkdtempSync(join(tmpdir(), "doppel-errors-"));
	const files: Record<string, Buffer | string> = {
		empty: "",
		one: "x",
		text: "This is no program.\n",
		"cut.elf": guest.subarray(0, 100),
		"good.elf": guest,
		"machine.elf": patched((b) => b.writeUInt16LE(40, 18)),
		"class.elf": patched((b) => b.writeUInt8(9, 4)),
		"high.elf": patched((b) => b.writeBigUInt64LE(0x9f000000n, 64 + 24)),
		"bad.hex": ":0400000001020304F3\n:00000001FF\n",
		"bad.s": "_start:\n\tfrobnicate a0\n",
		"bad.isa.js": 'import { x } from "riscv";\nextension("e", "E");\ninstruction("e {rd}", "0 rd", ({ rd }) => { x[rd] = process; });\n',
		"bad.ins": "isa riscv XLEN=64\n0x1000 nonsense\n",
	};
	for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
	mkdirSync(join(folder, "dir"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const rows: [what: string, args: string[], says: RegExp][] = [
	["a missing file", ["run", "none.elf"], /none\.elf: no such file/],
	["a directory", ["run", "dir"], /dir: is a directory/],
	["an empty file", ["run", "empty"], /the file is empty/],
	["a file of one byte", ["run", "one"], /the file has 1 byte/],
	["a text", ["run", "text"], /neither ELF nor Intel hex/],
	["an ELF that is cut short", ["run", "cut.elf"], /ELF: .*cut short/],
	["an ELF for another processor", ["run", "machine.elf"], /ELF: machine 40/],
	["an ELF of no known class", ["run", "class.elf"], /class at byte 4 is 9/],
	["an image outside RAM", ["run", "high.elf"], /0x9f000000 .*lies outside RAM 0x80000000/],
	["an unknown board", ["run", "good.elf", "-M", "nonesuch"], /"nonesuch" is not known: try one of virt/],
	["an unknown engine", ["run", "good.elf", "--engine", "qemu"], /--engine qemu: is not one of interpret, js, wasm, auto/],
	["a bad size", ["run", "good.elf", "-m", "lots"], /-m lots: is not a size/],
	["no processor", ["run", "good.elf", "--smp", "0"], /--smp 0: is not a whole number from 1 to 8/],
	["too many processors", ["run", "good.elf", "--smp", "9"], /--smp 9: is not a whole number from 1 to 8/],
	["too many threads", ["run", "good.elf", "--threads", "2"], /--threads 2: is not a whole number from 0 to 1/],
	["a bad count of processors", ["run", "good.elf", "--smp", "two"], /--smp two: is not a whole number from 1 to 8/],
	["a bad count", ["run", "good.elf", "--max-instructions", "-5"], /--max-instructions -5: is not a whole number/],
	["a bad form of statistics", ["run", "good.elf", "--stats=xml"], /--stats xml: is not one of table, json/],
	["an unknown option", ["run", "good.elf", "--turbo"], /unknown option '--turbo'/],
	["an unknown command", ["fly"], /unknown command 'fly'/],
	["an option without its value", ["run", "good.elf", "-M"], /argument missing/],
	["a parameter that is none", ["run", "good.elf", "-p", "XLEN"], /-p XLEN: is not NAME=NUMBER/],
	["a parameter that the image contradicts", ["run", "good.elf", "-p", "XLEN=32"], /XLEN=32: the image and board are for XLEN=64/],
	["a missing device tree", ["run", "good.elf", "--dtb", "none.dtb"], /none\.dtb: no such file/],
	["a missing directory for the guest", ["run", "good.elf", "--semihosting", "none"], /none: no such file/],
	["a missing extension file", ["run", "good.elf", "--extend", "none.isa.js"], /none\.isa\.js: no such file/],
	["a wrong extension", ["run", "good.elf", "--extend", "bad.isa.js"], /bad\.isa\.js:3:\d+: /],
	["a damaged hex file", ["run", "bad.hex"], /Intel hex: line 1/],
	["an assembly program with an unknown instruction", ["run", "bad.s"], /bad\.s:2:\d+: .*frobnicate/],
	["an unknown ISA", ["isa", "list", "nonesuch"], /unknown ISA "nonesuch"/],
	["an unknown instruction", ["isa", "show", "frobnicate"], /no instruction, register or extension "frobnicate"/],
	["no instruction at all", ["isa", "explain", "0xffffffff"], /is no instruction/],
	["code that is not hexadecimal", ["isa", "disasm", "0xzz"], /"0xzz": is not an instruction in hexadecimal/],
	["nothing to disassemble", ["isa", "disasm"], /nothing to disassemble/],
	["an unknown extension's page", ["isa", "docs", "nonesuch"], /has no extension "nonesuch"/],
	["a fixture file that is none", ["isa", "test", "bad.ins"], /bad\.ins:2:1: expected: ADDRESS/],
	["an unknown board to list", ["boards", "nonesuch"], /unknown board "nonesuch"/],
];

describe("what is wrong is said in one line, with exit code 2", () => {
	it.each(rows)("%s", async (_, args, says) => {
		const ran = await doppel(args, { cwd: folder });
		expect(ran.stderr).toMatch(says);
		expect(ran.stderr).toMatch(/^doppel: [^\n]+\n$/);
		expect(ran.stderr).not.toMatch(/\bat .*:\d+:\d+\)?$|mistake in doppel/m);
		expect({ stdout: ran.stdout, code: ran.code }).toEqual({ stdout: "", code: 2 });
	});

	it("a reader that goes away", async () => {
		writeFileSync(join(folder, "yes.s"), "_start:\n\tli t0, 0x10000000\n\tli a0, 'y'\nagain:\n\tsb a0, 0(t0)\n\tj again\n");
		const child = spawn(process.execPath, [join(root, ".build/doppel.js"), "run", "yes.s"], { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
		let stderr = "";
		child.stderr.on("data", (chunk) => {
			stderr += chunk;
		});
		child.stdout.once("data", () => child.stdout.destroy());
		const code = await new Promise((done) => child.on("close", done));
		expect({ code, stderr }).toEqual({ code: 2, stderr: "doppel: stdout: whoever read it has closed it\n" });
	});
});
