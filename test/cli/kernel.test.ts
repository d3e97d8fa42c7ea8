import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { doppel } from "./run-doppel.ts";

const folder = mkdtempSync(join(tmpdir(), "doppel-kernel-"));
/** `call` of the firmware: extension, function, then arguments. */
const call = (extension: number, fn: number, ...args: (number | string)[]): string =>
	[...args.map((arg, i) => (typeof arg === "string" ? arg : `li a${i}, ${arg}`)), `li a7, ${extension}`, `li a6, ${fn}`, "ecall"].join("\n");
const console = 0x4442434e;
const end = `${call(0x53525354, 0, 0, 0)}\nj .\n`;
/** Ends the run with the number in s0. */
const endWith = "slli s0, s0, 16\nli t0, 0x3333\nor s0, s0, t0\nli t1, 0x100000\nsw s0, 0(t1)\nj .\n";

async function run(name: string, source: string, ...options: string[]) {
	writeFileSync(join(folder, `${name}.s`), source);
	return doppel(["run", "--kernel", `${name}.s`, "--max-instructions", "5e6", ...options], { cwd: folder });
}

describe("--kernel without --bios", () => {
	it.each([64, 32])("starts in S mode under the board's own firmware, which prints and shuts down for it (XLEN=%i)", async (xlen) => {
		const source = `la s0, text\nli a0, 6\nmv a1, s0\nli a2, 0\n${call(console, 0)}\nli a0, 33\n${call(console, 2)}\n${end}text: .asciz "hello\\n"\n`;
		expect(await run("hello", source, "-p", `XLEN=${xlen}`)).toMatchObject({ stdout: "hello\n!", stderr: "", code: 0 });
	});
	it("keeps its firmware's memory from the kernel, by loads and by calls", async () => {
		// a load from 0x80000000 must trap to stvec; a console write from there must be refused (-3)
		const source = `la t0, trapped\ncsrw stvec, t0\nli s1, 0x80000000\n${call(console, 0, 16, "mv a1, s1", 0)}\nli s0, 3\nadd s0, s0, a0\nlw t0, 0(s1)\nli s0, 99\nj out\n.balign 4\ntrapped: csrr t1, scause\nslli t1, t1, 4\nor s0, s0, t1\nout: ${endWith}`;
		expect(await run("closed", source)).toMatchObject({ stdout: "", code: 5 << 4 });
	});
	it("refuses a console write from where no memory is, and goes on", async () =>
		expect(await run("nowhere", `li s1, 0x10\n${call(console, 0, 4, "mv a1, s1", 0)}\nneg s0, a0\n${endWith}`)).toMatchObject({ code: 3 }));
	it("interrupts it when the timer it set is due, and not before", async () => {
		const source = `la t0, trapped\ncsrw stvec, t0\nli t0, 32\ncsrw sie, t0\ncsrr a0, time\naddi s1, a0, 1000\nmv a0, s1\nli a7, 0x54494d45\nli a6, 0\necall\ncsrsi sstatus, 2\nagain: wfi\nj again\n.balign 4\ntrapped: csrr s0, scause\nandi s0, s0, 15\ncsrr t0, time\nsltu t0, t0, s1\nslli t0, t0, 5\nor s0, s0, t0\n${endWith}`;
		expect(await run("timer", source)).toMatchObject({ code: 5 });
	});
	it("tells what it is: version 2.0, and the extensions it has", async () => {
		const probes = [0x10, 0x54494d45, 0x735049, 0x52464e43, 0x48534d, 0x53525354, 0x504d55, console, 0x777].map(
			(id) => `${call(0x10, 3, id)}\nslli s0, s0, 1\nor s0, s0, a1`,
		);
		const source = `${call(0x10, 0)}\nsrli s1, a1, 24\nli s0, 0\n${probes.join("\n")}\nsrli s0, s0, 1\nxori s0, s0, 255\nslli s0, s0, 2\nor s0, s0, s1\n${endWith}`;
		expect(await run("base", source)).toMatchObject({ code: 2 });
	});
	it("answers -2 where there is no such function", async () =>
		expect(await run("missing", `${call(0x54494d45, 9)}\nneg s0, a0\n${endWith}`)).toMatchObject({ code: 2 }));
	it("starts no processor that is not there, and not itself again", async () => {
		const source = `li a0, 7\n${call(0x48534d, 0)}\nneg s0, a0\nslli s0, s0, 3\n${call(0x48534d, 0, 0, "li a1, 0x80200000", 0)}\nneg a0, a0\nor s0, s0, a0\n${endWith}`;
		expect(await run("life", source)).toMatchObject({ code: (3 << 3) | 6 });
	});
	it.each([64, 32])("starts, interrupts, fences and stops another processor for it (XLEN=%i)", async (xlen) => {
		const source = `la s1, word
li a0, 1
la a1, other
li a2, 77
${call(0x48534d, 0)}
bnez a0, failed
1: lw t0, 0(s1)
beqz t0, 1b
# it has its number and the value that was handed over
li t1, 78
bne t0, t1, failed
sw zero, 0(s1)
li a0, 2
li a1, 0
${call(0x735049, 0)}
bnez a0, failed
2: lw t0, 0(s1)
beqz t0, 2b
# every processor, then a mask with one that is not there
li a0, 0
li a1, -1
${call(0x52464e43, 1)}
bnez a0, failed
li a0, 6
li a1, 0
${call(0x52464e43, 0)}
li t0, -3
bne a0, t0, failed
3: li a0, 1
${call(0x48534d, 2)}
li t0, 1
bne a1, t0, 3b
li s0, 42
j out
failed: li s0, 1
out: ${endWith}
other: la s1, word
add a0, a0, a1
la t0, woken
csrw stvec, t0
li t0, 2
csrw sie, t0
csrsi sstatus, 2
sw a0, 0(s1)
4: wfi
j 4b
.balign 4
woken: csrci sip, 2
li t0, 5
sw t0, 0(s1)
${call(0x48534d, 1)}
.balign 4
word: .word 0
`;
		expect(await run("harts", source, "--smp", "2", "-p", `XLEN=${xlen}`)).toMatchObject({ stdout: "", stderr: "", code: 42 });
	});
	it("takes a kernel packed with gzip", async () => {
		writeFileSync(join(folder, "packed.s"), `li a0, 90\n${call(1, 0)}\n${end}`);
		expect(await doppel(["isa", "asm", "packed.s", "-o", "packed.bin", "--origin", "0x80200000"], { cwd: folder })).toMatchObject({ code: 0 });
		writeFileSync(join(folder, "packed.gz"), gzipSync(readFileSync(join(folder, "packed.bin"))));
		expect(await doppel(["run", "--kernel", "packed.gz", "--max-instructions", "5e6"], { cwd: folder })).toMatchObject({ stdout: "Z", code: 0 });
		writeFileSync(join(folder, "damaged.gz"), gzipSync(Buffer.alloc(5000, "x")).subarray(0, 30));
		expect(await doppel(["run", "--kernel", "damaged.gz"], { cwd: folder })).toMatchObject({
			stderr: "doppel: damaged.gz: gzip: unexpected end of file: the file is damaged\n",
			code: 2,
		});
	});
	it("puts the initrd where the device tree says, half the RAM behind the kernel", async () => {
		writeFileSync(join(folder, "initrd"), "XYZ");
		// its first byte is printed
		const source = `li t0, 0x84200000\nlbu a0, 0(t0)\n${call(1, 0)}\n${end}`;
		expect(await run("initrd", source, "--initrd", "initrd")).toMatchObject({ stdout: "X", code: 0 });
	});
});

describe("--bios", () => {
	it("none starts the kernel itself, in M mode", async () =>
		expect(await run("bare", `csrr s0, mhartid\naddi s0, s0, 9\n${endWith}`, "--bios", "none")).toMatchObject({ code: 9 }));
	it("default without a program is refused", async () =>
		expect(await doppel(["run", "--bios", "default"])).toMatchObject({
			stderr: "doppel: --bios default: there is no program: give one, or --kernel FILE\n",
			code: 2,
		}));
});

describe("--guest", () => {
	it("that was never built is refused with how to build it", async () => {
		const ran = await doppel(["run", "--guest", "no-such"]);
		expect(ran.stderr).toMatch(/^doppel: --guest no-such: is not in .*: build it with `npm run guest:no-such`\n$/);
		expect(ran.code).toBe(2);
	});
	it("is no path", async () =>
		expect(await doppel(["run", "--guest", "../x"])).toMatchObject({
			stderr: 'doppel: --guest ../x: is not a name of small letters, digits and "-", such as debian\n',
			code: 2,
		}));
});
