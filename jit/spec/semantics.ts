/** The functions that mean something in semantics only: `load`, `trap`, `sext`, `addc`... by name, for the world that compiles. */
import { Bits } from "./bits.ts";
import { type Code, diverged } from "./code.ts";
import { floatingBuiltins } from "./floating.ts";
import { count } from "./methods.ts";
import { type At, isNumber, ownBits, toBits } from "./operators.ts";
import { fail } from "./source.ts";
import { concat, slice } from "./state.ts";
import { Builtin, type Call, describe, MemoryValue, Pseudo, Reading, type Value } from "./values.ts";
import type { World } from "./world.ts";

/** What a template under construction may use; by what it is for. */
export interface Allowed {
	readonly instruction: boolean;
	readonly jump: boolean;
	readonly trap: boolean;
}

/** Facts of the ISA that semantics need. */
export interface Facts {
	address(): number;
	allowed(): Allowed;
	service(call: Call, name: string): number;
}

const accesses = new Map<Value, number>([
	["fetch", 0],
	["load", 1],
	["store", 2],
	["either", 3],
]);

/** Where argument `i` of a call is. */
export const argumentAt = (call: Call, i: number): At => ({ source: call.source, node: call.nodes[i] ?? call.node });

export function semanticBuiltins(world: World, facts: Facts): Map<string, Value> {
	const code = () => world.code as Code;
	const all = new Map<string, Value>();
	const define = (name: string, least: number, most: number, run: (call: Call) => Value) => {
		const checked = (call: Call): Value => {
			if (!world.code) return fail(call.source, call.node, `${name}() means something only in semantics`);
			const n = call.args.length;
			if (n < least || n > most) return fail(call.source, call.node, `${name}() takes ${least === most ? least : `${least} to ${most}`} arguments, not ${n}`);
			return run(call);
		};
		all.set(name, new Builtin(name, "semantics", checked));
	};
	const own = (call: Call, i: number) => ownBits(code(), argumentAt(call, i), call.args[i]);
	const width = (call: Call, i: number, least = 1) => count(argumentAt(call, i), call.args[i], "a width", least, 64);

	/* readings and widths */
	for (const [name, signed] of [
		["s", true],
		["u", false],
	] as const) {
		define(name, 1, 1, (call) => {
			const v = call.args[0];
			return new Reading(signed, isNumber(v) ? v : own(call, 0));
		});
	}
	for (const name of ["sext", "zext"] as const) {
		define(name, 2, 2, (call) => {
			const v = own(call, 0);
			const w = width(call, 1);
			return w < v.w ? fail(call.source, call.node, `${name} of ${v.w} bits to ${w}; a value is cut with bits(v, ${w - 1}, 0)`) : code().pure(name, w, v);
		});
	}
	define("bits", 3, 3, (call) => {
		const v = call.args[0];
		const high = count(argumentAt(call, 1), call.args[1], "a bit number", 0, isNumber(v) ? 63 : 64);
		const low = count(argumentAt(call, 2), call.args[2], "a bit number", 0, isNumber(v) ? 63 : 64);
		if (high < low) return fail(call.source, call.node, `bits ${high} to ${low}: the higher number comes first`);
		if (isNumber(v)) return code().constant(BigInt(v) >> BigInt(low), high - low + 1);
		const value = own(call, 0);
		return high >= value.w ? fail(call.source, call.node, `bit ${high} of a value of ${value.w} bits`) : slice(code(), value, low, high - low + 1);
	});
	define("bit", 2, 2, (call) => {
		const value = own(call, 0);
		if (call.args[1] instanceof Bits && call.args[1].known === null)
			return fail(call.source, call.node, "bit(v, i) needs a static i; write bits(v >>> i, 0, 0)");
		const i = count(argumentAt(call, 1), call.args[1], "a bit number", 0, 64);
		return i >= value.w ? fail(call.source, call.node, `bit ${i} of a value of ${value.w} bits`) : slice(code(), value, i, 1);
	});
	define("cat", 1, 64, (call) => {
		const parts = call.args.map((_, i) => own(call, i));
		const sum = parts.reduce((n, part) => n + part.w, 0);
		return sum > 64 ? fail(call.source, call.node, `${sum} bits together; a value has at most 64`) : parts.reduce((high, low) => concat(code(), high, low));
	});
	define("constant", 2, 2, (call) => {
		const v = call.args[0];
		if (!isNumber(v)) return fail(call.source, call.node, `a static number expected, this is ${describe(v)}`);
		return toBits(code(), argumentAt(call, 0), v, width(call, 1));
	});
	define("widthOf", 1, 1, (call) => own(call, 0).w);

	/* arithmetic that has no operator */
	define("mulh", 2, 2, (call) => {
		const [a, b] = call.args;
		if (!(a instanceof Reading) || !(b instanceof Reading)) return fail(call.source, call.node, "mulh takes two readings, such as mulh(s(a), u(b))");
		const x = ownBits(code(), argumentAt(call, 0), a.of);
		const y = toBits(code(), argumentAt(call, 1), b.of, x.w);
		if (a.signed === b.signed) return code().pure(a.signed ? "mulhs" : "mulhu", x.w, x, y);
		return code().pure("mulhsu", x.w, a.signed ? x : y, a.signed ? y : x);
	});
	define("addc", 3, 3, (call) => addc(code(), call));
	for (const name of ["clz", "ctz", "popcount", "bswap"] as const) {
		define(name, 1, 1, (call) => {
			const v = own(call, 0);
			return name === "bswap" && v.w % 8 !== 0 ? fail(call.source, call.node, `bswap of ${v.w} bits, which are no whole bytes`) : code().pure(name, v.w, v);
		});
	}
	for (const name of ["rotl", "rotr"] as const) {
		define(name, 2, 2, (call) => {
			const v = own(call, 0);
			const by = call.args[1];
			return code().pure(name, v.w, v, isNumber(by) ? code().constant(count(argumentAt(call, 1), by, "an amount", 0, 64) % v.w, 16) : own(call, 1));
		});
	}

	floatingBuiltins(define, code);

	/* control */
	define("jump", 1, 1, (call) => {
		if (!facts.allowed().jump) return fail(call.source, call.node, "jump() stands in instructions, machine.step, reset and enter only");
		code().jumpTo(toBits(code(), argumentAt(call, 0), call.args[0], facts.address()));
		return undefined;
	});
	define("trap", 1, 2, (call) => {
		if (!facts.allowed().trap) return fail(call.source, call.node, "trap() has no place here: nothing could take the trap");
		const part = (i: number) => {
			const v = i < call.args.length ? call.args[i] : 0;
			if (v instanceof Bits && v.w < facts.address()) return code().pure("zext", facts.address(), v);
			return toBits(code(), argumentAt(call, i), v, facts.address());
		};
		const cause = part(0);
		code().effect("trap", cause.w, cause, part(1));
		throw diverged;
	});

	/* memory */
	define("load", 2, 3, (call) => {
		const { space, access } = options(call, 2, ["space", "access"]);
		const w = width(call, 1, 8);
		if (w !== 8 && w !== 16 && w !== 32 && w !== 64) return fail(call.source, argumentAt(call, 1).node, `a load of ${w} bits; 8, 16, 32 or 64 expected`);
		const address = toBits(code(), argumentAt(call, 0), call.args[0], space?.address ?? facts.address());
		return code().effect("load", w, address, null, space?.number ?? 0, access);
	});
	define("store", 2, 3, (call) => {
		const { space } = options(call, 2, ["space"]);
		const address = toBits(code(), argumentAt(call, 0), call.args[0], space?.address ?? facts.address());
		const value = own(call, 1);
		if (value.w !== 8 && value.w !== 16 && value.w !== 32 && value.w !== 64) {
			return fail(call.source, argumentAt(call, 1).node, `a store of ${value.w} bits; 8, 16, 32 or 64 expected`);
		}
		code().effect("store", value.w, address, value, space?.number ?? 0);
		return undefined;
	});

	/* privileged */
	for (const name of ["retired", "clock"] as const) define(name, 0, 0, () => code().effect(name, 64));
	for (const [name, op] of [
		["wait", "wait"],
		["yields", "yields"],
		["syncCode", "synccode"],
		["syncTranslation", "synctranslation"],
	] as const) {
		define(name, 0, 0, () => {
			code().effect(op, 0);
			return undefined;
		});
	}
	const service = (call: Call) => {
		const name = call.args[0];
		return typeof name === "string" && name.length > 0
			? facts.service(call, name)
			: fail(call.source, argumentAt(call, 0).node, "the name of a service expected");
	};
	define("offers", 1, 1, (call) => code().effect("offers", 1, null, null, service(call)));
	define("hostcall", 3, 3, (call) => {
		const a = own(call, 1);
		return code().effect("hostcall", a.w, a, toBits(code(), argumentAt(call, 2), call.args[2], a.w), service(call));
	});

	/* the instruction itself */
	const pseudo = (name: "next" | "raw", w: () => number) =>
		new Pseudo((source, node) => {
			if (!world.code) return fail(source, node, `${name} means something only in semantics`);
			if (!facts.allowed().instruction) return fail(source, node, `${name} means something only in an instruction`);
			return world.code.leaf(name, w());
		});
	all.set("next", pseudo("next", facts.address));
	all.set(
		"raw",
		pseudo("raw", () => 32),
	);
	return all;

	function options(call: Call, i: number, allowed: readonly string[]): { space: MemoryValue | null; access: number } {
		const o = call.args[i];
		if (o === undefined) return { space: null, access: 1 };
		const at = argumentAt(call, i);
		if (!(o instanceof Map)) return fail(at.source, at.node, `options expected, this is ${describe(o)}`);
		for (const key of o.keys())
			if (!allowed.includes(key as string)) return fail(at.source, at.node, `unknown option ${JSON.stringify(key)}; there are ${allowed.join(", ")}`);
		const space = o.get("space") ?? null;
		const access = o.has("access") ? accesses.get(o.get("access")) : 1;
		if (space !== null && !(space instanceof MemoryValue)) return fail(at.source, at.node, "space: what memory() returned expected");
		if (access === undefined) return fail(at.source, at.node, 'access: "load", "store", "fetch" or "either" expected');
		return { space, access };
	}
}

function addc(code: Code, call: Call): Value {
	const [x, y] = call.args;
	const w = x instanceof Bits ? x.w : ownBits(code, argumentAt(call, 1), y).w;
	const a = toBits(code, argumentAt(call, 0), x, w);
	const b = toBits(code, argumentAt(call, 1), y, w);
	const carry = toBits(code, argumentAt(call, 2), call.args[2], 1);
	const sum = code.pure("add", w, code.pure("add", w, a, b), code.pure("zext", w, carry));
	const top = (v: Bits) => slice(code, v, w - 1, 1);
	const out = code.pure("or", w, code.pure("and", w, a, b), code.pure("and", w, code.pure("or", w, a, b), code.pure("not", w, sum)));
	const overflow = code.pure("and", w, code.pure("xor", w, a, sum), code.pure("xor", w, b, sum));
	return new Map<string, Value>([
		["sum", sum],
		["carry", top(out)],
		["overflow", top(overflow)],
	]);
}
