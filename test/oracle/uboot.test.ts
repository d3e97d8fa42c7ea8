import { spawn, spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { policies } from "../../jit/tier/policy.ts";
import { virt } from "../../src/boards/virt.ts";
import { loadRaw } from "../../src/load/raw.ts";
import { buildMachine } from "../../src/machine/build.ts";
import { doppel } from "../cli/run-doppel.ts";
import { command, missingOf } from "../support/command.ts";
import { loadDefinition } from "../support/definition.ts";

/** Debian's packages u-boot-qemu and opensbi. */
const machineMode = "/usr/lib/u-boot/qemu-riscv64/u-boot.bin";
const supervisorMode = "/usr/lib/u-boot/qemu-riscv64_smode/u-boot.bin";
const sbi = "/usr/lib/riscv64-linux-gnu/opensbi/generic";
const prompt = "=> ";

/** What is typed at the prompt. */
const commands = ["version", "bdinfo", "itest 3 -lt 5 && echo less", "setenv a 12; echo $a$a", "mw.l 81000000 cafe 2; md.l 81000000 2", "crc32 81000000 8"];
type Steps = readonly (readonly ["expect" | "send", string])[];
const stepsOf = (commands: readonly string[]): Steps => [
	["expect", "autoboot"],
	["send", "\r"],
	...commands.flatMap((typed) => [["expect", prompt] as const, ["send", `${typed}\r`] as const]),
	["expect", prompt],
	["send", "poweroff\r"],
];
const optionsOf = (steps: Steps): string[] => steps.flatMap(([kind, text]) => [`--${kind}`, text.replace("\r", "\\r")]);

/** What QEMU prints, with the same typed at the same prompts. */
function qemu(args: readonly string[], steps: Steps): Promise<string> {
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

/** Without how long it took. */
const timeless = (line: string): string => line.replace(/ in \d+ ms.*/, "");
const theirDrive = (file: string): string[] => [
	"-drive",
	`file=${file},if=none,format=raw,id=x0`,
	"-device",
	"virtio-blk-device,drive=x0,bus=virtio-mmio-bus.0",
];

const boots: [name: string, files: string[], ours: string[], theirs: string[]][] = [
	["in M mode", [machineMode], ["--bios", machineMode], ["-bios", machineMode]],
	...["fw_jump", "fw_dynamic"].map((firmware): [string, string[], string[], string[]] => [
		`in S mode behind OpenSBI's ${firmware}`,
		[supervisorMode, `${sbi}/${firmware}.bin`],
		["--bios", `${sbi}/${firmware}.bin`, "--kernel", supervisorMode],
		["-bios", `${sbi}/${firmware}.bin`, "-kernel", supervisorMode],
	]),
];

describe("U-Boot, as Debian builds it", () => {
	for (const [name, files, ours, theirs] of boots) {
		const missing = files.filter((file) => !existsSync(file));
		const noQemu = missingOf(["qemu-system-riscv64"]);
		const reason = missing.length > 0 ? ` (skipped: there is no ${missing.join(", ")})` : "";
		it.skipIf(missing.length > 0)(`reaches its prompt ${name}, answers and powers off${reason}`, async () => {
			const ran = await doppel(["run", ...ours, ...optionsOf(stepsOf(commands)), "--timeout", "90"]);
			expect([ran.stderr, ran.code]).toEqual(["", 0]);
			for (const line of ["baudrate    = 115200 bps", "less", "1212", "81000000: 0000cafe 0000cafe", "poweroff ..."]) expect(ran.stdout).toContain(line);
		});
		const skipped = missing.length + noQemu.length > 0;
		it.skipIf(skipped)(`${name} says what it says on QEMU, the list of devices aside${skipped ? " (skipped: no QEMU or no U-Boot)" : ""}`, async () => {
			const [ran, oracle] = await Promise.all([doppel(["run", ...ours, ...optionsOf(stepsOf(commands)), "--timeout", "90"]), qemu(theirs, stepsOf(commands))]);
			expect(comparable(ran.stdout)).toEqual(comparable(oracle));
			expect(comparable(oracle).length).toBeGreaterThan(40);
		});
	}
	const disk = missingOf(["qemu-system-riscv64"]).length > 0 || spawnSync("mke2fs", ["-V"]).status !== 0 || !existsSync(machineMode);
	it.skipIf(disk)(`finds files on a disk and writes to it as on QEMU${disk ? " (skipped: no QEMU, no mke2fs or no U-Boot)" : ""}`, async () => {
		const folder = mkdtempSync(join(tmpdir(), "doppel-uboot-"));
		mkdirSync(join(folder, "files"));
		writeFileSync(join(folder, "files", "hello.txt"), "hello from a disk\n".repeat(5000));
		expect((await command("mke2fs", ["-q", "-t", "ext4", "-d", join(folder, "files"), join(folder, "ours.img"), "8M"])).code).toBe(0);
		copyFileSync(join(folder, "ours.img"), join(folder, "theirs.img"));
		const steps = stepsOf([
			"virtio scan; virtio info",
			"ls virtio 0",
			"load virtio 0 81000000 hello.txt; crc32 81000000 $filesize",
			"mw.b 82000000 5a 1000; virtio write 82000000 3ff8 8; virtio read 83000000 3ff0 10; crc32 83000000 2000",
			"save virtio 0 81000000 copy.txt 4000; ls virtio 0",
		]);
		const [ran, oracle] = await Promise.all([
			doppel(["run", "--bios", machineMode, "--drive", `file=${join(folder, "ours.img")}`, ...optionsOf(steps), "--timeout", "90"]),
			qemu(["-bios", machineMode, "-global", "virtio-mmio.force-legacy=false", ...theirDrive(join(folder, "theirs.img"))], steps),
		]);
		expect(comparable(ran.stdout).map(timeless)).toEqual(comparable(oracle).map(timeless));
		expect(ran.stdout).toContain("90000 bytes read");
		expect(Buffer.compare(readFileSync(join(folder, "ours.img")), readFileSync(join(folder, "theirs.img")))).toBe(0);
	});
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
