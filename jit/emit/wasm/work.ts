/** What is fixed for all modules of a machine in, a function out that does jobs: it needs nothing else of the machine, so any thread can have one. */
import type { Cell, StateLayout } from "../../base/layout.ts";
import type { DirectRam, Environment } from "../../base/port.ts";
import type { Job, Made, Region } from "../../ir/block.ts";
import type { Isa, MemorySpace } from "../../spec/isa.ts";
import type { Sibling } from "./control.ts";
import { askHostFuses } from "./fused.ts";
import type { Nodes } from "./nodes.ts";
import type { Surroundings } from "./plan.ts";
import { addRegion } from "./region.ts";
import { Writer } from "./writer.ts";

/** Plain data: it can be sent to a thread. */
export interface Setting {
	readonly isa: { readonly cells: readonly Cell[]; readonly memories: readonly MemorySpace[]; readonly unitBytes: number };
	readonly layout: StateLayout;
	readonly ram: DirectRam;
	readonly jumps: number | null;
	/** The memory is a shared one. */
	readonly shared: boolean;
}

export function settingOf(isa: Isa, { offsets, bytes }: StateLayout, env: Environment): Setting {
	return {
		isa: {
			cells: isa.cells.map(({ name, width, kind }) => ({ name, width, kind })),
			memories: isa.memories.map(({ name, address, endian }) => ({ name, address, endian })),
			unitBytes: isa.unitBytes,
		},
		layout: { offsets, bytes },
		ram: { ...env.ram },
		jumps: env.jumps === undefined || changesContext(isa) ? null : env.jumps,
		shared: typeof SharedArrayBuffer !== "undefined" && (env.memory.buffer as unknown) instanceof SharedArrayBuffer,
	};
}
/** Is there an instruction that is translated and sets a context cell? */
const changesContext = (isa: Isa): boolean => isa.instructions.some(({ effects }) => effects.setsContext && !effects.privileged);

export const surroundingsOf = (setting: Setting): Surroundings => ({ ...setting, fuses: askHostFuses() });

/** A job before it has been given places: nobody calls its regions directly. */
export type Part = Pick<Job, "regions"> & Partial<Job>;

/** Adds all regions of a job to a module: `take` gets the blocks that each may be entered at, while the module is there. */
export function build<T>(nodes: Nodes, { regions, slots, heads, places }: Part, around: Surroundings, take: (entries: Made["entries"]) => T): T {
	try {
		const siblings = new Map<number, Sibling>();
		heads?.forEach((place, i) => {
			if (place >= 0) siblings.set(place, { name: `r${i}`, slot: slots![i]! });
		});
		const entries = regions.map((region, i) => {
			const made = addRegion(nodes, `r${i}`, region, around, places?.[i], siblings);
			nodes.export(`r${i}`);
			return made;
		});
		return take(entries);
	} finally {
		nodes.dispose();
	}
}

/** Does a job, and answers the module's bytes too. */
export type Work = (job: Job) => Made & { readonly code: Uint8Array };
export function createWork(around: Surroundings, start: () => Nodes): Work {
	return (job) => {
		const nodes = start();
		return build(nodes, job, around, (entries) => {
			const code = nodes.encode();
			return { code, module: new WebAssembly.Module(code), first: 0, entries, bytes: code.length };
		});
	};
}

/** For a thread: as the emitter of the same setting does it. */
export const createWorkOf = (setting: Setting): Work => createWork(surroundingsOf(setting), () => new Writer(setting.shared));

/** How a module's bytes are shared out: by the ops of regions. */
export const weight = (regions: readonly Region[]): number =>
	regions.reduce((sum, { blocks }) => sum + blocks.reduce((all, { ops }) => all + ops.length + 1, 0), 0);

/** Several jobs as one module: of a module of its own V8 keeps some 26 KiB. */
export function workTogether(work: Work, jobs: readonly Job[]): Made[] {
	const { module, entries, bytes } = work({
		regions: jobs.flatMap(({ regions }) => regions),
		slots: jobs.flatMap(({ slots }) => slots),
		heads: jobs.flatMap(({ heads }) => heads),
		places: jobs.flatMap(({ places }) => places),
	});
	const count = jobs.reduce((sum, { regions }) => sum + weight(regions), 0);
	let next = 0;
	return jobs.map((job): Made => {
		const first = next;
		next += job.regions.length;
		return { module, first, entries: entries.slice(first, next), bytes: Math.ceil((bytes * weight(job.regions)) / count) };
	});
}
