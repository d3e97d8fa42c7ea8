/** The Wasm engine's back end: regions in, units of WebAssembly out, made with Binaryen. */
import type { StateLayout } from "../../base/layout.ts";
import type { Environment } from "../../base/port.ts";
import type { Emitter, Links, Region, Unit } from "../../ir/block.ts";
import type { Isa } from "../../spec/isa.ts";
import { loadBinaryen } from "./binaryen.ts";
import { floatImport } from "./float-import.ts";
import { createLinks } from "./links.ts";
import { Kit, Nodes } from "./nodes.ts";
import type { Surroundings } from "./plan.ts";
import { addRegion } from "./region.ts";
import { foldText } from "./text.ts";

export interface WasmEmitter extends Emitter {
	readonly name: "wasm";
	/** Several regions in one module: a module costs 0.25 ms and 100 KiB, however little is in it. Units in the order of the regions. */
	emitMany(regions: readonly Region[], link?: Link): Unit[];
	readonly links: Links;
	/** The bytes of the module that `emitMany` would make; functions `r0`, `r1`... are exported. It imports `env.memory`, `env.table`, `env.load` and `env.store`, and `env.float` where there is a floating-point op. */
	encode(regions: readonly Region[]): Uint8Array;
	/** Whether Binaryen's validator accepts the module: for tests. */
	valid(regions: readonly Region[]): boolean;
}

/** Loads Binaryen (half a second, the first time) and gives the emitter. Units are bound to `env`; the state they work on is a parameter. */
export async function createWasmEmitter(isa: Isa, layout: StateLayout, env: Environment): Promise<WasmEmitter> {
	const raw = await loadBinaryen();
	const shared = typeof SharedArrayBuffer !== "undefined" && (env.memory.buffer as unknown) instanceof SharedArrayBuffer;
	const kit = new Kit(raw, shared);
	const around: Surroundings = { isa, layout, env, changesContext: changesContext(isa) };
	const table = createLinks(kit);
	const { port } = env;
	const imports = {
		env: {
			memory: env.memory,
			table: table.functions,
			load: (state: number, lo: number, hi: number, bytes: number, space: number, access: number) => port.load(state, lo, hi, bytes, space, access),
			store: (state: number, lo: number, hi: number, bytes: number, space: number, valueLo: number, valueHi: number) =>
				port.store(state, lo, hi, bytes, space, valueLo, valueHi),
			float: floatImport(env.memory),
		},
	};

	function build<T>(regions: readonly Region[], link: Link, take: (nodes: Nodes, entries: readonly (readonly number[])[]) => T): T {
		const nodes = new Nodes(kit);
		try {
			const entries = regions.map((region, i) => {
				const made = addRegion(nodes, `r${i}`, region, around, (pc, context) => link(region, pc, context));
				nodes.export(`r${i}`);
				return made;
			});
			return take(nodes, entries);
		} finally {
			nodes.dispose();
		}
	}
	function emitMany(regions: readonly Region[], link: Link = noLink): Unit[] {
		const { code, entries } = build(regions, link, (nodes, entries) => ({ code: nodes.encode(), entries }));
		const { exports } = new WebAssembly.Instance(new WebAssembly.Module(code), imports);
		const count = regions.reduce((sum, region) => sum + weight(region), 0);
		return regions.map((region, i) => ({
			region,
			run: exports[`r${i}`] as Unit["run"],
			entries: entries[i]!,
			bytes: Math.ceil((code.length * weight(region)) / count),
		}));
	}
	return {
		name: "wasm",
		links: table,
		emit: (region) => emitMany([region])[0]!,
		emitMany,
		encode: (regions) => build(regions, noLink, (nodes) => nodes.encode()),
		text: (region) => build([region], noLink, (nodes) => foldText(nodes.text())),
		valid: (regions) => build(regions, noLink, (nodes) => nodes.valid()),
	};
}

/** Without a dispatcher, calls are ways out. */
const noLink: Link = () => -1;
type Link = (caller: Region, pc: number, context: number) => number;

/** Is there an instruction that is translated and sets a context cell? */
function changesContext(isa: Isa): boolean {
	const contexts = new Set(isa.contexts.map(({ cell }) => cell));
	return isa.instructions.some(({ effects, template }) => !effects.privileged && template.ops.some(({ op, lo }) => op === "setreg" && contexts.has(lo)));
}

/** A region's part in the size of its module. */
const weight = (region: Region): number => region.blocks.reduce((sum, block) => sum + block.ops.length + 1, 0);
