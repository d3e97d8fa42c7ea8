import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { doppel, root } from "./run-doppel.ts";

let folder = "";
const programs: Record<string, string> = {
	// waits for bytes at the UART and gives them back in capitals, until a dot
	"echo.s": `
_start:
	li   s0, 0x10000000
next:
	lbu  t0, 5(s0)
	andi t0, t0, 1
	beqz t0, next
	lbu  a0, 0(s0)
	li   t1, '.'
	beq  a0, t1, done
	li   t1, 'a'
	bltu a0, t1, put
	addi a0, a0, -32
put:
	sb   a0, 0(s0)
	j    next
done:
	li   t0, 0x100000
	li   t1, 0x5555
	sw   t1, 0(t0)
`,
	"three.s": "_start:\n\tli t0, 0x100000\n\tli t1, 0x33333\n\tsw t1, 0(t0)\n",
	"forever.s": "_start:\n\tj _start\n",
	"asleep.s": "_start:\n\twfi\n\tj _start\n",
	"escape.s": "_start:\n\tli t0, 0x10000000\n\tli a0, 27\n\tsb a0, 0(t0)\n\tli t0, 0x100000\n\tli t1, 0x5555\n\tsw t1, 0(t0)\n",
};

beforeAll(() => {
	folder = mkdtempSync(join(tmpdir(), "doppel-run-"));
	for (const [name, text] of Object.entries(programs)) writeFileSync(join(folder, name), text);
	mkdirSync(join(folder, "files"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const own = `doppel: an efficient, isolated duplicate of the machine you don't have
machine mode: hart 0, misa 0x800000000014112d, device tree of N bytes
machine mode: slept through 3 timer interrupts
user mode: counting primes while the timer interrupts
user mode: reading mstatus, then writing to the UART past the machine
  trapped: illegal instruction 0x300022f3, pc P; skipped
  trapped: store access fault at 0x10000000, pc P; skipped
machine mode: 78498 primes below 1000000, N timer interrupts, 2 instructions refused
`;
const blurred = (text: string): string =>
	text
		.replace(/of \d+ bytes/, "of N bytes")
		.replace(/pc 0x[0-9a-f]+/g, "pc P")
		.replace(/\d+ timer interrupts, /, "N timer interrupts, ");

describe("the guest that comes with doppel", () => {
	const outputs = new Map<string, string>();
	it.each(["interpret", "js", "wasm", "auto"])("shows what doppel is, on %s", async (engine) => {
		const ran = await doppel(["run", "--engine", engine]);
		expect({ stdout: blurred(ran.stdout), stderr: ran.stderr, code: ran.code }).toEqual({ stdout: own, stderr: "", code: 0 });
		outputs.set(engine, ran.stdout);
	});
	it("says exactly the same on every engine, counts included", () => expect(new Set(outputs.values()).size).toBe(1));
	it("is followed by a table with --stats", async () => {
		const { stderr } = await doppel(["run", "--stats"]);
		for (const word of ["instructions", "MIPS", "on interpret", "on wasm", "translation", "exits", "privileged", "traps", "interrupts"])
			expect(stderr).toContain(word);
	});
	it("and by one JSON object with --stats=json, with the same count of instructions on every engine", async () => {
		const counts: number[] = [];
		for (const engine of ["interpret", "js", "wasm"]) {
			const { stderr } = await doppel(["run", "--engine", engine, "--stats=json"]);
			expect(stderr.trim().split("\n").length).toBe(1);
			const stats = JSON.parse(stderr);
			expect(stats).toMatchObject({
				engine,
				board: "virt",
				traps: expect.any(Number),
				exits: { trap: expect.any(Number) },
				addresses: { asked: expect.any(Number) },
			});
			const sum = Object.values(stats.tiers as Record<string, { instructions: number }>).reduce((n, t) => n + t.instructions, 0);
			expect(sum).toBe(stats.instructions);
			counts.push(stats.instructions);
		}
		expect(new Set(counts).size).toBe(1);
	});
});

describe("doppel run", () => {
	it("feeds standard input to the UART", async () => {
		expect(await doppel(["run", "echo.s"], { cwd: folder, input: "hello, guest.never read" })).toMatchObject({ stdout: "HELLO, GUEST", code: 0 });
	});
	it("gives the guest's exit code back", async () =>
		expect(await doppel(["run", "three.s"], { cwd: folder })).toMatchObject({ stdout: "", stderr: "", code: 3 }));
	it.each(["interpret", "js", "wasm", "auto"])("C10: stops after exactly as many instructions as asked for, on %s", async (engine) => {
		const ran = await doppel(["run", "forever.s", "--engine", engine, "--max-instructions", "1234567", "--stats=json"], { cwd: folder });
		const [line, json] = ran.stderr.trim().split("\n");
		expect(line).toBe("doppel: stopped after 1234567 instructions as --max-instructions asks (pc 0x80000000)");
		expect(JSON.parse(json!).instructions).toBe(1234567);
		expect(ran.code).toBe(2);
	});
	it("says so when the guest waits for what cannot come", async () => {
		const ran = await doppel(["run", "asleep.s"], { cwd: folder });
		expect(ran.stderr).toMatch(/^doppel: the guest waits for an interrupt that cannot come any more \(pc 0x80000004, 1 instructions\)\n$/);
		expect(ran.code).toBe(2);
	});
	it("leaves escapes alone where there is no terminal", async () => expect((await doppel(["run", "escape.s"], { cwd: folder })).stdout).toBe("\x1b"));
	// `script` (util-linux) gives a command a terminal
	const noTerminal = spawnSync("script", ["-qec", "true", "/dev/null"]).status !== 0;
	it.skipIf(noTerminal).each([
		["shown on a terminal", [], "^["],
		["obeyed with --raw-terminal", ["--raw-terminal"], "\x1b"],
	])("S11: escapes are %s", async (_, more, expected) => {
		const command = [process.execPath, join(root, ".build/doppel.js"), "run", "escape.s", ...more].map((word) => `'${word}'`).join(" ");
		const child = spawn("script", ["-qec", command, "/dev/null"], { cwd: folder, stdio: ["ignore", "pipe", "inherit"] });
		let out = "";
		child.stdout.on("data", (chunk) => {
			out += chunk;
		});
		expect(await new Promise((done) => child.on("close", done))).toBe(0);
		expect(out).toBe(expected);
	});
	it("takes raw bytes with a board, Intel HEX and ELF from its own assembler", async () => {
		for (const [file, more] of [
			["three.bin", ["-M", "virt"]],
			["three.hex", []],
			["three.elf", []],
		] as const) {
			expect(await doppel(["isa", "asm", "three.s", "--origin", "0x80000000", "-o", file], { cwd: folder })).toMatchObject({ stdout: "", stderr: "", code: 0 });
			expect(await doppel(["run", file, ...more], { cwd: folder })).toMatchObject({ stderr: "", code: 3 });
		}
	});
	it("lists its boards", async () => expect((await doppel(["boards"])).stdout).toMatch(/^virt: .*\n[\s\S]*0x10000000 {2}serial \(ns16550a\)/));
	it("help goes to stdout with exit code 0, no command at all to stderr with 2", async () => {
		expect(await doppel(["--help"])).toMatchObject({ stderr: "", code: 0 });
		expect((await doppel(["run", "--help"])).stdout).toContain("--max-instructions");
		expect(await doppel([])).toMatchObject({ stdout: "", code: 2 });
	});
	it("reads the package's version from nowhere but itself", async () => {
		const { version } = JSON.parse(readFileSync(join(import.meta.dirname, "../../package.json"), "utf8"));
		expect((await doppel(["--version"])).stdout.trim()).toBe(version);
	});
});
