/** Text of one definition file in, its syntax tree, comments and places out; and the one way to refuse it. */
import { type Comment, type Node, type Program, parse } from "acorn";
import { SpecError } from "../base/errors.ts";
import type { Place } from "./isa.ts";

export type { AnyNode, Node } from "acorn";

/** A parsed definition file. */
export interface Source {
	readonly name: string;
	readonly text: string;
	readonly program: Program;
	readonly comments: readonly Comment[];
	/** offset of the first character of each line */
	readonly lines: readonly number[];
}

/** The longest text of a definition file, in characters. */
const longest = 4 << 20;

/** Parses a definition. Throws SpecError where it is not JavaScript. */
export function parseSource(name: string, text: string): Source {
	if (text.length > longest) throw new SpecError(name, 1, 1, "", `${text.length} characters; a definition file has at most ${longest}`);
	const comments: Comment[] = [];
	try {
		const program = parse(text, { ecmaVersion: 2022, sourceType: "module", onComment: comments });
		return { name, text, program, comments, lines: lineStarts(text) };
	} catch (error) {
		const at = error as { pos?: unknown; message?: unknown };
		const offset = typeof at.pos === "number" ? at.pos : 0;
		const problem = String(at.message).replace(/ \(\d+:\d+\)$/, "");
		if (error instanceof RangeError || /stack space/.test(problem)) throw new SpecError(name, 1, 1, "", "the text is nested too deeply");
		const line = /^.*/.exec(text.slice(offset))?.[0] ?? "";
		throw specError(name, lineStarts(text), offset, excerpt(line), `this is not JavaScript: ${problem[0]?.toLowerCase()}${problem.slice(1)}`);
	}
}

function lineStarts(text: string): number[] {
	const lines = [0];
	for (let i = text.indexOf("\n"); i >= 0; i = text.indexOf("\n", i + 1)) lines.push(i + 1);
	return lines;
}
/** Index of the last number of a sorted list that is not above `n`. */
function lastUpTo(list: readonly number[], n: number): number {
	let low = 0;
	let high = list.length;
	while (low < high) {
		const middle = (low + high) >> 1;
		if ((list[middle] as number) <= n) low = middle + 1;
		else high = middle;
	}
	return low - 1;
}
function specError(name: string, lines: readonly number[], offset: number, text: string, problem: string): SpecError {
	const line = lastUpTo(lines, offset);
	return new SpecError(
		name,
		line + 1,
		offset - (lines[line] as number) + 1,
		excerpt(text),
		printable(problem.length > 500 ? `${problem.slice(0, 497)}...` : problem),
	);
}

/** At most 60 characters of a piece of the text, on one line. */
export function excerpt(text: string): string {
	const line = printable(text.slice(0, 400).replace(/\s+/g, " ").trim());
	return line.length > 60 ? `${line.slice(0, 57)}...` : line;
}

/** Without what a terminal would obey. */
const printable = (text: string): string => text.replace(/[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, "?");

/** Refuses the definition at a node. `text` defaults to what is written there. */
export function fail(source: Source, node: Node, problem: string, text?: string): never {
	throw specError(source.name, source.lines, node.start, text ?? source.text.slice(node.start, Math.min(node.end, node.start + 400)), problem);
}

/** Lines and columns count from 1. */
export function placeOf(source: Source, node: Node): Place {
	const line = lastUpTo(source.lines, node.start);
	return { file: source.name, line: line + 1, column: node.start - (source.lines[line] as number) + 1 };
}

/** The comment that ends on the line directly above a node (line comments: all of them in a row), without its marks; or "". */
export function docAbove(source: Source, node: Node): string {
	let end = node.start;
	const parts: string[] = [];
	for (let i = lastBefore(source.comments, end); i >= 0; i--) {
		const comment = source.comments[i] as Comment;
		if (!between(source, comment.end, end, /^[ \t]*\r?\n?[ \t]*$/) || parts.length > mostDocLines) break;
		if (parts.length > 0 && comment.type === "Block") break;
		// a comment behind code on the same line belongs to that code
		const lineStart = source.text.lastIndexOf("\n", comment.start - 1) + 1;
		if (!between(source, lineStart, comment.start, /^[ \t]*$/)) break;
		parts.unshift(clean(comment));
		if (comment.type === "Block") break;
		end = comment.start;
	}
	return parts
		.join("\n")
		.trim()
		.replace(/^@ts-.*$/gm, "")
		.trim();
}

/** Is a short stretch of the text nothing but this? */
const between = (source: Source, from: number, to: number, what: RegExp): boolean => to - from < 200 && what.test(source.text.slice(from, to));
const mostDocLines = 200;
const mostDocLength = 10_000;

function clean(comment: Comment): string {
	const value = comment.value.slice(0, mostDocLength);
	if (comment.type === "Line") return value.trim();
	return value
		.split("\n")
		.map((line) => line.replace(/^\s*\*+\s?/, "").trimEnd())
		.join("\n")
		.replace(/^[*-]+/, "")
		.trim();
}

/** Index of the last comment that ends at or before an offset, or -1. */
function lastBefore(comments: readonly Comment[], offset: number): number {
	let low = 0;
	let high = comments.length;
	while (low < high) {
		const middle = (low + high) >> 1;
		if ((comments[middle] as Comment).end <= offset) low = middle + 1;
		else high = middle;
	}
	return low - 1;
}
