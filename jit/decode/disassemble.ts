/** Instructions in, assembly text out. */
import type { InstructionSpec, Isa } from "../spec/isa.ts";
import { bindAliases } from "./aliases.ts";
import type { Instruction, Undefined } from "./instruction.ts";
import { Names } from "./match.ts";
import { operandWriter } from "./operand.ts";

/** One way to write an instruction, and when it may be used. */
interface Form {
	readonly literals: readonly string[];
	/** operands between the literals: literal 0, operand 0, literal 1 ... */
	readonly operands: readonly number[];
	readonly fixed: readonly (readonly [number, number])[];
	readonly equal: readonly (readonly [number, number])[];
}

type Writer = (value: number, pc: number) => string;

/**
 * A function that writes an instruction at address `pc` (of which a 64-bit ISA may give the signed reading) as its syntax says; bytes that are none
 * become a data directive. Of the printing aliases that hold the one that fixes most is used, the last declared if several do; `aliases: false`:
 * the instruction's own first syntax. Throws SpecError if an alias of the definition means nothing.
 */
export function createDisassembler(isa: Isa, o: { aliases?: boolean } = {}): (i: Instruction | Undefined, pc: number) => string {
	const forms: Form[][] = isa.instructions.map(() => []);
	if (o.aliases !== false) {
		const printing = bindAliases(isa, new Names(isa)).filter((a) => a.print);
		printing.sort((a, b) => weight(b) - weight(a) || b.order - a.order);
		for (const a of printing) (forms[a.spec.id] as Form[]).push(form(a.alias.syntax, a.parts, a.fixed, a.equal));
	}
	for (const spec of isa.instructions) (forms[spec.id] as Form[]).push(form(null, spec.syntaxes[0] ?? [], [], []));
	const writers: Writer[][] = isa.instructions.map((spec) => spec.operands.map(({ kind }) => operandWriter(isa, kind)));

	return (i, pc) => {
		if (i.spec === null) return dataDirective(isa, i);
		const list = forms[(i.spec as InstructionSpec).id] as Form[];
		const { values } = i;
		const chosen = list.find((f) => holds(f, values)) as Form;
		const write = writers[i.spec.id] as Writer[];
		let text = chosen.literals[0] as string;
		for (let k = 0; k < chosen.operands.length; k++) {
			const operand = chosen.operands[k] as number;
			text += (write[operand] as Writer)(values[operand] as number, pc) + (chosen.literals[k + 1] as string);
		}
		return text;
	};
}

const weight = (a: { fixed: readonly unknown[]; equal: readonly unknown[] }) => a.fixed.length + a.equal.length;

function holds(f: Form, values: readonly number[]): boolean {
	for (const [operand, value] of f.fixed) if (values[operand] !== value) return false;
	for (const [operand, other] of f.equal) if (values[operand] !== values[other]) return false;
	return true;
}

/** `text`: the template as it was written, whose blanks are kept; the parts then only give the operands. */
function form(text: string | null, parts: readonly (string | number)[], fixed: Form["fixed"], equal: Form["equal"]): Form {
	const literals = [""];
	const operands: number[] = [];
	for (const part of parts) {
		if (typeof part === "number") {
			operands.push(part);
			literals.push("");
		} else literals[literals.length - 1] += part;
	}
	if (text !== null) {
		const written = text.split(/\{[^{}]+\}/);
		return { literals: written.length === literals.length ? written : literals, operands, fixed, equal };
	}
	return { literals, operands, fixed, equal };
}

const directives: Record<number, string> = { 1: ".byte", 2: ".half", 4: ".word", 8: ".dword" };

/** Undefined bytes as the data directive of their length that gives them again; several bytes if there is none of that length. */
function dataDirective(isa: Isa, i: Undefined): string {
	const bytes: number[] = [];
	for (let k = 0; k < Math.min(i.bytes, 4); k++) bytes.push(Math.floor(i.raw / 256 ** k) % 256);
	const big = isa.memories[0]?.endian === "big";
	const directive = directives[bytes.length];
	if (!directive) return `.byte ${bytes.map((b) => `0x${b.toString(16)}`).join(",")}`;
	const value = (big ? bytes : bytes.reverse()).reduce((sum, b) => sum * 256 + b, 0);
	return `${directive} 0x${value.toString(16)}`;
}
