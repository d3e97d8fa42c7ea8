/** Named samples in, files out: speedscope's JSON (https://www.speedscope.app/file-format-schema.json) and collapsed stacks; and which functions take most. */
import type { Frame, NamedSample } from "./frames.ts";

/** A file of speedscope's with one sampled profile; its unit, "none", is instructions. */
export interface Speedscope {
	readonly $schema: "https://www.speedscope.app/file-format-schema.json";
	readonly exporter: string;
	readonly name: string;
	readonly activeProfileIndex: 0;
	readonly shared: { readonly frames: readonly { readonly name: string }[] };
	readonly profiles: readonly {
		readonly type: "sampled";
		readonly name: string;
		readonly unit: "none";
		readonly startValue: number;
		readonly endValue: number;
		/** Each sample's frames as numbers of `shared.frames`, the outermost first. */
		readonly samples: readonly (readonly number[])[];
		readonly weights: readonly number[];
	}[];
}

const total = (samples: readonly NamedSample[]): number => samples.reduce((sum, { weight }) => sum + weight, 0);

export function speedscopeOf(samples: readonly NamedSample[], name: string): Speedscope {
	const numbers = new Map<Frame, number>();
	const frames: { name: string }[] = [];
	const numberOf = (frame: Frame): number => {
		let number = numbers.get(frame);
		if (number === undefined) {
			number = frames.push({ name: frame.name }) - 1;
			numbers.set(frame, number);
		}
		return number;
	};
	const lists = samples.map((sample) => sample.frames.map(numberOf));
	const weights = samples.map(({ weight }) => weight);
	return {
		$schema: "https://www.speedscope.app/file-format-schema.json",
		exporter: "doppel",
		name,
		activeProfileIndex: 0,
		shared: { frames },
		profiles: [{ type: "sampled", name: `${name}: instructions`, unit: "none", startValue: 0, endValue: total(samples), samples: lists, weights }],
	};
}

/** Separators of the format cannot stand in a name. */
const collapsedName = (name: string): string => name.replace(/;/g, ",").replace(/\s/gu, "_");

/** A line for each stack, `outer;inner count`, in the order of text. */
export function collapsedOf(samples: readonly NamedSample[]): string {
	const counts = new Map<string, number>();
	for (const { frames, weight } of samples) {
		const stack = frames.map(({ name }) => collapsedName(name)).join(";");
		counts.set(stack, (counts.get(stack) ?? 0) + weight);
	}
	const lines = [...counts].map(([stack, count]) => `${stack} ${count}\n`);
	return lines.sort().join("");
}

export interface HotFunction {
	readonly frame: Frame;
	/** Instructions in the function itself, and in what it called too. */
	readonly own: number;
	readonly all: number;
}

/** Those that take most themselves first. */
export function hottest(samples: readonly NamedSample[]): HotFunction[] {
	const found = new Map<Frame, { frame: Frame; own: number; all: number }>();
	for (const { frames, weight } of samples) {
		for (const frame of new Set(frames)) {
			const known = found.get(frame) ?? { frame, own: 0, all: 0 };
			known.all += weight;
			if (frame === frames[frames.length - 1]) known.own += weight;
			found.set(frame, known);
		}
	}
	return [...found.values()].sort((a, b) => b.own - a.own || b.all - a.all || a.frame.address - b.frame.address);
}
