/** The values a variable has after the two arms of a dynamic `if` in, the value it has behind it out. */
import { Bits } from "./bits.ts";
import type { Code, Pick } from "./code.ts";
import { fits, isNumber } from "./operators.ts";
import { describe, Reading, Unusable, type Value } from "./values.ts";

const mostMerges = 200_000;

/** Counts a merge; true when there have been too many in one template. */
export const tooMany = (code: Code): boolean => code.merges++ > mostMerges;

/** One value that is `a` where the first arm ran, else `b`; Unusable where there is none. */
export function merge(code: Code, pick: Pick, a: Value, b: Value): Value {
	if (a === b || a instanceof Unusable) return a;
	if (b instanceof Unusable) return b;
	if (tooMany(code)) return new Unusable("the arms of ifs give too many different values");
	if (a instanceof Bits || b instanceof Bits) {
		const w = a instanceof Bits ? a.w : (b as Bits).w;
		const x = widened(code, a, w);
		const y = widened(code, b, w);
		return x && y ? pick.both(x, y) : new Unusable(`the two arms of an if or ?: give ${describe(a)} and ${describe(b)}`);
	}
	if (typeof a === "boolean" && typeof b === "boolean") return pick.both(code.constant(a ? 1 : 0, 1), code.constant(b ? 1 : 0, 1));
	if (isNumber(a) && isNumber(b)) {
		if (BigInt(a) === BigInt(b)) return a;
		return new Unusable(`the two arms of an if or ?: give the numbers ${a} and ${b} without a width; use constant(value, width)`);
	}
	if (a instanceof Reading && b instanceof Reading && a.signed === b.signed) {
		const of = merge(code, pick, a.of, b.of);
		return of instanceof Bits || isNumber(of) ? new Reading(a.signed, of) : of;
	}
	if (Array.isArray(a) && Array.isArray(b) && a.length === b.length) return a.map((item, i) => merge(code, pick, item, b[i]));
	if (a instanceof Map && b instanceof Map && a.size === b.size && [...a.keys()].every((key) => b.has(key))) {
		return new Map([...(a as ReadonlyMap<string, Value>)].map(([key, item]) => [key, merge(code, pick, item, b.get(key))]));
	}
	return new Unusable(`the two arms of an if or ?: give ${describe(a)} and ${describe(b)}`);
}

function widened(code: Code, value: Value, w: number): Bits | null {
	if (value instanceof Bits) return value.w === w ? value : null;
	if (isNumber(value)) return fits(value, w) ? code.constant(value, w) : null;
	return typeof value === "boolean" && w === 1 ? code.constant(value ? 1 : 0, 1) : null;
}
