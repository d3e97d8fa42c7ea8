/** The files of the project in, what each imports and which names it uses out: what the rules are checked on. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import ts from "typescript";

export const root = resolve(import.meta.dirname, "../..");

export interface Source {
	/** path from the project's top, with forward slashes */
	readonly path: string;
	readonly lines: number;
	readonly text: string;
	/** as written */
	readonly imports: readonly { readonly specifier: string; readonly typeOnly: boolean; readonly line: number }[];
	/** every identifier, in order, with its line; comments and strings are not identifiers */
	readonly identifiers: readonly { readonly name: string; readonly line: number; readonly of: string | null }[];
	/** every string literal and comment, for rules about words */
	readonly words: readonly { readonly text: string; readonly line: number }[];
	/** `let` and `var` at the top of the module */
	readonly mutable: readonly { readonly name: string; readonly line: number }[];
}

/** Every file below the project's folder that ends in one of `ends`. */
export function filesBelow(folder: string, ends: readonly string[]): string[] {
	const out: string[] = [];
	const visit = (path: string): void => {
		for (const entry of readdirSync(path, { withFileTypes: true })) {
			if (entry.name === "node_modules" || entry.name === ".build" || entry.name === ".git") continue;
			const inner = join(path, entry.name);
			if (entry.isDirectory()) visit(inner);
			else if (ends.some((end) => entry.name.endsWith(end))) out.push(relative(root, inner).split(sep).join("/"));
		}
	};
	visit(join(root, folder));
	return out.sort();
}

/** Reads and parses one file. `text` is for tests of the rules themselves. */
export function readSource(path: string, text = readFileSync(join(root, path), "utf8")): Source {
	const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
	const line = (node: ts.Node): number => file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1;
	const imports: { specifier: string; typeOnly: boolean; line: number }[] = [];
	const identifiers: { name: string; line: number; of: string | null }[] = [];
	const words: { text: string; line: number }[] = [];
	const mutable: { name: string; line: number }[] = [];
	const specifier = (node: ts.Node | undefined, typeOnly: boolean): void => {
		if (node && ts.isStringLiteralLike(node)) imports.push({ specifier: node.text, typeOnly, line: line(node) });
	};
	const visit = (node: ts.Node): void => {
		if (ts.isImportDeclaration(node)) specifier(node.moduleSpecifier, node.importClause?.isTypeOnly ?? false);
		else if (ts.isExportDeclaration(node)) specifier(node.moduleSpecifier, node.isTypeOnly);
		else if (ts.isImportTypeNode(node)) specifier(ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined, true);
		else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) specifier(node.arguments[0], false);
		else if (ts.isIdentifier(node)) {
			const parent = node.parent;
			const of = ts.isPropertyAccessExpression(parent) && parent.name === node ? parent.expression.getText(file) : null;
			identifiers.push({ name: node.text, line: line(node), of });
		} else if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node)) {
			words.push({ text: node.text, line: line(node) });
		}
		ts.forEachChild(node, visit);
	};
	visit(file);
	for (const statement of file.statements) {
		if (!ts.isVariableStatement(statement) || statement.declarationList.flags & ts.NodeFlags.Const) continue;
		if (statement.modifiers?.some((m) => m.kind === ts.SyntaxKind.DeclareKeyword)) continue;
		for (const d of statement.declarationList.declarations) mutable.push({ name: d.name.getText(file), line: line(d) });
	}
	const scanner = ts.createScanner(ts.ScriptTarget.Latest, false, ts.LanguageVariant.Standard, text);
	for (let kind = scanner.scan(); kind !== ts.SyntaxKind.EndOfFileToken; kind = scanner.scan()) {
		if (kind === ts.SyntaxKind.SingleLineCommentTrivia || kind === ts.SyntaxKind.MultiLineCommentTrivia) {
			words.push({ text: scanner.getTokenText(), line: file.getLineAndCharacterOfPosition(scanner.getTokenStart()).line + 1 });
		}
	}
	return { path, text, lines: text.split("\n").length - (text.endsWith("\n") ? 1 : 0), imports, identifiers, words, mutable };
}

/** A relative specifier as a path from the top; a package's or node's name as it is. */
export function target(path: string, specifier: string): string {
	return specifier.startsWith(".")
		? relative(root, resolve(root, dirname(path), specifier))
				.split(sep)
				.join("/")
		: specifier;
}
