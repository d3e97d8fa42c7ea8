import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { virt } from "../../src/boards/virt.ts";
import { createDirectoryFiles } from "../../src/host/node/directory.ts";
import { loadImage } from "../../src/load/load.ts";
import { buildMachine } from "../../src/machine/build.ts";
import { doppel } from "../cli/run-doppel.ts";
import { Random } from "../ir/random.ts";
import { command, missingOf } from "../support/command.ts";
import { loadDefinition } from "../support/definition.ts";
import { pause } from "../support/pause.ts";
import { tiersOf } from "../support/tiers.ts";
import { makeStream, type StreamRules } from "./streams.ts";

const count = Number(process.env.DOPPEL_STREAMS ?? 5000);
/** The translating engines run fewer, unless the run is a long one: nearly all of their time is translation. */
const translated = Math.min(count, process.env.DOPPEL_LONG === undefined ? 1000 : count);
/** Across engines: fewer, but each often enough to come to the last one. */
const few = process.env.DOPPEL_LONG === undefined ? 40 : 500;
const passes = 30;
const slice = 100_003;
const seed = Number(process.env.DOPPEL_SEED ?? 20261122);
const missing = missingOf(["qemu-system-riscv32", "qemu-system-riscv64", "riscv64-unknown-elf-gcc"]);
const here = new URL(".", import.meta.url).pathname;

// sp, s0, s1, a5 point into scratch memory; the other registers are the streams'.
const bases = [2, 8, 9, 15];
const rules: StreamRules = {
	bases,
	destinations: ["rd", "rds"],
	base: "rs1",
	// left out, where QEMU 7.2 differs from the manual: mepc (it keeps bit 0), read-only CSRs (csrrs with a register that holds 0 does not trap there)
	// frm is set before each stream: with a reserved one QEMU's mtval is stale
	entries: [0x342, 0x343, 0x123, 0x001],
	// left out: what leaves the stream; ctzw, which counts past bit 31 in QEMU 7.2; what it does not have (Zawrs, Zfa, Zicbom, Zicboz, Zicond);
	// Svinval, of which it lets U mode do the fences, and of which it does not say in mtval what it refuses
	skip: (spec) =>
		/^(ctzw|cbo\.|czero\.|wrs\.|fli\.|fminm|fmaxm|fround|fleq|fltq|fcvtmod|fmvh|fmvp|sfence\.(w|inval)\.|sinval|ecall|ebreak|mret|sret|wfi|fence\.i|jalr|c\.jr|c\.jalr|c\.ebreak|sc\.|lr\.|c\.addi16sp$)/.test(
			spec.name,
		) || spec.name === "c.unimp",
};

/** Bytes of what is compared after a stream: integer registers, trap count, trap hash, floating-point registers and fcsr. */
const recordBytes = (xlen: number): number => 34 * (xlen / 8) + 33 * 8;

/** First floating-point registers: numbers of 64 bits, narrower ones boxed, now and then one that is not; and fcsr with a rounding mode that exists. */
function floats(random: Random): string[] {
	const registers = Array.from({ length: 32 }, () => {
		const w = random.pick([64, 64, 64, 32, 32, 16]);
		const [lo, hi] = random.float(w);
		const bits = (BigInt(hi >>> 0) << 32n) | BigInt(lo >>> 0);
		return `0x${(random.once(20) ? bits : BigInt.asUintN(64, bits | (-1n << BigInt(w)))).toString(16)}`;
	});
	return [...registers, `0x${(random.below(5) * 32 + random.below(32)).toString(16)}`];
}

/** Everything of one width: streams, their first registers, room for results; and how often all of them are run. */
function source(xlen: 32 | 64, count: number, passes: number): string {
	const isa = loadDefinition("riscv", { XLEN: xlen });
	const random = new Random(seed + xlen);
	const word = xlen === 64 ? ".dword" : ".word";
	const corners = [
		"0",
		"1",
		"-1",
		"0x7fffffff",
		"0x80000000",
		"0x800",
		"31",
		...(xlen === 64 ? ["0x7fffffffffffffff", "0x8000000000000000", "0xffffffff80000000"] : []),
	];
	const lines: string[] = [`passes: ${word} ${passes}`, "addresses:"];
	for (let i = 0; i < count; i++) lines.push(`${word} stream_${i} + ${(i & 1) + (i % 16 < 2 ? 2 : 0)}`);
	lines.push(`${word} 0`, "initial:");
	for (let i = 0; i < count; i++) {
		const values = Array.from({ length: 32 }, (_, r) => {
			if (bases.includes(r)) return `scratch + 2048 + ${random.below(64) * 8}`;
			if (random.once(3)) return random.pick(corners);
			return `0x${(random.word() >>> 0).toString(16)}${xlen === 64 ? (random.word() >>> 0).toString(16).padStart(8, "0") : ""}`;
		});
		lines.push(`${word} ${values.join(", ")}`, `.dword ${floats(random).join(", ")}`);
	}
	for (let i = 0; i < count; i++)
		lines.push(".balign 4", `stream_${i}: .byte ${makeStream(isa, rules, random, 32).bytes.join(", ")}`, ".byte 0x73, 0x00, 0x10, 0x00");
	lines.push(".balign 16", "results:", `.zero ${count * recordBytes(xlen)}`, "scratch: .zero 8192", "end_of_results:", "");
	return lines.join("\n");
}

describe.skipIf(missing.length > 0)(
	`C2: streams of 32 instructions against QEMU${missing.length > 0 ? ` (skipped: there is no ${missing.join(", ")})` : ""}`,
	() => {
		for (const xlen of [32, 64] as const)
			it.each([
				{ streams: count, engines: ["interpret"] },
				{ streams: translated, engines: ["js", "wasm"] },
			])(`C2: $streams streams of RV${xlen} in M and U mode agree with QEMU on $engines (seed ${seed})`, { timeout: 300_000 }, async ({ streams, engines }) => {
				const dir = mkdtempSync(join(tmpdir(), "doppel-streams-"));
				const elf = await build(dir, xlen, streams, 1);
				const expected = await onQemu(dir, elf, xlen);
				for (const engine of engines) {
					rmSync(join(dir, "result.bin"));
					const run = await doppel(["run", elf, "--engine", engine, "--semihosting", dir], { timeout: 240_000 });
					expect(run.code, run.stderr).toBe(0);
					expect(firstDifference(expected, readFileSync(join(dir, "result.bin")), xlen), engine).toBe("none");
				}
				if (!process.env.DOPPEL_KEEP) rmSync(dir, { recursive: true });
			});

		for (const xlen of [32, 64] as const)
			it(`C2: ${few} streams of RV${xlen}, ${passes} times, agree with QEMU while their code changes its engine (seed ${seed})`, {
				timeout: 300_000,
			}, async () => {
				const dir = mkdtempSync(join(tmpdir(), "doppel-streams-"));
				const elf = await build(dir, xlen, few, passes);
				const expected = await onQemu(dir, elf, xlen);
				const isa = loadDefinition("riscv", { XLEN: xlen });
				for (const { name, policy, uses } of tiersOf(seed)) {
					rmSync(join(dir, "result.bin"));
					const files = createDirectoryFiles(dir);
					const image = loadImage(readFileSync(elf));
					const machine = buildMachine({ board: virt, isa, image, policy: policy(), ramBytes: 8 << 20, semihosting: true, host: { files } });
					let result = machine.run(slice);
					for (; result.reason === "limit"; result = machine.run(slice)) await pause();
					expect([name, result]).toEqual([name, { reason: "exit", code: 0 }]);
					expect(firstDifference(expected, readFileSync(join(dir, "result.bin")), xlen), name).toBe("none");
					for (const tier of uses) expect([name, tier, machine.statistics.tiers[tier].units > few]).toEqual([name, tier, true]);
				}
				if (!process.env.DOPPEL_KEEP) rmSync(dir, { recursive: true });
			});
	},
);

/** The program of so many streams, in the folder. */
async function build(dir: string, xlen: 32 | 64, streams: number, passes: number): Promise<string> {
	writeFileSync(join(dir, "streams.inc"), source(xlen, streams, passes));
	const elf = join(dir, "streams.elf");
	const march = [`-march=rv${xlen}imafdc`, `-mabi=${xlen === 64 ? "lp64" : "ilp32"}`, "-mcmodel=medany"];
	const link = ["-nostdlib", "-static", `-Wa,-I${dir}`, "-T", `${here}streams.ld`, `${here}streams.S`, "-o", elf];
	const built = await command("riscv64-unknown-elf-gcc", [...march, ...link]);
	expect(built.code, built.stderr).toBe(0);
	return elf;
}

/** What the program writes on QEMU. */
async function onQemu(dir: string, elf: string, xlen: 32 | 64): Promise<Buffer> {
	const cpu = ["-M", "virt", "-cpu", `rv${xlen},zba=true,zbb=true,zbs=true,Zfh=true`, "-bios", "none"];
	const ports = ["-display", "none", "-serial", "none", "-monitor", "none", "-semihosting-config", "enable=on,target=native"];
	const qemu = await command(`qemu-system-riscv${xlen}`, [...cpu, ...ports, "-kernel", elf], { cwd: dir, timeout: 120_000 });
	expect(qemu.code, qemu.stderr).toBe(0);
	return readFileSync(join(dir, "result.bin"));
}

/** Names the first register of the first stream that differs. */
function firstDifference(expected: Buffer, actual: Buffer, xlen: number): string {
	if (expected.length !== actual.length) return `${expected.length} bytes against ${actual.length}`;
	for (let i = 0; i < expected.length; i++) {
		if (expected[i] === actual[i]) continue;
		const inRecord = i % recordBytes(xlen);
		const integers = 34 * (xlen / 8);
		const bytes = inRecord < integers ? xlen / 8 : 8;
		const word = inRecord < integers ? Math.floor(inRecord / bytes) : 34 + Math.floor((inRecord - integers) / 8);
		const at = i - (inRecord < integers ? inRecord % bytes : (inRecord - integers) % 8);
		const show = (b: Buffer) =>
			b
				.subarray(at, at + bytes)
				.reverse()
				.toString("hex");
		const what = word < 32 ? `x${word}` : word < 34 ? ["trap count", "trap hash"][word - 32] : word < 66 ? `f${word - 34}` : "fcsr";
		return `stream ${Math.floor(i / recordBytes(xlen))}, ${what}: QEMU ${show(Buffer.from(expected))}, doppel ${show(Buffer.from(actual))}`;
	}
	return "none";
}
