// biome-ignore-all lint/suspicious/noTemplateCurlyInString: texts of definitions
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { SpecError } from "../../jit/base/errors.ts";
import { loadIsa } from "../../jit/spec/load.ts";
import { random } from "../decode/random.ts";
import { wrongDefinitions } from "./definitions.ts";
import { mutate } from "./mutate.ts";

const seed = Number(process.env.DOPPEL_SEED ?? 1);
const count = Number(process.env.DOPPEL_COUNT ?? 150);

const isaFolder = new URL("../../isa/", import.meta.url).pathname;
const sketchFolder = new URL("../sketches/", import.meta.url).pathname;
function folder(path: string): Map<string, string> {
	const files = readdirSync(path).filter((f) => f.endsWith(".isa.js"));
	return new Map(files.sort().map((f) => [`d/${f}`, readFileSync(join(path, f), "utf8")]));
}
const folders = (root: string): [string, Map<string, string>][] =>
	readdirSync(root, { withFileTypes: true })
		.filter((d) => d.isDirectory())
		.map((d): [string, Map<string, string>] => [d.name, folder(join(root, d.name))])
		.filter(([, files]) => files.size > 0);
const wrong = wrongDefinitions();
const sources: [string, Map<string, string>[]][] = [
	...[...folders(isaFolder), ...folders(sketchFolder)].map(([name, files]): [string, Map<string, string>[]] => [name, [files]]),
	["the wrong definitions", wrong.map((w) => new Map(w.files))],
];

describe(`a mutated definition loads or gives a SpecError, soon (seed ${seed}, ${count} each)`, () => {
	test.each(sources)("%s", (_, definitions) => {
		const next = random(seed);
		const below = (n: number) => next() % n;
		let refused = 0;
		for (let k = 0; k < count; k++) {
			const files = new Map(definitions[below(definitions.length)] as Map<string, string>);
			const names = [...files.keys()];
			const name = names[below(names.length)] as string;
			files.set(name, mutate(files.get(name) as string, below));
			const start = performance.now();
			try {
				loadIsa(files);
			} catch (error) {
				if (!(error instanceof SpecError)) throw new Error(`mutation ${k} of ${name}: ${(error as Error).stack}\n${files.get(name)}`);
				refused++;
				expect(error.line).toBeGreaterThanOrEqual(1);
				expect(error.column).toBeGreaterThanOrEqual(1);
				expect(files.has(error.file), error.message).toBe(true);
				expect(error.message.length).toBeLessThan(1000);
				expect(error.message).not.toMatch(/\n/);
			}
			expect(performance.now() - start, `mutation ${k} of ${name}\n${files.get(name)}`).toBeLessThan(10_000);
		}
		expect(refused).toBeGreaterThan(0);
	});
});

/** Definitions that try to be long, deep or large. Each is refused. */
const attacks: readonly [string, string][] = [
	["brackets ten thousand deep", `const a = ${"(".repeat(10_000)}1${")".repeat(10_000)};`],
	["arrays ten thousand deep", `const a = ${"[".repeat(10_000)}${"]".repeat(10_000)};`],
	["a sum of a hundred thousand", `const a = ${"1 + ".repeat(100_000)}1;`],
	["blocks five thousand deep", "{".repeat(5000) + "}".repeat(5000)],
	["a list that doubles", "let a = [1]; for (const i of range(60)) a = [...a, ...a];"],
	["a text that doubles", 'let a = "x"; for (const i of range(60)) a = a + a;'],
	["a list of itself", "let a = [1]; for (const i of range(60)) a = [a, a]; const b = JSON;"],
	["a number that squares", "let a = 3n; for (const i of range(60)) a = a * a;"],
	["a shift by much", "const a = 1n << 99999999999n;"],
	["functions that call each other", "const f = (n) => g(n); const g = (n) => f(n); f(1);"],
	["two calls each", "const f = (n) => (n == 0 ? 0 : f(n - 1) + f(n - 1)); f(100);"],
	["lists joined", 'const a = range(60000).map(() => "x".repeat(60000)).join("");'],
	["lists flattened", "const a = range(60000).flatMap(() => range(60000));"],
	["objects spread", "let o = {}; for (const i of range(60000)) o = { ...o, [`k${i}`]: i };"],
	["lists sliced", "const l = range(60000); for (const i of range(60000)) l.slice(0);"],
	["lists searched", "const l = range(60000); for (const i of range(60000)) l.indexOf(-1);"],
	["many registers", 'isa("a", { title: "A", unit: 8, address: 16 }); for (const i of range(60)) registers(`r${i}`, { count: 1024, width: 8 });'],
	[
		"semantics that double",
		'isa("a", { title: "A", unit: 8, address: 16 }); const r = state({ a: 8 }); const f = (n, v) => (n == 0 ? v + r.a : f(n - 1, v) ^ f(n - 1, v)); instruction("op", "00000000", () => { r.a = f(40, r.a); });',
	],
	[
		"ifs that double",
		'isa("a", { title: "A", unit: 8, address: 16 }); const r = state({ a: 8 }); const f = (n) => { if (n == 0) return; if (r.a == n) f(n - 1); else f(n - 1); }; instruction("op", "00000000", () => f(40));',
	],
	[
		"merged lists of lists",
		'isa("a", { title: "A", unit: 8, address: 16 }); const r = state({ a: 8 }); const f = (v) => { let l = [v]; for (const i of range(40)) l = [l, l]; return l; }; instruction("op", "00000000", () => { let l = 0; if (r.a == 1) l = f(r.a); else l = f(r.a + 1); const k = l[0]; r.a = k; });',
	],
	[
		"exits of nested lists",
		'isa("a", { title: "A", unit: 8, address: 16 }); const r = state({ a: 8 }); const f = () => { let l = [r.a]; for (const i of range(40)) l = [l, l]; store(constant(0, 16), r.a); return l; }; const g = () => { if (r.a == 1) { return f(); } trap(1); }; const h = () => { for (const i of range(3)) if (r.a == i) { store(constant(0, 16), r.a); if (r.a == 9) return f(); } trap(1); }; instruction("op", "00000000", () => { g(); h(); while (1) {} });',
	],
	[
		"a jump in every arm",
		`isa("a", { title: "A", unit: 8, address: 16 }); const r = state({ a: 8 }); instruction("op", "00000000", () => { for (const i of range(200)) { if (r.a == i) { if (r.a == 1) jump(1); } else { if (r.a == 2) jump(2); } } while (1) {} });`,
	],
	[
		"choices side by side",
		'isa("a", { title: "A", unit: 8, address: 16 }); const names = range(60000).map((i) => [`a${i}`, i]); operands({ p: choice(Object.fromEntries(names)), q: choice(Object.fromEntries(names)) }); instruction("o{p}{q}", "p[15:0] q[15:0]", () => {});',
	],
	[
		"many patterns of one kind",
		'isa("a", { title: "A", unit: 8, address: 16 }); operands({ n: unsigned(8) }); for (const i of range(20001)) instruction(`i${i} {n}`, `n[7:0] ${i.toString(2).padStart(16, "0")}`, () => {});',
	],
	[
		"limits that hide an overlap",
		'isa("a", { title: "A", unit: 8, address: 16 }); operands({ n: unsigned(32), m: unsigned(32) }); const odd = range(1000).map((i) => 2 * i + 1); const even = range(1000).map((i) => 2 * i); instruction("a {n}", "n[31:0]", () => {}, { where: { n: only(...odd) } }); instruction("b {m}", "m[31:0]", () => {}, { where: { m: only(...even) } }); instruction("c", "00000000", () => {});',
	],
	["one name of a million characters", `const ${"a".repeat(1_000_000)} = ${"b".repeat(1_000_000)};`],
	["a file of more than four million characters", `//${"x".repeat(5 << 20)}`],
	["nothing", ""],
];

describe("a definition that wants much time or memory is refused", () => {
	test.each(attacks)("%s", (_, text) => {
		const start = performance.now();
		expect(() => loadIsa(new Map([["a.isa.js", text]]))).toThrow(SpecError);
		expect(performance.now() - start).toBeLessThan(10_000);
	});
});
