/** `doppel boards`: the boards and their devices, on stdout. */
import { HostError } from "../../jit/base/errors.ts";
import { boards as all } from "../boards/boards.ts";

const hex = (n: number): string => `0x${n.toString(16).padStart(8, "0")}`;

export function boards(name: string | undefined): void {
	const chosen = name === undefined ? all : all.filter((b) => b.name === name);
	if (chosen.length === 0) throw new HostError(`unknown board "${name}": known are ${all.map((b) => b.name).join(", ")}`);
	for (const board of chosen) {
		const processors = board.processors.map((p) => [p.isa, ...Object.entries(p.parameters).map(([n, v]) => `${n}=${v}`)].join(" "));
		console.log(`${board.name}: ${board.title}`);
		console.log(`  processor  ${processors.join(" | ")}`);
		console.log(`  ${hex(board.ram.base)}  RAM, ${board.ram.bytes / 2 ** 20} MiB unless -m says otherwise`);
		for (const d of [...board.devices].sort((a, b) => a.base - b.base)) console.log(`  ${hex(d.base)}  ${d.name} (${d.kind}), ${d.bytes} bytes`);
	}
}
