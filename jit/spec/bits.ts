/** A guest value or an effect of the template that is being built. */
import type { OpName } from "../ir/op.ts";

/** One operation, naming the operations it takes. As a value: a guest value of `w` bits. */
export class Bits {
	/** position in the finished template */
	index = -1;
	live = false;
	constructor(
		readonly op: OpName,
		readonly w: number,
		readonly a: Bits | null,
		readonly b: Bits | null,
		readonly c: Bits | null,
		readonly lo: number,
		readonly hi: number,
		/** the rounding mode */
		readonly d: Bits | null = null,
	) {}
	/** The number, unsigned, of a constant; else null. */
	get known(): bigint | null {
		return this.op === "const" ? (BigInt(this.hi >>> 0) << 32n) | BigInt(this.lo >>> 0) : null;
	}
}
