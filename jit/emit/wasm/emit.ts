/** The Wasm engine's back end: regions in, units of WebAssembly out. */
import type { StateLayout } from "../../base/layout.ts";
import type { Environment } from "../../base/port.ts";
import type { Block, Emitter, JobEmitter, Region, Unit } from "../../ir/block.ts";
import { returnAddress } from "../../ir/calls.ts";
import type { Isa } from "../../spec/isa.ts";
import type { Binaryen } from "./binaryen.ts";
import { BinaryenNodes, Kit } from "./binaryen-nodes.ts";
import { createLinks } from "./links.ts";
import type { Nodes } from "./nodes.ts";
import { foldText } from "./text.ts";
import { build, createWork, type Setting, settingOf, surroundingsOf, weight } from "./work.ts";
import { Writer } from "./writer.ts";

export interface WasmEmitter extends Emitter {
	readonly name: "wasm";
	readonly jobs: JobEmitter;
	/** What whoever does its jobs elsewhere needs to know. */
	readonly setting: Setting;
	/** Several regions in one module: a module costs some 50 us and 20 KiB, however little is in it. Units in the order of the regions. */
	emitMany(regions: readonly Region[]): Unit[];
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
	const setting = settingOf(isa, layout, env);
	const { shared } = setting;
	const around = surroundingsOf(setting);
	const links = createLinks(around, env, shared);
	const imports = { env: { memory: env.memory, ...links.runtime.functions } };

	function emitterOf(start: () => Nodes): WasmEmitter {
		/** Exports of modules with several jobs, while those come back. */
		const instances = new WeakMap<WebAssembly.Module, Record<string, unknown>>();
		const jobs: JobEmitter = {
			prepare(regions, link = noLink) {
				const slots: number[] = [];
				try {
					for (const _ of regions) slots.push(links.slot());
				} catch (error) {
					for (const slot of slots) links.free(slot);
					throw error;
				}
				const heads = regions.map((region) => link(region, (region.blocks[0] as Block).pc, region.blocks[0]!.context));
				return { regions, slots, heads, places: regions.map((region) => callPlaces(region, link)) };
			},
			work: createWork(around, start),
			units({ regions, slots }, { module, first, entries, bytes }) {
				const exports: Record<string, unknown> = instances.get(module) ?? new WebAssembly.Instance(module, imports).exports;
				instances.set(module, exports);
				const count = weight(regions);
				return regions.map((region, i) =>
					links.unit(slots[i]!, exports[`r${first + i}`], { entries: entries[i]!, bytes: Math.ceil((bytes * weight([region])) / count) }),
				);
			},
			drop({ slots }) {
				for (const slot of slots) links.free(slot);
			},
		};
		const emitMany = (regions: readonly Region[]): Unit[] => {
			const job = jobs.prepare(regions);
			try {
				return jobs.units(job, jobs.work(job));
			} catch (error) {
				jobs.drop(job);
				throw error;
			}
		};
		return {
			name: "wasm",
			...{ links, jobs, setting, emitMany },
			emit: (region) => emitMany([region])[0]!,
			encode(regions) {
				const nodes = start();
				return build(nodes, { regions }, around, () => nodes.encode());
			},
			load(code) {
				const { exports } = new WebAssembly.Instance(new WebAssembly.Module(code), imports);
				return (number, { slot, entries, bytes }) => links.unit(slot, exports[`r${number}`], { entries, bytes });
			},
		};
	}
	if (!binaryen) return emitterOf(() => new Writer(shared));
	const kit = new Kit(binaryen, shared);
	const read = <T>(regions: readonly Region[], take: (nodes: BinaryenNodes) => T): T => {
		const nodes = new BinaryenNodes(kit);
		return build(nodes, { regions }, around, () => take(nodes));
	};
	const readable: ReadableWasmEmitter = {
		...emitterOf(() => new BinaryenNodes(kit)),
		text: (region) => read([region], (nodes) => foldText(nodes.text())),
		valid: (regions) => read(regions, (nodes) => nodes.valid()),
	};
	return readable;
}

type Link = NonNullable<Parameters<JobEmitter["prepare"]>[1]>;
/** Without a dispatcher, calls are ways out. */
const noLink: Link = () => -1;

/** By block: the place of what its call leads to; those that come back into the region, and do not have their callee in their place, are made as calls. */
function callPlaces(region: Region, link: Link): number[] {
	const { blocks } = region;
	if (!region.calls || link === noLink) return [];
	const begins = new Set(blocks.map(({ pc }) => pc));
	const inPlace = new Set(region.copies);
	return blocks.map((block, p) => {
		const back = block.end.kind === "jump" && !inPlace.has(p) ? returnAddress(block) : null;
		return back !== null && begins.has(back) && block.end.kind === "jump" ? link(region, block.end.to, block.end.context) : -1;
	});
}
