/** Registers, views, files and spaces in, the ops that read and write them out. */
import type { Cell } from "../base/layout.ts";
import { Bits } from "./bits.ts";
import type { Code } from "./code.ts";
import type { CellSlice } from "./isa.ts";
import { type At, isNumber, ownBits, toBits } from "./operators.ts";
import { fail } from "./source.ts";
import { describe, FileValue, type Register, type SpaceValue, type Value } from "./values.ts";
import type { StateAccess, World } from "./world.ts";

/** Bits a number from 0 to `most` takes. */
export const bitsFor = (most: number): number => Math.max(1, Math.ceil(Math.log2(most + 1)));

/** Reads and writes of the state for the template that `world.code` builds. */
export function stateAccess(world: () => World, cells: readonly Cell[]): StateAccess {
	const code = () => world().code as Code;
	return {
		read: (register) => read(code(), cells, register),
		write: (valueAt, register, value) => write(code(), cells, register, toBits(code(), valueAt, value, register.width)),
		readAt: (at, place, index) => (place instanceof FileValue ? readFile(code(), cells, at, place, index) : readSpace(code(), at, place, index)),
		writeAt: (at, place, index, valueAt, value) => {
			const v = toBits(code(), valueAt, value, place.width);
			if (place instanceof FileValue) writeFile(code(), cells, at, place, index, v);
			else code().effect("setspace", place.width, spaceIndex(code(), at, place, index), v, place.number);
		},
	};
}

const widthOf = (cells: readonly Cell[], part: CellSlice): number => (cells[part.cell] as Cell).width;

function readPart(code: Code, cells: readonly Cell[], part: CellSlice): Bits {
	const whole = widthOf(cells, part);
	const cell = code.effect("getreg", whole, null, null, part.cell);
	const shifted = part.low === 0 ? cell : code.pure("shr", whole, cell, code.constant(part.low, 16));
	return code.pure("trunc", part.width, shifted);
}
function read(code: Code, cells: readonly Cell[], register: Register): Bits {
	let value: Bits | null = null;
	for (const part of register.parts) {
		const piece = readPart(code, cells, part);
		value = value ? concat(code, value, piece) : piece;
	}
	return value as Bits;
}
/** `high` above `low`. */
export function concat(code: Code, high: Bits, low: Bits): Bits {
	const w = high.w + low.w;
	const up = code.pure("shl", w, code.pure("zext", w, high), code.constant(low.w, 16));
	return code.pure("or", w, up, code.pure("zext", w, low));
}
/** `value[low + w - 1 : low]`. */
export function slice(code: Code, value: Bits, low: number, w: number): Bits {
	return code.pure("trunc", w, low === 0 ? value : code.pure("shr", value.w, value, code.constant(low, 16)));
}

function write(code: Code, cells: readonly Cell[], register: Register, value: Bits): void {
	let low = register.width;
	const seen = new Set<number>();
	for (const part of register.parts) {
		low -= part.width;
		writePart(code, cells, part, slice(code, value, low, part.width), seen.has(part.cell));
		seen.add(part.cell);
	}
}
function writePart(code: Code, cells: readonly Cell[], part: CellSlice, value: Bits, again: boolean): void {
	const w = widthOf(cells, part);
	if (part.width === w) {
		code.effect("setreg", w, value, null, part.cell);
		return;
	}
	const policy = again ? "merge" : part.write;
	const wide = code.pure(policy === "sext" ? "sext" : "zext", w, value);
	let placed = code.pure("shl", w, wide, code.constant(part.low, 16));
	if (policy === "merge") {
		const hole = ~(((1n << BigInt(part.width)) - 1n) << BigInt(part.low));
		const old = code.effect("getreg", w, null, null, part.cell);
		placed = code.pure("or", w, code.pure("and", w, old, code.constant(BigInt.asUintN(w, hole), w)), placed);
	}
	code.effect("setreg", w, placed, null, part.cell);
}

/** A static register number, or a guest value that is one. */
function fileIndex(at: At, file: FileValue, index: Value): number | Bits {
	const value = index instanceof Bits && index.known !== null ? Number(index.known) : index;
	if (value instanceof Bits) {
		const most = bitsFor(file.places.length - 1);
		if (value.w > most)
			return fail(at.source, at.node, `a register number of ${value.w} bits; the file ${file.name} has ${file.places.length} registers, use ${most} bits`);
		return value;
	}
	if (!isNumber(value)) return fail(at.source, at.node, `a register number expected, this is ${describe(value)}`);
	if (value < 0 || value >= file.places.length) return fail(at.source, at.node, `register ${value} of the file ${file.name}, which has ${file.places.length}`);
	return Number(value);
}
function readFile(code: Code, cells: readonly Cell[], at: At, file: FileValue, index: Value): Bits {
	const i = fileIndex(at, file, index);
	if (typeof i !== "number") return code.effect("getfile", file.width, i, null, file.index);
	const place = file.places[i];
	if (i === file.zero || !place) return code.constant(0, file.width);
	return read(code, cells, place);
}
function writeFile(code: Code, cells: readonly Cell[], at: At, file: FileValue, index: Value, value: Bits): void {
	const i = fileIndex(at, file, index);
	if (typeof i !== "number") {
		code.effect("setfile", file.width, i, value, file.index);
		return;
	}
	const place = file.places[i];
	if (i !== file.zero && place) write(code, cells, place, value);
}

function spaceIndex(code: Code, at: At, space: SpaceValue, index: Value): Bits {
	if (isNumber(index)) return toBits(code, at, index, space.index);
	const value = ownBits(code, at, index);
	return value.w === space.index ? value : fail(at.source, at.node, `an index of ${value.w} bits; the space ${space.name} has ${space.index}`);
}
function readSpace(code: Code, at: At, space: SpaceValue, index: Value): Bits {
	return code.effect("getspace", space.width, spaceIndex(code, at, space, index), null, space.number);
}
