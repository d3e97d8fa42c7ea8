/** The texts of an ISA's files and of its extensions in, the order to evaluate them in and where each import comes from out. */
import type { ImportDeclaration, Program } from "acorn";
import { SpecError } from "../base/errors.ts";
import { fail, type Node, parseSource, type Source } from "./source.ts";

/** A file, and the files that its imports name, by what is written in them. `extension`: it came from outside the ISA's folder. */
export interface Module {
	readonly source: Source;
	readonly extension: boolean;
	/** written name -> file; null: the ISA as a whole */
	readonly imports: ReadonlyMap<string, Module | null>;
}

/** All modules, those that are imported first; among equals, the one that calls isa() and then by name. Extensions come last. */
export function link(files: ReadonlyMap<string, string>, extend: ReadonlyMap<string, string>): Module[] {
	const modules = new Map<string, Module & { imports: Map<string, Module | null> }>();
	for (const [extension, texts] of [
		[false, files],
		[true, extend],
	] as const) {
		for (const [name, text] of texts) {
			if (modules.has(name)) throw new SpecError(name, 1, 1, "", "two files of this name");
			modules.set(name, { source: parseSource(name, text), extension, imports: new Map() });
		}
	}
	for (const module of modules.values()) {
		for (const node of importing(module.source.program)) {
			const from = String(node.source?.value);
			if (!from.startsWith(".")) {
				if (!module.extension) fail(module.source, node.source as Node, "files of an ISA import each other as './name.isa.js'");
				module.imports.set(from, null);
				continue;
			}
			const target = modules.get(resolve(module.source.name, from));
			if (!target) return fail(module.source, node.source as Node, `there is no file ${resolve(module.source.name, from)}`);
			if (target.extension && !module.extension) return fail(module.source, node.source as Node, "a file of an ISA cannot import an extension from outside");
			module.imports.set(from, target);
		}
	}
	return ordered([...modules.values()]);
}

type Importing = Extract<Program["body"][number], { source?: unknown }> | ImportDeclaration;
function importing(program: Program): Importing[] {
	return program.body.filter((n): n is Importing => "source" in n && n.source != null);
}

/** `./b.isa.js` as seen from `riscv/a.isa.js`. */
function resolve(from: string, specifier: string): string {
	const parts = from.split("/").slice(0, -1);
	for (const part of specifier.split("/")) {
		if (part === "..") parts.pop();
		else if (part !== ".") parts.push(part);
	}
	return parts.join("/");
}

function ordered(modules: Module[]): Module[] {
	const rank = (m: Module) => (m.extension ? 2 : declaresIsa(m.source.program) ? 0 : 1);
	modules.sort((a, b) => rank(a) - rank(b) || (a.source.name < b.source.name ? -1 : 1));
	const done = new Set<Module>();
	const open: Module[] = [];
	const visit = (module: Module): void => {
		if (done.has(module)) return;
		open.push(module);
		for (const node of importing(module.source.program)) {
			const target = module.imports.get(String(node.source?.value));
			if (!target) continue;
			if (open.includes(target)) {
				const names = [...open.slice(open.indexOf(target)), target].map((m) => m.source.name);
				fail(module.source, node, `these files import each other: ${names.join(" -> ")}`);
			}
			visit(target);
		}
		open.pop();
		done.add(module);
	};
	for (const module of modules) visit(module);
	return [...done];
}
function declaresIsa(program: Program): boolean {
	return program.body.some(
		(n) =>
			n.type === "ExpressionStatement" &&
			n.expression.type === "CallExpression" &&
			n.expression.callee.type === "Identifier" &&
			n.expression.callee.name === "isa",
	);
}
