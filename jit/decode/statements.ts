/** Assembler source in, statements out: labels, mnemonic or directive, operand text, each with its place. */
import { SpecError } from "../base/errors.ts";
import type { Isa } from "../spec/isa.ts";

export interface Statement {
	/** from 1 */
	readonly line: number;
	readonly column: number;
	/** names of labels before it; digits only: a local label */
	readonly labels: readonly string[];
	/** label, directive with its dot, mnemonic, or "" when only labels stand here; `name = x` becomes `.set name,x` */
	readonly head: string;
	/** what follows the head, without comment */
	readonly rest: string;
	/** the source line as written */
	readonly source: string;
}

/** Splits source into statements. `#` is a comment unless the ISA's own syntax uses it; then only at a line's start and before a blank. */
export function parseStatements(isa: Isa, text: string, file: string): Statement[] {
	const hash = isa.instructions.some((i) => i.syntaxes.some((s) => s.some((part) => typeof part === "string" && part.includes("#"))));
	const lines = withoutBlockComments(text, file).split(/\r\n|\r|\n/);
	const written = text.split(/\r\n|\r|\n/);
	return lines.flatMap((full, i) => {
		let rest = withoutComment(full, hash);
		const labels: string[] = [];
		for (;;) {
			const label = /^\s*([A-Za-z_.$][\w.$]*|\d+)\s*:/.exec(rest);
			if (!label) break;
			labels.push(label[1] as string);
			rest = " ".repeat(label[0].length) + rest.slice(label[0].length);
		}
		const column = rest.length - rest.trimStart().length + 1;
		const body = rest.trim();
		const place = { line: i + 1, source: written[i] as string, labels };
		if (body === "") return labels.length > 0 ? [{ ...place, column: 1, head: "", rest: "" }] : [];
		const set = /^([A-Za-z_.$][\w.$]*)\s*=(?!=)\s*(.*)$/.exec(body);
		if (set) return [{ ...place, column, head: ".set", rest: `${set[1]},${set[2]}` }];
		const blank = body.search(/\s/);
		return [{ ...place, column, head: blank < 0 ? body : body.slice(0, blank), rest: blank < 0 ? "" : body.slice(blank).trim() }];
	});
}

/** Pieces of a line that must not be looked into. */
const quoted = /"(?:\\.|[^"\\])*"|'(?:\\[^\n]|[^'\\\n])'/y;

function withoutComment(line: string, hash: boolean): string {
	for (let i = 0; i < line.length; i++) {
		quoted.lastIndex = i;
		const q = quoted.exec(line);
		if (q) {
			i += q[0].length - 1;
			continue;
		}
		const c = line[i];
		if (c === ";" || (c === "/" && line[i + 1] === "/")) return line.slice(0, i);
		if (c === "#" && (!hash || line.slice(0, i).trim() === "" || /\s/.test(line[i + 1] ?? " "))) return line.slice(0, i);
	}
	return line;
}

function withoutBlockComments(text: string, file: string): string {
	if (!text.includes("/*")) return text;
	let result = "";
	for (let i = 0; i < text.length; i++) {
		quoted.lastIndex = i;
		const q = quoted.exec(text);
		const lineComment = text.startsWith("//", i);
		if (q || lineComment) {
			const end = q ? i + q[0].length : (text.indexOf("\n", i) + text.length + 1) % (text.length + 1);
			result += text.slice(i, end);
			i = end - 1;
		} else if (text.startsWith("/*", i)) {
			const end = text.indexOf("*/", i + 2);
			if (end < 0) {
				const before = text.slice(0, i).split("\n");
				throw new SpecError(file, before.length, (before.at(-1) as string).length + 1, "/*", "the comment has no end, expected */");
			}
			result += text.slice(i, end + 2).replace(/[^\r\n]/g, " ");
			i = end + 1;
		} else result += text[i];
	}
	return result;
}

/** Splits at commas outside quotes and parentheses; no text gives no parts. */
export function splitArguments(text: string): string[] {
	if (text.trim() === "") return [];
	const parts: string[] = [];
	let depth = 0;
	let start = 0;
	for (let i = 0; i < text.length; i++) {
		quoted.lastIndex = i;
		const q = quoted.exec(text);
		if (q) i += q[0].length - 1;
		else if (text[i] === "(") depth++;
		else if (text[i] === ")") depth--;
		else if (text[i] === "," && depth <= 0) {
			parts.push(text.slice(start, i).trim());
			start = i + 1;
		}
	}
	parts.push(text.slice(start).trim());
	return parts;
}
