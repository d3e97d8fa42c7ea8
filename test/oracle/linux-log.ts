/** What Debian's kernel prints on QEMU, and what of it must be the same here: for tests that compare boots line by line. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { guestFolder } from "../../src/host/node/guests.ts";
import { missingOf } from "../support/command.ts";

export const file = (name: string): string => join(guestFolder("debian"), name);
/** Why tests with it are skipped; null: all is there. */
export const skipReason = !existsSync(file("guest.json"))
	? "the guest was not built: npm run guest:debian"
	: missingOf(["qemu-system-riscv64"]).length > 0
		? "qemu-system-riscv64 is not on this machine"
		: null;

const prompt = "\n# ";
/** Typed at the prompt. */
export const commands = [
	"uname -a",
	"cat /proc/cpuinfo",
	"cat /proc/cmdline",
	"free | cut -c 1-24",
	"cat /proc/interrupts | wc -l",
	"dmesg -r | grep -E '^<[0-4]>'",
	"dmesg -n 1",
	"exit",
].join("; ");
/** OpenSBI's version of the interface has no early console for this kernel. */
export const append = "console=ttyS0";
export const seconds = 1800;
/** What ours has, as far as QEMU 7.2 knows it. */
const cpu = "rv64,h=off,svnapot=on,svpbmt=on,svinval=on,Zfh=on";
/** What QEMU's kernel says when the host is busy: its time is the wall's, ours is not, so ours never may. */
const busy = /^.*hrtimer: interrupt took.*\r*\n/gm;

/**
 * The kernel's last line. Ours must have it; it is not compared, since QEMU's harts run side by side: one may hold the console's lock when another
 * switches the machine off, and then the line is never printed (seen once, on 4 harts).
 */
export const last = "reboot: Power down";

/** Options that make `doppel run` do the same: wait for the prompt, type, wait for the end. */
export const dialogue: readonly string[] = ["--expect", "\\n# ", "--send", `${commands}\\n`, "--timeout", `${seconds}`];

/** What QEMU prints up to the power off. `args`: kernel, firmware. */
export function qemu(o: { readonly processors: number; readonly disk: string; readonly args: readonly string[] }): Promise<string> {
	const machine = ["-M", "virt", "-cpu", cpu, "-m", "256M", "-smp", `${o.processors}`, "-display", "none", "-serial", "stdio", "-monitor", "none"];
	const disk = ["-drive", `file=${o.disk},format=raw,if=none,id=disk,snapshot=on`, "-device", "virtio-blk-device,drive=disk"];
	const child = spawn("qemu-system-riscv64", [...machine, ...disk, "-global", "virtio-mmio.force-legacy=false", ...o.args]);
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
			done(printed.replace(busy, ""));
		});
	});
}

/** A line that may differ, and why. */
export type Difference = readonly [line: RegExp, why: string];

export const differences: readonly Difference[] = [
	[new RegExp(`^${last}$`), "asked for by itself: see `last`"],
	[/^NODE_DATA\(0\) allocated/, "lies below the device tree, which is of another size"],
	[/^Memory: |^node 0 deferred pages initialised|^(Mem|Swap):/, "counts what is free at a moment that depends on time"],
	[/^pci-host-generic|^pci_bus |^pci \d/, "we have no PCI"],
	[/^riscv: base ISA extensions|^riscv: ELF capabilities|^(hart )?isa\t/, "we have other extensions"],
	[/^mvendorid|^marchid|^mimpid/, "another make"],
	[/unaligned accesses are|: Ratio of byte access/, "a measurement"],
	[/^goldfish_rtc 101000.rtc: setting system clock/, "time of day"],
	[/^riscv-pmu-sbi: \d+ firmware and \d+ hardware counters/, "we have two counters"],
	[/^audit: type=2000/, "holds a time"],
	[/^software IO TLB: /, "we have Zicbom, which QEMU 7.2 has not: the kernel allows for devices that do not see the caches"],
];

/** The kernel's lines without their times, and what the shell answered; sorted, since what runs side by side may end in another order. */
export const comparable = (printed: string, more: readonly Difference[] = []): string[] =>
	printed
		.slice(printed.indexOf("Linux version"))
		.split(/\r*\n/)
		.map((line) => line.replace(/^(<\d>)?\[ *\d+\.\d+\] /, "").replace(/\x1b\[6n/g, ""))
		.filter((line) => ![...differences, ...more].some(([pattern]) => pattern.test(line)))
		.sort();
