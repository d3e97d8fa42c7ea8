/** Random instruction streams for promise C2: an ISA and a seed in, machine code of many short streams out. */
import type { Encoding, InstructionSpec, Isa } from "../../jit/spec/isa.ts";

/** A small seeded generator (xorshift32). */
export function randomSource(seed: number): (below: number) => number {
	let x = seed | 0 || 1;
	return (below) => {
		x ^= x << 13;
		x ^= x >>> 17;
		x ^= x << 5;
		return Math.floor(((x >>> 0) / 2 ** 32) * below);
	};
}

/** Bytes of one encoding with these encoded operand numbers. */
export function encode(encoding: Encoding, operands: readonly number[]): number[] {
	const bytes = [...encoding.value];
	for (const field of encoding.fields)
		for (let i = 0; i < field.width; i++) {
			const bit = Math.floor((operands[field.operand] ?? 0) / 2 ** (field.to + i)) & 1;
			const at = field.from + i;
			if (bit) bytes[at >> 3] = (bytes[at >> 3] ?? 0) | (1 << (at & 7));
		}
	return bytes;
}

export interface StreamRules {
	/** Registers that hold addresses of scratch memory; never written. */
	readonly bases: readonly number[];
	/** Registers that a stream must not write besides. */
	readonly kept: readonly number[];
	/** Names of the operands that are written registers, and of the one that is a memory base. */
	readonly destinations: readonly string[];
	readonly base: string;
	/** Names of base registers that are implicit in an instruction's own semantics are allowed. */
	readonly skip: (spec: InstructionSpec) => boolean;
	/** Indices that may stand in an operand that names a space's entry. */
	readonly entries: readonly number[];
}

/** One stream of `count` instructions; control transfers go forward to the start of an instruction of the stream or to its end. */
export function makeStream(isa: Isa, rules: StreamRules, random: (below: number) => number, count: number): number[] {
	const specs = isa.instructions.filter((s) => !rules.skip(s));
	const picked: { spec: InstructionSpec; encoding: Encoding; operands: number[]; at: number }[] = [];
	let at = 0;
	while (picked.length < count) {
		const spec = specs[random(specs.length)] as InstructionSpec;
		const encoding = spec.encodings[random(spec.encodings.length)] as Encoding;
		const operands = spec.operands.map((operand, i) => {
			const limit = 2 ** (encoding.widths[i] ?? 0);
			if (operand.kind.kind === "space") return rules.entries[random(rules.entries.length)] as number;
			if (operand.kind.kind !== "reg" || random(4) === 0) return random(limit);
			return random(Math.min(limit, 16));
		});
		if (!legal(isa, spec, encoding, operands, rules)) continue;
		picked.push({ spec, encoding, operands, at });
		at += encoding.bytes;
	}
	const starts = [...picked.map((p) => p.at), at];
	return picked.flatMap((p, i) => {
		const target = p.spec.operands.findIndex((o) => o.kind.kind === "relative");
		if (target >= 0 && p.spec.effects.endsBlock) p.operands[target] = (starts[i + 1 + random(Math.min(4, count - i))] as number) - p.at;
		return encode(p.encoding, p.operands);
	});
}

function legal(isa: Isa, spec: InstructionSpec, encoding: Encoding, operands: number[], rules: StreamRules): boolean {
	const memory = spec.effects.loads || spec.effects.stores;
	for (const [i, operand] of spec.operands.entries()) {
		const kind = operand.kind;
		if (kind.kind !== "reg") continue;
		const register = (operands[i] as number) * kind.times + kind.plus;
		if (rules.destinations.includes(operand.name.replace(/[cp']$/, "")) && [...rules.bases, ...rules.kept].includes(register)) return false;
		if (memory && operand.name.replace(/[cp']$/, "") === rules.base && !rules.bases.includes(register)) return false;
	}
	for (const limit of spec.where) {
		if (limit.values.includes(operands[limit.subject] as number) === limit.not) return false;
	}
	// the offset of a memory access stays in the middle of the scratch memory by its own 12 bits
	return encoding.bytes > 0 && isa.files.length > 0;
}
