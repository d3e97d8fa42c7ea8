import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { policies } from "../../jit/tier/policy.ts";
import { virt } from "../../src/boards/virt.ts";
import { loadRaw } from "../../src/load/raw.ts";
import { buildMachine } from "../../src/machine/build.ts";
import { doppel } from "../cli/run-doppel.ts";
import { missingOf } from "../support/command.ts";
import { loadDefinition } from "../support/definition.ts";

/** Debian's packages u-boot-qemu and opensbi. */
const machineMode = "/usr/lib/u-boot/qemu-riscv64/u-boot.bin";
const supervisorMode = "/usr/lib/u-boot/qemu-riscv64_smode/u-boot.bin";
const sbi = "/usr/lib/riscv64-linux-gnu/opensbi/generic";
const prompt = "=> ";

/** What is typed at the prompt. */
const commands = ["version", "bdinfo", "itest 3 -lt 5 && echo less", "setenv a 12; echo $a$a", "mw.l 81000000 cafe 2; md.l 81000000 2", "crc32 81000000 8"];
const steps: (readonly ["expect" | "send", string])[] = [
	["expect", "autoboot"],
	["send", "\r"],
	...commands.flatMap((command) => [["expect", prompt] as const, ["send", `${command}\r`] as const]),
	["expect", prompt],
	["send", "poweroff\r"],
];
const options = (): string[] => steps.flatMap(([kind, text]) => [`--${kind}`, text.replace("\r", "\\r")]);

/** What QEMU prints, with the same typed at the same prompts. */
function qemu(args: readonly string[]): Promise<string> {
	const child = spawn("qemu-system-riscv64", ["-M", "virt", "-m", "128M", "-display", "none", "-serial", "stdio", "-monitor", "none", ...args]);
	let printed = "";
	let searched = 0;
	let at = 0;
	const advance = (): void => {
		for (; at < steps.length; at++) {
			const [kind, text] = steps[at]!;
			if (kind === "send") child.stdin.write(text);
			else {
				const found = printed.indexOf(text, searched);
				if (found < 0) return;
				searched = found + text.length;
			}
		}
	};
	child.stdout.on("data", (chunk: Buffer) => {
		printed += chunk.toString("latin1");
		advance();
	});
	const timer = setTimeout(() => child.kill(), 60_000);
	return new Promise((done) => {
		child.on("close", () => {
			clearTimeout(timer);
			done(printed);
		});
	});
}

/** Lines that say which devices a board has, or where things lie because of the size of its device tree. */
const devices = /^(CPU:|Core:|Flash:|flashstart|flashsize|fdt_blob|new_fdt|fdt_size| reserved|Working FDT)/;
const comparable = (printed: string): string[] =>
	printed
		.slice(printed.indexOf("U-Boot 20"))
		.replace(/autoboot:.*/, "autoboot:")
		.split(/\r*\n/)
		.filter((line) => !devices.test(line));

const boots: [name: string, files: string[], ours: string[], theirs: string[]][] = [
	["in M mode", [machineMode], ["--bios", machineMode], ["-bios", machineMode]],
	[
		"in S mode behind OpenSBI's fw_jump",
		[supervisorMode, `${sbi}/fw_jump.bin`],
		["--bios", `${sbi}/fw_jump.bin`, "--kernel", supervisorMode],
		["-bios", `${sbi}/fw_jump.bin`, "-kernel", supervisorMode],
	],
];

describe("U-Boot, as Debian builds it", () => {
	for (const [name, files, ours, theirs] of boots) {
		const missing = files.filter((file) => !existsSync(file));
		const noQemu = missingOf(["qemu-system-riscv64"]);
		const reason = missing.length > 0 ? ` (skipped: there is no ${missing.join(", ")})` : "";
		it.skipIf(missing.length > 0)(`reaches its prompt ${name}, answers and powers off${reason}`, async () => {
			const ran = await doppel(["run", ...ours, ...options(), "--timeout", "90"]);
			expect([ran.stderr, ran.code]).toEqual(["", 0]);
			for (const line of ["baudrate    = 115200 bps", "less", "1212", "81000000: 0000cafe 0000cafe", "poweroff ..."]) expect(ran.stdout).toContain(line);
		});
		const skipped = missing.length + noQemu.length > 0;
		it.skipIf(skipped)(`${name} says what it says on QEMU, the list of devices aside${skipped ? " (skipped: no QEMU or no U-Boot)" : ""}`, async () => {
			const [ran, oracle] = await Promise.all([doppel(["run", ...ours, ...options(), "--timeout", "90"]), qemu(theirs)]);
			expect(comparable(ran.stdout)).toEqual(comparable(oracle));
			expect(comparable(oracle).length).toBeGreaterThan(40);
		});
	}
	it.skipIf(!existsSync(machineMode))("comes to the same state on every run, with the same keys typed", { timeout: 120_000 }, async () => {
		const hashes: string[] = [];
		for (let i = 0; i < 2; i++) {
			const machine = buildMachine({
				board: virt,
				isa: loadDefinition("riscv", { XLEN: 64 }),
				image: loadRaw(readFileSync(machineMode), virt.ram.base),
				policy: policies.js,
				host: { rest: () => new Promise((done) => setImmediate(done)) },
			});
			await machine.console.expect(/autoboot/);
			machine.console.send("\r");
			await machine.console.expect(/=> $/);
			hashes.push(machine.hash());
		}
		expect(hashes[0]).toBe(hashes[1]);
	});
});
