/** One decoded instruction: a specification and the values of its operands. */
import type { InstructionSpec } from "../spec/isa.ts";

export interface Instruction {
	readonly spec: InstructionSpec;
	/** which of spec.encodings */
	readonly encoding: number;
	readonly bytes: number;
	/** the first 32 bits (fewer if it is shorter) in memory order, little-endian, unsigned */
	readonly raw: number;
	/** The values semantics see, as signed (signed, relative) or unsigned numbers below 2^53, by operand number. */
	readonly values: readonly number[];
}

/** Bytes that are no instruction; `bytes` is how many were looked at (one unit at least). */
export interface Undefined {
	readonly spec: null;
	readonly bytes: number;
	readonly raw: number;
}
