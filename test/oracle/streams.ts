/** Random instruction streams for promise C2: an ISA and a seed in, machine code of many short streams out. */
import type { Encoding, InstructionSpec, Isa } from "../../jit/spec/isa.ts";
import type { Random } from "../ir/random.ts";

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
	/** Names of the operands that are written registers, and of the one that is a memory base. */
	readonly destinations: readonly string[];
	readonly base: string;
	/** Instructions that are never drawn: those that leave the stream, and those that the oracle gets wrong. */
	readonly skip: (spec: InstructionSpec) => boolean;
	/** Indices that may stand in an operand that names a space's entry. */
	readonly entries: readonly number[];
	/** Registers beside `bases` that are never written. */
	readonly kept?: readonly number[];
	/** Changes the operands of an instruction that was drawn, so that it is one the stream may have; false: draw another. */
	readonly adjust?: (spec: InstructionSpec, operands: number[], random: Random) => boolean;
}

export interface Stream {
	readonly bytes: number[];
	/** Offset of every instruction, and of the stream's end. */
	readonly starts: number[];
}

/** One stream of `count` instructions; control transfers go forward to the start of an instruction of the stream or to its end. */
export function makeStream(isa: Isa, rules: StreamRules, random: Random, count: number): Stream {
	const specs = isa.instructions.filter((s) => !rules.skip(s));
	const picked: { spec: InstructionSpec; encoding: Encoding; operands: number[]; at: number }[] = [];
	let at = 0;
	while (picked.length < count) {
		const spec = random.pick(specs);
		const encoding = random.pick(spec.encodings);
		const operands = spec.operands.map((operand, i) => {
			const limit = 2 ** (encoding.widths[i] ?? 0);
			if (operand.kind.kind === "space") return random.pick(rules.entries);
			if (operand.kind.kind !== "reg" || random.once(4)) return random.below(limit);
			return random.below(Math.min(limit, 16));
		});
		if ((rules.adjust && !rules.adjust(spec, operands, random)) || !legal(spec, operands, rules)) continue;
		picked.push({ spec, encoding, operands, at });
		at += encoding.bytes;
	}
	const starts = [...picked.map((p) => p.at), at];
	const bytes = picked.flatMap((p, i) => {
		const target = p.spec.operands.findIndex((o) => o.kind.kind === "relative");
		if (target >= 0 && p.spec.effects.endsBlock) p.operands[target] = (starts[i + 1 + random.below(Math.min(4, count - i))] as number) - p.at;
		return encode(p.encoding, p.operands);
	});
	return { bytes, starts };
}

/** Offsets need no care: 12 bits of them stay inside the scratch memory. */
function legal(spec: InstructionSpec, operands: readonly number[], rules: StreamRules): boolean {
	const memory = spec.effects.loads || spec.effects.stores;
	for (const [i, operand] of spec.operands.entries()) {
		const kind = operand.kind;
		if (kind.kind !== "reg") continue;
		const register = (operands[i] as number) * kind.times + kind.plus;
		const role = operand.name.replace(/[cp']$/, "");
		if (rules.destinations.includes(role) && (rules.bases.includes(register) || rules.kept?.includes(register))) return false;
		if (memory && role === rules.base && !rules.bases.includes(register)) return false;
	}
	return spec.where.every((limit) => limit.values.includes(operands[limit.subject] as number) !== limit.not);
}
