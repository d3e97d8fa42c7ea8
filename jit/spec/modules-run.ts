/** Linked modules in, their declarations made in order; the exports of each stand ready for those that import it. */
import type { ExportNamedDeclaration, ImportDeclaration, Pattern } from "acorn";
import { type Draft, leftOut } from "./draft.ts";
import type { Module } from "./modules.ts";
import { run } from "./run.ts";
import { type AnyNode, fail, type Node } from "./source.ts";
import { Binding, Scope, Unusable, type Value } from "./values.ts";
import type { World } from "./world.ts";

/** Exported name -> the binding in the module's scope. */
type Exports = Map<string, Binding>;

export function runModules(world: World, draft: Draft, modules: readonly Module[], names: ReadonlyMap<string, Value>): void {
	const done = new Map<Module, Exports>();
	const first = modules[0];
	if (!first) return;
	const outer = new Scope(null, first.source);
	for (const [name, value] of names) outer.add(new Binding(name, value, true, -1));
	for (const module of modules) {
		draft.module = module.source;
		done.set(module, runModule(world, draft, module, outer, done));
	}
	draft.module = null;
}

function runModule(world: World, draft: Draft, module: Module, outer: Scope, done: ReadonlyMap<Module, Exports>): Exports {
	const { source } = module;
	const scope = new Scope(outer, source);
	const exports: Exports = new Map();
	const body = source.program.body;
	for (const node of body) if (node.type === "ImportDeclaration") imports(draft, module, scope, node, done);
	// functions first, as in JavaScript; then one statement after the other
	const plain = body.map((node): AnyNode | null => {
		if (node.type === "ImportDeclaration") return null;
		if (node.type === "ExportNamedDeclaration") return node.declaration ?? null;
		if (node.type === "ExportDefaultDeclaration" || node.type === "ExportAllDeclaration")
			return fail(source, node, "export default and export * are not part of the language; export names");
		return node;
	});
	let left = false;
	try {
		run(
			world,
			scope,
			plain.filter((n) => n !== null),
			{ call: null, loop: null },
		);
	} catch (error) {
		if (error !== leftOut) throw error;
		left = true;
		world.statements.length = 0;
		world.depth = 0;
	}
	for (const node of body) {
		if (node.type !== "ExportNamedDeclaration") continue;
		for (const [name, local, at] of exported(module, node, done)) {
			const binding = typeof local === "string" ? scope.own(local) : local;
			if (binding) exports.set(name, binding);
			else if (left) exports.set(name, new Binding(name, new Unusable(`${name} is exported by ${source.name}, which is left out`), true, -1));
			else fail(source, at, `there is nothing named ${typeof local === "string" ? local : name} to export`);
		}
	}
	return exports;
}

function imports(draft: Draft, module: Module, scope: Scope, node: ImportDeclaration, done: ReadonlyMap<Module, Exports>): void {
	const from = String(node.source.value);
	const target = module.imports.get(from);
	const available = target ? (done.get(target) as Exports) : wholeIsa(draft, module, node.source, from, done);
	for (const s of node.specifiers) {
		if (s.type !== "ImportSpecifier") {
			fail(module.source, s, "only import { names } is part of the language");
			continue;
		}
		const name = s.imported.type === "Identifier" ? s.imported.name : String(s.imported.value);
		const binding = available.get(name);
		if (!binding) fail(module.source, s, `${from} exports no ${name}${available.size ? `; there are ${[...available.keys()].slice(0, 12).join(", ")}` : ""}`);
		else scope.add(new Binding(s.local.name, binding.value, true, -1));
	}
}
/** Everything the ISA's own files export, for an extension. */
function wholeIsa(draft: Draft, module: Module, at: Node, from: string, done: ReadonlyMap<Module, Exports>): Exports {
	if (draft.head && from !== draft.head.name) fail(module.source, at, `this extends ${draft.head.name}; import from '${draft.head.name}'`);
	const all: Exports = new Map();
	for (const [m, exports] of done) {
		if (m.extension) continue;
		for (const [name, binding] of exports) {
			const other = all.get(name);
			const twice = other && other.value !== binding.value;
			all.set(name, twice ? new Binding(name, new Unusable(`several files of ${from} export ${name}`), true, -1) : binding);
		}
	}
	return all;
}

function exported(module: Module, node: ExportNamedDeclaration, done: ReadonlyMap<Module, Exports>): [name: string, local: string | Binding, at: Node][] {
	const { declaration } = node;
	if (declaration?.type === "VariableDeclaration") return declaration.declarations.flatMap((d) => namesIn(d.id)).map(([name, at]) => [name, name, at]);
	if (declaration) return [[declaration.id?.name ?? "", declaration.id?.name ?? "", declaration]];
	const target = node.source ? module.imports.get(String(node.source.value)) : undefined;
	return node.specifiers.map((s) => {
		const name = (n: typeof s.local) => (n.type === "Identifier" ? n.name : String(n.value));
		const binding = target && done.get(target)?.get(name(s.local));
		return [name(s.exported), binding ?? name(s.local), s];
	});
}
function namesIn(pattern: Pattern | null): [string, Node][] {
	switch (pattern?.type) {
		case "Identifier":
			return [[pattern.name, pattern]];
		case "AssignmentPattern":
			return namesIn(pattern.left);
		case "RestElement":
			return namesIn(pattern.argument);
		case "ArrayPattern":
			return pattern.elements.flatMap(namesIn);
		case "ObjectPattern":
			return pattern.properties.flatMap((p) => namesIn(p.type === "RestElement" ? p.argument : p.value));
	}
	return [];
}
