/** The Wasm engine's back end: regions in, units of WebAssembly out. */
import type { StateLayout } from "../../base/layout.ts";
import type { Environment } from "../../base/port.ts";
import type { Block, Emitter, Links, Region, Unit } from "../../ir/block.ts";
import type { Isa } from "../../spec/isa.ts";
import type { Binaryen } from "./binaryen.ts";
import { BinaryenNodes, Kit } from "./binaryen-nodes.ts";
import { askHostFuses } from "./fused.ts";
import { createLinks } from "./links.ts";
import type { Nodes } from "./nodes.ts";
import type { Surroundings } from "./plan.ts";
import { addRegion, type Sibling } from "./region.ts";
import { foldText } from "./text.ts";
import { Writer } from "./writer.ts";

export interface WasmEmitter extends Emitter {
	readonly name: "wasm";
	/** Several regions in one module: a module costs some 50 us and 20 KiB, however little is in it. Units in the order of the regions. */
	emitMany(regions: readonly Region[], link?: Link, take?: (code: Uint8Array) => void): Unit[];
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
	const around: Surroundings = { isa, layout, env, fuses: askHostFuses(), jumps: env.jumps === undefined || changesContext(isa) ? null : env.jumps };
	const links = createLinks(around, shared);
	const imports = { env: { memory: env.memory, ...links.runtime.functions } };

	/** `slots` of the regions' units; without them nobody calls them directly. */
	function build<T>(nodes: Nodes, regions: readonly Region[], link: Link, slots: readonly number[], take: (entries: readonly (readonly number[])[]) => T): T {
		try {
			const siblings = new Map<number, Sibling>();
			slots.forEach((slot, i) => {
				const [{ pc, context }] = regions[i]!.blocks as [Block];
				const place = link(regions[i]!, pc, context);
				if (place >= 0) siblings.set(place, { name: `r${i}`, slot });
			});
			const entries = regions.map((region, i) => {
				const made = addRegion(nodes, `r${i}`, region, around, (pc, context) => link(region, pc, context), siblings);
				nodes.export(`r${i}`);
				return made;
			});
			return take(entries);
		} finally {
			nodes.dispose();
		}
	}
	function emitterOf(start: () => Nodes): WasmEmitter {
		const instantiate = (code: Uint8Array) => new WebAssembly.Instance(new WebAssembly.Module(code), imports).exports;
		const emitMany = (regions: readonly Region[], link: Link = noLink, take?: (code: Uint8Array) => void): Unit[] => {
			const slots = regions.map(() => links.slot());
			try {
				const nodes = start();
				const { code, entries } = build(nodes, regions, link, slots, (entries) => ({ code: nodes.encode(), entries }));
				const exports = instantiate(code);
				take?.(code);
				const count = regions.reduce((sum, region) => sum + weight(region), 0);
				return regions.map((region, i) =>
					links.unit(slots[i]!, exports[`r${i}`], { entries: entries[i]!, bytes: Math.ceil((code.length * weight(region)) / count) }),
				);
			} catch (error) {
				for (const slot of slots) links.free(slot);
				throw error;
			}
		};
		const encode = (regions: readonly Region[]): Uint8Array => {
			const nodes = start();
			return build(nodes, regions, noLink, [], () => nodes.encode());
		};
		return {
			name: "wasm",
			links,
			emit: (region) => emitMany([region])[0]!,
			emitMany,
			encode,
			load(code) {
				const exports = instantiate(code);
				return (number, { slot, entries, bytes }) => links.unit(slot, exports[`r${number}`], { entries, bytes });
			},
		};
	}
	if (!binaryen) return emitterOf(() => new Writer(shared));
	const kit = new Kit(binaryen, shared);
	const read = <T>(regions: readonly Region[], take: (nodes: BinaryenNodes) => T): T => {
		const nodes = new BinaryenNodes(kit);
		return build(nodes, regions, noLink, [], () => take(nodes));
	};
	const readable: ReadableWasmEmitter = {
		...emitterOf(() => new BinaryenNodes(kit)),
		text: (region) => read([region], (nodes) => foldText(nodes.text())),
		valid: (regions) => read(regions, (nodes) => nodes.valid()),
	};
	return readable;
}

/** Without a dispatcher, calls are ways out. */
const noLink: Link = () => -1;
type Link = (caller: Region, pc: number, context: number) => number;

/** Is there an instruction that is translated and sets a context cell? */
const changesContext = (isa: Isa): boolean => isa.instructions.some(({ effects }) => effects.setsContext && !effects.privileged);

/** A region's part in the size of its module. */
const weight = (region: Region): number => region.blocks.reduce((sum, block) => sum + block.ops.length + 1, 0);
