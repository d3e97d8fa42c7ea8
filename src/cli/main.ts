/** The command line: arguments in, exit code out. Commands are loaded when they are used. */
import { Command, CommanderError } from "commander";
import { HostError } from "../../jit/base/errors.ts";
import { choosesIsa, collect, runsMachine } from "./arguments.ts";
import { catchAll, fail, failed } from "./fail.ts";

catchAll();
const program = new Command("doppel");
program
	.description(
		"Runs software built for one instruction set on a host that has only JavaScript.\nThe guest's console is stdout, everything of ours is on stderr, the guest's exit code is ours.",
	)
	.version("0.1.0")
	.showSuggestionAfterError(false)
	.configureOutput({ outputError: () => {} })
	.exitOverride();

runsMachine(program.command("run"))
	.description("run a program: ELF, Intel HEX, raw, or assembly (.s); without IMAGE the guest that comes with doppel")
	.option("--stats <form>", "--stats: a table of what ran where on stderr; --stats=json: one JSON object")
	.action(async (image: string | undefined, args: string[], options) => (await import("./run/run.ts")).run(image, args, options));
runsMachine(program.command("profile"))
	.description("run a program and say where its instructions went, by function; the same profile on every engine and every time")
	.option("-o, --output <file>", "for speedscope.app; collapsed stacks stand beside it (NAME.collapsed.txt)", "profile.speedscope.json")
	.option("--interval <n>", "instructions from one sample to the next, to begin with; it doubles as samples become many", "1000")
	.option("--symbols <file>", "more symbols: an ELF file, or a list such as nm prints (may be repeated)", collect)
	.option("--top <n>", "functions in the table", "20")
	.action(async (image: string | undefined, args: string[], options) => (await import("./profile/profile.ts")).profile(image, args, options));
runsMachine(program.command("bench"))
	.description("run a program and report on its translation: where time went, what was left out and why, the hottest regions with their code")
	.option("--top <n>", "regions that are shown with their code", "5")
	.option("--lines <n>", "lines of code of each kind for each region", "40")
	.option("--json <file>", "the whole report as JSON")
	.option("--html <file>", "the whole report as a page: guest code beside what was made of it")
	.action(async (image: string | undefined, args: string[], options) => (await import("./bench/bench.ts")).bench(image, args, options));

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

async function main(): Promise<void> {
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
}
void main();
