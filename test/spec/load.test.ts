import { describe, expect, test } from "vitest";
import { SpecError } from "../../jit/base/errors.ts";
import { loadIsa } from "../../jit/spec/load.ts";
import { loadToy } from "./definitions.ts";

const head = (o = "unit: 8, address: 16") => `isa("toy", { title: "Toy", ${o} });\n`;
const one = (text: string) => loadIsa(new Map([["toy/toy.isa.js", text]]));
const files = (all: Record<string, string>) => new Map(Object.entries(all));

describe("encodings", () => {
	const operands =
		'const x = registers("x", { count: 8, width: 8 });\noperands({ rd: reg(x), imm: signed(16), off: relative(16), c: choice({ eq: 0, ne: 1 }) });\n';
	const encoded = (o: string, syntax: string, encoding: string) =>
		one(`${head(o)}${operands}instruction("${syntax}", "${encoding}", () => {});`).instructions[0]!.encodings[0]!;

	test("are bytes in memory order: a little-endian word begins with its low byte", () => {
		const e = encoded("unit: 16, address: 16", "op", "11110000 00001111");
		expect([e.bytes, e.mask, e.value]).toEqual([2, [255, 255], [0x0f, 0xf0]]);
	});
	test("are bytes in memory order: a big-endian word begins with its high byte", () => {
		const e = encoded('unit: 16, address: 16, endian: "big"', "op", "11110000 00001111");
		expect(e.value).toEqual([0xf0, 0x0f]);
	});
	test("have words in memory order", () => {
		expect(encoded("unit: 8, address: 16", "op", "00000001 / 00000010 00000011").value).toEqual([1, 3, 2]);
	});
	test("leave ignored bits out of the mask", () => {
		expect(encoded("unit: 8, address: 16", "op", "11-- --00").mask).toEqual([0b11000011]);
	});
	test("put the slices of an operand where they stand, lowest instruction bit first", () => {
		const e = encoded("unit: 16, address: 16", "op {off}", "0000 off[8] off[3:1] off[7:4] 0000");
		expect(e.fields).toEqual([
			{ operand: 0, from: 4, to: 4, width: 4 },
			{ operand: 0, from: 8, to: 1, width: 3 },
			{ operand: 0, from: 11, to: 8, width: 1 },
		]);
		expect(e.widths).toEqual([9]);
	});
	test("split a field of a big-endian word at its bytes", () => {
		const e = encoded('unit: 16, address: 16, endian: "big"', "op {imm}", "0000 imm[11:0]");
		expect(e.fields).toEqual([
			{ operand: 0, from: 0, to: 8, width: 4 },
			{ operand: 0, from: 8, to: 0, width: 8 },
		]);
	});
	test("split a field at 32 bits", () => {
		const e = encoded("unit: 8, address: 16", "op {imm}", "0000000000000000 imm[15:0] 00000000");
		expect(e.fields.map((f) => [f.from, f.width])).toEqual([[8, 16]]);
		const f = encoded("unit: 8, address: 16", "op {imm}", "00000000 imm[15:0] 000000000000000000000000");
		expect(f.fields.map((s) => [s.from, s.to, s.width])).toEqual([
			[24, 0, 8],
			[32, 8, 8],
		]);
	});
	test("take a register's name alone as wide as its file", () => {
		expect(encoded("unit: 8, address: 16", "op {rd}", "00000 rd").widths).toEqual([3]);
	});
});

describe("two encodings", () => {
	const operands = 'const x = registers("x", { count: 8, width: 8 });\noperands({ rd: reg(x), rs: reg(x), n: unsigned(8) });\n';
	const pairs: readonly [string, string][] = [
		["with another fixed bit", 'instruction("a", "00000000", () => {}); instruction("b", "00000001", () => {});'],
		[
			"with limits that leave nothing common",
			'instruction("a {rd}", "00000 rd", () => {}, { where: { rd: only(1, 2) } }); instruction("b {rs}", "00000 rs", () => {}, { where: { rs: not(1, 2) } });',
		],
		[
			"with limits on overlapping bits of different operands",
			'instruction("a {rd}", "00000 rd", () => {}, { where: { rd: only(1, 3, 5, 7) } }); instruction("b {n}", "n[7:0]", () => {}, { where: { n: only(0, 2, 4, 6, 200) } });',
		],
		[
			"with two limits that exclude all together",
			'instruction("a {rd},{rs}", "00 rd rs", () => {}, { where: { rd: not(0) } }); instruction("b {rd},{rs}", "00 rd rs", () => {}, { where: { rd: only(0), rs: not(0) } }); instruction("c", "00000000", () => {});',
		],
		[
			"in contexts that never meet",
			'state({ mode: 1 }, { kind: "context" }); instruction("a", "00000000", () => {}, { context: { mode: only(0) } }); instruction("b", "00000000", () => {}, { context: { mode: not(0) } });',
		],
		["of different lengths that differ in the first byte", 'instruction("a", "00000000", () => {}); instruction("b {n}", "00000001 / n[7:0]", () => {});'],
	];
	test.each(pairs)("do not overlap %s", (_, text) => {
		expect(one(head() + operands + text).instructions.length).toBeGreaterThan(1);
	});
});

describe("state", () => {
	const isa = one(`${head()}
		const x = registers("x", { count: 3, width: 8, zero: 0, names: [["zero"], ["ra", "x1"], ["sp"]] });
		state({ mode: 2, wide: 3 }, { kind: "context" });
		const r = state({ h: 8, l: 8 });
		const v = views({ hl: [r.h, r.l] });
		const q = file("q", [r.h, r.l, null], { names: [["h"], ["l"], ["(hl)"]] });
		const p = file("p", [v.hl, v.hl]);
		const io = memory("io", { address: 8, endian: "big" });
		lines({ irq: [r.h, 7] });
		debugView({ architecture: "toy", features: { core: [...x, pc, "h"] } });`);
	test("begins with pc, as wide as an address", () => expect(isa.cells[0]).toEqual({ name: "pc", width: 16, kind: "general" }));
	test("has a cell a register, named by its file unless it has other names only", () => {
		expect(isa.cells.map((c) => c.name)).toEqual(["pc", "zero", "x1", "sp", "mode", "wide", "h", "l"]);
	});
	test("knows every name", () => {
		expect([...isa.names.keys()].sort()).toEqual(["h", "hl", "l", "mode", "pc", "ra", "sp", "wide", "x1", "zero"].sort());
		expect(isa.names.get("ra")).toEqual(isa.names.get("x1"));
		expect(isa.names.get("hl")).toEqual([
			{ cell: 6, low: 0, width: 8, write: "merge" },
			{ cell: 7, low: 0, width: 8, write: "merge" },
		]);
	});
	test("packs context registers one above the other", () => {
		expect(isa.contexts).toEqual([
			{ cell: 4, shift: 0, width: 2 },
			{ cell: 5, shift: 2, width: 3 },
		]);
	});
	test("has files of cells, of parts and of holes", () => {
		expect(isa.files.map((f) => [f.name, f.width, f.zero, f.places.map((p) => p?.map((s) => s.cell) ?? null)])).toEqual([
			["x", 8, 0, [[1], [2], [3]]],
			["q", 8, -1, [[6], [7], null]],
			[
				"p",
				16,
				-1,
				[
					[6, 7],
					[6, 7],
				],
			],
		]);
		expect(isa.files[1]?.names).toEqual([["h"], ["l"], ["(hl)"]]);
	});
	test("has the main memory first", () => {
		expect(isa.memories).toEqual([
			{ name: "main", address: 16, endian: "little" },
			{ name: "io", address: 8, endian: "big" },
		]);
	});
	test("shows debuggers and wires the cells", () => {
		expect(isa.lines.get("irq")).toEqual({ cell: 6, bit: 7, edge: false });
		expect(isa.debugView?.features.get("core")).toEqual([
			["zero", 1],
			["ra", 2],
			["sp", 3],
			["pc", 0],
			["h", 6],
		]);
	});
});

describe("files of an ISA", () => {
	test("are evaluated after what they import, whatever their names", () => {
		const isa = loadIsa(
			files({
				"t/a.isa.js": 'import { r } from "./z.isa.js"; extension("a", "A"); instruction("op", "00000000", () => { r.a = 0; });',
				"t/z.isa.js": `${head()}export const r = state({ a: 8 });`,
			}),
		);
		expect(isa.instructions.map((i) => [i.name, i.extension])).toEqual([["op", "a"]]);
	});
	test("that are left out declare nothing", () => {
		const isa = loadIsa(
			files({ "t/a.isa.js": head(), "t/b.isa.js": 'import "./a.isa.js"; extension("b", "B", { when: false }); instruction("op", "00000000", () => {});' }),
		);
		expect([isa.instructions, isa.extensions]).toEqual([[], []]);
	});
	test("that name no extension are one by their file's name", () => {
		expect(loadToy('instruction("op", "00000000", () => {});').extensions).toEqual([{ name: "toy", title: "", doc: "", file: "toy/toy.isa.js" }]);
	});
	test("can pass on what they import", () => {
		const isa = loadIsa(
			files({
				"t/a.isa.js": `${head()}export const n = 3;`,
				"t/b.isa.js": 'export { n as m } from "./a.isa.js";',
				"t/c.isa.js": 'import { m } from "./b.isa.js"; state({ q: m });',
			}),
		);
		expect(isa.cells.at(-1)?.width).toBe(3);
	});
});

describe("parameters", () => {
	const text = `const N = parameter("N", [8, 16], 8);\n${head()}state({ a: N });`;
	test("have their usual value", () => expect([one(text).variant, one(text).cells[1]?.width]).toEqual(["toy N=8", 8]));
	test("take the value that is asked for", () => {
		const isa = loadIsa(files({ "t/t.isa.js": text }), { parameters: { N: 16 } });
		expect([isa.variant, isa.parameters, isa.cells[1]?.width]).toEqual(["toy N=16", { N: 16 }, 16]);
	});
	const refused: readonly [string, Record<string, number>, string][] = [
		["a value that is not allowed", { N: 32 }, 't/t.isa.js:1:11: parameter N = 32 (asked for); one of 8, 16 expected: `parameter("N", [8, 16], 8)`'],
		["a parameter that is not there", { M: 1 }, 't/t.isa.js:2:1: unknown parameter M; there are N: `isa("toy", { title: "Toy", unit: 8, address: 16 })`'],
	];
	test.each(refused)("refuse %s", (_, parameters, message) => {
		expect(() => loadIsa(files({ "t/t.isa.js": text }), { parameters })).toThrow(SpecError);
		expect(() => loadIsa(files({ "t/t.isa.js": text }), { parameters })).toThrow(message);
	});
});

describe("extension files", () => {
	const base = files({ "t/t.isa.js": `${head()}export const r = state({ a: 8, b: 8 });\nexport const twice = (v) => v + v;` });
	const load = (text: string) => loadIsa(base, { extend: files({ "my.isa.js": text }) });
	test("add instructions with what the ISA exports", () => {
		const isa = load('import { r, twice } from "toy";\n// Doubles b.\ninstruction("dbl", "00000001", () => { r.a = twice(r.b); });');
		expect(isa.instructions.map((i) => [i.name, i.extension, i.doc, i.at.file])).toEqual([["dbl", "my", "Doubles b.", "my.isa.js"]]);
	});
	const refused: readonly [string, string, string][] = [
		["of another ISA", 'import { r } from "other";', "my.isa.js:1:19: this extends toy; import from 'toy': `\"other\"`"],
		["with a name that is not exported", 'import { q } from "toy";', "my.isa.js:1:10: toy exports no q; there are r, twice: `q`"],
		["that call isa() again", head(), "my.isa.js:1:1: one isa() only; this definition has one already"],
	];
	test.each(refused)("are refused %s", (_, text, message) => expect(() => load(text)).toThrow(message));
});

describe("prose", () => {
	const doc = (text: string) => loadToy(text).instructions.map((i) => i.doc);
	const op = 'instruction("op", "00000000", () => {});';
	const cases: readonly [string, string, string][] = [
		["is the comment above the call", `// One line.\n${op}`, "One line."],
		["may be several lines", `// One line.\n// Another.\n${op}`, "One line.\nAnother."],
		["may be a block", `/**\n * A block.\n * Of two lines.\n */\n${op}`, "A block.\nOf two lines."],
		["is not a comment with an empty line between", `// Far.\n\n${op}`, ""],
		["is not a comment behind code", `const a = 1; // one\n${op}`, ""],
		["is the comment above the loop that declares a family", `// A family.\nfor (const i of [0]) {\n${op}\n}`, "A family."],
		["is the comment above the call of a helper", `const make = () => ${op.slice(0, -1)};\n// Made.\nmake();`, "Made."],
	];
	test.each(cases)("%s", (_, text, expected) => expect(doc(text)).toEqual([expected]));
	test("comes with the text of the semantics", () => {
		expect(loadToy('instruction("op", "00000000", () => { r.a = 1; });').instructions[0]?.source).toBe("() => { r.a = 1; }");
	});
});

describe("assembly", () => {
	const isa = loadToy(`
		const x = registers("x", { count: 8, width: 8 });
		operands({ rd: reg(x), imm: signed(8) });
		instruction(["li {rd},{imm}", "li {imm} to {rd}"], "00000 rd / imm[7:0]", ({ rd, imm }) => { x[rd] = imm; });
		alias("clr {rd}", "li {rd},0", { print: false });
		macro("two {rd},{v}", ["li {rd},{v}", "li {rd},{v}"]);
		macro("big {rd},{v}", ({ rd, v }) => (v < 128 ? [\`li \${rd},\${v}\`] : [\`li \${rd},127\`, \`li \${rd},\${v - 127n}\`]));
		macro("forever", () => { for (const i of range(60000)) for (const j of range(60000)) {} });
		macro("wrong {v}", ({ v }) => v.length);
		modifier("low", (value, at) => (value - at) & 0xffn);
		modifier("text", (value) => "no");
	`);
	const expand = (k: number, values: Record<string, bigint | string>) => isa.macros[k]!.expand(values);
	test("has syntaxes of literals and operand numbers", () =>
		expect(isa.instructions[0]?.syntaxes).toEqual([
			["li ", 0, ",", 1],
			["li ", 1, " to ", 0],
		]));
	test("has aliases", () => expect(isa.aliases.map((a) => [a.syntax, a.meaning, a.print, a.extension])).toEqual([["clr {rd}", "li {rd},0", false, "toy"]]));
	test("has macros of lines", () => expect(expand(0, { rd: "x1", v: 5n })).toEqual(["li x1,5", "li x1,5"]));
	test("has macros of functions", () => {
		expect(expand(1, { rd: "x1", v: 5n })).toEqual(["li x1,5"]);
		expect(expand(1, { rd: "x1", v: 200n })).toEqual(["li x1,127", "li x1,73"]);
	});
	test("has modifiers", () => expect(isa.modifiers.get("low")?.(0x1234n, 0x1000n)).toBe(0x34n));
	const refused: readonly [string, () => unknown, RegExp][] = [
		["a macro that does not end", () => expand(2, {}), /more than 200000 steps/],
		["a macro that gives no lines", () => expand(3, { v: 1n }), /has no members/],
		["a modifier that gives no number", () => isa.modifiers.get("text")?.(1n, 0n), /the modifier %text gave the text "no", no number/],
	];
	test.each(refused)("refuses %s with a SpecError", (_, run, message) => {
		expect(run).toThrow(SpecError);
		expect(run).toThrow(message);
	});
});

describe("spaces and machine functions", () => {
	const isa = loadToy(`
		const io = space("io", { index: 4, width: 8, missing: { read: (i) => trap(zext(i, 16)), write: (i, v) => trap(2, v) } });
		// The first port.
		entry(io, 3, "port", { read: () => r.a, write: (v) => { r.a = v; } });
		entry(io, 1, "fixed", { read: () => 7 });
		machine({ plain: () => true, interrupt: () => 0, translate: (address, access, bytes) => address, fault: (access, kind, address) => trap(access == 2 ? 7 : constant(5, 16), address) });
		machine({ enter: (cause, value) => { r.sp = pc; jump(cause); } });
	`);
	test("keep entries by index, with their prose", () => {
		expect([...isa.spaces[0]!.entries.values()].map((e) => [e.index, e.name, e.doc, e.write !== null])).toEqual([
			[1, "fixed", "", false],
			[3, "port", "The first port.", true],
		]);
	});
	test("give a result where one is wanted, and none where every path traps", () => {
		expect(isa.spaces[0]?.entries.get(1)?.read?.result).toBe(0);
		expect(isa.spaces[0]?.missing.read.result).toBe(-1);
	});
	test("take a narrow physical address as 64 bits", () => {
		const t = isa.machine.translate!;
		expect(t.ops[t.result]).toMatchObject({ op: "zext", w: 64 });
	});
	test("may be said in several places", () => expect(Object.keys(isa.machine).sort()).toEqual(["enter", "fault", "interrupt", "plain", "translate"]));
	test("take static numbers and booleans as the width of their result", () => {
		expect(isa.machine.plain?.ops).toMatchObject([{ op: "const", w: 1, lo: 1 }]);
		expect(isa.machine.interrupt?.ops).toMatchObject([{ op: "const", w: 16, lo: 0 }]);
	});
});
