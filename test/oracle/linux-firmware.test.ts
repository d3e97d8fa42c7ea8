import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { doppel } from "../cli/run-doppel.ts";
import { append, comparable, dialogue, file, qemu, seconds, skipReason } from "./linux-log.ts";

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
					for (const text of says) expect(ran.stdout).toContain(text);
					expect(comparable(ran.stdout)).toEqual(comparable(await oracle));
					expect(comparable(ran.stdout).length).toBeGreaterThan(150);
				},
				1000 * seconds + 120_000,
			);
});
