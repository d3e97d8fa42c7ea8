/** The declarations of the machine half: machine, lines, debugView. */
import { argumentAt, func, list, options, refuse, text, word } from "./arguments.ts";
import { defineOn } from "./declare.ts";
import type { Draft } from "./draft.ts";
import type { MachineFunction } from "./isa.ts";
import { count } from "./methods.ts";
import type { At } from "./operators.ts";
import { describe, FileValue, Pseudo, Register, type Value } from "./values.ts";

/** The parameters of each function of `machine`, in bits; 0: an address's width. And what it gives: bits, 0: an address's width, -1: nothing. */
export const machineFunctions: Readonly<
	Record<MachineFunction, { readonly parameters: readonly number[]; readonly result: number; readonly jump: boolean; readonly trap: boolean }>
> = {
	reset: { parameters: [0, 0, 0, 0], result: -1, jump: true, trap: false },
	illegal: { parameters: [], result: -1, jump: true, trap: true },
	fault: { parameters: [2, 2, 0], result: -1, jump: true, trap: true },
	translate: { parameters: [0, 2, 0], result: 64, jump: false, trap: true },
	plain: { parameters: [], result: 1, jump: false, trap: false },
	enter: { parameters: [0, 0], result: -1, jump: true, trap: false },
	interrupt: { parameters: [], result: 0, jump: false, trap: false },
	wake: { parameters: [], result: 1, jump: false, trap: false },
	suspend: { parameters: [], result: -1, jump: false, trap: false },
	alarm: { parameters: [], result: 64, jump: false, trap: false },
};
const keys = ["step", ...Object.keys(machineFunctions)] as ("step" | MachineFunction)[];

export function machineDeclarations(draft: Draft): Map<string, Value> {
	const all = new Map<string, Value>();
	const define = defineOn(draft, all);

	define("machine", 1, 1, (call) => {
		const o = options(call, 0, keys);
		for (const key of keys) {
			if (!o.has(key)) continue;
			if (draft.machine.has(key)) return refuse(o.at(key), `machine.${key} has been said already`, key);
			draft.machine.set(key, { run: func(o.at(key), o.get(key), `machine.${key}`), at: o.at(key) });
		}
		return undefined;
	});
	define("lines", 1, 1, (call) => {
		const o = options(call, 0, null);
		for (const [name, value] of o.entries) {
			const at = o.at(name);
			const [register, bit, edge] = list(at, value, `line ${name}`);
			word(at, name.replaceAll("-", "_"), "a line's name");
			if (draft.lines.has(name)) return refuse(at, "duplicate line", name);
			const { cell, width } = wholeCell(draft, at, register);
			if (edge !== undefined && edge !== "edge") return refuse(at, `line ${name}: "edge" or nothing expected after the bit, this is ${describe(edge)}`);
			draft.lines.set(name, { cell, bit: count(at, bit, `the bit of ${name}`, 0, width - 1), edge: edge === "edge" });
		}
		return undefined;
	});
	define("debugView", 1, 1, (call) => {
		const o = options(call, 0, ["architecture", "features"]);
		if (draft.debugView) return refuse(argumentAt(call, 0), "one debugView() only; this definition has one already");
		const at = o.at("features");
		if (!(o.get("features") instanceof Map)) return refuse(at, `features: an object expected, this is ${describe(o.get("features"))}`);
		const features = new Map<string, (readonly [string, number])[]>();
		for (const [name, value] of o.get("features") as ReadonlyMap<string, Value>) {
			const registers: readonly Value[] = value instanceof FileValue ? value.places : list(at, value, `feature ${name}`);
			features.set(
				name,
				registers.map((r) => [shownName(draft, at, r), wholeCell(draft, at, r).cell] as const),
			);
		}
		draft.debugView = { architecture: text(o.at("architecture"), o.get("architecture"), "architecture"), features };
		return undefined;
	});
	return all;
}

function wholeCell(draft: Draft, at: At, value: Value): { cell: number; width: number } {
	const parts = typeof value === "string" ? draft.names.get(value) : value instanceof Register ? value.parts : undefined;
	const part = parts?.length === 1 ? parts[0] : undefined;
	const cell = part && draft.cells[part.cell];
	if (!part || !cell || part.width !== cell.width) return refuse(at, `a register or its name expected, this is ${describe(value)}`);
	return { cell: part.cell, width: cell.width };
}
/** The name a debugger shows: the one written, or the register's preferred one. */
function shownName(draft: Draft, at: At, value: Value): string {
	if (typeof value === "string") return value;
	if (value instanceof Pseudo || !(value instanceof Register)) return refuse(at, `a register or its name expected, this is ${describe(value)}`);
	const { cell } = wholeCell(draft, at, value);
	for (const f of draft.files) {
		const i = f.places.findIndex((p) => p?.length === 1 && p[0]?.cell === cell);
		if (i >= 0 && f.names[i]?.[0]) return f.names[i][0] as string;
	}
	return value.name;
}
