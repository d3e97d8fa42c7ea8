import { existsSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { helloFromSMode } from "../support/programs.ts";
import { doppel } from "./run-doppel.ts";

const folder = mkdtempSync(join(tmpdir(), "doppel-bios-"));
/** Ends with what it finds at the payload's place, or in a0 of it. */
writeFileSync(join(folder, "firmware.s"), "mv a5, a1\nli t0, 0x80200000\njr t0\n");
writeFileSync(
	join(folder, "payload.s"),
	"auipc a0, 0\nsrli a0, a0, 20\nandi a0, a0, 15\nlw a1, 0(a5)\nli a2, 0xffffffffedfe0dd0\nsub a1, a1, a2\nadd a0, a0, a1\nslli a0, a0, 16\nli t6, 0x3333\nor a0, a0, t6\nli t6, 0x100000\nsw a0, 0(t6)\nj .\n",
);
writeFileSync(join(folder, "hello.s"), helloFromSMode);

describe("--bios", () => {
	it("starts in the firmware with the device tree in a1, its payload at the next 2 MiB", async () => {
		expect(await doppel(["isa", "asm", "firmware.s", "--origin", "0x80000000", "-o", "firmware.bin"], { cwd: folder })).toMatchObject({ code: 0 });
		expect(await doppel(["run", "payload.s", "--bios", "firmware.bin"], { cwd: folder })).toMatchObject({ stdout: "", stderr: "", code: 2 });
		expect(await doppel(["run", "--kernel", "payload.s", "--bios", "firmware.bin"], { cwd: folder })).toMatchObject({ stdout: "", stderr: "", code: 2 });
	});
	it("with a program named twice is refused in one line", async () =>
		expect(await doppel(["run", "payload.s", "--kernel", "hello.s"], { cwd: folder })).toMatchObject({
			stderr: "doppel: --kernel hello.s: the program is payload.s already: give one of them\n",
			code: 2,
		}));
	const firmwares = ["fw_jump.elf", "fw_jump.bin", "fw_dynamic.elf"].flatMap((name) => [1, 4].map((count) => [name, count] as const));
	it.for(firmwares)("runs OpenSBI (%s) on %i processors and a program in S mode that prints and shuts down through it", async ([name, count], ctx) => {
		const firmware = join("/usr/lib/riscv64-linux-gnu/opensbi/generic", name);
		if (!existsSync(firmware)) return ctx.skip("OpenSBI is not on this machine (Debian: opensbi)");
		const ran = await doppel(["run", "hello.s", "--bios", firmware, "--smp", `${count}`], { cwd: folder });
		expect([ran.code, ran.stderr]).toEqual([0, ""]);
		expect(ran.stdout).toContain("Boot HART Base ISA        : rv64ima");
		expect(ran.stdout).toContain(`Platform HART Count       : ${count}`);
		expect(ran.stdout).toMatch(/Domain0 HARTs {13}: (0\*,1\*,2\*,3\*|0\*)\r?\n/);
		expect(ran.stdout).toContain("Domain0 Next Address      : 0x0000000080200000");
		expect(ran.stdout).toContain("Domain0 Next Mode         : S-mode");
		expect(ran.stdout).toMatch(/hello from S mode\r?\n$/);
	});
});
