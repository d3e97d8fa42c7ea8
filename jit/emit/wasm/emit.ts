/** The Wasm engine's back end: regions in, units of WebAssembly out. */
import type { StateLayout } from "../../base/layout.ts";
import type { Environment } from "../../base/port.ts";
import type { Emitter, Links, Region, Unit } from "../../ir/block.ts";
import type { Isa } from "../../spec/isa.ts";
import type { Binaryen } from "./binaryen.ts";
import { BinaryenNodes, Kit } from "./binaryen-nodes.ts";
import { createLinks } from "./links.ts";
import type { Nodes } from "./nodes.ts";
import type { Surroundings } from "./plan.ts";
import { addRegion } from "./region.ts";
import { foldText } from "./text.ts";
import { Writer } from "./writer.ts";

export interface WasmEmitter extends Emitter {
	readonly name: "wasm";
	/** Several regions in one module: a module costs some 50 us and 20 KiB, however little is in it. Units in the order of the regions. */
	emitMany(regions: readonly Region[], link?: Link): Unit[];
	readonly links: Links;
	/** The bytes of the module that `emitMany` would make; functions `r0`, `r1`... are exported. It imports `env.memory` and functions of the runtime. */
	encode(regions: readonly Region[]): Uint8Array;
}
/** One whose modules are put together by Binaryen. */
export interface ReadableWasmEmitter extends WasmEmitter {
	text(region: Region): string;
	/** Whether Binaryen's validator accepts the module: for tests. */
	valid(regions: readonly Region[]): boolean;
}

/** Units are bound to `env`; the state they work on is a parameter. */
export function createWasmEmitter(isa: Isa, layout: StateLayout, env: Environment): WasmEmitter;
/** With Binaryen (see `loadBinaryen`): for people who read the code, and for tests. */
export function createWasmEmitter(isa: Isa, layout: StateLayout, env: Environment, binaryen: Binaryen): ReadableWasmEmitter;
export function createWasmEmitter(isa: Isa, layout: StateLayout, env: Environment, binaryen?: Binaryen): WasmEmitter {
	const shared = typeof SharedArrayBuffer !== "undefined" && (env.memory.buffer as unknown) instanceof SharedArrayBuffer;
	const around: Surroundings = { isa, layout, env, jumps: env.jumps === undefined || changesContext(isa) ? null : env.jumps };
	const links = createLinks(around, shared);
	const imports = { env: { memory: env.memory, ...links.runtime.functions } };

	function build<N extends Nodes, T>(nodes: N, regions: readonly Region[], link: Link, take: (nodes: N, entries: readonly (readonly number[])[]) => T): T {
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
	function emitterOf(start: () => Nodes): WasmEmitter {
		const emitMany = (regions: readonly Region[], link: Link = noLink): Unit[] => {
			const { code, entries } = build(start(), regions, link, (nodes, entries) => ({ code: nodes.encode(), entries }));
			const { exports } = new WebAssembly.Instance(new WebAssembly.Module(code), imports);
			const count = regions.reduce((sum, region) => sum + weight(region), 0);
			return regions.map((region, i) => links.unit(exports[`r${i}`], { entries: entries[i]!, bytes: Math.ceil((code.length * weight(region)) / count) }));
		};
		return {
			name: "wasm",
			links,
			emit: (region) => emitMany([region])[0]!,
			emitMany,
			encode: (regions) => build(start(), regions, noLink, (nodes) => nodes.encode()),
		};
	}
	if (!binaryen) return emitterOf(() => new Writer(shared));
	const kit = new Kit(binaryen, shared);
	const readable: ReadableWasmEmitter = {
		...emitterOf(() => new BinaryenNodes(kit)),
		text: (region) => build(new BinaryenNodes(kit), [region], noLink, (nodes) => foldText(nodes.text())),
		valid: (regions) => build(new BinaryenNodes(kit), regions, noLink, (nodes) => nodes.valid()),
	};
	return readable;
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
