/** A random number in, a small program out: as text of the language, and as what it does, computed without the language. */
import type { Outcome } from "./template-run.ts";

const mask = 0xff;
const registers = ["a", "b", "c", "d"] as const;
export const cellOf = (name: string): number => 1 + registers.indexOf(name as "a");

interface State {
	readonly vars: Map<string, number>;
	readonly cells: number[];
	jump: number | null;
	readonly stores: string[];
}
class Leave {
	constructor(
		readonly how: "return" | "break" | "continue" | "trap",
		readonly value: number,
	) {}
}
type Run = (s: State) => number;
interface Piece<T> {
	readonly text: string;
	readonly run: (s: State) => T;
}
type Random = (below: number) => number;

/** Reads of memory answer this. */
export const loaded = (address: number): number => (address * 167 + 13) & mask;

/** A program of 8-bit variables, registers, helpers with early returns, loops with breaks, traps, stores and jumps. */
export function randomProgram(random: Random): { text: string; run: (cells: readonly number[]) => Outcome } {
	const pick = <T>(list: readonly T[]): T => list[random(list.length)] as T;
	const helpers: { name: string; piece: Piece<number> }[] = [];

	const condition = (depth: number, vars: readonly string[]): Piece<number> => {
		const a = expression(depth - 1, vars);
		const b = expression(depth - 1, vars);
		const signed = (v: number) => (v << 24) >> 24;
		const bit = (v: boolean) => (v ? 1 : 0);
		switch (random(6)) {
			case 0:
				return { text: `(${a.text} == ${b.text})`, run: (s) => bit(a.run(s) === b.run(s)) };
			case 1:
				return { text: `(s(${a.text}) < s(${b.text}))`, run: (s) => bit(signed(a.run(s)) < signed(b.run(s))) };
			case 2:
				return { text: `(u(${a.text}) >= u(${b.text}))`, run: (s) => bit(a.run(s) >= b.run(s)) };
			case 3: {
				const c = depth > 0 ? condition(depth - 1, vars) : { text: "bit(r.a, 0)", run: (s: State) => (s.cells[1] as number) & 1 };
				return { text: `(bit(r.b, 2) && ${c.text})`, run: (s) => ((s.cells[2] as number) >> 2) & 1 & c.run(s) };
			}
			case 4:
				return { text: `!(${a.text} == ${b.text})`, run: (s) => bit(a.run(s) !== b.run(s)) };
			default:
				return { text: `(${a.text} != 0)`, run: (s) => bit(a.run(s) !== 0) };
		}
	};
	const expression = (depth: number, vars: readonly string[]): Piece<number> => {
		if (depth <= 0 || random(4) === 0) {
			const k = random(3);
			if (k === 0) {
				const n = random(256);
				return { text: `constant(${n}, 8)`, run: () => n };
			}
			if (k === 1 && vars.length > 0) {
				const v = pick(vars);
				return { text: v, run: (s) => s.vars.get(v) as number };
			}
			const r = pick(registers);
			return { text: `r.${r}`, run: (s) => s.cells[cellOf(r)] as number };
		}
		const a = expression(depth - 1, vars);
		const b = expression(depth - 1, vars);
		const two = (op: string, f: (x: number, y: number) => number): Piece<number> => ({
			text: `(${a.text} ${op} ${b.text})`,
			run: (s) => {
				const x = a.run(s);
				return f(x, b.run(s)) & mask;
			},
		});
		switch (random(9)) {
			case 0:
				return two("+", (x, y) => x + y);
			case 1:
				return two("-", (x, y) => x - y);
			case 2:
				return two("^", (x, y) => x ^ y);
			case 3:
				return two("&", (x, y) => x & y);
			case 4:
				return { text: `~${a.text}`, run: (s) => ~a.run(s) & mask };
			case 5:
				return { text: `load(cat(constant(0, 8), ${a.text}), 8)`, run: (s) => loaded(a.run(s)) };
			case 6:
				if (helpers.length > 0) {
					const h = pick(helpers);
					return { text: `${h.name}(${a.text})`, run: (s) => call(s, h.piece.run, a.run(s)) };
				}
				return a;
			default: {
				const c = condition(depth - 1, vars);
				return { text: `(${c.text} ? ${a.text} : ${b.text})`, run: (s) => (c.run(s) ? a.run(s) : b.run(s)) };
			}
		}
	};
	const call = (s: State, body: Run, argument: number): number => {
		const inner: State = { vars: new Map([["p", argument]]), cells: s.cells, stores: s.stores, jump: s.jump };
		try {
			return body(inner);
		} catch (e) {
			if (e instanceof Leave && e.how === "return") return e.value;
			throw e;
		} finally {
			s.jump = inner.jump;
		}
	};

	/** `loop`: break and continue may stand here; `helper`: return takes a value. */
	const block = (depth: number, outer: readonly string[], loop: boolean, helper: boolean, indent: string): Piece<void> => {
		const vars = [...outer];
		const pieces: Piece<void>[] = [];
		for (let n = 1 + random(3); n > 0; n--) pieces.push(statement(depth, vars, loop, helper, indent));
		return {
			text: pieces.map((p) => indent + p.text).join("\n"),
			run: (s) => {
				for (const p of pieces) p.run(s);
			},
		};
	};
	const statement = (depth: number, vars: string[], loop: boolean, helper: boolean, indent: string): Piece<void> => {
		const e = expression(2, vars);
		const kind = random(depth > 0 ? 16 : 9);
		if (kind <= 1 || (kind === 2 && vars.length === 0)) {
			const name = `v${vars.length}`;
			if (vars.includes(name)) return { text: ";", run: () => {} };
			vars.push(name);
			return { text: `let ${name} = ${e.text};`, run: (s) => void s.vars.set(name, e.run(s)) };
		}
		if (kind === 2) {
			const name = pick(vars);
			return { text: `${name} = ${e.text};`, run: (s) => void s.vars.set(name, e.run(s)) };
		}
		if (kind <= 4) {
			const r = pick(registers);
			return {
				text: `r.${r} = ${e.text};`,
				run: (s) => {
					s.cells[cellOf(r)] = e.run(s);
				},
			};
		}
		if (kind === 5) {
			return {
				text: `jump(cat(constant(0, 8), ${e.text}));`,
				run: (s) => {
					s.jump = e.run(s);
				},
			};
		}
		if (kind === 6) {
			const v = expression(1, vars);
			return {
				text: `store(cat(constant(0, 8), ${e.text}), ${v.text});`,
				run: (s) => {
					const a = e.run(s);
					s.stores.push(`${a}=${v.run(s)}`);
				},
			};
		}
		if (kind === 7 && depth < 3) {
			if (loop && random(2) === 0) {
				const how = random(2) === 0 ? "break" : "continue";
				return {
					text: `${how};`,
					run: () => {
						throw new Leave(how, 0);
					},
				};
			}
			return {
				text: helper ? `return ${e.text};` : "return;",
				run: (s) => {
					throw new Leave("return", helper ? e.run(s) : 0);
				},
			};
		}
		if (kind === 8 && depth < 3 && random(2) === 0) {
			return {
				text: `trap(${e.text});`,
				run: (s) => {
					throw new Leave("trap", e.run(s));
				},
			};
		}
		if (kind >= 14) {
			const n = 1 + random(3);
			const counter = `i${indent.length}`;
			const body = block(depth - 1, vars, true, helper, `${indent}\t`);
			const head = random(2) === 0 ? `for (const ${counter} of range(${n}))` : `for (let ${counter} = 0; ${counter} < ${n}; ${counter}++)`;
			return {
				text: `${head} {\n${body.text}\n${indent}}`,
				run: (s) => {
					for (let i = 0; i < n; i++) {
						try {
							body.run(s);
						} catch (x) {
							if (!(x instanceof Leave) || (x.how !== "break" && x.how !== "continue")) throw x;
							if (x.how === "break") break;
						}
					}
				},
			};
		}
		const c = condition(2, vars);
		const then = block(depth - 1, vars, loop, helper, `${indent}\t`);
		const other = random(2) === 0 ? block(depth - 1, vars, loop, helper, `${indent}\t`) : null;
		return {
			text: `if (${c.text}) {\n${then.text}\n${indent}}${other ? ` else {\n${other.text}\n${indent}}` : ""}`,
			run: (s) => (c.run(s) ? then.run(s) : other?.run(s)),
		};
	};

	let text = "";
	for (let n = random(3); n > 0; n--) {
		const name = `h${helpers.length}`;
		const body = block(2, ["p"], false, true, "\t");
		const end = expression(2, ["p"]);
		text += `const ${name} = (p) => {\n${body.text}\n\treturn ${end.text};\n};\n`;
		helpers.push({
			name,
			piece: {
				text: name,
				run: (s) => {
					body.run(s);
					return end.run(s);
				},
			},
		});
	}
	const body = block(3, [], false, false, "\t");
	text += `instruction("op", "00000000", () => {\n${body.text}\n});\n`;
	return {
		text,
		run: (before) => {
			const s: State = { vars: new Map(), cells: [...before], jump: null, stores: [] };
			try {
				body.run(s);
			} catch (e) {
				if (!(e instanceof Leave)) throw e;
				if (e.how === "trap") return { cells: before, jump: null, trap: [e.value, 0], stores: s.stores, result: null };
			}
			return { cells: s.cells, jump: s.jump, trap: null, stores: s.stores, result: null };
		},
	};
}
