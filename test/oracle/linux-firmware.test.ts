import { existsSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { chooseBoard } from "../../src/boards/board.ts";
import { boards } from "../../src/boards/boards.ts";
import { virt } from "../../src/boards/virt.ts";
import { writeFdt } from "../../src/load/fdt.ts";
import { doppel } from "../cli/run-doppel.ts";
import { loadDefinition } from "../support/definition.ts";
import { append, comparable, dialogue, file, last, qemu, seconds, skipReason } from "./linux-log.ts";

/** Debian's packages opensbi and u-boot-qemu. */
const sbi = "/usr/lib/riscv64-linux-gnu/opensbi/generic";
const uboot = "/usr/lib/u-boot/qemu-riscv64_smode/u-boot.bin";

interface BootCase {
	readonly name: string;
	readonly files: readonly string[];
	readonly disk: string;
	readonly ours: readonly string[];
	readonly theirs: readonly string[];
	/** What firmware prints on the way. */
	readonly says: readonly string[];
	/** On so many processors; on the others too when there is time (DOPPEL_LONG). */
	readonly processors: readonly number[];
}

const kernel = ["-kernel", file("kernel"), "-initrd", file("initrd"), "-append", append];
const boots: readonly BootCase[] = [
	{
		name: "behind OpenSBI's fw_jump.elf",
		files: [`${sbi}/fw_jump.elf`],
		disk: file("disk.img"),
		ours: ["--guest", "debian", "--append", append, "--bios", `${sbi}/fw_jump.elf`],
		theirs: ["-bios", `${sbi}/fw_jump.elf`, ...kernel],
		says: ["OpenSBI v"],
		processors: [],
	},
	{
		name: "behind OpenSBI's fw_dynamic.bin",
		files: [`${sbi}/fw_dynamic.bin`],
		disk: file("disk.img"),
		ours: ["--guest", "debian", "--append", append, "--bios", `${sbi}/fw_dynamic.bin`],
		theirs: ["-bios", `${sbi}/fw_dynamic.bin`, ...kernel],
		says: ["OpenSBI v"],
		processors: [4],
	},
	{
		name: "through U-Boot, which finds it on a disk",
		files: [`${sbi}/fw_dynamic.bin`, uboot, file("boot.img")],
		disk: file("boot.img"),
		ours: ["--bios", `${sbi}/fw_dynamic.bin`, "--kernel", uboot, "--drive", `file=${file("boot.img")},snapshot=on`, "-m", "256M"],
		theirs: ["-bios", `${sbi}/fw_dynamic.bin`, "-kernel", uboot],
		says: ["OpenSBI v", "U-Boot 20", "Retrieving file: /initrd", "Retrieving file: /kernel", "Starting kernel ..."],
		processors: [1],
	},
];

describe("Linux, as Debian builds it, behind other firmware", () => {
	for (const { name, files, disk, ours, theirs, says, processors } of boots)
		for (const count of [1, 4])
			it(
				`boots on ${count} ${name}, and says what it says on QEMU`,
				async (ctx) => {
					if (skipReason !== null) return ctx.skip(skipReason);
					const missing = files.filter((one) => !existsSync(one));
					if (missing.length > 0) return ctx.skip(`there is no ${missing.join(", ")}`);
					if (!processors.includes(count) && !process.env["DOPPEL_LONG"]) return ctx.skip("takes minutes: DOPPEL_LONG=1");
					const oracle = qemu({ processors: count, disk, args: theirs });
					const ran = await doppel(["run", ...ours, "--smp", `${count}`, ...dialogue], { timeout: 1000 * seconds + 60_000 });
					expect([ran.stderr, ran.code]).toEqual(["", 0]);
					for (const text of [...says, last]) expect(ran.stdout).toContain(text);
					expect(comparable(ran.stdout)).toEqual(comparable(await oracle));
					expect(comparable(ran.stdout).length).toBeGreaterThan(150);
				},
				1000 * seconds + 120_000,
			);
});

describe("Linux with a device tree from a file", () => {
	it("gets the command line and the first file system that are given beside it", { timeout: 400_000 }, async (ctx) => {
		if (!existsSync(file("guest.json"))) return ctx.skip("the guest was not built: npm run guest:debian");
		const tree = join(mkdtempSync(join(tmpdir(), "doppel-dtb-")), "virt.dtb");
		const { parameters } = chooseBoard(boards, { format: "raw", hints: null }).processor;
		const extensions = loadDefinition("riscv", parameters).extensions.map(({ name }) => name);
		writeFileSync(tree, writeFdt(virt.tree({ bits: 64, extensions, processors: 1, ramBytes: 2 ** 28, bootArguments: "", boot: {}, seed: [1] })));
		const options = ["--guest", "debian", "--dtb", tree, "--append", "earlycon=sbi keep_bootcon mark=17", "--expect", "Freeing initrd memory"];
		const ran = await doppel(["run", ...options, "--timeout", "360"], { timeout: 380_000 });
		expect([ran.stderr, ran.code]).toEqual(["", 0]);
		expect(ran.stdout).toContain("Kernel command line: earlycon=sbi keep_bootcon mark=17");
	});
});
