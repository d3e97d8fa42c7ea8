/** An ISA and a source of random numbers in, machine code and states to run it from out; knows nothing but the definition, so it works for every ISA. */
import type { Decoder } from "../../jit/decode/decoder.ts";
import type { Block } from "../../jit/ir/block.ts";
import type { CodeSource } from "../../jit/lift/lift.ts";
import type { Encoding, InstructionSpec, Isa } from "../../jit/spec/isa.ts";
import type { Random } from "../ir/random.ts";

type Halves = readonly [lo: number, hi: number];

export interface Program {
	readonly origin: number;
	readonly code: Uint8Array;
	/** addresses where a run of instructions begins: jumps go there */
	readonly starts: readonly number[];
	readonly source: CodeSource;
}

interface Picked {
	readonly spec: InstructionSpec;
	readonly encoding: Encoding;
	readonly at: number;
}

/** A number of `width` bits with the bits of a signed JavaScript number. */
function bitsOf(value: number, width: number): Halves {
	const lo = value | 0;
	const hi = Math.floor(value / 2 ** 32) | 0;
	if (width > 32) return [lo, width < 64 ? hi & ((1 << (width - 32)) - 1) : hi];
	return [width < 32 ? lo & ((1 << width) - 1) : lo, 0];
}
const bitAt = ([lo, hi]: Halves, i: number): number => (i < 32 ? lo >>> i : hi >>> (i - 32)) & 1;

/** The encoding's bytes; bits that mean nothing are random. */
function assembleBits(encoding: Encoding, operands: readonly Halves[], random: Random): number[] {
	const bytes = encoding.value.map((byte, i) => byte | (random.word() & 0xff & ~encoding.mask[i]!));
	for (const { operand, from, to, width } of encoding.fields)
		for (let i = 0; i < width; i++) {
			const at = from + i;
			bytes[at >> 3] = (bytes[at >> 3]! & ~(1 << (at & 7))) | (bitAt(operands[operand]!, to + i) << (at & 7));
		}
	return bytes;
}

class Maker {
	readonly #few: readonly number[];
	readonly #ordinary: readonly InstructionSpec[];
	readonly #enders: readonly InstructionSpec[];
	constructor(
		readonly isa: Isa,
		readonly decoder: Decoder,
		readonly random: Random,
	) {
		// few registers, so that instructions have to do with each other
		this.#few = Array.from({ length: 6 }, () => random.below(256));
		this.#ordinary = isa.instructions.filter(({ effects }) => !effects.privileged && !effects.endsBlock);
		this.#enders = isa.instructions.filter(({ effects }) => effects.privileged || effects.endsBlock);
	}

	program(origin: number, blocks: number, most: number): Program {
		const { random } = this;
		const starts: number[] = [];
		const picked: Picked[] = [];
		let at = origin;
		for (let b = 0; b < blocks; b++) {
			starts.push(at);
			const count = 1 + random.below(most);
			for (let k = 0; k < count; k++) {
				const last = k === count - 1;
				const list = this.#enders.length > 0 && (last ? !random.once(4) : random.once(60)) ? this.#enders : this.#ordinary;
				const spec = random.pick(list);
				// privileged ones only end a block: few of them are enough
				if (spec.effects.privileged && !random.once(4)) continue;
				const encoding = random.pick(spec.encodings);
				picked.push({ spec, encoding, at });
				at += encoding.bytes;
			}
		}
		const code = new Uint8Array(at - origin + 16);
		for (const one of picked) code.set(this.#bytes(one, starts), one.at - origin);
		const source: CodeSource = (pc) => (pc >= origin && pc < origin + code.length ? { bytes: code, at: pc - origin, end: code.length } : null);
		return { origin, code, starts, source };
	}

	/** Bytes that decode to what was picked, if a few tries find some that the limits allow. */
	#bytes({ spec, encoding, at }: Picked, starts: readonly number[]): number[] {
		let bytes: number[] = [];
		for (let tries = 0; tries < 20; tries++) {
			const operands = spec.operands.map(({ kind }, i) => this.#operand(kind, encoding.widths[i] ?? 0, at, starts));
			bytes = assembleBits(encoding, operands, this.random);
			if (this.decoder.decode(Uint8Array.from(bytes), 0, bytes.length, 0).spec === spec) break;
		}
		return bytes;
	}

	#operand(kind: InstructionSpec["operands"][number]["kind"], width: number, at: number, starts: readonly number[]): Halves {
		const { random } = this;
		if (width === 0) return [0, 0];
		switch (kind.kind) {
			case "reg":
				return bitsOf(random.once(8) ? random.word() >>> 0 : random.pick(this.#few), width);
			case "relative": {
				const near = random.pick(starts.filter((start) => Math.abs(start - at) < 2 ** (width - 1) * kind.scale));
				const steps = near === undefined ? Number.NaN : (near - at - kind.plus) / kind.scale;
				const fits = Number.isInteger(steps) && steps >= -(2 ** (width - 1)) && steps < 2 ** (width - 1);
				return fits && !random.once(10) ? bitsOf(steps, width) : random.bits(width);
			}
			case "signed":
			case "unsigned":
				if (random.once(3)) return bitsOf(8 * random.below(32), width);
				return random.bits(width);
			default:
				return random.bits(width);
		}
	}
}

/** `blocks` runs of up to `most` instructions each, one after the other; most of them end in a jump or branch to the start of one. */
export function randomProgram(isa: Isa, decoder: Decoder, random: Random, origin: number, blocks: number, most: number): Program {
	return new Maker(isa, decoder, random).program(origin, blocks, most);
}

/** A floating-point number, in half of the wide registers a narrower one boxed in ones. */
function number(random: Random, width: number): Halves {
	const w = width === 32 || random.once(2) ? width : random.pick([16, 32, 32]);
	const [lo, hi] = random.float(w);
	return [w === 16 ? lo | -65536 : lo, w < width ? -1 : hi];
}

/** All cells: those as wide as an address mostly point into RAM, some at code, the rest like corners, those of further files mostly floating-point numbers; pc and context as the block wants them. */
export function randomState(isa: Isa, random: Random, program: Program, block: Block, ram: { base: number; bytes: number }): Halves[] {
	const zero = new Set(isa.files.flatMap((file) => (file.zero >= 0 ? (file.places[file.zero] ?? []).map((part) => part.cell) : [])));
	const address = (n: number): Halves => bitsOf(n, isa.addressBits);
	// registers of other files than the first hold no addresses
	const data = new Set(isa.files.slice(1).flatMap((file) => (file.width < 32 ? [] : file.places.flatMap((parts) => (parts ?? []).map((part) => part.cell)))));
	return isa.cells.map((cell, i): Halves => {
		const value = random.bits(cell.width);
		const kind = random.below(20);
		if (i === 0) return address(block.pc);
		const context = isa.contexts.find((one) => one.cell === i);
		if (context) return [Math.floor(block.context / 2 ** context.shift) % 2 ** context.width, 0];
		if (zero.has(i) || cell.kind === "system") return [0, 0];
		if (data.has(i) && (cell.width === 32 || cell.width === 64)) return random.once(6) ? value : number(random, cell.width);
		if (cell.width !== isa.addressBits) return value;
		if (kind < 9) return address(ram.base + 8 * random.below(ram.bytes / 8));
		if (kind < 11) return address(ram.base + random.below(ram.bytes));
		if (kind < 13) return address(random.pick(program.starts));
		return value;
	});
}
