/** How the writer keeps expressions in one array of 32-bit words, and the bytes that types, loads and stores have in the binary format. */
import type { AnyType, FloatType } from "./nodes.ts";

/** Opcodes that stand for themselves in the array, and what follows them there. */
export const Code = {
	/** label */
	unreachable: 0x00,
	/** label or -1, type, count, children */
	block: 0x02,
	/** label, body */
	loop: 0x03,
	/** condition that seldom holds */
	rare: 0x01,
	/** condition, then, else or 0 */
	if: 0x04,
	/** label, condition or 0 */
	br: 0x0c,
	/** count, labels, index */
	switch: 0x0e,
	/** value */
	return: 0x0f,
	/** name, count, operands */
	call: 0x10,
	/** place, count, operands */
	callIndirect: 0x11,
	/** value */
	drop: 0x1a,
	/** condition, yes, no */
	select: 0x1b,
	/** local */
	get: 0x20,
	/** local, value */
	set: 0x21,
	tee: 0x22,
	/** low half, high half of the number or of its bits */
	i32: 0x41,
	i64: 0x42,
	f32: 0x43,
	f64: 0x44,
	/** opcode behind the prefix of vectors, lane or -1, count, operands */
	vector: 0xff,
	/** opcode, operand */
	unary: 0x100,
	/** opcode, operands */
	binary: 0x101,
	/** opcode, offset, address */
	load: 0x102,
	/** opcode, offset, address, value */
	store: 0x103,
} as const;

export const typeCodes: Readonly<Record<AnyType, number>> = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c, v128: 0x7b };
export const noValue = 0x40;
export const loads: Readonly<Record<AnyType, Readonly<Record<number, number>>>> = {
	i32: { 1: 0x2d, 2: 0x2f, 4: 0x28 },
	i64: { 1: 0x31, 2: 0x33, 4: 0x35, 8: 0x29 },
	f32: { 4: 0x2a },
	f64: { 8: 0x2b },
	v128: {},
};
export const signedLoads: typeof loads = { i32: { 1: 0x2c, 2: 0x2e }, i64: { 1: 0x30, 2: 0x32, 4: 0x34 }, f32: {}, f64: {}, v128: {} };
export const stores: Readonly<Record<AnyType, Readonly<Record<number, number>>>> = {
	i32: { 1: 0x3a, 2: 0x3b, 4: 0x36 },
	i64: { 1: 0x3c, 2: 0x3d, 4: 0x3e, 8: 0x37 },
	f32: { 4: 0x38 },
	f64: { 8: 0x39 },
	v128: {},
};
/** Of vectors: relaxed SIMD has multiply-add. */
export const vectors: Readonly<Record<FloatType, Readonly<Record<"splat" | "extract" | "multiplyAdd" | "negatedMultiplyAdd", number>>>> = {
	f32: { splat: 0x13, extract: 0x1f, multiplyAdd: 0x105, negatedMultiplyAdd: 0x106 },
	f64: { splat: 0x14, extract: 0x21, multiplyAdd: 0x107, negatedMultiplyAdd: 0x108 },
};
