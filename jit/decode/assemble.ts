/** Assembly text in, bytes at an origin out: labels, expressions, directives, aliases and macros of a definition. */
import { SpecError } from "../base/errors.ts";
import type { Isa } from "../spec/isa.ts";
import { type Directive, parseDirective, placeDirective, writeDirective } from "./directives.ts";
import { type Expression, evaluate, type Scope, type Value } from "./expression.ts";
import { type Candidate, createForms, type Forms } from "./forms.ts";
import { parseStatements, type Statement } from "./statements.ts";
import { squeeze } from "./template.ts";

export interface AssembleOptions {
	/** address of the first byte; default: a leading .org, or 0 */
	readonly origin?: number;
	/** for messages */
	readonly file?: string;
	/** among all encodings of a text take the shortest; default: those written under the mnemonic itself */
	readonly compress?: boolean;
}

export interface Assembled {
	readonly origin: number;
	readonly bytes: Uint8Array;
	/** labels and .equ names; addresses unsigned */
	readonly symbols: Map<string, number>;
	/** one entry a source line that made bytes, in the order of the source */
	readonly lines: { line: number; address: number; bytes: Uint8Array }[];
}

export interface Assembler {
	assemble(text: string, o?: AssembleOptions): Assembled;
	/** One instruction without symbols at an address: its bytes. Quicker than `assemble`. */
	instruction(text: string, pc: number, o?: { compress?: boolean; file?: string }): Uint8Array;
}

/** Most bytes one call makes: a slip such as `.space 1 << 40` must not take the host's memory. */
const outputLimit = 1 << 28;
/** Rounds of layout after which sizes must have settled; each round only lengthens instructions. */
const roundLimit = 200;
const macroDepth = 16;
const sectionAlign = 16;

/** Assembles text for an ISA. Throws SpecError (`file`:line:column) for text that is wrong. See isa/README.md for syntax templates. */
export function assemble(isa: Isa, text: string, o: AssembleOptions = {}): Assembled {
	return createAssembler(isa).assemble(text, o);
}

/** Makes the tables of an ISA once, for many calls. */
export function createAssembler(isa: Isa): Assembler {
	const forms = createForms(isa);
	return {
		assemble: (text, o = {}) => new Assembly(isa, forms, text, o).run(),
		instruction(text, pc, o = {}) {
			const squeezed = squeeze(text);
			const blank = squeezed.indexOf(" ");
			const head = blank < 0 ? squeezed : squeezed.slice(0, blank);
			const address = BigInt(pc);
			for (const c of forms.candidates(head, blank < 0 ? "" : squeezed.slice(blank + 1), o.compress === true)) {
				if (c.kind !== "encoding") continue;
				const coded = forms.encode(c, address, noSymbols(isa, address));
				if (coded instanceof Uint8Array) return coded;
			}
			return new Assembly(isa, forms, text, { ...o, origin: pc }).run().bytes;
		},
	};
}

const noSymbols = (isa: Isa, at: bigint): Scope => ({
	symbol: (name) => `symbol "${name}" is not defined`,
	local: () => "there is no such label",
	here: () => at,
	modifier: (name, value) => isa.modifiers.get(name)?.(value, at) ?? `there is no modifier %${name}`,
});

/** A statement in its section. */
interface Item {
	readonly statement: Statement;
	/** position in the source; labels and .set are looked up relative to it */
	readonly ordinal: number;
	readonly directive: Directive | null;
	readonly candidates: readonly Candidate[];
	/** which candidate; only grows */
	index: number;
	children: Item[] | null;
	readonly depth: number;
	/** in a section of code */
	readonly code: boolean;
	address: number;
	bytes: number;
}

interface Definition {
	readonly ordinal: number;
	readonly expression: Expression;
	readonly item: Item;
}

class Assembly {
	private readonly file: string;
	private readonly compress: boolean;
	private readonly sections = new Map<string, Item[]>([[".text", []]]);
	private readonly items: Item[] = [];
	private readonly labels = new Map<string, Item>();
	private readonly locals = new Map<number, Item[]>();
	private readonly definitions = new Map<string, Definition[]>();
	private origin = 0;
	/** addresses are those of a round of layout, not just unknown */
	private laidOut = false;
	/** definitions whose values are being worked out */
	private readonly evaluating = new Set<Definition>();

	constructor(
		private readonly isa: Isa,
		private readonly forms: Forms,
		text: string,
		private readonly o: AssembleOptions,
	) {
		this.file = o.file ?? "input";
		this.compress = o.compress === true;
		let section = ".text";
		for (const statement of parseStatements(isa, text, this.file)) {
			const directive = statement.head.startsWith(".") ? this.directive(statement) : null;
			if (directive?.kind === "section") section = directive.name;
			const item = this.item(statement, this.items.length, directive, 0, section.startsWith(".text"));
			this.items.push(item);
			const list = this.sections.get(section);
			if (list) list.push(item);
			else this.sections.set(section, [item]);
			for (const label of statement.labels) this.label(label, item);
			if (directive?.kind === "set") this.define(directive.name, directive.expression, item);
		}
	}

	run(): Assembled {
		for (const item of this.items) if (item.directive === null && item.statement.head !== "") this.findCandidates(item);
		this.origin = this.o.origin ?? this.leadingOrigin();
		for (let round = 0; this.layOut(); round++) {
			if (round === roundLimit)
				this.fail((this.items[0] as Item).statement, "the sizes of the instructions do not settle: an .org, .align or .space depends on itself");
			this.laidOut = true;
		}
		return this.write();
	}

	private item(statement: Statement, ordinal: number, directive: Directive | null, depth: number, code: boolean): Item {
		return { statement, ordinal, directive, candidates: [], index: 0, children: null, depth, code, address: 0, bytes: 0 };
	}

	private directive(statement: Statement): Directive {
		const parsed = parseDirective(statement.head, statement.rest, (text) => this.forms.names.expression(text));
		if ("problem" in parsed) this.fail(statement, parsed.problem);
		return parsed;
	}

	private label(name: string, item: Item): void {
		if (/^\d+$/.test(name)) {
			const list = this.locals.get(Number(name));
			if (list) list.push(item);
			else this.locals.set(Number(name), [item]);
			return;
		}
		const other = this.labels.get(name) ?? this.definitions.get(name)?.[0]?.item;
		if (other) this.fail({ ...item.statement, column: 1 }, `label "${name}" is defined twice, first in line ${other.statement.line}`, name);
		this.labels.set(name, item);
	}

	private define(name: string, expression: Expression, item: Item): void {
		const other = this.labels.get(name);
		if (other) this.fail(item.statement, `"${name}" is a label already, in line ${other.statement.line}`, name);
		const list = this.definitions.get(name);
		const definition = { ordinal: item.ordinal, expression, item };
		if (list) list.push(definition);
		else this.definitions.set(name, [definition]);
	}

	private findCandidates(item: Item): void {
		const { head, rest } = item.statement;
		const candidates = this.forms.candidates(head, rest, this.compress);
		if (candidates.length === 0) {
			const expected = this.forms.expected(head);
			if (expected.length === 0) this.fail(item.statement, `unknown instruction "${head}"`);
			const more = expected.length > 3 ? ` or ${expected.length - 3} other forms` : "";
			this.fail(item.statement, `the operands do not fit, expected ${expected.slice(0, 3).join(" or ")}${more}`);
		}
		(item as { candidates: readonly Candidate[] }).candidates = candidates;
	}

	private leadingOrigin(): number {
		for (const item of this.sections.get(".text") as Item[]) {
			if (item.directive?.kind === "org") {
				const value = evaluate(item.directive.expression, this.scope(item, item, true));
				return typeof value === "bigint" ? Number(value) : 0;
			}
			if (
				item.directive === null
					? item.statement.head !== ""
					: item.directive.kind !== "set" && item.directive.kind !== "section" && item.directive.kind !== "ignored"
			)
				break;
		}
		return 0;
	}

	/** Gives every item its address; true if anything moved or grew. */
	private layOut(): boolean {
		let changed = !this.laidOut;
		let address = this.origin;
		let first = true;
		for (const list of this.sections.values()) {
			if (!first && list.some((i) => i.candidates.length > 0 || i.directive !== null)) address = Math.ceil(address / sectionAlign) * sectionAlign;
			first = false;
			for (const item of list) {
				const bytes = this.place(item, address);
				if (item.address !== address || item.bytes !== bytes) changed = true;
				item.address = address;
				item.bytes = bytes;
				address += bytes;
				if (address - this.origin > outputLimit) this.fail(item.statement, `the output is longer than ${outputLimit} bytes`);
			}
		}
		return changed;
	}

	/** Length of an item at an address, with the symbols as the last round left them. */
	private place(item: Item, address: number, at: Item = item): number {
		if (item.directive !== null) {
			const length = placeDirective(item.directive, address, (e) => evaluate(e, this.scope(item, at)));
			if (typeof length === "string") this.fail(item.statement, length);
			return length;
		}
		const before = item.address;
		item.address = address;
		const bytes = this.placeInstruction(item, address, at);
		item.address = before;
		return bytes;
	}

	private placeInstruction(item: Item, address: number, at: Item): number {
		if (item.candidates.length === 0) return 0;
		for (; item.index < item.candidates.length; item.index++) {
			const candidate = item.candidates[item.index] as Candidate;
			if (candidate.kind === "macro") {
				item.children ??= this.expand(item, candidate);
				let bytes = 0;
				for (const child of item.children) {
					const length = this.place(child, address + bytes, item);
					child.address = address + bytes;
					child.bytes = length;
					bytes += length;
				}
				return bytes;
			}
			const coded = this.forms.encode(candidate, BigInt(address), this.scope(item, at));
			if (coded === undefined || coded instanceof Uint8Array) return candidate.bytes;
		}
		const last = item.candidates[0] as Candidate;
		return last.kind === "encoding" ? last.bytes : 0;
	}

	private expand(item: Item, candidate: Candidate & { kind: "macro" }): Item[] {
		if (item.depth === macroDepth) this.fail(item.statement, `macros stand in one another more than ${macroDepth} deep`);
		const values: Record<string, bigint | string> = Object.create(null) as Record<string, bigint | string>;
		for (const [name, argument] of candidate.arguments) {
			if (!("expression" in argument)) continue;
			const value = evaluate(argument.expression, this.scope(item, item, true));
			values[name] = typeof value === "bigint" ? value : argument.text;
		}
		const lines = candidate.macro.expand(values);
		return lines.map((line) => {
			const filled = line.replace(/\{([^{}]+)\}/g, (whole, name: string) => (name in values ? String(values[name]) : whole)).trim();
			const blank = filled.search(/\s/);
			const head = blank < 0 ? filled : filled.slice(0, blank);
			const statement: Statement = { ...item.statement, labels: [], head, rest: blank < 0 ? "" : filled.slice(blank).trim() };
			const child = this.item(statement, item.ordinal, head.startsWith(".") ? this.directive(statement) : null, item.depth + 1, item.code);
			if (child.directive === null) this.findCandidates(child);
			return child;
		});
	}

	/** What names mean to an item; `at`: whose address modifiers count from. `fixedOnly`: only what does not depend on layout. */
	private scope(item: Item, at: Item, fixedOnly = false): Scope {
		const address = (of: Item): Value => (fixedOnly || !this.laidOut ? undefined : BigInt(of.address));
		return {
			symbol: (name) => {
				const label = this.labels.get(name);
				if (label) return address(label);
				const list = this.definitions.get(name);
				if (!list) return `symbol "${name}" is not defined`;
				// a .set sees the values before it: .set n, n + 1
				const last = item.directive?.kind === "set" ? item.ordinal - 1 : item.ordinal;
				let definition = list[0] as Definition;
				for (const d of list) if (d.ordinal <= last) definition = d;
				if (fixedOnly && definition.ordinal > item.ordinal) return undefined;
				if (this.evaluating.has(definition)) return `"${name}" is defined by itself`;
				this.evaluating.add(definition);
				const value = evaluate(definition.expression, this.scope(definition.item, definition.item, fixedOnly));
				this.evaluating.delete(definition);
				return value;
			},
			local: (number, forward) => {
				const list = this.locals.get(number) ?? [];
				const found = forward ? list.find((l) => l.ordinal > item.ordinal) : [...list].reverse().find((l) => l.ordinal <= item.ordinal);
				return found ? address(found) : `there is no label ${number}: ${forward ? "after" : "before"} this`;
			},
			here: () => (fixedOnly ? undefined : BigInt(item.address)),
			modifier: (name, value) => (fixedOnly ? undefined : (this.isa.modifiers.get(name)?.(value, BigInt(at.address)) ?? `there is no modifier %${name}`)),
		};
	}

	private write(): Assembled {
		let end = this.origin;
		for (const item of this.items) end = Math.max(end, item.address + item.bytes);
		const bytes = new Uint8Array(end - this.origin);
		const lines: Assembled["lines"] = [];
		for (const item of this.items) {
			this.writeItem(item, item, bytes);
			if (item.bytes === 0 || item.directive?.kind === "org") continue;
			const address = item.address;
			lines.push({ line: item.statement.line, address, bytes: bytes.slice(address - this.origin, address - this.origin + item.bytes) });
		}
		const symbols = new Map<string, number>();
		for (const [name, item] of this.labels) symbols.set(name, item.address);
		for (const [name, list] of this.definitions) {
			const { item, expression } = list.at(-1) as Definition;
			const value = evaluate(expression, this.scope(item, item));
			if (typeof value === "string") this.fail(item.statement, value);
			if (value !== undefined) symbols.set(name, Number(value));
		}
		return { origin: this.origin, bytes, symbols, lines };
	}

	private writeItem(item: Item, at: Item, out: Uint8Array): void {
		if (item.directive !== null) {
			const made = writeDirective(
				this.isa,
				item.directive,
				item.bytes,
				(e) => evaluate(e, this.scope(item, at)),
				(n) => (item.code ? this.padding(n) : new Uint8Array(n)),
			);
			if (typeof made === "string") this.fail(item.statement, made);
			out.set(made, item.address - this.origin);
			return;
		}
		if (item.children !== null && item.candidates[item.index]?.kind === "macro") {
			for (const child of item.children) this.writeItem(child, item, out);
			return;
		}
		if (item.candidates.length === 0) return;
		const candidate = item.candidates[item.index];
		const coded = candidate?.kind === "encoding" ? this.forms.encode(candidate, BigInt(item.address), this.scope(item, at)) : null;
		if (coded instanceof Uint8Array) {
			out.set(coded, item.address - this.origin);
			return;
		}
		this.explain(item, at);
	}

	/** Throws for an item that no candidate fits: what the most natural one says. */
	private explain(item: Item, at: Item): never {
		const natural = this.forms.candidates(item.statement.head, item.statement.rest, false);
		for (const candidate of natural) {
			if (candidate.kind !== "encoding") continue;
			const coded = this.forms.encode(candidate, BigInt(item.address), this.scope(item, at));
			if (coded !== undefined && !(coded instanceof Uint8Array)) this.fail(item.statement, coded.problem, coded.text);
		}
		this.fail(item.statement, "no encoding fits once all addresses are known");
	}

	/** Code to skip: the ISA's `nop` as often as it fits, the longest first; zeros if there is none. */
	private padding(bytes: number): Uint8Array {
		const out = new Uint8Array(bytes);
		const nops: Uint8Array[] = [];
		for (const c of this.forms.candidates("nop", "", false)) {
			if (c.kind !== "encoding") continue;
			const coded = this.forms.encode(c, 0n, noSymbols(this.isa, 0n));
			if (coded instanceof Uint8Array) nops.push(coded);
		}
		nops.sort((a, b) => b.length - a.length);
		let at = 0;
		while (at < bytes) {
			const left = bytes - at;
			// the shortest come first, until the rest is a whole number of long ones
			const nop = nops.find((n) => left % n.length === 0) ?? nops.at(-1);
			if (!nop || nop.length > left) return new Uint8Array(bytes);
			out.set(nop, at);
			at += nop.length;
		}
		return out;
	}

	private fail(statement: Statement, problem: string, text = ""): never {
		const { line, column, source } = statement;
		const found = text === "" ? -1 : source.indexOf(text, column - 1);
		throw new SpecError(this.file, line, found >= 0 ? found + 1 : column, found >= 0 ? text : source.slice(column - 1).trim(), problem);
	}
}
