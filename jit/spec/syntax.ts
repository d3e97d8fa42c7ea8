/** An assembly syntax as text in, literal pieces and operand numbers out, when what it prints can be read back. */
import { refuse } from "./arguments.ts";
import type { OperandKind, Syntax } from "./isa.ts";
import type { At } from "./operators.ts";

/** The pieces of `addi {rd},{rs1}`: texts, and names of operands as one-item arrays. */
function pieces(at: At, text: string): (string | [string])[] {
	if (text.trim() !== text || text.length === 0 || text.length > 200) return refuse(at, "a syntax has 1 to 200 characters and no space at its ends", text);
	const out: (string | [string])[] = [];
	const pattern = /\{([^{}]*)\}|[^{}]+/gy;
	let end = 0;
	for (let m = pattern.exec(text); m; m = pattern.exec(text)) {
		end = pattern.lastIndex;
		if (m[1] === undefined) out.push(m[0]);
		else out.push([m[1]]);
	}
	return end === text.length ? out : refuse(at, "an unpaired { or } in the syntax", text);
}

/** The names in the holes of a line of assembly, in order. */
export function holes(at: At, text: string): string[] {
	const names = pieces(at, text).flatMap((p) => (typeof p === "string" ? [] : p));
	for (const name of names) if (!/^[A-Za-z_]\w*'?$/.test(name)) refuse(at, `the operand {${name}} has no proper name`, text);
	return names;
}
/** The names of the operands of a syntax, in order. */
export function operandNames(at: At, text: string): string[] {
	const names = holes(at, text);
	names.forEach((name, i) => {
		if (names.indexOf(name) !== i) refuse(at, `the operand {${name}} stands twice in the syntax`, text);
	});
	return names;
}

/** Parses a syntax with known operands and checks that every operand can be told from what stands beside it. */
export function parseSyntax(at: At, text: string, numberOf: (name: string) => number, kindOf: (operand: number) => OperandKind): Syntax {
	const parts = pieces(at, text).map((p) => (typeof p === "string" ? p : numberOf(p[0])));
	const nameOf = (i: number) => operandNames(at, text)[parts.slice(0, i).filter((p) => typeof p === "number").length] as string;
	const first = parts[0];
	if (typeof first !== "string" || !/^[A-Za-z_.]/.test(first)) return refuse(at, "a syntax begins with the letters of the instruction's name", text);
	const space = parts.findIndex((p) => typeof p === "string" && p.includes(" "));
	parts.forEach((part, i) => {
		if (typeof part !== "number") return;
		const kind = kindOf(part);
		const before = parts[i - 1];
		const behind = parts[i + 1];
		if (kind.kind === "choice") {
			if (typeof behind === "number" && kindOf(behind).kind === "choice") apart(at, text, kind, kindOf(behind), nameOf(i), nameOf(i + 1));
			return;
		}
		if (space < 0 || i < space) refuse(at, `the operand {${nameOf(i)}} stands in the instruction's name; only a choice can`, text);
		if (typeof behind === "number" && !setApart(kindOf(behind)))
			refuse(at, `nothing stands between {${nameOf(i)}} and {${nameOf(i + 1)}}, so it cannot be read back`, text);
		if (typeof before === "number") refuse(at, `nothing stands between {${nameOf(i - 1)}} and {${nameOf(i)}}, so it cannot be read back`, text);
		if (typeof before === "string" && /[\w.]$/.test(before))
			refuse(at, `{${nameOf(i)}} stands directly behind "${before.slice(-8)}", so it cannot be read back`, text);
		if (typeof behind === "string" && /^[\w.]/.test(behind))
			refuse(at, `{${nameOf(i)}} stands directly before "${behind.slice(0, 8)}", so it cannot be read back`, text);
	});
	return parts;
}

/** A choice such as "" or ",rtz", whose names begin with what no other operand ends in. */
function setApart(kind: OperandKind): boolean {
	return kind.kind === "choice" && [...kind.names.keys()].every((name) => !/^[\w.$']/.test(name));
}

/** Two choices side by side: every pair of names has to give another text. */
function apart(at: At, text: string, a: OperandKind, b: OperandKind, nameA: string, nameB: string): void {
	if (a.kind !== "choice" || b.kind !== "choice") return;
	if (a.names.size * b.names.size > 65536) refuse(at, `{${nameA}}{${nameB}}: ${a.names.size} names beside ${b.names.size} are too many to tell apart`, text);
	const seen = new Map<string, string>();
	for (const x of a.names.keys()) {
		for (const y of b.names.keys()) {
			const other = seen.get(x + y);
			if (other !== undefined) refuse(at, `{${nameA}}{${nameB}} cannot be read back: "${other}" and "${x}|${y}" look the same`, text);
			seen.set(x + y, `${x}|${y}`);
		}
	}
}
