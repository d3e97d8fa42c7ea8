/** Platform-level interrupt controller (PLIC specification 1.0.0): wires of devices in, one external interrupt wire a context out. */
import type { Line } from "../base/line.ts";
import { createRegisterBlock, type RegisterBlock, type Trace } from "./kit/registers.ts";

export interface Plic extends RegisterBlock {
	/** The wire of source `number` (1 and up). */
	source(number: number): Line;
}

const contextBase = 0x200000;
const contextStride = 0x1000;

/**
 * `again`: what makes a source pending a second time. "level": its wire is still high when it is completed, as the specification's gateways for level-triggered sources.
 * "event": its device drives the wire high once more, also if it is high already; a device that nobody has answered then interrupts once for each reason it has, and
 * not for ever.
 */
export function createPlic(o: { name: string; sources: number; contexts: readonly Line[]; again: "level" | "event"; trace?: Trace | undefined }): Plic {
	const words = Math.ceil((o.sources + 1) / 32);
	const count = o.contexts.length;
	const level = new Uint8Array(o.sources + 1);
	const pending = new Uint8Array(o.sources + 1);
	const claimed = new Uint8Array(o.sources + 1);

	const enabled = (context: number, source: number): boolean => ((block.get(`ENABLE${context}`, source >> 5) >>> (source & 31)) & 1) !== 0;
	/** The source to serve next, above `floor`: highest priority, then lowest number; 0: none. */
	const best = (context: number, floor: number): number => {
		let found = 0;
		let top = floor;
		for (let source = 1; source <= o.sources; source++) {
			if (!pending[source] || claimed[source] || !enabled(context, source)) continue;
			const priority = block.get("PRIORITY", source);
			if (priority > top) {
				found = source;
				top = priority;
			}
		}
		return found;
	};
	const update = (): void => {
		if (o.again === "level") for (let source = 1; source <= o.sources; source++) if (level[source] && !claimed[source]) pending[source] = 1;
		for (const [context, line] of o.contexts.entries()) line.set(best(context, block.get("THRESHOLD", context)) !== 0);
	};
	const lines = Array.from(
		{ length: o.sources + 1 },
		(_, source): Line => ({
			get level() {
				return level[source] === 1;
			},
			set(now) {
				if (!now && !level[source]) return;
				if (o.again === "level" && now && level[source]) return;
				level[source] = now ? 1 : 0;
				if (o.again === "event" || !now) pending[source] = level[source]!;
				update();
			},
		}),
	);
	const block = createRegisterBlock({
		name: o.name,
		narrowest: 4,
		widest: 4,
		trace: o.trace,
		registers: [
			{ name: "PRIORITY", offset: 0, bytes: 4, access: "rw", count: o.sources + 1, writable: 7, doc: "priority of a source, 0: never", written: update },
			{
				name: "PENDING",
				offset: 0x1000,
				bytes: 4,
				access: "r",
				count: words,
				doc: "which sources wait",
				read(_, word) {
					let bits = 0;
					for (let i = 0; i < 32; i++) if (pending[32 * word + i]) bits |= 1 << i;
					return bits;
				},
			},
			...o.contexts.map((_, context) => ({
				name: `ENABLE${context}`,
				offset: 0x2000 + 0x80 * context,
				bytes: 4 as const,
				access: "rw" as const,
				count: words,
				doc: "which sources reach the context",
				written: update,
			})),
			{
				name: "THRESHOLD",
				offset: contextBase,
				bytes: 4,
				access: "rw",
				count,
				stride: contextStride,
				writable: 7,
				doc: "priorities up to it are masked",
				written: update,
			},
			{
				name: "CLAIM",
				offset: contextBase + 4,
				bytes: 4,
				access: "rw",
				count,
				stride: contextStride,
				doc: "read: claims a source; written: completes it",
				read(_, context) {
					const source = best(context, 0);
					if (source) {
						pending[source] = 0;
						claimed[source] = 1;
						update();
					}
					return source;
				},
				written(value, context) {
					if (value < 1 || value > o.sources || !enabled(context, value)) return;
					claimed[value] = 0;
					update();
				},
			},
		],
	});
	return {
		...block,
		source: (number) => lines[number]!,
		reset() {
			block.reset();
			pending.fill(0);
			claimed.fill(0);
			update();
		},
		kept: () => [...block.kept(), ...level, ...pending, ...claimed],
	};
}
