/** The floating-point functions of semantics (`fadd`, `fconvert`, `raised`...): a call in, an op of the template out. */
import { type OpName, opInfo } from "../ir/op.ts";
import { Bits } from "./bits.ts";
import type { Code } from "./code.ts";
import { count } from "./methods.ts";
import { type At, isNumber, ownBits, toBits } from "./operators.ts";
import { fail } from "./source.ts";
import type { Call, Value } from "./values.ts";

/** Declares a function by name with the least and most arguments it takes. */
export type Define = (name: string, least: number, most: number, run: (call: Call) => Value) => void;

const at = (call: Call, i: number): At => ({ source: call.source, node: call.nodes[i] ?? call.node });
const refuse = (call: Call, i: number, problem: string): never => fail(call.source, call.nodes[i] ?? call.node, problem);

function format(call: Call, i: number, w: number): number {
	return w === 16 || w === 32 || w === 64 ? w : refuse(call, i, `${w} bits are no floating-point format; 16, 32 or 64 expected`);
}
function integer(call: Call, i: number, w: number): number {
	return w === 32 || w === 64 ? w : refuse(call, i, `an integer of ${w} bits; 32 or 64 expected`);
}

/** A rounding mode: a static number from 0 to 4, or three bits of the guest. */
function mode(code: Code, call: Call, i: number): Bits {
	const value = call.args[i];
	if (isNumber(value)) return code.constant(count(at(call, i), value, "a rounding mode", 0, 4), 3);
	return toBits(code, at(call, i), value, 3);
}
function flag(call: Call, i: number): number {
	const value = call.args[i];
	if (value === undefined) return 0;
	return typeof value === "boolean" ? Number(value) : count(at(call, i), value, "this choice", 0, 1);
}

/** Declares them all. `code` is the template under construction. */
export function floatingBuiltins(define: Define, code: () => Code): void {
	const own = (call: Call, i: number): Bits => ownBits(code(), at(call, i), call.args[i]);
	const floating = (call: Call, i: number): Bits => {
		const value = own(call, i);
		format(call, i, value.w);
		return value;
	};

	for (const name of ["fadd", "fsub", "fmul", "fdiv", "fsqrt", "fma"] as const) {
		const { args } = opInfo[name];
		define(name, args + 1, args + 1, (call) => {
			const a = floating(call, 0);
			const like = (i: number): Bits | null => (i < args ? toBits(code(), at(call, i), call.args[i], a.w) : null);
			return code().float(name, a.w, a, like(1), like(2), mode(code(), call, args));
		});
	}
	const convert = (name: OpName, from: (call: Call) => Bits, to: (call: Call, i: number, w: number) => number): void =>
		define(name, 3, 3, (call) => {
			const a = from(call);
			const w = to(call, 1, count(at(call, 1), call.args[1], "a width", 1, 64));
			return code().float(name, w, a, null, null, mode(code(), call, 2));
		});
	const whole = (call: Call): Bits => {
		const value = own(call, 0);
		integer(call, 0, value.w);
		return value;
	};
	convert("fconvert", (call) => floating(call, 0), format);
	for (const name of ["ftoints", "ftointu"] as const) convert(name, (call) => floating(call, 0), integer);
	for (const name of ["ffroms", "ffromu"] as const) convert(name, whole, format);
	define("fround", 2, 3, (call) => {
		const a = floating(call, 0);
		return code().float("fround", a.w, a, null, null, mode(code(), call, 1), flag(call, 2));
	});
	for (const name of ["feq", "flt", "fle"] as const)
		define(name, 2, 3, (call) => {
			const a = floating(call, 0);
			return code().float(name, 1, a, toBits(code(), at(call, 1), call.args[1], a.w), null, null, flag(call, 2));
		});
	define("raised", 2, 2, (call) => {
		const of = call.args[0];
		if (!(of instanceof Bits) || !opInfo[of.op].float)
			return refuse(call, 0, "raised() takes the result of a floating-point function itself, before anything is done with it");
		const old = own(call, 1);
		if (old.w < 5 || old.w > 32) return refuse(call, 1, `flags of ${old.w} bits; 5 to 32 expected`);
		return code().float("raised", old.w, of, old, null, null);
	});
}
