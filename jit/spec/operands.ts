/** The declarations of operands: reg, signed, unsigned, relative, choice, table, indexOf, operands; and of limits: only, not. */
import { argumentAt, list, options, refuse, word } from "./arguments.ts";
import { defineOn } from "./declare.ts";
import type { Draft } from "./draft.ts";
import { count } from "./methods.ts";
import { bitsFor } from "./state.ts";
import { describe, FileValue, KindValue, OnlyValue, SpaceValue, type Value } from "./values.ts";

const shows = ["dec", "hex"] as const;

export function operandDeclarations(draft: Draft): Map<string, Value> {
	const all = new Map<string, Value>();
	const define = defineOn(draft, all);

	define("reg", 1, 2, (call) => {
		const file = call.args[0];
		if (!(file instanceof FileValue)) return refuse(argumentAt(call, 0), `reg takes a register file, this is ${describe(file)}`);
		const o = options(call, 1, ["plus", "times"]);
		const last = file.places.length - 1;
		const plus = o.count("plus", 0, last, 0);
		const times = o.count("times", 1, file.places.length, 1);
		const most = Math.floor((last - plus) / times);
		return new KindValue({ kind: "reg", file: file.index, plus, times, width: bitsFor(last) }, most, bitsFor(most));
	});
	for (const kind of ["signed", "unsigned"] as const) {
		define(kind, 1, 2, (call) => {
			const o = options(call, 1, ["show", "scale"]);
			const width = count(argumentAt(call, 0), call.args[0], "the width", 1, 64);
			return new KindValue({ kind, show: o.oneOf("show", shows, "dec"), scale: o.count("scale", 1, 65536, 1), width }, 0, 0);
		});
	}
	define("relative", 1, 2, (call) => {
		const o = options(call, 1, ["plus", "scale"]);
		const width = count(argumentAt(call, 0), call.args[0], "the width", 1, 64);
		return new KindValue({ kind: "relative", plus: o.count("plus", -65536, 65536, 0), scale: o.count("scale", 1, 65536, 1), width }, 0, 0);
	});
	define("choice", 1, 1, (call) => {
		const o = options(call, 0, null);
		const names = new Map<string, number>();
		const byNumber = new Map<number, string>();
		for (const [name, value] of o.entries) {
			if (!/^[^\s{}()[\]]*$/.test(name)) return refuse(o.at(name), "the name of a choice: no spaces or brackets expected", name);
			const n = count(o.at(name), value, `the encoding of ${JSON.stringify(name)}`, 0, 65535);
			const other = byNumber.get(n);
			if (other !== undefined) return refuse(o.at(name), `${JSON.stringify(other)} and ${JSON.stringify(name)} are both ${n}`);
			byNumber.set(n, name);
			names.set(name, n);
		}
		if (names.size === 0) return refuse(argumentAt(call, 0), "a choice of nothing");
		return new KindValue({ kind: "choice", names, width: 0 }, Math.max(...names.values()), 0);
	});
	define("table", 2, 3, (call) => {
		const o = options(call, 2, ["show"]);
		const at = argumentAt(call, 1);
		const width = count(argumentAt(call, 0), call.args[0], "the width", 1, 64);
		const most = 2 ** Math.min(width, 53);
		const values = list(at, call.args[1], "the table").map((v) => count(at, v, "a value of the table", -(most / 2), most - 1));
		if (values.length < 1 || values.length > 65536) return refuse(at, `a table of ${values.length} values; 1 to 65536 expected`);
		if (new Set(values).size !== values.length) return refuse(at, "a value stands twice in the table");
		return new KindValue({ kind: "table", values, show: o.oneOf("show", shows, "dec"), width }, values.length - 1, 0);
	});
	define("indexOf", 1, 1, (call) => {
		const space = call.args[0];
		if (!(space instanceof SpaceValue)) return refuse(argumentAt(call, 0), `indexOf takes a space, this is ${describe(space)}`);
		return new KindValue({ kind: "space", space: space.number, width: space.index }, 2 ** space.index - 1, 0);
	});
	define("operands", 1, 1, (call) => {
		const o = options(call, 0, null);
		for (const [name, kind] of o.entries) {
			const at = o.at(name);
			if (!/^[A-Za-z_]\w*'?$/.test(word(at, name, "an operand's name"))) return refuse(at, "an operand's name: letters, digits and _ expected", name);
			if (!(kind instanceof KindValue)) return refuse(at, `operand ${name}: an operand kind such as reg(x) or signed(32) expected, this is ${describe(kind)}`);
			if (draft.operands.has(name)) return refuse(at, `duplicate operand ${JSON.stringify(name)}`);
			draft.operands.set(name, kind);
		}
		return undefined;
	});
	for (const name of ["only", "not"]) {
		define(name, 1, 1024, (call) => new OnlyValue([...new Set(call.args.map((v, i) => count(argumentAt(call, i), v, "a limit", 0, 2 ** 32)))], name === "not"));
	}
	return all;
}
