/** The name of a machine function in, its ops ready for the interpreter out. */
import { Bug } from "../base/errors.ts";
import { compact } from "../ir/compact.ts";
import type { Isa, MachineFunction, Template } from "../spec/isa.ts";
import { Instantiator, Library } from "./instantiate.ts";

/** How many parameters each has. The operand after the last one is the encoding, for functions that use `raw`. */
export const parameters: Readonly<Record<MachineFunction, number>> = {
	reset: 4,
	illegal: 0,
	fault: 3,
	translate: 3,
	plain: 0,
	enter: 2,
	interrupt: 0,
	wake: 0,
	suspend: 0,
	alarm: 0,
};

/** By definition: what has been lifted. Definitions and templates never change. */
const lifted = new WeakMap<Isa, Map<MachineFunction, Template>>();

/**
 * A machine function without template ops except `operand`. `pc` and `next` read the state's pc; `raw` is the operand after the parameters;
 * a jump is a `setreg` of cell 0 among the register writes, which stand at the end. Asked again it gives the same object.
 * @throws Bug when the definition has no such function: look at `isa.machine` first.
 */
export function liftFunction(isa: Isa, name: MachineFunction): Template {
	let known = lifted.get(isa);
	if (!known) lifted.set(isa, (known = new Map()));
	let template = known.get(name);
	if (!template) known.set(name, (template = lift(isa, name)));
	return template;
}

function lift(isa: Isa, name: MachineFunction): Template {
	const template = isa.machine[name];
	if (!template) throw new Bug(`${isa.name}: the definition has no machine function "${name}"; ask isa.machine before the call`);
	const to = new Instantiator(new Library(isa));
	const { ended, result } = to.machineFunction(template, parameters[name]);
	if (ended !== 2) to.cells.commit(true);
	const ops = to.b.ops;
	const moved = compact(ops, [result]);
	return { ops, result: result < 0 ? -1 : moved[result] };
}

/** The cells that the functions read. Those that the ISA does not have read nothing. */
export function cellsRead(isa: Isa, functions: readonly MachineFunction[]): Set<number> {
	const cells = new Set<number>();
	for (const name of functions) {
		const known = isa.reads?.[name];
		if (known) for (const cell of known) cells.add(cell);
		else if (isa.machine[name]) for (const { op, lo } of liftFunction(isa, name).ops) if (op === "getreg") cells.add(lo);
	}
	return cells;
}
