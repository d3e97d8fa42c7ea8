/** What evaluation works on: the limits, the template being compiled, and the ways back to calling and to the state. */
import type { Code } from "./code.ts";
import { type At, condition } from "./operators.ts";
import { fail, type Node, type Source } from "./source.ts";
import type { Builtin, Call, FileValue, Func, Register, SpaceValue, Value } from "./values.ts";

export interface World {
	/** the template being compiled; null in the static part */
	code: Code | null;
	/** how much has been evaluated, and how much may be */
	steps: number;
	limit: number;
	/** calls that are open */
	depth: number;
	/** statements that are being executed, the innermost last, for the prose above them */
	readonly statements: At[];
	/** declarations are over: only functions of macros and modifiers run now */
	closed: boolean;
	call(callee: Func | Builtin, args: readonly Value[], at: At): Value;
	readonly state: StateAccess;
}

/** Reads and writes of registers while a template is compiled. */
export interface StateAccess {
	read(register: Register): Value;
	write(valueAt: At, register: Register, value: Value): void;
	readAt(at: At, place: FileValue | SpaceValue, index: Value): Value;
	writeAt(at: At, place: FileValue | SpaceValue, index: Value, valueAt: At, value: Value): void;
}

/** The most ops one template may take to build. */
const mostOps = 20_000;
const mostItems = 65_536;

/** Takes `n` steps of the limit. */
export function tick(world: World, source: Source, node: Node, n = 1): void {
	world.steps += n;
	if (world.steps > world.limit) fail(source, node, `the definition takes more than ${world.limit} steps to evaluate`);
	if (world.code && world.code.count > mostOps) fail(source, node, `the semantics make more than ${mostOps} operations`);
}

/** Calls a function of the language where it may be called. */
export function callBuiltin(world: World, builtin: Builtin, call: Call): Value {
	if (builtin.place === "semantics" && !world.code) return fail(call.source, call.node, `${builtin.name}() means something only in semantics`);
	if (builtin.place === "declaration" && (world.code || world.closed))
		return fail(call.source, call.node, `${builtin.name}() is a declaration; it cannot stand in semantics`);
	return builtin.call(call);
}

/** Accepts an array as the value of an expression if it is not too long. */
export function array(world: World, at: At, items: readonly Value[]): readonly Value[] {
	if (items.length > mostItems) fail(at.source, at.node, `an array of ${items.length} items; at most ${mostItems}`);
	tick(world, at.source, at.node, items.length >> 3);
	return items;
}

/** A condition that has to be known now. */
export function staticCondition(at: At, value: Value, what: string): boolean {
	const c = condition(at, value);
	return typeof c === "boolean" ? c : fail(at.source, at.node, `${what} must be static, this is a guest value`);
}
