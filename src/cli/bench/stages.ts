/** Samples of the host's time in, how much of it each stage took out: decode, lift, optimise, emit, install, run... */
import type { HostFrame, HostSample } from "../../host/node/cpu-profile.ts";

/** In the order in which they are shown, with what is in them. */
export const stages = {
	decode: "bytes to instructions",
	lift: "instructions to blocks and regions",
	optimise: "passes over blocks",
	emit: "blocks, and machine functions that run often, to JavaScript or Wasm",
	install: "V8 takes the code; the cache, and what leads to it",
	"run Wasm": "the guest's code, translated",
	"run JavaScript": "the guest's code, and machine functions, as JavaScript",
	interpreter: "cold code, and instructions carried out alone",
	dispatch: "from one piece of code to the next; the loop",
	hypervisor: "exits: privileged instructions, traps, interrupts",
	memory: "accesses that translated code leaves to the host; page tables",
	devices: "registers, disks, network, console",
	"garbage collection": "of all of these",
	other: "everything else: V8 itself, files, this report",
} as const;
export type Stage = keyof typeof stages;

/** The first that fits a file decides; files that serve several stages belong to whoever called them. */
const rules: readonly (readonly [RegExp, Stage | null])[] = [
	[/^wasm$/, "run Wasm"],
	[/^jit\/(base|ir|spec)\//, null],
	[/^jit\/decode\//, "decode"],
	[/^jit\/lift\//, "lift"],
	[/^jit\/opt\//, "optimise"],
	[/^jit\/emit\/wasm\/(links|runtime)\.ts$/, "install"],
	[/^jit\/emit\//, "emit"],
	[/^jit\/cache\/|^jit\/dispatch\/(translate|landmarks|links)\.ts$/, "install"],
	[/^jit\/(interpret|execute)\//, "interpreter"],
	[/^jit\/dispatch\/|^jit\/tier\/|^src\/machine\//, "dispatch"],
	[/^src\/hypervisor\//, "hypervisor"],
	[/^src\/memory\//, "memory"],
	[/^src\/(devices|net|time)\//, "devices"],
	[/./, "other"],
];
/** What V8 does with code that it is given. */
const installs = new Set(["Module", "Instance", "Function", "set", "grow"]);
const ownFrames: Readonly<Record<string, Stage | "idle">> = {
	"(garbage collector)": "garbage collection",
	"(idle)": "idle",
	"(program)": "other",
	"(root)": "other",
};

function stageOf(frames: readonly HostFrame[]): Stage | "idle" {
	for (let i = 0; i < frames.length; i++) {
		const { file, name } = frames[i]!;
		if (file === "") {
			const own = ownFrames[name];
			if (own !== undefined) return own;
			const maker = frames[i + 1]?.file ?? "";
			if (installs.has(name) && /^jit\/emit\//.test(maker)) return "install";
			// generated functions have no file; V8's own belong to whoever called them
			if (/^(unit_|routine|arm\d)/.test(name)) return "run JavaScript";
			continue;
		}
		const found = rules.find(([pattern]) => pattern.test(file))?.[1] ?? null;
		if (found !== null) return found;
	}
	return "other";
}

/** Milliseconds; waiting is left out. */
export function timeByStage(samples: readonly HostSample[]): Record<Stage, number> {
	const times = Object.fromEntries(Object.keys(stages).map((stage) => [stage, 0])) as Record<Stage, number>;
	for (const { frames, micros } of samples) {
		const stage = stageOf(frames);
		if (stage !== "idle") times[stage] += micros / 1000;
	}
	return times;
}
