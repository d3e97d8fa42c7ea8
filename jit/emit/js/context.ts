/** What the emission of an op needs: values, lines, helpers; and the helper that knows every op at every width. */
import type { Op } from "../../ir/op.ts";
import type { Values } from "./values.ts";

/** Declares that the code calls a function of jit/base/halves.ts (or `evaluate`) and gives its name in the code. */
export type Need = (helper: string) => string;

/** What the emission of pure ops needs: where values are, how lines are written, which helpers there are. */
export interface PureContext {
	readonly values: Values;
	readonly need: Need;
	readonly line: (text: string) => void;
}

/** The call of `evaluate` for an op; its high half is in `out[0]`. */
export function evaluateCall(values: Values, need: Need, op: Op): string {
	const operands = [op.a, op.b, op.c].flatMap((v) => (v < 0 ? ["0", "0"] : values.halves(v)));
	return `${need("evaluate")}("${op.op}", ${op.w}, ${values.width(op.a)}, ${operands.join(", ")}, ${need("out")})`;
}
