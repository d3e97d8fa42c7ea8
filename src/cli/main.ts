/** The command line: arguments in, exit code out. Commands are loaded when they are used. */
import { Command, CommanderError } from "commander";
import { HostError } from "../../jit/base/errors.ts";
import { catchAll, fail, failed } from "./fail.ts";
import { plainText, type Step } from "./run/script.ts";

catchAll();
const collect = (value: string, before: string[] = []): string[] => [...before, value];

/** Adds the options that choose a definition. */
const choosesIsa = (command: Command): Command =>
	command
		.option("--isa <name>", "an ISA of `doppel isa list`, or a folder of *.isa.js files named with a slash")
		.option("-p, --parameter <NAME=VALUE>", "a parameter of the definition, such as XLEN=64 (may be repeated)", collect)
		.option("--extend <file.isa.js>", "adds instructions of your own (may be repeated)", collect);

const program = new Command("doppel");
program
	.description(
		"Runs software built for one instruction set on a host that has only JavaScript.\nThe guest's console is stdout, everything of ours is on stderr, the guest's exit code is ours.",
	)
	.version("0.1.0")
	.showSuggestionAfterError(false)
	.configureOutput({ outputError: () => {} })
	.exitOverride();

/** --expect and --send share one list, so that their order counts. */
const steps: Step[] = [];
const step = (option: string, make: (text: string) => Step) => (text: string) => {
	steps.push(make(plainText(option, text)));
	return steps;
};

choosesIsa(program.command("run"))
	.description("run a program: ELF, Intel HEX, raw, or assembly (.s); without IMAGE the guest that comes with doppel")
	.argument("[image]", "the program")
	.argument("[args...]", "its arguments, for semihosting")
	.option("--engine <name>", "interpret | js | wasm | auto", "auto")
	.option("-M, --machine <board>", "the board (see `doppel boards`); found from the image when left out")
	.option("-m, --memory <size>", "RAM, such as 512M")
	.option("--smp <n>", "how many processors", "1")
	.option("--max-instructions <n>", "stop after exactly n instructions (exit code 2 when the guest has not ended by then)")
	.option("--stats <form>", "--stats: a table of what ran where on stderr; --stats=json: one JSON object")
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
	.option("--raw-terminal", "the guest's escape sequences reach the terminal unfiltered")
	.action(async (image: string | undefined, args: string[], options) => (await import("./run/run.ts")).run(image, args, options));

const isa = program.command("isa").description("everything that follows from a definition");
isa
	.command("list")
	.description("the ISAs there are; with a name, its extensions and instructions")
	.argument("[name]")
	.option("-p, --parameter <NAME=VALUE>", "a parameter of the definition (may be repeated)", collect)
	.option("--extend <file.isa.js>", "adds instructions of your own (may be repeated)", collect)
	.action(async (name: string | undefined, o) => (await import("./isa/list.ts")).list(name, o));
choosesIsa(isa.command("check"))
	.description("check a definition: every parameter value, and that each encoding is printed and read back")
	.argument("[name]", "an ISA or a folder of *.isa.js files")
	.action(async (name: string | undefined, o) => (await import("./isa/check.ts")).check(name, o));
choosesIsa(isa.command("show"))
	.description("the definition of an instruction, register file or extension")
	.argument("<name>")
	.action(async (name: string, o) => (await import("./isa/show.ts")).show(name, o));
choosesIsa(isa.command("explain"))
	.description("one instruction through every stage: fields, assembly, semantics, IR, JavaScript, Wasm")
	.argument("<code...>", "0x00c58533, or bytes in memory order such as 33 85 c5 00, or assembly in quotes")
	.option("--pc <n>", "its address", "0x1000")
	.action(async (code: string[], o) => (await import("./isa/explain.ts")).explain(code, o));
choosesIsa(isa.command("asm"))
	.description("assemble a file (or -): a listing, or with -o the bytes")
	.argument("<file>")
	.option("-o, --output <file>", "*.elf: an executable, *.hex: Intel HEX, else the raw bytes")
	.option("--origin <n>", "address of the first byte", "0")
	.option("--compress", "take the shortest encoding that fits")
	.action(async (file: string, o) => (await import("./isa/asm.ts")).asm(file, o));
choosesIsa(isa.command("disasm"))
	.description("disassemble words given in hexadecimal, or a file with --file")
	.argument("[code...]", "0x00c58533 ..., or bytes in memory order")
	.option("--file <file>", "raw bytes, or an ELF's code")
	.option("--origin <n>", "address of the first byte", "0")
	.option("--no-aliases", "every instruction under its own name")
	.action(async (code: string[], o) => (await import("./isa/disasm.ts")).disasm(code, o));
choosesIsa(isa.command("test"))
	.description("run fixtures (*.ins) on every engine; without files those of the ISA")
	.argument("[files...]")
	.option("--engine <name>", "one engine only")
	.action(async (files: string[], o) => (await import("./isa/test.ts")).test(files, o));
choosesIsa(isa.command("docs"))
	.description("the reference page in Markdown, or that of one extension")
	.argument("[name]", "one extension only")
	.option("-o, --output <dir>", "a folder: one page an extension, and README.md with everything")
	.action(async (name: string | undefined, o) => (await import("./isa/docs.ts")).docs(name, o));
isa
	.command("remember", { hidden: true })
	.description("check the definitions of all boards once, for faster starts (the build does)")
	.action(async () => (await import("./isa/remember.ts")).remember());

program
	.command("guest")
	.description("build a guest for `doppel run --guest NAME` from a distribution's own packages, in a cache folder")
	.argument("<name>", "debian | debian-root")
	.option("--mirror <url>", "instead of the mirror that this system's own sources name")
	.action(async (name: string, o) => (await import("./guest/guest.ts")).guest(name, o));

program
	.command("boards")
	.description("the boards there are, with their devices")
	.argument("[name]")
	.action(async (name: string | undefined) => (await import("./boards.ts")).boards(name));

try {
	if (process.argv.length <= 2) {
		process.stderr.write(program.helpInformation());
		process.exitCode = failed;
	} else await program.parseAsync(process.argv.map((a) => (a === "--stats" ? "--stats=table" : a)));
} catch (error) {
	if (error instanceof CommanderError) {
		const ends = ["commander.helpDisplayed", "commander.version", "commander.help"];
		if (ends.includes(error.code)) process.exitCode = error.exitCode === 0 ? 0 : failed;
		else fail(new HostError(`${error.message.replace(/^error: /, "").replace(/\s*\n\s*/g, " ")}: see \`doppel --help\``));
	} else fail(error);
}
