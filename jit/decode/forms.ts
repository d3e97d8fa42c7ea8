/** A statement in, the ways it can be encoded out, best first; and each of them as bytes at an address. */
import type { Encoding, InstructionSpec, Isa, Macro, OperandKind } from "../spec/isa.ts";
import { bindAliases } from "./aliases.ts";
import { cut } from "./decoder.ts";
import { evaluate, type Scope } from "./expression.ts";
import { type Argument, matchParts, Names } from "./match.ts";
import { encodeValue, namedBits, type Slot } from "./operand.ts";
import { mnemonicsOf, parseTemplate, squeeze, squeezeSyntax } from "./template.ts";

/** A text that the assembler knows for an instruction. */
interface InstructionForm {
	readonly spec: InstructionSpec;
	/** what follows the mnemonic */
	readonly parts: readonly (string | number)[];
	readonly bound: readonly (readonly [operand: number, value: number])[];
	readonly fixed: readonly (readonly [operand: number, value: number])[];
	readonly equal: readonly (readonly [operand: number, other: number])[];
	readonly alias: boolean;
	/** the syntax, for messages */
	readonly text: string;
	readonly literals: number;
}
interface MacroForm {
	readonly macro: Macro;
	readonly parts: readonly (string | { readonly name: string })[];
}

/** One way to encode a statement. */
export type Candidate =
	| {
			readonly kind: "encoding";
			readonly bytes: number;
			readonly form: InstructionForm;
			readonly encoding: ReadyEncoding;
			readonly arguments: ReadonlyMap<number, Argument>;
	  }
	| { readonly kind: "macro"; readonly macro: Macro; readonly arguments: ReadonlyMap<string, Argument> };

interface ReadyEncoding {
	readonly encoding: Encoding;
	readonly slots: readonly Slot[];
}

/** Bytes; undefined: it fits as far as is known, but a symbol is not; or what is wrong, with the operand's text where one is to blame. */
export type Coded = Uint8Array | undefined | { readonly problem: string; readonly text: string };

export interface Forms {
	readonly names: Names;
	/** Every way to encode the statement whose form its text has, in order of preference. Empty: none; `expected` says what there is. */
	candidates(head: string, rest: string, compress: boolean): Candidate[];
	/** Syntaxes under that mnemonic, for messages; empty: the mnemonic is unknown. */
	expected(head: string): string[];
	/** Encodes at address `pc` (any reading). */
	encode(candidate: Candidate & { kind: "encoding" }, pc: bigint, scope: Scope): Coded;
}

/** Makes the tables of an ISA. Throws SpecError if an alias of the definition means nothing. */
export function createForms(isa: Isa): Forms {
	const names = new Names(isa);
	const byMnemonic = new Map<string, InstructionForm[]>();
	const macros = new Map<string, MacroForm[]>();
	const loose: InstructionForm[] = [];

	const addForm = (
		spec: InstructionSpec,
		parts: readonly (string | number)[],
		text: string,
		fixed: InstructionForm["fixed"],
		equal: InstructionForm["equal"],
		alias: boolean,
	) => {
		const kindOf = (operand: number) => (spec.operands[operand] as { kind: OperandKind }).kind;
		const literals = parts.reduce<number>((sum, p) => sum + (typeof p === "string" ? p.length : 0), 0);
		const heads = mnemonicsOf(parts, kindOf);
		if (heads === null) {
			loose.push({ spec, parts, bound: [], fixed, equal, alias, text, literals });
			return;
		}
		for (const { text: head, bound, rest } of heads) {
			const values = bound.map(([operand, name]) => [operand, (kindOf(operand) as OperandKind & { kind: "choice" }).names.get(name) ?? 0] as const);
			push(byMnemonic, head, { spec, parts: rest, bound: values, fixed, equal, alias, text, literals });
		}
	};
	for (const spec of isa.instructions) {
		for (const syntax of spec.syntaxes) {
			const text = syntax.map((p) => (typeof p === "number" ? `{${spec.operands[p]?.name}}` : p)).join("");
			addForm(spec, squeezeSyntax(syntax), text, [], [], false);
		}
	}
	for (const a of bindAliases(isa, names)) addForm(a.spec, a.parts, a.alias.syntax, a.fixed, a.equal, true);
	for (const macro of isa.macros) {
		for (const { text, rest } of mnemonicsOf(parseTemplate(macro.syntax), () => null) ?? []) push(macros, text, { macro, parts: rest });
	}
	const ready = isa.instructions.map((spec) => spec.encodings.map((encoding) => readyEncoding(spec, encoding)));

	function candidates(head: string, rest: string, compress: boolean): Candidate[] {
		const text = squeeze(`${head} ${rest}`).slice(head.length).trimStart();
		const found: (Candidate & { kind: "encoding" })[] = [];
		const tryForm = (form: InstructionForm, body: string) => {
			const args = new Map<number, Argument>();
			const { operands } = form.spec;
			for (const [operand, value] of form.bound) args.set(operand, { number: value });
			if (!matchParts(names, form.parts, (operand) => (operands[operand] as { kind: OperandKind }).kind, body, 0, 0, args)) return;
			for (const e of ready[form.spec.id] as ReadyEncoding[]) found.push({ kind: "encoding", bytes: e.encoding.bytes, form, encoding: e, arguments: args });
		};
		for (const form of byMnemonic.get(head) ?? []) tryForm(form, text);
		for (const form of loose) tryForm(form, text === "" ? head : `${head} ${text}`);
		if (found.length > 1) found.sort(compress ? (a, b) => a.bytes - b.bytes || preferred(a, b) : preferred);
		const result: Candidate[] = found;
		for (const form of macros.get(head) ?? []) {
			const args = new Map<{ readonly name: string }, Argument>();
			if (!matchParts(names, form.parts, () => null, text, 0, 0, args)) continue;
			result.push({ kind: "macro", macro: form.macro, arguments: new Map([...args].map(([hole, argument]) => [hole.name, argument])) });
		}
		return result;
	}

	function expected(head: string): string[] {
		const forms = (byMnemonic.get(head) ?? []).map((f) => f.text);
		return [...new Set([...forms, ...(macros.get(head) ?? []).map((f) => f.macro.syntax)])];
	}

	function encode(candidate: Candidate & { kind: "encoding" }, pc: bigint, scope: Scope): Coded {
		const { form, arguments: args } = candidate;
		const { encoding, slots } = candidate.encoding;
		const { spec } = form;
		const encoded: number[] = new Array(spec.operands.length).fill(0);
		let known = true;
		const fail = (problem: string, argument?: Argument): Coded => ({ problem, text: argument && "text" in argument ? argument.text : "" });
		for (const [operand, argument] of args) {
			const slot = slots[operand] as Slot;
			let value = "number" in argument ? BigInt(argument.number) : "expression" in argument ? evaluate(argument.expression, scope) : undefined;
			if (typeof value === "string") return fail(value, argument);
			if (value === undefined) {
				known = false;
				continue;
			}
			if (slot.kind.kind === "relative") value = BigInt.asIntN(isa.addressBits, value - pc - BigInt(slot.kind.plus));
			const result = encodeValue(isa, slot, value);
			if ("problem" in result) return fail(result.problem, argument);
			encoded[operand] = result.encoded;
		}
		for (const [operand, value] of form.fixed) {
			const result = encodeValue(isa, slots[operand] as Slot, BigInt(value));
			if ("problem" in result) return fail(result.problem);
			encoded[operand] = result.encoded;
		}
		for (const [operand, other] of form.equal) encoded[operand] = encoded[other] as number;
		if (!known && spec.where.length > 0) return undefined;
		for (const limit of spec.where) {
			const width = encoding.widths[limit.subject] ?? 0;
			const value = encoded[limit.subject] as number;
			if (limit.values.some((v) => cut(v, width) === value) === limit.not) {
				const argument = args.get(limit.subject);
				const shown =
					argument && "text" in argument ? argument.text : argument && "number" in argument ? nameOf(spec, limit.subject, argument.number) : String(value);
				return fail(`${spec.operands[limit.subject]?.name} may not be ${shown} in ${spec.name}`, argument);
			}
		}
		return known ? assembleBytes(encoding, encoded) : undefined;
	}

	function nameOf(spec: InstructionSpec, operand: number, value: number): string {
		const kind = spec.operands[operand]?.kind;
		return kind?.kind === "reg" ? (isa.files[kind.file]?.names[value]?.[0] ?? String(value)) : String(value);
	}
	return { names, candidates, expected, encode };
}

/** Its own mnemonic first, of those the one with more literal text; then aliases, longer encodings first. Else the order of the definition. */
function preferred(a: Candidate & { kind: "encoding" }, b: Candidate & { kind: "encoding" }): number {
	if (a.form.alias !== b.form.alias) return a.form.alias ? 1 : -1;
	return a.form.alias ? b.bytes - a.bytes : b.form.literals - a.form.literals;
}

function push<V>(map: Map<string, V[]>, key: string, value: V): void {
	const list = map.get(key);
	if (list) list.push(value);
	else map.set(key, [value]);
}

function readyEncoding(spec: InstructionSpec, encoding: Encoding): ReadyEncoding {
	const slots = spec.operands.map(({ name, kind }, operand): Slot => {
		return { name, kind, width: encoding.widths[operand] ?? 0, named: namedBits(encoding.fields.filter((f) => f.operand === operand)) };
	});
	return { encoding, slots };
}

/** Puts encoded numbers (by operand) into the fixed bits of an encoding; bits that are ignored are 0. */
export function assembleBytes(encoding: Encoding, encoded: readonly number[]): Uint8Array {
	const bytes = Uint8Array.from(encoding.value);
	for (const { operand, from, to, width } of encoding.fields) {
		let part = Math.floor((encoded[operand] as number) / 2 ** to) % 2 ** width;
		let at = from;
		let left = width;
		while (left > 0) {
			const shift = at & 7;
			const take = Math.min(8 - shift, left);
			bytes[at >> 3] = (bytes[at >> 3] as number) | ((part % 2 ** take) << shift);
			part = Math.floor(part / 2 ** take);
			at += take;
			left -= take;
		}
	}
	return bytes;
}
