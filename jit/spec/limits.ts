/** Limits on operands and context registers: from what was written to checked lists, and whether the encoded numbers left have a meaning. */
import { type Options, refuse } from "./arguments.ts";
import type { Draft } from "./draft.ts";
import type { Encoding, Limit, RegisterFile } from "./isa.ts";
import type { At } from "./operators.ts";
import { fits } from "./operators.ts";
import { describe, type KindValue, OnlyValue } from "./values.ts";

export interface OperandDraft {
	readonly name: string;
	readonly kind: KindValue;
}

export function operandLimits(o: Options, operands: readonly OperandDraft[], encodings: readonly Encoding[]): Limit[] {
	return o.entries.map(([name, value]) => {
		const at = o.at(name);
		const subject = operands.findIndex((operand) => operand.name === name);
		if (subject < 0)
			return refuse(at, `where: unknown operand ${JSON.stringify(name)}; this instruction has ${operands.map((x) => x.name).join(", ") || "none"}`);
		if (!(value instanceof OnlyValue)) return refuse(at, `where: only(...) or not(...) expected, this is ${describe(value)}`);
		const width = Math.max(...encodings.map((e) => e.widths[subject] as number));
		for (const v of value.values) if (v >= 2 ** width) refuse(at, `where: ${v} does not fit ${name}, which has ${width} bits`);
		return { subject, values: value.values, not: value.not };
	});
}

export function contextLimits(o: Options, draft: Draft): Limit[] {
	return o.entries.map(([name, value]) => {
		const at = o.at(name);
		const parts = draft.names.get(name);
		const cell = parts?.length === 1 && parts[0] ? draft.cells[parts[0].cell] : undefined;
		if (!parts || !cell || cell.kind !== "context" || parts[0]?.width !== cell.width)
			return refuse(at, `context: ${JSON.stringify(name)} is no context register`);
		if (!(value instanceof OnlyValue)) return refuse(at, `context: only(...) or not(...) expected, this is ${describe(value)}`);
		for (const v of value.values) if (v >= 2 ** cell.width) refuse(at, `context: ${v} does not fit ${name}, which has ${cell.width} bits`);
		return { subject: parts[0].cell, values: value.values, not: value.not };
	});
}

/** Refuses an encoding in which an operand can be a number that means nothing: a register that is not there, a value past a table's end, one too wide. */
export function checkNumbers(at: At, draft: Draft, operands: readonly OperandDraft[], encoding: Encoding, where: readonly Limit[]): void {
	operands.forEach(({ name, kind }, i) => {
		const width = encoding.widths[i] as number;
		const limits = where.filter((l) => l.subject === i);
		const k = kind.kind;
		switch (k.kind) {
			case "signed":
			case "relative":
			case "unsigned": {
				if (width === 0) return;
				const least = k.kind === "unsigned" ? 0n : -(1n << BigInt(width - 1));
				const most = (k.kind === "unsigned" ? (1n << BigInt(width)) - 1n : (1n << BigInt(width - 1)) - 1n) * BigInt(k.scale);
				const fit = k.kind === "unsigned" ? most < 1n << BigInt(k.width) : fits(least * BigInt(k.scale), k.width) && most < 1n << BigInt(k.width - 1);
				if (!fit)
					refuse(
						at,
						`${name} has ${width} bits in the encoding${k.scale > 1 ? ` times ${k.scale}` : ""}, more than the ${k.width} of its value`,
						encoding.text,
					);
				return;
			}
			case "space":
				if (width > k.width) refuse(at, `${name} has ${width} bits in the encoding, more than the ${k.width} of the space's index`, encoding.text);
				return;
		}
		if (width > 16) refuse(at, `${name} has ${width} bits in the encoding; at most 16 for a ${k.kind === "reg" ? "register" : k.kind}`, encoding.text);
		if (k.kind === "choice") return;
		const beyond = firstBeyond(kind.most, width, limits);
		if (k.kind === "table") {
			if (beyond !== null) refuse(at, `${name} can be encoded as ${beyond}, but its table has ${kind.most + 1} values; limit it with where`, encoding.text);
			return;
		}
		const file = draft.files[k.file] as RegisterFile;
		if (beyond !== null) {
			refuse(
				at,
				`${name} can be register ${beyond * k.times + k.plus}, but the file ${file.name} has ${file.places.length}; limit it with where`,
				encoding.text,
			);
		}
		if (!file.places.includes(null)) return;
		for (let n = 0; n <= kind.most && n < 2 ** width; n++) {
			const r = n * k.times + k.plus;
			if (!file.places[r] && (file.names[r] ?? []).length === 0 && allowed(n, limits)) {
				refuse(at, `${name} can be register ${r} of the file ${file.name}, which is a hole; limit it with where`, encoding.text);
			}
		}
	});
}

const allowed = (n: number, limits: readonly Limit[]): boolean => limits.every((l) => l.values.includes(n) !== l.not);
/** The first number above `most` that an operand of a width can be. */
function firstBeyond(most: number, width: number, limits: readonly Limit[]): number | null {
	const only = limits.find((l) => !l.not);
	if (only) return only.values.find((n) => n > most && n < 2 ** width && allowed(n, limits)) ?? null;
	for (let n = most + 1; n < 2 ** width; n++) if (allowed(n, limits)) return n;
	return null;
}
