/** C2: random legal code against binutils: objdump prints what we print, gas assembles what we print to the same bytes. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDecoder } from "../../jit/decode/decoder.ts";
import { createDisassembler } from "../../jit/decode/disassemble.ts";
import type { Instruction } from "../../jit/decode/instruction.ts";
import type { Isa } from "../../jit/spec/isa.ts";
import { random } from "./random.ts";
import { fill, freeBits, hexOf, riscv } from "./riscv.ts";

/** What may differ from binutils 2.40, and why: our text and objdump's, blanks normalised. `gas`: is gas asked? */
const allowed: {
	reason: string;
	gas: "always" | "never" | "without aliases";
	covers: (i: Instruction, isa: Isa) => boolean;
	agrees: (ours: string, theirs: string) => boolean;
}[] = [
	{
		reason: "objdump names CSRs that the definition does not have (debug...); we show their number",
		gas: "always",
		covers: (i, isa) => i.spec.operands.some(({ kind }, n) => kind.kind === "space" && !isa.spaces[kind.space]?.entries.has(i.values[n] as number)),
		agrees: (ours, theirs) => {
			const mine = ours.split(/[ ,]/);
			const its = theirs.split(/[ ,]/);
			return mine.length === its.length && mine.filter((word, k) => word !== its[k]).every((word) => word.startsWith("0x"));
		},
	},
	{
		reason: "gas does not take the `unknown` that objdump prints for an empty set",
		gas: "never",
		covers: (i) => i.spec.name === "fence" && i.values.includes(0),
		agrees: () => false,
	},
	{
		reason: "gas never shortens `jal` to c.jal",
		gas: "without aliases",
		covers: (i) => i.spec.name === "c.jal",
		agrees: () => false,
	},
	{
		reason: "`add sp,sp,16` has two short encodings: gas, as we, takes c.addi where c.addi16sp would do",
		gas: "without aliases",
		covers: (i) => i.spec.name === "c.addi16sp" && Math.abs(i.values[0] as number) <= 32,
		agrees: () => false,
	},
	{
		reason: "binutils 2.40 has no text for the rounding mode of a conversion that is always exact, unless it is 0",
		gas: "never",
		covers: (i) => i.spec.operands.some(({ name }, n) => name === "exact" && i.values[n] !== 0),
		agrees: (_, theirs) => theirs.startsWith(".4byte"),
	},
	{
		reason: "binutils 2.40 does not know Zicond and Zfa",
		gas: "never",
		covers: (i) => ["zicond", "zfa"].includes(i.spec.extension),
		agrees: (_, theirs) => theirs.startsWith(".4byte"),
	},
	{
		reason: "binutils has no text for fences with reserved fields, which the manual has executed as ordinary ones",
		gas: "never",
		covers: (i) => i.spec.name.endsWith(".reserved"),
		agrees: (_, theirs) => theirs.startsWith(".4byte"),
	},
];

const count = 200_000 * Number(process.env.DOPPEL_COUNT ?? 1);
const seed = Number(process.env.DOPPEL_SEED ?? 1);
const tool = (name: string) => `riscv64-unknown-elf-${name}`;
const missing = ["as", "objcopy", "objdump"].map(tool).find((t) => spawnSync(t, ["--version"]).status !== 0);
const march = "imafdc_zicsr_zifencei_zihintpause_zicbom_zicboz_zawrs_svinval_zba_zbb_zbs_zfh";

/** One instruction a line: blanks are one, `<symbol>` and comments are gone. */
const normal = (text: string) =>
	text
		.replace(/\s*<[^>]*>|\s*#.*$/g, "")
		.replace(/\s+/g, " ")
		.trim();

interface Line {
	readonly at: number;
	readonly i: Instruction;
}

describe.skipIf(missing !== undefined)(`binutils agrees${missing ? ` (skipped: ${missing} is not installed)` : ""}, seed ${seed}`, () => {
	let folder = "";
	beforeAll(() => {
		folder = mkdtempSync(join(tmpdir(), "doppel-binutils-"));
	});
	afterAll(() => rmSync(folder, { recursive: true, force: true }));

	for (const xlen of [32, 64]) {
		describe(`RISC-V ${xlen}`, { timeout: 120_000 }, () => {
			const isa = riscv(xlen);
			const lines: Line[] = [];
			let bytes: Uint8Array = new Uint8Array(0);
			const file = (name: string) => join(folder, `${xlen}-${name}`);
			const run = (name: string, args: string[]) => execFileSync(tool(name), args, { cwd: folder, maxBuffer: 1 << 28 }).toString();

			beforeAll(() => {
				bytes = code(isa, lines);
				writeFileSync(file("code.bin"), bytes);
				writeFileSync(file("code.s"), `.text\n.incbin "${xlen}-code.bin"\n`);
				run("as", [`-march=rv${xlen}${march}`, `-mabi=${xlen === 32 ? "ilp32" : "lp64"}`, file("code.s"), "-o", file("whole.o")]);
				// the attributes stay, and with them the extensions; without symbols nothing is taken for data
				run("objcopy", ["--strip-all", file("whole.o"), file("code.o")]);
			});

			for (const aliases of [true, false]) {
				it(`C2: objdump ${aliases ? "with" : "without"} aliases prints what we print, ${count} instructions`, () => {
					const listing = run("objdump", ["-D", "-j", ".text", ...(aliases ? [] : ["-M", "no-aliases"]), file("code.o")]);
					const theirs = new Map<number, string>();
					for (const line of listing.split("\n")) {
						const m = /^\s*([0-9a-f]+):\t[0-9a-f ]+\t(.*)$/.exec(line);
						if (m) theirs.set(Number.parseInt(m[1] as string, 16), normal(m[2] as string));
					}
					const disassemble = createDisassembler(isa, { aliases });
					const wrong = new Map<string, string[]>();
					let same = 0;
					for (const { at, i } of lines) {
						const ours = normal(disassemble(i, at));
						const other = theirs.get(at) ?? "nothing";
						if (ours === other || allowed.some((a) => a.covers(i, isa) && a.agrees(ours, other))) same++;
						else {
							const list = wrong.get(i.spec.name) ?? [];
							wrong.set(i.spec.name, list);
							list.push(`${hexOf(bytes.subarray(at, at + i.bytes))}: ours "${ours}", objdump "${other}"`);
						}
					}
					expect([...wrong].map(([name, list]) => [name, list.length, ...list.slice(0, 3)])).toEqual([]);
					expect(same).toBe(count);
				});

				it(`C2: gas assembles our text ${aliases ? "with" : "without"} aliases to the same bytes`, () => {
					const disassemble = createDisassembler(isa, { aliases });
					const texts: string[] = [".option norelax"];
					const order = lines
						.filter(({ i }) => !allowed.some((a) => (aliases ? a.gas !== "always" : a.gas === "never") && a.covers(i, isa)))
						.sort((a, b) => b.i.bytes - a.i.bytes);
					let length = 0;
					for (const { at, i } of order) {
						if (i.bytes !== length) texts.push(i.bytes === 2 ? ".option rvc" : ".option norvc");
						length = i.bytes;
						texts.push(forGas(disassemble(i, at), i));
					}
					writeFileSync(file("ours.s"), `${texts.join("\n")}\n`);
					const made = spawnSync(tool("as"), [`-march=rv${xlen}${march}`, `-mabi=${xlen === 32 ? "ilp32" : "lp64"}`, file("ours.s"), "-o", file("ours.o")], {
						encoding: "utf8",
					});
					if (made.status !== 0) {
						const errors = made.stderr.split("\n").filter((l) => l.includes("Error"));
						expect.fail(`gas refuses ${errors.length} lines:\n${errors.slice(0, 20).join("\n")}`);
					}
					run("objcopy", ["-O", "binary", "-j", ".text", file("ours.o"), file("ours.bin")]);
					const theirs = readFileSync(file("ours.bin"));
					const wrong: string[] = [];
					let at = 0;
					for (const line of order) {
						const ours = hexOf(bytes.subarray(line.at, line.at + line.i.bytes));
						const other = hexOf(theirs.subarray(at, at + line.i.bytes));
						if (ours !== other) wrong.push(`${disassemble(line.i, line.at)}: ours ${ours}, gas ${other}`);
						at += line.i.bytes;
					}
					expect(wrong.slice(0, 20)).toEqual([]);
					expect(at).toBe(theirs.length);
				});
			}
		});
	}
});

/** Random legal instructions one after another: every encoding equally often. */
function code(isa: Isa, lines: Line[]): Uint8Array {
	const next = random(seed);
	const decoder = createDecoder(isa);
	const all = isa.instructions.flatMap((spec) => spec.encodings.map((e) => ({ e, free: freeBits(e), out: new Uint8Array(e.bytes) })));
	const bytes = new Uint8Array(4 * count);
	let at = 0;
	while (lines.length < count) {
		const { e, free, out } = all[next() % all.length] as (typeof all)[number];
		const bits = next();
		fill(e, free, (k) => (bits >>> k) & 1, out);
		const i = decoder.decode(out, 0, out.length, 0);
		if (i.spec === null) continue;
		bytes.set(out, at);
		lines.push({ at, i });
		at += out.length;
	}
	return bytes.slice(0, at);
}

/** Our text as gas takes it without a linker: addresses relative to the instruction. */
function forGas(text: string, i: Instruction): string {
	const operand = i.spec.operands.findIndex((o) => o.kind.kind === "relative");
	return operand < 0 ? text : text.replace(/0x[0-9a-f]+$/, `.+(${i.values[operand]})`);
}
