/** Options that several commands share. */
import type { Command } from "commander";
import { plainText, type Step } from "./run/script.ts";

export const collect = (value: string, before: string[] = []): string[] => [...before, value];

/** Adds the options that choose a definition. */
export const choosesIsa = (command: Command): Command =>
	command
		.option("--isa <name>", "an ISA of `doppel isa list`, or a folder of *.isa.js files named with a slash")
		.option("-p, --parameter <NAME=VALUE>", "a parameter of the definition, such as XLEN=64 (may be repeated)", collect)
		.option("--extend <file.isa.js>", "adds instructions of your own (may be repeated)", collect);

/** --expect and --send share one list, so that their order counts. */
const steps: Step[] = [];
const step = (option: string, make: (text: string) => Step) => (text: string) => {
	steps.push(make(plainText(option, text)));
	return steps;
};

/** Adds the program and everything that says how its machine is made and what is typed to it. */
export const runsMachine = (command: Command): Command =>
	choosesIsa(command)
		.argument("[image]", "the program")
		.argument("[args...]", "its arguments, for semihosting")
		.option("--engine <name>", "interpret | js | wasm | auto", "auto")
		.option("-M, --machine <board>", "the board (see `doppel boards`); found from the image when left out")
		.option("-m, --memory <size>", "RAM, such as 512M")
		.option("--smp <n>", "how many processors", "1")
		.option("--threads <n>", "how many translate while the guest runs: 1 where the host has a processor to spare, or 0")
		.option("--max-instructions <n>", "stop after exactly n instructions (exit code 2 when the guest has not ended by then)")
		.option("--semihosting <dir>", "lets the guest read and write files below this directory")
		.option("--bios <file>", "firmware: the machine starts there, and the program is its payload; default: the board's own; none")
		.option("--kernel <file>", "the program, as QEMU has it: an ELF, a Linux Image (packed or not), or raw; started by firmware")
		.option("--initrd <file>", "the kernel's first file system")
		.option("--guest <name>", "kernel, initrd and command line of a guest that `doppel guest` built")
		.option("--drive <file=F,...>", "a disk: file=F[,readonly=on][,snapshot=on][,format=raw] (may be repeated)", collect)
		.option("--virtfs <local,...>", "a folder for the guest (9P): local,path=DIR,mount_tag=NAME[,readonly=on] (may be repeated)", collect)
		.option("--device <name>", "virtio-rng | virtio-console | virtio-net[,netdev=ID][,mac=ADDRESS] (may be repeated)", collect)
		.option(
			"--netdev <user,...>",
			"a network: user[,id=ID][,restrict=on][,hostfwd=tcp:127.0.0.1:8080-:80] | socket[,id=ID],listen=:1234 or connect=:1234 (may be repeated)",
			collect,
		)
		.option("--dtb <file>", "a device tree to use instead of the board's")
		.option("--append <text>", "the guest's command line, in its device tree")
		.option("--cache <dir>", "keep translations in this folder: the next run of the same program begins with them")
		.option("--rtc <time>", "what the guest's clock shows at power on: seconds since 1970, or now", "0")
		.option("--load-address <n>", "where a raw image goes; the start of RAM when left out")
		.option(
			"--expect <text>",
			"wait until the guest has printed this; as the last step: then end with exit code 0",
			step("--expect", (expect) => ({ expect })),
		)
		.option(
			"--send <text>",
			"type this; \\r \\n \\xHH as in C (both may be repeated, their order counts)",
			step("--send", (send) => ({ send })),
		)
		.option("--timeout <seconds>", "stop then, by the host's clock, with exit code 2")
		.option("--raw-terminal", "the guest's escape sequences reach the terminal unfiltered");
