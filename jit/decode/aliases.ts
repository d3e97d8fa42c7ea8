/** Aliases of a definition in, bound to instructions out: which operands they fix and which they name. */
import { SpecError } from "../base/errors.ts";
import type { Alias, InstructionSpec, Isa, OperandKind } from "../spec/isa.ts";
import { evaluate, type Scope } from "./expression.ts";
import { type Argument, matchParts, type Names } from "./match.ts";
import { parseTemplate, squeeze, squeezeSyntax } from "./template.ts";

/** An alias that stands for an instruction. `parts` name operands by number; `fixed` are the values (as semantics see them) of the others. */
export interface BoundAlias {
	readonly spec: InstructionSpec;
	readonly parts: readonly (string | number)[];
	readonly fixed: readonly (readonly [operand: number, value: number])[];
	/** operands that must have the same value */
	readonly equal: readonly (readonly [operand: number, other: number])[];
	readonly print: boolean;
	/** position among all aliases */
	readonly order: number;
	readonly alias: Alias;
}

const constants: Scope = {
	symbol: (name) => `unknown name "${name}"`,
	local: () => "a label has no meaning here",
	here: () => "an address has no meaning here",
	modifier: (name) => `%${name} has no meaning here`,
};

/** A meaning that an earlier alias or a syntax gives: argument texts by operand number. */
interface Target {
	readonly spec: InstructionSpec;
	readonly parts: readonly (string | number)[];
	readonly fixed: BoundAlias["fixed"];
	readonly equal: BoundAlias["equal"];
}

/** Binds every alias to the instructions that its meaning can be. Throws SpecError for a meaning that is no instruction of this ISA. */
export function bindAliases(isa: Isa, names: Names): BoundAlias[] {
	const targets = new Map<string, Target[]>();
	const add = (target: Target) => {
		const first = target.parts[0];
		const key = typeof first === "string" ? headOf(first) : "";
		const list = targets.get(key);
		if (list) list.push(target);
		else targets.set(key, [target]);
	};
	for (const spec of isa.instructions) for (const syntax of spec.syntaxes) add({ spec, parts: squeezeSyntax(syntax), fixed: [], equal: [] });
	const bound: BoundAlias[] = [];
	isa.aliases.forEach((alias, order) => {
		const meaning = squeeze(alias.meaning);
		const found: BoundAlias[] = [];
		for (const target of candidates(targets, meaning)) {
			const b = bind(names, alias, order, target, meaning);
			if (b && !found.some((f) => f.spec === b.spec)) found.push(b);
		}
		if (found.length === 0) {
			throw new SpecError(alias.at.file, alias.at.line, alias.at.column, alias.meaning, "the alias means no instruction that is defined before it");
		}
		for (const b of found) {
			bound.push(b);
			add(b);
		}
	});
	return bound;
}

const headOf = (text: string) => /^[^\s{]*/.exec(text)?.[0] ?? "";

/** Targets whose literal beginning the meaning has, those of instructions first. */
function candidates(targets: ReadonlyMap<string, Target[]>, meaning: string): Target[] {
	const head = headOf(meaning);
	const found: Target[] = [];
	for (let length = head.length; length >= 0; length--) found.push(...(targets.get(head.slice(0, length)) ?? []));
	return found;
}

function bind(names: Names, alias: Alias, order: number, target: Target, meaning: string): BoundAlias | null {
	const { spec } = target;
	const kindOf = (operand: number) => (spec.operands[operand] as { kind: OperandKind }).kind;
	const found = new Map<number, Argument>();
	if (!matchParts(names, target.parts, kindOf, meaning, 0, 0, found)) return null;
	const fixed = [...target.fixed];
	const equal = [...target.equal];
	const holes = new Map<string, number>();
	for (const [operand, argument] of [...found].sort(([a], [b]) => a - b)) {
		if ("hole" in argument) {
			const other = holes.get(argument.hole);
			if (other === undefined) holes.set(argument.hole, operand);
			else equal.push([operand, other]);
			continue;
		}
		const value = "number" in argument ? BigInt(argument.number) : evaluate(argument.expression, constants);
		if (typeof value !== "bigint") {
			throw new SpecError(alias.at.file, alias.at.line, alias.at.column, alias.meaning, value ?? "the operand must be a number");
		}
		fixed.push([operand, Number(value)]);
	}
	// a target that wants one operand in two places must not take two holes for it: matchParts has seen to that
	const parts = parseTemplate(alias.syntax).map((part) => {
		if (typeof part === "string") return part;
		const operand = holes.get(part.name);
		if (operand === undefined) {
			throw new SpecError(alias.at.file, alias.at.line, alias.at.column, `{${part.name}}`, "an operand of the alias that its meaning does not use");
		}
		return operand;
	});
	for (const [name, operand] of holes) {
		if (!parts.includes(operand))
			throw new SpecError(alias.at.file, alias.at.line, alias.at.column, `{${name}}`, "an operand of the meaning that the alias does not give");
	}
	return { spec, parts, fixed, equal, print: alias.print, order, alias };
}
