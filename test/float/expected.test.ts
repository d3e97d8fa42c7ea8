/**
 * Blocks of floating-point instructions as the Wasm engine expects them to go (jit/emit/wasm/expect.ts): chains that overflow, underflow, cancel or come to no number half way, with
 * inexact raised before and not, in every rounding mode. What comes out, or where the block is given back, is what the interpreter says.
 */
import { describe, expect, it } from "vitest";
import { createDecoder } from "../../jit/decode/decoder.ts";
import { createWasmEmitter } from "../../jit/emit/wasm/emit.ts";
import { hostFuses } from "../../jit/emit/wasm/fused.ts";
import { printBlock } from "../../jit/ir/print.ts";
import { createLifter, isBlock } from "../../jit/lift/lift.ts";
import { optimize } from "../../jit/opt/optimize.ts";
import { setWasmFlags } from "../../src/host/node/wasm-flags.ts";
import { allApart, Testbed } from "../engines/testbed.ts";
import { Random, rounds } from "../ir/random.ts";
import { base, build, isaOf } from "../machine/rig.ts";
import { type Bits, limit, neighbour, operand } from "./numbers.ts";

const seed = Number(process.env["DOPPEL_SEED"] ?? 1815);
const statesEach = 12;
const data = base + 0x2000;

/** Instructions, where F is a floating-point register (few, so that results are used), X another register, A a place in memory. */
const doubles = [
	"fadd.d F, F, F",
	"fsub.d F, F, F",
	"fmul.d F, F, F",
	"fdiv.d F, F, F",
	"fsqrt.d F, F",
	"fmadd.d F, F, F, F",
	"fmsub.d F, F, F, F",
	"fnmsub.d F, F, F, F",
	"fnmadd.d F, F, F, F",
	"fneg.d F, F",
	"fabs.d F, F",
	"fmin.d F, F, F",
	"feq.d X, F, F",
	"flt.d X, F, F",
	"fle.d X, F, F",
	"fcvt.w.d X, F, rtz",
	"fcvt.wu.d X, F",
	"fcvt.d.w F, X",
	"fcvt.s.d F, F",
	"fcvt.d.s F, F",
	"fld F, A",
	"fsd F, A",
];
const singles = ["fadd.s F, F, F", "fmul.s F, F, F", "fdiv.s F, F, F", "fmadd.s F, F, F, F", "flt.s X, F, F", "fcvt.w.s X, F", "fsw F, A", "flw F, A"];
const others = ["add X, X, X", "fadd.d F, F, F, rup", "fmul.d F, F, F, rne", "fcvt.d.wu F, X, rtz", "fcvt.s.w F, X", "sw X, A", "lw X, A"];
const kinds = [doubles, doubles, doubles, doubles, doubles, singles, others];

const instruction = (r: Random): string =>
	r
		.pick(r.pick(kinds))
		.replaceAll("F", () => `f${r.below(6)}`)
		.replaceAll("X", () => `a${r.below(2)}`)
		.replace("A", () => `${8 * r.below(4)}(s0)`);

/** A register: a double, or a single in its box, or the like. */
function register(r: Random, others: readonly Bits[]): Bits {
	if (r.once(4)) return [operand(r, 32)[0], r.once(8) ? r.word() : -1];
	if (r.once(4)) return limit(r, 64);
	return others.length > 0 && r.once(2) ? neighbour(r, 64, r.pick(others)) : operand(r, 64);
}
function compare(bits: 32 | 64, fuses: boolean): void {
	const isa = isaOf(bits);
	const lifter = createLifter(isa, createDecoder(isa));
	const cell = (name: string): number => isa.cells.findIndex((one) => one.name === name);
	const bed = new Testbed(isa, { base, bytes: 0x4000, flagged: [] });
	const emitter = createWasmEmitter(isa, bed.layout, bed.env);
	const r = new Random(seed + bits);
	let [compared, givenBack, apart] = [0, 0, 0];
	for (let program = 0; program < rounds(400); program++) {
		const text = Array.from({ length: 1 + r.below(9) }, () => instruction(r)).join("\n");
		const { bytes } = build(bits, `${text}\nj . + 64`);
		const lifted = lifter.block((pc) => (pc >= base && pc < base + bytes.length ? { bytes, at: pc - base, end: bytes.length } : null), base, 0);
		if (!isBlock(lifted)) expect.fail(text);
		const region = { blocks: [lifted], plain: !r.once(4) };
		const unit = emitter.emit({ ...region, blocks: [optimize(lifted)] });
		const alone = emitter.emit({ ...region, blocks: [optimize(lifted)], apart: allApart(region.blocks) });
		for (let k = 0; k < statesEach; k++) {
			const cells = isa.cells.map((): Bits => [0, 0]);
			const registers: Bits[] = [];
			// every other time all is as expected, as far as it depends on the start
			const isUsual = k % 2 === 0;
			for (let f = 0; f < 6; f++) {
				registers.push(isUsual ? [r.word(), (r.below(2) << 31) | ((1000 + r.below(50)) << 20) | r.below(1 << 20)] : register(r, registers));
				cells[cell(`f${f}`)] = registers[f]!;
			}
			cells[cell("fflags")] = [isUsual || !r.once(4) ? 1 + 2 * r.below(16) : r.below(32), 0];
			cells[cell("frm")] = [isUsual || !r.once(4) ? 0 : r.below(8), 0];
			cells[cell("FS")] = [isUsual || !r.once(8) ? 3 : r.below(4), 0];
			cells[cell("x8")] = [data | 0, 0];
			cells[cell("x10")] = [r.word(), 0];
			cells[0] = [base | 0, 0];
			const ram = new Uint8Array(bed.ramBytes).map(() => r.word());
			const from = (): void => bed.reset(cells, 100, ram);
			from();
			const wanted = bed.runInterpreted(region);
			for (const [what, one] of [
				["", unit],
				["apart ", alone],
			] as const) {
				from();
				const got = bed.runUnit(one);
				const { differences, gaveBack } = bed.compare(region, 0, wanted, got, from);
				compared++;
				if (gaveBack && one === unit) givenBack++;
				if (gaveBack && one === alone) apart++;
				if (differences.length > 0) expect.fail(`seed ${seed}, ${what}fuses ${fuses}\n${text}\n${differences.join("\n")}\n${printBlock(lifted, isa)}`);
			}
		}
	}
	console.log(`rv${bits}, fuses ${fuses}: ${compared} runs, ${givenBack} given back, ${apart} of blocks that expect nothing; seed ${seed}`);
	expect(givenBack).toBeGreaterThan(compared / 20);
	expect(givenBack).toBeLessThan((compared / 2) * 0.75);
}

describe("C1: blocks of floating-point instructions that are expected to go well end as the interpreter says", () => {
	// what an engine uses is decided when it is made: first all without
	it.each([64, 32] as const)("C1: rv%i, without the host's multiply-add", (bits) => compare(bits, false));
	it.each([64, 32] as const)("C1: rv%i, with it", (bits) => {
		setWasmFlags();
		compare(bits, hostFuses());
	});
});
