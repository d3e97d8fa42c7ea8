/** Operands: value <-> encoded number, value -> text; and why a value does not fit. */
import type { IndexedSpace, Isa, OperandKind, RegisterFile } from "../spec/isa.ts";

/** An encoded number, or what is wrong with the value. */
export type Encoded = { readonly encoded: number } | { readonly problem: string };

const mod = (v: number, size: number) => ((v % size) + size) % size;

/** What an immediate may be: its name and encoding. `named`: the bits of the encoded number that the encoding holds. */
export interface Slot {
	readonly name: string;
	readonly kind: OperandKind;
	readonly width: number;
	readonly named: number;
}

/** Bits that an operand's slices hold, as a number. */
export function namedBits(slices: readonly { readonly to: number; readonly width: number }[]): number {
	return slices.reduce((sum, f) => sum + (2 ** f.width - 1) * 2 ** f.to, 0);
}

/** The encoded number of a value as semantics see it (of `relative`: the displacement). Values may be given signed or unsigned where the width allows both. */
export function encodeValue(isa: Isa, slot: Slot, value: bigint): Encoded {
	const { kind, width, name } = slot;
	switch (kind.kind) {
		case "reg": {
			const number = (Number(value) - kind.plus) / kind.times;
			if (!Number.isInteger(number) || number < 0 || number >= 2 ** width) {
				const file = isa.files[kind.file] as RegisterFile;
				return { problem: `register ${registerName(file, Number(value))} does not fit ${name} (${registerRange(file, kind, width)})` };
			}
			return { encoded: number };
		}
		case "choice":
		case "space":
			if (value < 0n || value >= 1n << BigInt(width)) return { problem: range(slot, value, 0, 2 ** width - 1) };
			return { encoded: Number(value) };
		case "table": {
			const size = kind.width;
			const encoded = kind.values.findIndex((v) => BigInt.asUintN(size, BigInt(v)) === BigInt.asUintN(size, value));
			if (encoded < 0 || encoded >= 2 ** width || !fitsEitherWay(value, size)) {
				const shown = kind.values.slice(0, 8).map((v) => showNumber(v, kind.show));
				return { problem: `immediate ${value} does not fit ${name} (one of ${shown.join(", ")}${kind.values.length > 8 ? ", ..." : ""})` };
			}
			return { encoded };
		}
		default:
			return encodeNumber(slot, kind.kind !== "unsigned", kind.scale, kind.width, value);
	}
}

function encodeNumber(slot: Slot, signed: boolean, scale: number, width: number, given: bigint): Encoded {
	const low = signed && slot.width > 0 ? -(2 ** (slot.width - 1)) : 0;
	const high = slot.width === 0 ? 0 : 2 ** (signed ? slot.width - 1 : slot.width) - 1;
	const wrapped = fitsEitherWay(given, width) ? (signed ? BigInt.asIntN(width, given) : BigInt.asUintN(width, given)) : given;
	const value = Number(wrapped);
	const step = slot.named === 0 ? 1 : lowestBit(slot.named);
	const least = low * scale;
	const most = (high - (step - 1)) * scale;
	if (value < least || value > most || !Number.isSafeInteger(value)) return { problem: range(slot, given, least, most) };
	const number = value / scale;
	const encoded = mod(number, 2 ** slot.width);
	if (!Number.isInteger(number) || mod(encoded, step) !== 0) {
		return { problem: `${noun(slot)} ${given} does not fit ${slot.name} (a multiple of ${Math.abs(step * scale)})` };
	}
	if (slot.width <= 31 && (encoded & ~slot.named) !== 0)
		return { problem: `${noun(slot)} ${given} does not fit ${slot.name} (its bits are 0x${slot.named.toString(16)})` };
	return { encoded };
}

const noun = (slot: Slot) => (slot.kind.kind === "relative" ? "displacement" : "immediate");

function range(slot: Slot, value: bigint, least: number, most: number): string {
	const sign = slot.kind.kind === "signed" || slot.kind.kind === "relative" ? "signed" : "unsigned";
	return `${noun(slot)} ${value} does not fit ${slot.name} (${sign} ${slot.width} bits, ${least}..${most})`;
}

/** May the value be read as a signed or as an unsigned number of that width? */
function fitsEitherWay(value: bigint, width: number): boolean {
	return width > 0 && value >= -(1n << BigInt(width - 1)) && value < 1n << BigInt(width);
}

function lowestBit(n: number): number {
	let bit = 1;
	while (n % (bit * 2) === 0) bit *= 2;
	return bit;
}

/** The value of an encoded number as semantics see it; undefined: a table has no such entry. */
export function decodeValue(kind: OperandKind, width: number, encoded: number): number | undefined {
	switch (kind.kind) {
		case "reg":
			return encoded * kind.times + kind.plus;
		case "unsigned":
			return encoded * kind.scale;
		case "signed":
		case "relative":
			return (width > 0 && encoded >= 2 ** (width - 1) ? encoded - 2 ** width : encoded) * kind.scale;
		case "table":
			return kind.values[encoded];
		default:
			return encoded;
	}
}

/** Preferred name of register `index`; its number behind the file's name if it has none. */
export function registerName(file: RegisterFile, index: number): string {
	return file.names[index]?.[0] ?? `${file.name}${index}`;
}

function registerRange(file: RegisterFile, kind: OperandKind & { kind: "reg" }, width: number): string {
	const last = Math.min(2 ** width - 1, Math.floor((file.places.length - 1 - kind.plus) / kind.times));
	return `${registerName(file, kind.plus)}..${registerName(file, last * kind.times + kind.plus)}${kind.times > 1 ? ` in steps of ${kind.times}` : ""}`;
}

export function showNumber(value: number, show: "dec" | "hex"): string {
	if (show === "dec") return String(value);
	return value < 0 ? `-0x${(-value).toString(16)}` : `0x${value.toString(16)}`;
}

/** An address as a hexadecimal number of the ISA's address width. `address` may be its signed reading. */
export function showAddress(isa: Isa, address: number): string {
	const bits = isa.addressBits;
	if (bits <= 52 || address >= 0) return `0x${(bits <= 52 ? mod(address, 2 ** bits) : address).toString(16)}`;
	return `0x${BigInt.asUintN(bits, BigInt(address)).toString(16)}`;
}

/** A function that writes an operand's value at address `pc`. */
export function operandWriter(isa: Isa, kind: OperandKind): (value: number, pc: number) => string {
	switch (kind.kind) {
		case "reg": {
			const file = isa.files[kind.file] as RegisterFile;
			const names = file.places.map((_, i) => registerName(file, i));
			return (value) => names[value] ?? registerName(file, value);
		}
		case "signed":
		case "unsigned":
		case "table": {
			const hex = kind.show === "hex";
			return (value) => (hex ? showNumber(value, "hex") : String(value));
		}
		case "relative":
			return (value, pc) => showAddress(isa, pc + kind.plus + value);
		case "choice": {
			const names = new Map([...kind.names].reverse().map(([name, number]) => [number, name]));
			return (value) => names.get(value) ?? `?${value}`;
		}
		case "space": {
			const { entries } = isa.spaces[kind.space] as IndexedSpace;
			return (value) => entries.get(value)?.name ?? `0x${value.toString(16)}`;
		}
	}
}
