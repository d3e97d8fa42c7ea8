/** A program's code in, how fast each stage of translation takes it out, in guest instructions a second. */
import { layOut } from "../jit/base/layout.ts";
import { createDecoder } from "../jit/decode/decoder.ts";
import { mostCold } from "../jit/dispatch/places.ts";
import { createJsEmitter } from "../jit/emit/js/emit.ts";
import { createWasmEmitter } from "../jit/emit/wasm/emit.ts";
import { compileBlock } from "../jit/interpret/compile.ts";
import { createRoom } from "../jit/interpret/room.ts";
import type { Block, Region } from "../jit/ir/block.ts";
import { createLifter, isBlock } from "../jit/lift/lift.ts";
import { formRegion } from "../jit/lift/region.ts";
import { optimize } from "../jit/opt/optimize.ts";
import type { Isa } from "../jit/spec/isa.ts";
import { policies } from "../jit/tier/policy.ts";
import { median, quantile } from "./compare/statistics.ts";

/** Code that lies at a guest address. */
export interface Code {
	readonly address: number;
	readonly bytes: Uint8Array;
}

export interface StageRate {
	readonly stage: string;
	readonly instructionsPerSecond: number;
	/** Half of the distance between the quartiles, in percent. */
	readonly marginPercent: number;
}

const ramOffset = 65536;

/** Addresses where every instruction of the code starts. */
function starts(isa: Isa, code: Code): number[] {
	const decoder = createDecoder(isa);
	const out: number[] = [];
	for (let at = 0; at < code.bytes.length; at += decoder.decode(code.bytes, at, code.bytes.length, 0).bytes) out.push(at);
	return out;
}

/** Measures each stage over the code, in order until `most` instructions stand in regions. */
export async function measureStages(isa: Isa, code: Code, context: number, most = Number.POSITIVE_INFINITY): Promise<StageRate[]> {
	const decoder = createDecoder(isa);
	const lifter = createLifter(isa, decoder);
	const layout = layOut(isa.cells);
	const memory = new WebAssembly.Memory({ initial: 64 });
	const noPort = { load: () => 0, store: () => {} };
	const env = { memory, ram: { base: code.address, bytes: 2 ** 21, offset: ramOffset, pageFlags: 32768 }, port: noPort };
	const source = (pc: number) => {
		const at = pc - code.address;
		return at >= 0 && at < code.bytes.length ? { bytes: code.bytes, at, end: code.bytes.length } : null;
	};
	const at = starts(isa, code);
	const heads: number[] = [];
	const regions: Region[] = [];
	const done = new Set<number>();
	for (const start of at) {
		const pc = code.address + start;
		if (done.size >= most) break;
		if (done.has(pc)) continue;
		const region = formRegion(lifter, source, pc, context, { ...policies.wasm.wasm, plain: true, contexts: isa.contexts });
		if (!("blocks" in region)) continue;
		heads.push(pc);
		regions.push({ ...region, blocks: region.blocks.map((b) => optimize(b)) });
		for (const block of region.blocks) {
			let to = block.pc;
			for (let i = 0; i < block.count; i++) {
				done.add(to);
				to += decoder.decode(code.bytes, to - code.address, code.bytes.length, context).bytes;
			}
		}
	}
	const instructions = regions.reduce((sum, r) => sum + r.blocks.reduce((n, b) => n + b.count, 0), 0);
	/** As code is met for the first time. */
	const met: number[] = [];
	let metInstructions = 0;
	let end = Number.NEGATIVE_INFINITY;
	for (const start of at) {
		const pc = code.address + start;
		if (metInstructions >= most) break;
		if (pc < end) continue;
		const block = lifter.block(source, pc, context, mostCold);
		if (!isBlock(block)) continue;
		met.push(pc);
		end = pc + block.bytes;
		metInstructions += block.count;
	}
	const js = createJsEmitter(isa, layout, env);
	const wasm = createWasmEmitter(isa, layout, env);
	const stages: [string, number, () => void][] = [
		["decode", at.length, () => at.forEach((start) => void decoder.decode(code.bytes, start, code.bytes.length, context))],
		[
			"decode + lift + prepare for the interpreter",
			metInstructions,
			() => {
				const room = createRoom();
				for (const pc of met) compileBlock(isa, layout, lifter.block(source, pc, context, mostCold) as Block, room);
			},
		],
		[
			"decode + lift + form regions",
			instructions,
			() => heads.forEach((pc) => void formRegion(lifter, source, pc, context, { ...policies.wasm.wasm, plain: true, contexts: isa.contexts })),
		],
		["optimise", instructions, () => void regions.map((r) => r.blocks.map((b) => optimize(b)))],
		["emit JavaScript text", instructions, () => regions.forEach((r) => void js.text(r))],
		["emit and install JavaScript", instructions, () => regions.forEach((r) => void js.emit(r))],
		["emit Wasm bytes, all regions in one module", instructions, () => void wasm.encode(regions)],
		["emit and install Wasm, a region a module", instructions, () => regions.forEach((r) => void wasm.emit(r).dispose?.())],
		["emit and install Wasm, all regions in one module", instructions, () => wasm.emitMany(regions).forEach((unit) => void unit.dispose?.())],
	];
	if (!at.some((start) => isBlock(lifter.block(source, code.address + start, context) as never))) throw new Error("no code");
	return stages.map(([stage, count, run]) => {
		const rates = sampleSeconds(run).map((seconds) => count / seconds);
		const rate = median(rates);
		return { stage, instructionsPerSecond: rate, marginPercent: (50 * (quantile(rates, 0.75) - quantile(rates, 0.25))) / rate };
	});
}

/** Seconds of the processor (all threads: V8 compiles in some) that each call took: five calls at least, and two seconds in all. */
function sampleSeconds(run: () => void): number[] {
	const out: number[] = [];
	run();
	for (let total = 0; out.length < 5 || total < 2; total += out.at(-1)!) {
		const from = process.cpuUsage();
		run();
		out.push(Math.max(1, process.cpuUsage(from).user) / 1e6);
	}
	return out;
}
