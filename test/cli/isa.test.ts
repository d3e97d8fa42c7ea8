import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { doppel } from "./run-doppel.ts";

let folder = "";
beforeAll(() => {
	folder = mkdtempSync(join(tmpdir(), "doppel-isa-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("doppel isa explain", () => {
	let [stdout, stderr, code]: [string, string, number | null] = ["", "", null];
	beforeAll(async () => {
		({ stdout, stderr, code } = await doppel(["isa", "explain", "0x00c58533"]));
	});
	it("shows one instruction through every stage", () => {
		expect({ stderr, code }).toEqual({ stderr: "", code: 0 });
		for (const title of ["fields", "assembly", "semantics", "effects", "IR", "JavaScript", "WebAssembly"]) expect(stdout).toMatch(new RegExp(`^${title}`, "m"));
		expect(stdout).toMatch(/add a0,a1,a2/);
		expect(stdout).toMatch(/i64\.add/);
	});
	it("draws its fields", () => {
		expect(stdout).toContain(
			[
				"   31     25 24   20 19   15 14 12 11    7 6       0",
				"  ┌─────────┬───────┬───────┬─────┬───────┬─────────┐",
				"  │ 0000000 │  rs2  │  rs1  │ 000 │  rd   │ 0110011 │",
				"  │         │ 01100 │ 01011 │     │ 01010 │         │",
				"  └─────────┴───────┴───────┴─────┴───────┴─────────┘",
			].join("\n"),
		);
	});
	it("takes the width, bytes, and assembly", async () => {
		expect((await doppel(["isa", "explain", "0x00c58533", "-p", "XLEN=32"])).stdout).toMatch(/i32\.add/);
		expect((await doppel(["isa", "explain", "33", "85", "c5", "00"])).stdout).toBe(stdout);
		expect((await doppel(["isa", "explain", "add a0, a1, a2"])).stdout).toBe(stdout);
	});
	it("says that a privileged instruction leaves translated code", async () => {
		expect((await doppel(["isa", "explain", "0x300025f3"])).stdout).toContain("the hypervisor carries this instruction out");
	});
	it("draws slices of an immediate where they lie", async () => {
		expect((await doppel(["isa", "explain", "beq a0,a1,0x1010"])).stdout).toMatch(/offset\[12\].*offset\[10:5\].*offset\[4:1\].*offset\[11\]/);
	});
});

describe("doppel isa", () => {
	it("lists ISAs, and the instructions of one", async () => {
		expect((await doppel(["isa", "list"])).stdout).toMatch(/^riscv XLEN=64 .*instructions/m);
		expect((await doppel(["isa", "list", "riscv"])).stdout).toMatch(/\baddiw\b/);
		expect((await doppel(["isa", "list", "riscv", "-p", "XLEN=32"])).stdout).not.toMatch(/\baddiw\b/);
	});
	it("checks every value of a definition's parameters", async () => {
		const { stdout, code } = await doppel(["isa", "check"]);
		expect(code).toBe(0);
		for (const values of ["XLEN=32 SVADE=0", "XLEN=32 SVADE=1", "XLEN=64 SVADE=0", "XLEN=64 SVADE=1"])
			expect(stdout).toMatch(new RegExp(`^riscv ${values}: good: `, "m"));
	});
	it.each(["addi", "mv", "i", "x", "a0", "mstatus"])("shows %s", async (name) =>
		expect(await doppel(["isa", "show", name])).toMatchObject({ stderr: "", code: 0 }),
	);
	it("disassembles words, bytes and files, with and without aliases", async () => {
		expect((await doppel(["isa", "disasm", "0x00008067"])).stdout).toMatch(/ret$/m);
		expect((await doppel(["isa", "disasm", "0x00008067", "--no-aliases"])).stdout).toMatch(/jalr\s+zero,0\(ra\)|jalr\s+zero,ra,0/);
		const { stdout } = await doppel(["isa", "disasm", "--file", "src/boards/guest/guest.elf"]);
		expect(stdout.split("\n")[0]).toMatch(/^80000000 .*auipc\s+sp/);
	});
	it("assembles a listing and files", async () => {
		writeFileSync(join(folder, "a.s"), "start:\n\tli a0, 1 # one\n\tj start\n\t.word 0x12345678\n");
		expect((await doppel(["isa", "asm", "a.s"], { cwd: folder })).stdout).toBe(
			"00000000  00100513            li a0, 1 # one\n00000004  ffdff06f            j start\n00000008  12345678            .word 0x12345678\n",
		);
		await doppel(["isa", "asm", "a.s", "-o", "a.bin"], { cwd: folder });
		expect([...readFileSync(join(folder, "a.bin"))]).toEqual([0x13, 5, 0x10, 0, 0x6f, 0xf0, 0xdf, 0xff, 0x78, 0x56, 0x34, 0x12]);
	});
	it("writes reference pages", async () => {
		expect((await doppel(["isa", "docs", "-o", join(folder, "pages")])).code).toBe(0);
		const pages = readdirSync(join(folder, "pages"));
		expect(pages).toContain("README.md");
		expect(readFileSync(join(folder, "pages/i.md"), "utf8")).toContain("### `addi`");
	});
	it("runs fixtures, and says which one is wrong", async () => {
		writeFileSync(
			join(folder, "f.ins"),
			'isa riscv XLEN=64\n0x1000 [33 85 c5 00] "add a0,a1,a2" a1=1 a2=2 => a0=3\n0x1000 [33 85 c5 00] "add a0,a1,a2" a1=1 a2=2 => a0=4\n',
		);
		const ran = await doppel(["isa", "test", "f.ins"], { cwd: folder });
		expect(ran.code).toBe(1);
		expect(ran.stdout).toContain("interpret: x10 is 0x3, expected 0x4");
		expect(ran.stdout).toMatch(/1 good, 1 wrong\n$/);
	});
});
