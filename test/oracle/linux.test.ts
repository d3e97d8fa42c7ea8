import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { guestFolder } from "../../src/host/node/guests.ts";
import { doppel } from "../cli/run-doppel.ts";
import { missingOf } from "../support/command.ts";

const folder = guestFolder("debian");
const file = (name: string): string => join(folder, name);
const prompt = "\n# ";
const commands = "uname -a; grep -c processor /proc/cpuinfo; grep -E 'mmu|uarch' /proc/cpuinfo; cat /proc/interrupts | wc -l; dmesg -n 1; exit";
/** What ours has, as far as QEMU 7.2 knows it. */
const cpu = "rv64,h=off,svnapot=on,svpbmt=on,svinval=on,Zfh=on";
/** OpenSBI's version of the interface has no early console for this kernel. */
const append = "console=ttyS0";
const disk = ["-drive", `file=${file("disk.img")},format=raw,if=none,id=disk,snapshot=on`, "-device", "virtio-blk-device,drive=disk"];
const seconds = 900;
/** What QEMU's kernel says when the host is busy: its time is the wall's, ours is not, so ours never may. */
const busy = /^.*hrtimer: interrupt took.*\r*\n/m;

/** What QEMU prints up to the power off. */
function qemu(processors: number): Promise<string> {
	const args = ["-M", "virt", "-cpu", cpu, "-m", "256M", "-smp", `${processors}`, "-display", "none", "-serial", "stdio", "-monitor", "none"];
	const child = spawn("qemu-system-riscv64", [...args, ...disk, "-kernel", file("kernel"), "-initrd", file("initrd"), "-append", append]);
	let printed = "";
	let typed = false;
	child.stdout.on("data", (chunk: Buffer) => {
		printed += chunk.toString("latin1");
		if (typed || !printed.includes(prompt)) return;
		typed = true;
		child.stdin.write(`${commands}\n`);
	});
	const timer = setTimeout(() => child.kill(), 1000 * seconds);
	return new Promise((done) => {
		child.on("close", () => {
			clearTimeout(timer);
			done(printed);
		});
	});
}

/** Lines that may differ, and why. */
const differences: readonly (readonly [line: RegExp, why: string])[] = [
	[/^SBI (specification|implementation)/, "another firmware: version 2.0, not OpenSBI's 1.0"],
	[/^SBI DBCN extension detected/, "a part of version 2.0"],
	[/^NODE_DATA\(0\) allocated/, "lies below the device tree, which is of another size"],
	[/^Memory: |^node 0 deferred pages initialised/, "counts what is free at a moment that depends on time"],
	[/^pci-host-generic|^pci_bus |^pci \d/, "we have no PCI"],
	[/^riscv: base ISA extensions|^riscv: ELF capabilities/, "we have other extensions"],
	[/unaligned accesses are|: Ratio of byte access/, "a measurement"],
	[/^goldfish_rtc 101000.rtc: setting system clock/, "time of day"],
	[/^riscv-pmu-sbi: \d+ firmware and \d+ hardware counters/, "we have two counters"],
	[/^audit: type=2000/, "holds a time"],
	[/^software IO TLB: /, "we have Zicbom, which QEMU 7.2 has not: the kernel allows for devices that do not see the caches"],
];

/** The kernel's lines without their times, and what the shell answered; sorted, since what runs side by side may end in another order. */
const comparable = (printed: string): string[] =>
	printed
		.slice(printed.indexOf("Linux version"))
		.split(/\r*\n/)
		.map((line) => line.replace(/^\[ *\d+\.\d+\] /, "").replace(/\x1b\[6n/g, ""))
		.filter((line) => !differences.some(([pattern]) => pattern.test(line)))
		.sort();

describe("Linux, as Debian builds it", () => {
	for (const processors of [1, 4]) {
		it(
			`boots on ${processors} under our own firmware, and says what it says on QEMU`,
			async (ctx) => {
				if (!existsSync(file("guest.json"))) return ctx.skip("the guest was not built: npm run guest:debian");
				const missing = missingOf(["qemu-system-riscv64"]);
				if (missing.length > 0) return ctx.skip(`${missing} is not on this machine`);
				const options = [
					"--guest",
					"debian",
					"--append",
					append,
					"--smp",
					`${processors}`,
					"--expect",
					"\\n# ",
					"--send",
					`${commands}\\n`,
					"--timeout",
					`${seconds}`,
				];
				const [ours, theirs] = await Promise.all([doppel(["run", ...options], { timeout: 1000 * seconds + 60_000 }), qemu(processors)]);
				expect([ours.stderr, ours.code]).toEqual(["", 0]);
				expect(comparable(ours.stdout)).toEqual(comparable(theirs.replace(busy, "")));
			},
			1000 * seconds + 120_000,
		);
	}
});
