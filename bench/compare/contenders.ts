/** A workload and a width in; the commands that run it, on our engines and on others, out. */
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Size, Workload } from "./workloads.ts";

export interface Place {
	/** bench/guests, .build/doppel.js, and a folder for what is compiled here. */
	readonly guests: string;
	readonly bundle: string;
	readonly scratch: string;
}

export type Width = 32 | 64;

export interface Contender {
	readonly name: string;
	/** What it is, for the table's legend. */
	readonly what: string;
	readonly ours: boolean;
	/** Does gcc or clang contract multiply-add to one rounding for it? */
	readonly fused: boolean;
	/** The size it runs when a full run is asked for. */
	readonly size: Size;
	/** Programs that must be on the machine. */
	readonly needs: readonly string[];
	prepare?(workload: Workload, place: Place): void;
	command(workload: Workload, width: Width, rounds: number, place: Place): readonly [program: string, ...args: string[]];
}

const elf = (w: Workload, width: Width, place: Place): string => join(place.guests, `built/${w.name}-rv${width}gc.elf`);
const native = (w: Workload, place: Place): string => join(place.scratch, `native-${w.name}`);

const engine = (name: string, what: string): Contender => ({
	name,
	what: `doppel run --engine ${name}: ${what}`,
	ours: true,
	fused: true,
	size: name === "interpret" ? "tiny" : "full",
	needs: [],
	command: (w, width, rounds, place) => [
		...([process.execPath, place.bundle, "run", elf(w, width, place)] as const),
		...["--engine", name, "--append", `rounds=${rounds}`, "--stats=json"],
	],
});

export const contenders: readonly Contender[] = [
	engine("auto", "what a user gets"),
	engine("wasm", "everything translated to Wasm"),
	engine("js", "everything as JavaScript"),
	engine("interpret", "nothing translated"),
	{
		name: "qemu-user",
		what: "the same ELF on qemu-riscv64 or qemu-riscv32",
		ours: false,
		fused: true,
		size: "full",
		needs: ["qemu-riscv32", "qemu-riscv64"],
		command: (w, width, rounds, place) => [`qemu-riscv${width}`, elf(w, width, place), `rounds=${rounds}`],
	},
	{
		name: "qemu-system",
		what: "the same ELF on the bare board virt of qemu-system-riscv64 or -riscv32",
		ours: false,
		fused: true,
		size: "full",
		needs: ["qemu-system-riscv32", "qemu-system-riscv64"],
		command: (w, width, rounds, place) => [
			...([`qemu-system-riscv${width}`, "-M", "virt", "-bios", "none", "-display", "none", "-serial", "stdio", "-monitor", "none"] as const),
			...["-kernel", elf(w, width, place), "-append", `rounds=${rounds}`],
		],
	},
	{
		name: "wasm-c",
		what: "the same C compiled to Wasm with clang -O2, in node: the ceiling of this host",
		ours: false,
		fused: false,
		size: "full",
		needs: [],
		command: (w, _, rounds, place) => [process.execPath, join(place.guests, "run-wasm.mjs"), join(place.guests, `built/${w.name}.wasm`), String(rounds)],
	},
	{
		name: "native",
		what: "the same C compiled for this machine with gcc -O2",
		ours: false,
		fused: false,
		size: "full",
		needs: ["gcc"],
		prepare: (w, place) => {
			mkdirSync(place.scratch, { recursive: true });
			const { status, stderr } = spawnSync("gcc", ["-O2", "-fno-math-errno", "-ffp-contract=off", w.source, "-o", native(w, place)]);
			if (status !== 0) throw new Error(`gcc on ${w.source}: ${stderr}`);
		},
		command: (w, _, rounds, place) => [native(w, place), `rounds=${rounds}`],
	},
];

/** The first line that `program --version` prints; null: it is not there. */
export function versionOf(program: string): string | null {
	const { status, stdout } = spawnSync(program, ["--version"], { encoding: "utf8" });
	return status === 0 ? (stdout.split("\n")[0] ?? "") : null;
}
