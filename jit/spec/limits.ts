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
		// the usual case: every number is a register that is there
		if (k.kind === "reg" && 2 ** width - 1 <= kind.most && !draft.files[k.file]?.places.includes(null)) return;
		for (const n of numbers(width, limits)) {
			if (k.kind === "table") {
				if (n > kind.most) refuse(at, `${name} can be encoded as ${n}, but its table has ${kind.most + 1} values; limit it with where`, encoding.text);
				continue;
			}
			const file = draft.files[k.file] as RegisterFile;
			const r = n * k.times + k.plus;
			if (r >= file.places.length)
				refuse(at, `${name} can be register ${r}, but the file ${file.name} has ${file.places.length}; limit it with where`, encoding.text);
			if (!file.places[r] && r !== file.zero && (file.names[r] ?? []).length === 0) {
				refuse(at, `${name} can be register ${r} of the file ${file.name}, which is a hole; limit it with where`, encoding.text);
			}
		}
	});
}

function* numbers(width: number, limits: readonly Limit[]): Generator<number> {
	for (let n = 0; n < 2 ** width; n++) if (limits.every((l) => l.values.includes(n) !== l.not)) yield n;
}
