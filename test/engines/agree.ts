/** An ISA in, the engines' verdicts on random programs of it out: every block from the same state on the interpreter, JavaScript and Wasm. */
import { Status, statusNames } from "../../jit/base/status.ts";
import { createDecoder, type Decoder } from "../../jit/decode/decoder.ts";
import { createDisassembler } from "../../jit/decode/disassemble.ts";
import { createJsEmitter, type JsEmitter } from "../../jit/emit/js/emit.ts";
import { createWasmEmitter, type WasmEmitter } from "../../jit/emit/wasm/emit.ts";
import type { Block, Region, Unit } from "../../jit/ir/block.ts";
import { printBlock } from "../../jit/ir/print.ts";
import { verifyBlock } from "../../jit/ir/verify.ts";
import { createLifter, isBlock, type Lifter } from "../../jit/lift/lift.ts";
import { optimize } from "../../jit/opt/optimize.ts";
import type { Isa } from "../../jit/spec/isa.ts";
import { Random } from "../ir/random.ts";
import { pause } from "../support/pause.ts";
import { type Program, randomProgram, randomState } from "./random-program.ts";
import { allApart, type Outcome, Testbed } from "./testbed.ts";

export interface AgreeOptions {
	readonly seed: number;
	/** Different blocks to run at least. */
	readonly blocks: number;
	/** Where RAM lies and where code lies; addresses of the latter need no RAM. */
	readonly base: number;
	readonly bytes: number;
	readonly origin: number;
	/** Most instructions of a run of straight code; default 10. */
	readonly most?: number;
	/** The optimiser runs over half of the blocks ("some", the default), all or none. */
	readonly optimise?: "some" | "all" | "none";
	/** Budgets that runs get; default mostly ample. */
	readonly budgets?: readonly number[];
}

export interface Verdict {
	readonly seed: number;
	/** Blocks run and compared, different ones among them, and how they ended. */
	readonly compared: number;
	readonly distinct: number;
	readonly exits: Readonly<Record<string, number>>;
	/** The first disagreement, with all that is needed to look into it; empty when there is none. */
	readonly failure: string;
}

interface Place {
	readonly region: Region;
	readonly label: number;
	readonly js: Unit;
	readonly wasm: Unit;
}
interface Start {
	readonly block: Block;
	readonly cells: readonly (readonly [number, number])[];
	readonly ram: Uint8Array;
}

const programBlocks = 48;
/** Blocks that a run follows from one start. */
const follow = 4;

export class Agreement {
	readonly bed: Testbed;
	readonly decoder: Decoder;
	readonly lifter: Lifter;
	readonly js: JsEmitter;
	readonly #random: Random;
	/** Contents of memory that runs start with. */
	readonly #images: readonly Uint8Array[];

	private constructor(
		readonly isa: Isa,
		readonly options: AgreeOptions,
		bed: Testbed,
		readonly wasm: WasmEmitter,
	) {
		this.bed = bed;
		this.decoder = createDecoder(isa);
		this.lifter = createLifter(isa, this.decoder);
		this.js = createJsEmitter(isa, bed.layout, bed.env);
		this.#random = new Random(options.seed);
		this.#images = Array.from({ length: 8 }, () => Uint8Array.from({ length: bed.ramBytes }, () => this.#random.word()));
	}

	static async make(isa: Isa, options: AgreeOptions): Promise<Agreement> {
		const bed = new Testbed(isa, { base: options.base, bytes: options.bytes, flagged: [1] });
		return new Agreement(isa, options, bed, createWasmEmitter(isa, bed.layout, bed.env));
	}

	async run(): Promise<Verdict> {
		const exits: Record<string, number> = {};
		let compared = 0;
		let distinct = 0;
		while (distinct < this.options.blocks) {
			await pause();
			const { code, starts } = this.#program();
			const places = this.#translate(starts.map((start) => start.block));
			distinct += places.size;
			for (const start of starts) {
				const budget = this.#random.pick(this.options.budgets ?? [1000, 1000, 100, 100, 100, 100, 20, 20, 5, 1, 0]);
				const place = places.get(keyOf(start.block))!;
				const wanted = this.#from(start, budget, () => this.bed.runInterpreted({ ...place.region, blocks: this.#plain(place.region) }, place.label));
				const name = statusNames[wanted.status] ?? `${wanted.status}`;
				exits[name] = (exits[name] ?? 0) + 1;
				compared++;
				for (const engine of ["js", "wasm"] as const) {
					const got = this.#from(start, budget, () => this.bed.runUnit(place[engine], place.label));
					const region = engine === "js" ? { ...place.region, apart: new Set<number>() } : place.region;
					const plain = { ...region, blocks: this.#plain(region) };
					const { differences, gaveBack } = this.bed.compare(plain, place.label, wanted, got, () => this.bed.reset(start.cells, budget, start.ram));
					if (gaveBack) exits["given back"] = (exits["given back"] ?? 0) + 1;
					if (differences.length > 0)
						return { seed: this.options.seed, compared, distinct, exits, failure: this.#report(engine, differences, place, start, budget, code) };
				}
			}
		}
		return { seed: this.options.seed, compared, distinct, exits, failure: "" };
	}

	/**
	 * As many instructions as an engine says it retired are carried out one by one: that must lead to the same state, and the one after them to the
	 * same trap or fault.
	 */
	async counts(): Promise<Verdict> {
		const exits: Record<string, number> = {};
		let compared = 0;
		let distinct = 0;
		while (distinct < this.options.blocks) {
			await pause();
			const { code, starts } = this.#program();
			const places = this.#translate(starts.map((start) => start.block));
			distinct += places.size;
			const singles = new Map<string, Block>();
			for (const start of starts) {
				const budget = this.#random.pick(this.options.budgets ?? [200, 50, 20, 7, 3, 2, 1]);
				const place = places.get(keyOf(start.block))!;
				for (const engine of ["js", "wasm"] as const) {
					const got = this.#from(start, budget, () => this.bed.runUnit(place[engine], place.label));
					const retired = budget - this.bed.header("budget");
					// what was given back is only counted: `run` compares it
					const last = got.status === Status.assist && engine === "wasm" ? Status.next : got.status;
					const steps = () => Object.assign(this.bed.outcome(this.#steps(code, singles, retired, last)), last === got.status ? {} : { status: got.status });
					const wanted = this.#from(start, budget - retired, steps);
					const differences = this.bed.differences(wanted, got);
					if (retired < 0 || retired > budget) differences.push(`retired ${retired} of ${budget}`);
					if (differences.length > 0)
						return { seed: this.options.seed, compared, distinct, exits, failure: this.#report(engine, differences, place, start, budget, code) };
					const name = statusNames[got.status] ?? `${got.status}`;
					exits[name] = (exits[name] ?? 0) + 1;
				}
				compared++;
			}
		}
		return { seed: this.options.seed, compared, distinct, exits, failure: "" };
	}
	/** Carries out so many instructions, and one more if that is to end like this. Answers the status. */
	#steps(code: Program, singles: Map<string, Block>, count: number, status: number): number {
		const { bed } = this;
		const step = (): number => {
			const key = `${bed.pc}/${bed.context}`;
			let block = singles.get(key);
			if (!block) {
				const lifted = this.lifter.single(code.source, bed.pc, bed.context);
				if (!isBlock(lifted)) return lifted.status;
				singles.set(key, (block = lifted));
			}
			return bed.interpreter.run(block, bed.state);
		};
		for (let i = 0; i < count; i++) {
			const came = step();
			if (came !== Status.next) return came;
		}
		return status === Status.trap || status === Status.fault || status === Status.assist ? step() : status;
	}

	/** Blocks as lifted, by their optimised forms: the interpreter runs what no pass has touched. */
	readonly #lifted = new WeakMap<Block, Block>();
	#plain(region: Region): Block[] {
		return region.blocks.map((block) => this.#lifted.get(block) ?? block);
	}

	#from(start: Start, budget: number, run: () => Outcome): Outcome {
		this.bed.reset(start.cells, budget, start.ram);
		return run();
	}

	/** A program and the states at the starts of the blocks that the interpreter comes by. */
	#program(): { code: Program; starts: Start[] } {
		const { isa, bed, options } = this;
		const random = this.#random;
		const code = randomProgram(isa, this.decoder, random, options.origin, programBlocks, options.most ?? 10);
		const limits = new Map(code.starts.map((pc, i) => [pc, code.starts[i + 1]]));
		const blocks = new Map<string, Block | null>();
		const at = (pc: number, context: number): Block | null => {
			const key = `${pc}/${context}`;
			let block = blocks.get(key);
			if (block === undefined) {
				const lifted = this.lifter.block(code.source, pc, context, options.most === 1 ? 1 : undefined);
				block = isBlock(lifted) ? lifted : null;
				// a block need not go on into the next run of instructions
				const limit = limits.get(pc);
				if (block && limit !== undefined && random.once(2)) {
					const before = block.ops.filter((op) => op.op === "insn" && op.hi * 2 ** 32 + (op.lo >>> 0) < limit).length;
					const shorter = this.lifter.block(code.source, pc, context, Math.max(1, before));
					if (isBlock(shorter)) block = shorter;
				}
				if (block) {
					const problems = verifyBlock(block, isa);
					if (problems.length > 0) throw new Error(`seed ${options.seed}: ${problems.join("\n")}\n${printBlock(block, isa)}`);
				}
				blocks.set(key, block);
			}
			return block;
		};
		const starts: Start[] = [];
		for (const pc of code.starts) {
			let block = at(pc, 0);
			if (!block) continue;
			let cells = randomState(isa, random, code, block, options);
			let ram = random.pick(this.#images);
			for (let k = 0; k < follow && block; k++) {
				starts.push({ block, cells, ram });
				bed.reset(cells, 0, ram);
				if (bed.interpreter.run(block, bed.state) !== Status.next) break;
				cells = isa.cells.map((_, i) => bed.cell(i));
				ram = bed.ram();
				block = at(bed.pc, bed.context);
			}
		}
		return { code, starts };
	}

	/** Every block in a unit: most alone, some with others in a region, all of Wasm in one module. */
	#translate(list: readonly Block[]): Map<string, Place> {
		const { isa, options } = this;
		const random = this.#random;
		const mode = options.optimise ?? "some";
		const blocks = [...new Set(list)].map((block) => {
			if (mode === "none" || (mode === "some" && random.once(2))) return block;
			const better = optimize(block);
			const problems = verifyBlock(better, isa);
			if (problems.length > 0) throw new Error(`seed ${options.seed}: optimised: ${problems.join("\n")}\n${printBlock(better, isa)}`);
			this.#lifted.set(better, block);
			return better;
		});
		const regions: Region[] = [];
		for (let at = 0; at < blocks.length; ) {
			const size = random.once(3) ? 1 + random.below(6) : 1;
			const some = blocks.slice(at, at + size);
			regions.push({ blocks: some, plain: !random.once(5), ...(random.once(2) ? { apart: allApart(some) } : {}) });
			at += size;
		}
		const wasm = this.wasm.emitMany(regions);
		const places = new Map<string, Place>();
		regions.forEach((region, i) => {
			const js = this.js.emit(region);
			region.blocks.forEach((block, label) => {
				places.set(keyOf(block), { region, label, js, wasm: wasm[i]! });
			});
		});
		return places;
	}

	#report(engine: "js" | "wasm", differences: readonly string[], place: Place, start: Start, budget: number, code: Program): string {
		const { isa } = this;
		const disassemble = createDisassembler(isa);
		const listing = place.region.blocks.map((block, label) => {
			const lines = block.ops
				.filter((op) => op.op === "insn")
				.map((op) => {
					const pc = op.hi * 2 ** 32 + (op.lo >>> 0);
					const window = code.source(pc)!;
					return `  ${pc.toString(16)}: ${disassemble(this.decoder.decode(window.bytes, window.at, window.end, block.context), pc)}`;
				});
			return `block ${label} context ${block.context}\n${lines.join("\n")}`;
		});
		const cells = isa.cells.map(({ name }, i) => `${name}=${start.cells[i]!.map((half) => (half >>> 0).toString(16)).join("/")}`);
		return [
			`seed ${this.options.seed}: interpreter and ${engine} differ from label ${place.label}, budget ${budget}, plain ${place.region.plain}`,
			...differences,
			cells.join(" "),
			...listing,
			...place.region.blocks.map(
				(block) => `${printBlock(block, isa)}${this.#lifted.has(block) ? `as lifted:\n${printBlock(this.#lifted.get(block)!, isa)}` : ""}`,
			),
			engine === "js" ? this.js.text(place.region) : "",
		].join("\n");
	}
}

const keyOf = (block: Block): string => `${block.pc}/${block.context}`;
