/** Semantics functions of the finished draft in, templates out; each function is compiled once for each thing that has it. */

import { SpecError } from "../base/errors.ts";
import { refuse } from "./arguments.ts";
import { Bits } from "./bits.ts";
import { Code, diverged } from "./code.ts";
import type { Draft, EntryDraft, InstructionDraft, SpaceDraft } from "./draft.ts";
import { deriveEffects } from "./effects.ts";
import type { Effects, IndexedSpace, MachineFunction, SpaceEntry, Template } from "./isa.ts";
import { machineFunctions } from "./machine.ts";
import { type At, toBits } from "./operators.ts";
import type { Allowed } from "./semantics.ts";
import { placeOf } from "./source.ts";
import { Builtin, type Func, Unusable, type Value } from "./values.ts";
import type { World } from "./world.ts";

export interface Compiler {
	/** what the template under construction may use */
	allowed: Allowed;
	instruction(instruction: InstructionDraft): { template: Template; effects: Effects };
	space(space: SpaceDraft): IndexedSpace;
	machine(name: MachineFunction, run: Func, at: At): Template;
}

export function createCompiler(world: World, draft: Draft): Compiler {
	const address = () => draft.head?.addressBits ?? 0;
	const compiler: Compiler = {
		allowed: { instruction: false, jump: false, trap: false },
		instruction: (i) => {
			const step = draft.machine.get("step");
			const template = build("instruction", { instruction: true, jump: true, trap: true }, -1, `in ${i.texts[0]}`, i.semantics, (code) => {
				const operands = new Map<string, Value>(i.operands.map((o, n) => [o.name, code.leaf("operand", o.width, n)]));
				const own = () => world.call(i.semantics, [operands], i.at);
				if (!step) return own();
				const execute = new Builtin("execute", "semantics", (call) => {
					if (code.executed) return refuse({ source: call.source, node: call.node }, "execute() is called twice on one path");
					code.executed = true;
					own();
					return undefined;
				});
				return world.call(step.run, [execute], step.at);
			});
			return { template, effects: deriveEffects(template, draft.cells, draft.files) };
		},
		space: (s) => {
			const allowed = { instruction: true, jump: false, trap: true };
			const missing = {
				read: parameters("missing.read", allowed, s.width, s.at, s.name, s.read, [s.index]),
				write: parameters("missing.write", allowed, -1, s.at, s.name, s.write, [s.index, s.width]),
			};
			const entries = new Map<number, SpaceEntry>();
			for (const [index, e] of [...s.entries].sort((a, b) => a[0] - b[0])) entries.set(index, entry(e, s, allowed));
			return { name: s.name, index: s.index, width: s.width, entries, missing };
		},
		machine: (name, run, at) => {
			const f = machineFunctions[name];
			const allowed = { instruction: name === "illegal", jump: f.jump, trap: f.trap };
			return parameters(
				`machine.${name}`,
				allowed,
				f.result === 0 ? address() : f.result,
				at,
				"",
				run,
				f.parameters.map((w) => w || address()),
			);
		},
	};
	return compiler;

	function entry(e: EntryDraft, s: SpaceDraft, allowed: Allowed): SpaceEntry {
		const read = e.read && parameters("read", allowed, s.width, e.at, e.name, e.read, []);
		const write = e.write && parameters("write", allowed, -1, e.at, e.name, e.write, [s.width]);
		return { index: e.index, name: e.name, read, write, doc: e.doc, at: placeOf(e.at.source, e.at.node) };
	}

	/** A function whose parameters are guest values of these widths. */
	function parameters(what: string, allowed: Allowed, result: number, at: At, owner: string, run: Func, widths: readonly number[]): Template {
		const args = (code: Code) => widths.map((w, n) => code.leaf("operand", w, n));
		return build(what, allowed, result, owner ? `in ${what} of ${owner}` : `in ${what}`, run, (code) => world.call(run, args(code), at));
	}

	/** `result`: width of the value, -1: none. Errors that stand outside the function itself say what was being compiled. */
	function build(what: string, allowed: Allowed, result: number, owner: string, run: Func, body: (code: Code) => Value): Template {
		const code = new Code();
		world.code = code;
		compiler.allowed = allowed;
		const home: At = { source: run.scope.source, node: run.node };
		try {
			const value = body(code);
			if (result < 0) return code.finish(null);
			if (value instanceof Unusable) return refuse(home, value.problem);
			if (value === undefined) return refuse(home, `${what} gives no value; ${result} bits expected`);
			const bits =
				value instanceof Bits && value.w < result && what === "machine.translate" ? code.pure("zext", result, value) : toBits(code, home, value, result);
			return code.finish(bits);
		} catch (error) {
			if (error === diverged) {
				code.jump = null;
				return code.finish(null);
			}
			if (error instanceof SpecError) throw placed(error, home, owner);
			throw error;
		} finally {
			world.code = null;
			world.statements.length = 0;
		}
	}
}

/** Adds what was being compiled to an error that stands in a helper. */
function placed(error: SpecError, home: At, owner: string): SpecError {
	const first = placeOf(home.source, home.node);
	const last = placeOf(home.source, { ...home.node, start: home.node.end } as At["node"]);
	const inside =
		error.file === first.file &&
		(error.line > first.line || (error.line === first.line && error.column >= first.column)) &&
		(error.line < last.line || (error.line === last.line && error.column <= last.column));
	return inside ? error : new SpecError(error.file, error.line, error.column, error.text, `${error.problem} (${owner})`);
}
