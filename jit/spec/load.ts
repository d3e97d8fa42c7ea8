/** The texts of a definition in, the checked ISA out; or a SpecError that says where and what was expected, and nothing else. */
import { SpecError } from "../base/errors.ts";
import { createCompiler } from "./compile.ts";
import { stateDeclarations } from "./declare.ts";
import { type Draft, newDraft } from "./draft.ts";
import { instructionDeclarations } from "./instructions.ts";
import type { InstructionSpec, Isa, MachineFunction, Template } from "./isa.ts";
import { machineDeclarations } from "./machine.ts";
import { globals } from "./methods.ts";
import { link } from "./modules.ts";
import { runModules } from "./modules-run.ts";
import { operandDeclarations } from "./operands.ts";
import type { At } from "./operators.ts";
import { findOverlap, type Pattern } from "./overlap.ts";
import { callFunction } from "./run.ts";
import { semanticBuiltins } from "./semantics.ts";
import { docAbove, fail, placeOf } from "./source.ts";
import { stateAccess } from "./state.ts";
import { type Call, Pseudo, Register, type Value } from "./values.ts";
import type { World } from "./world.ts";

/** What one definition may take to load, and one macro or modifier to run, in evaluated nodes. */
const loadSteps = 1_500_000;
const callSteps = 200_000;

export interface LoadOptions {
	/** values of the definition's parameters, such as XLEN */
	readonly parameters?: Readonly<Record<string, number>>;
	/** further definition files, by name, that import from the ISA's name */
	readonly extend?: ReadonlyMap<string, string>;
}

/**
 * Loads an ISA from the texts of its files, by name ("demo/base.isa.js"). Definitions are not trusted: nothing of them is run by the host,
 * and whatever the texts are, this returns within a bounded time or throws a SpecError.
 */
export function loadIsa(files: ReadonlyMap<string, string>, o: LoadOptions = {}): Isa {
	const name = files.keys().next().value ?? "";
	try {
		return load(files, o);
	} catch (error) {
		if (error instanceof RangeError && /call stack/i.test(error.message)) throw new SpecError(name, 1, 1, "", "the definition is nested too deeply");
		throw error;
	}
}

function load(files: ReadonlyMap<string, string>, o: LoadOptions): Isa {
	const draft = newDraft(new Map(Object.entries(o.parameters ?? {})));
	const modules = link(files, o.extend ?? new Map());
	const world: World = {
		code: null,
		steps: 0,
		limit: loadSteps,
		depth: 0,
		statements: [],
		closed: false,
		call: (f, args, at) => callFunction(world, f, args, at),
		state: stateAccess(() => world, draft.cells),
	};
	const compiler = createCompiler(world, draft);
	const docOf = (call: Call) => docFor(world, call);
	const names = new Map<string, Value>([
		...globals(world),
		...semanticBuiltins(world, {
			address: () => draft.head?.addressBits ?? 64,
			allowed: () => compiler.allowed,
			service: (_, service) => {
				if (!draft.services.includes(service)) draft.services.push(service);
				return draft.services.indexOf(service);
			},
		}),
		...stateDeclarations(draft, docOf),
		...operandDeclarations(draft),
		...instructionDeclarations(draft, docOf, (f, args, at) => {
			world.steps = 0;
			world.limit = callSteps;
			world.depth = 0;
			world.statements.length = 0;
			return guard(at.source.name, () => world.call(f, args, at));
		}),
		...machineDeclarations(draft),
		["pc", pseudoPc(world, draft)],
	]);
	runModules(world, draft, modules, names);

	const file = modules[0]?.source.name ?? "";
	const head = draft.head;
	if (!head) throw new SpecError(file, 1, 1, "", "the definition never calls isa(...)");
	for (const name of draft.asked.keys()) {
		if (!draft.parameters.has(name))
			fail(head.at.source, head.at.node, `unknown parameter ${name}; there are ${[...draft.parameters.keys()].join(", ") || "none"}`);
	}
	const extensions = [...draft.extensions.values()];
	for (const e of extensions) {
		for (const r of e.requires)
			if (!extensions.some((x) => x.name === r)) fail(e.at.source, e.at.node, `extension ${e.name} requires ${r}, which is not there`);
	}
	checkInstructions(draft);

	const instructions = draft.instructions.map((i, id): InstructionSpec => {
		const { template, effects } = compiler.instruction(i);
		const { name, extension, syntaxes, encodings, where, context, doc, semantics, at } = i;
		const operands = i.operands.map(({ name: operand, kind }) => ({ name: operand, kind }));
		const source = semantics.scope.source.text.slice(semantics.node.start, semantics.node.end);
		return { id, name, extension, operands, syntaxes, encodings, where, context, template, effects, doc, source, at: placeOf(at.source, at.node) };
	});
	const spaces = draft.spaces.map((s) => compiler.space(s));
	const machine: Partial<Record<MachineFunction, Template>> = {};
	for (const [key, { run, at }] of draft.machine) if (key !== "step") machine[key] = compiler.machine(key, run, at);
	world.closed = true;

	let shift = 0;
	const contexts = draft.cells.flatMap((cell, i) => {
		if (cell.kind !== "context") return [];
		shift += cell.width;
		return [{ cell: i, shift: shift - cell.width, width: cell.width }];
	});
	const parameters = [...draft.parameters];
	return {
		name: head.name,
		title: head.title,
		variant: [head.name, ...parameters.map(([k, v]) => `${k}=${v}`)].join(" "),
		parameters: Object.fromEntries(parameters),
		unitBytes: head.unitBytes,
		maxBytes: Math.max(head.unitBytes, ...new Set(draft.instructions.flatMap((i) => i.encodings.map((e) => e.bytes)))),
		codeEndian: head.codeEndian,
		addressBits: head.addressBits,
		extensions: extensions.map(({ name, title, doc, file: from }) => ({ name, title, doc, file: from })),
		cells: draft.cells,
		contexts,
		files: draft.files,
		names: draft.names,
		memories: draft.memories,
		spaces,
		instructions,
		aliases: draft.aliases,
		macros: draft.macros,
		modifiers: draft.modifiers,
		machine,
		lines: draft.lines,
		services: draft.services,
		debugView: draft.debugView,
	};
}

function guard<T>(file: string, run: () => T): T {
	try {
		return run();
	} catch (error) {
		if (error instanceof RangeError && /call stack/i.test(error.message)) throw new SpecError(file, 1, 1, "", "the definition is nested too deeply");
		throw error;
	}
}

/** `pc` in semantics is the instruction's address; elsewhere the register, for debugView. */
function pseudoPc(world: World, draft: Draft): Pseudo {
	return new Pseudo((source, node) => {
		if (world.code) return world.code.leaf("pc", draft.head?.addressBits ?? 64);
		const parts = draft.names.get("pc");
		return parts ? new Register("pc", draft.head?.addressBits ?? 64, parts) : fail(source, node, "isa(...) must be called before pc means something");
	});
}

/** The comment above the call, or above the nearest statement around it that has one. */
function docFor(world: World, call: Call): string {
	const own = docAbove(call.source, call.node);
	if (own) return own;
	for (let i = world.statements.length - 1; i >= 0; i--) {
		const statement = world.statements[i];
		const doc = statement ? docAbove(statement.source, statement.node) : "";
		if (doc) return doc;
	}
	return "";
}

/** No two encodings may be the same bytes, and no two instructions read alike without anything to tell them apart. */
function checkInstructions(draft: Draft): void {
	const patterns: (Pattern & { owner: Draft["instructions"][number]; at: At })[] = draft.instructions.flatMap((owner) =>
		owner.encodings.map((encoding, i) => ({ encoding, where: owner.where, context: owner.context, owner, at: owner.encodingsAt[i] as At })),
	);
	const overlap = findOverlap(patterns, (cell) => draft.cells[cell]?.width ?? 0);
	if (overlap) {
		const a = patterns[overlap.first] as (typeof patterns)[number];
		const b = patterns[overlap.second] as (typeof patterns)[number];
		const bytes = overlap.bytes.map((x) => x.toString(16).padStart(2, "0")).join(" ");
		const other = placeOf(a.at.source, a.at.node);
		const how = overlap.certain ? `the bytes ${bytes} are both` : "whether some bytes are both takes too long to find out";
		const same = a.owner === b.owner ? "another encoding of the same instruction" : `${a.owner.texts[0]} (${other.file}:${other.line})`;
		fail(b.at.source, b.at.node, `the encoding overlaps with ${same}: ${how}`, b.encoding.text);
	}
	const seen = new Map<string, Draft["instructions"][number]>();
	for (const i of draft.instructions) {
		for (const text of i.texts) {
			const limits = [...i.where, ...i.context];
			if (limits.length > 0) continue;
			const other = seen.get(text);
			if (other) {
				const at = placeOf(other.at.source, other.at.node);
				fail(i.at.source, i.at.node, `duplicate instruction: ${at.file}:${at.line} has this syntax already`, text);
			}
			seen.set(text, i);
		}
	}
}
