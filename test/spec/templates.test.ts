import { describe, expect, test } from "vitest";
import type { Effects } from "../../jit/spec/isa.ts";
import { loadToy } from "./definitions.ts";
import { shapeErrors, showTemplate } from "./template-run.ts";

/** What the semantics of one instruction become, op by op. */
const templates: readonly [name: string, before: string, semantics: string, ops: readonly string[]][] = [
	["a register is read and written by its cell", "", "r.a = r.b", ["%0 = getreg.8 b", "setreg.8 a %0"]],
	["a static number takes the width of what it meets", "", "r.a = r.b + 1", ["%0 = const.8 1", "%1 = getreg.8 b", "%2 = add.8 %1 %0", "setreg.8 a %2"]],
	["a negative number is its two's complement", "", "r.a = r.b & -2", ["%0 = const.8 254", "%1 = getreg.8 b", "%2 = and.8 %1 %0", "setreg.8 a %2"]],
	["constants are folded", "", "r.a = bits(constant(0x1234, 16) >>> 4, 7, 0) ^ 0x0f", ["%0 = const.8 44", "setreg.8 a %0"]],
	["what nobody uses is not computed", "", "const unused = r.a + r.b; r.c = 0", ["%0 = const.8 0", "setreg.8 c %0"]],
	["> is < with the sides swapped", "", "r.f = s(r.a) > s(r.b)", ["%0 = getreg.8 a", "%1 = getreg.8 b", "%2 = lts.1 %1 %0", "setreg.1 f %2"]],
	[
		"a product of readings is twice as wide",
		"",
		"r.sp = s(r.a) * u(r.b)",
		["%0 = getreg.8 a", "%1 = getreg.8 b", "%2 = sext.16 %0", "%3 = zext.16 %1", "%4 = mul.16 %2 %3", "setreg.16 sp %4"],
	],
	[
		"mulh of an unsigned and a signed reading is the signed times the unsigned",
		"",
		"r.a = mulh(u(r.b), s(r.c))",
		["%0 = getreg.8 b", "%1 = getreg.8 c", "%2 = mulhsu.8 %1 %0", "setreg.8 a %2"],
	],
	["a condition that is static chooses now", "const wide = false;", "if (wide) r.a = 1; else r.b = r.c", ["%0 = getreg.8 c", "setreg.8 b %0"]],
	[
		"arms that only compute become selects",
		"",
		"let v = r.b; if (r.f) v = v + 1; r.a = v",
		["%0 = const.8 1", "%1 = getreg.8 b", "%2 = getreg.1 f", "%3 = add.8 %1 %0", "%4 = select.8 %2 %3 %1", "setreg.8 a %4"],
	],
	["a bit chosen by a bit is that bit", "", "r.f = r.a == 0 ? true : false", ["%0 = const.8 0", "%1 = getreg.8 a", "%2 = eq.1 %1 %0", "setreg.1 f %2"]],
	[
		"arms that access memory stay arms, with a phi for what they give",
		"",
		"r.a = r.f ? load(r.sp, 8) : r.b",
		["%0 = getreg.1 f", "if.1 %0", "%2 = getreg.16 sp", "%3 = load.8 #0 %2", "else", "%5 = getreg.8 b", "end", "%7 = phi.8 %3 %5", "setreg.8 a %7"],
	],
	[
		"what follows a trapping arm stands behind the end",
		"",
		"if (r.f) trap(1); r.a = r.b",
		["%0 = const.16 1", "%1 = const.16 0", "%2 = getreg.1 f", "if.1 %2", "trap.16 %0 %1", "else", "end", "%7 = getreg.8 b", "setreg.8 a %7"],
	],
	[
		"what follows an early return stands in the other arm",
		"const f = () => { if (r.f) { r.a = 1; return r.b; } r.a = 2; return r.c; };",
		"r.d = f()",
		[
			"%0 = const.8 1",
			"%1 = const.8 2",
			"%2 = getreg.1 f",
			"if.1 %2",
			"setreg.8 a %0",
			"%5 = getreg.8 b",
			"else",
			"setreg.8 a %1",
			"%8 = getreg.8 c",
			"end",
			"%10 = phi.8 %5 %8",
			"setreg.8 d %10",
		],
	],
	[
		"a jump goes to the end of its path",
		"",
		"jump(pc + 2); r.a = 0",
		["%0 = pc.16", "%1 = const.16 2", "%2 = const.8 0", "%3 = add.16 %0 %1", "setreg.8 a %2", "jump.16 %3"],
	],
	[
		"a jump under a condition is the last thing asked",
		"",
		"if (r.f) jump(r.sp); r.a = 0",
		["%0 = const.8 0", "%1 = getreg.1 f", "%2 = getreg.16 sp", "setreg.8 a %0", "if.1 %1", "jump.16 %2", "else", "end"],
	],
	[
		"a loop is unrolled",
		"",
		"for (let i = 0; i < 3; i++) r.a = i",
		["%0 = const.8 0", "%1 = const.8 1", "%2 = const.8 2", "setreg.8 a %0", "setreg.8 a %1", "setreg.8 a %2"],
	],
	[
		"a view reads and writes its parts",
		"const v = views({ ab: [r.a, r.b] });",
		"v.ab = v.ab + 1",
		[
			"%0 = const.16 8",
			"%1 = const.16 1",
			"%2 = getreg.8 a",
			"%3 = getreg.8 b",
			"%4 = zext.16 %2",
			"%5 = shl.16 %4 %0",
			"%6 = zext.16 %3",
			"%7 = or.16 %5 %6",
			"%8 = add.16 %7 %1",
			"%9 = shr.16 %8 %0",
			"%10 = trunc.8 %9",
			"setreg.8 a %10",
			"%12 = trunc.8 %8",
			"setreg.8 b %12",
		],
	],
	[
		"a view of a part keeps the rest",
		"const v = views({ high: slice(r.sp, 15, 8) });",
		"v.high = r.a",
		[
			"%0 = const.16 8",
			"%1 = const.16 255",
			"%2 = getreg.8 a",
			"%3 = zext.16 %2",
			"%4 = shl.16 %3 %0",
			"%5 = getreg.16 sp",
			"%6 = and.16 %5 %1",
			"%7 = or.16 %6 %4",
			"setreg.16 sp %7",
		],
	],
	[
		"a view that zero-extends clears the rest",
		'const v = views({ low: slice(r.sp, 7, 0) }, { write: "zext" });',
		"v.low = r.a",
		["%0 = getreg.8 a", "%1 = zext.16 %0", "setreg.16 sp %1"],
	],
	[
		"a view that sign-extends fills the rest with the sign",
		'const v = views({ low: slice(r.sp, 7, 0) }, { write: "sext" });',
		"v.low = r.a",
		["%0 = getreg.8 a", "%1 = sext.16 %0", "setreg.16 sp %1"],
	],
	[
		"a register of a file by a static number is its cell",
		'const x = registers("x", { count: 4, width: 8, zero: 0 });',
		"x[1] = x[0] | x[2]; x[0] = r.a",
		["%0 = getreg.8 x2", "setreg.8 x1 %0"],
	],
	[
		"a register of a file by a guest value is a file op",
		'const x = registers("x", { count: 4, width: 8 });',
		"x[bits(r.a, 1, 0)] = r.b",
		["%0 = getreg.8 b", "%1 = getreg.8 a", "%2 = trunc.2 %1", "setfile.8 #0 %2 %0"],
	],
	[
		"another memory has its own number",
		'const io = memory("io", { address: 8 });',
		"store(r.b, load(r.a, 8, { space: io }), { space: io })",
		["%0 = getreg.8 b", "%1 = getreg.8 a", "%2 = load.8 #1 %1", "store.8 #1 %0 %2"],
	],
	["a name of a register can be written", "const acc = r.a;", "acc = acc + r.b", ["%0 = getreg.8 a", "%1 = getreg.8 b", "%2 = add.8 %0 %1", "setreg.8 a %2"]],
];

const text = (before: string, semantics: string) => `${before}\ninstruction("op", "00000000", () => { ${semantics}; });\n`;

describe("semantics become ops", () => {
	test.each(templates)("%s", (_, before, semantics, ops) => {
		const isa = loadToy(text(before, semantics));
		const template = isa.instructions[0]!.template;
		expect(shapeErrors(template)).toEqual([]);
		expect(showTemplate(isa, template)).toEqual(ops);
	});
});

const none: Effects = { traps: false, readsPc: false, endsBlock: false, privileged: false, loads: false, stores: false, setsContext: false };
const state = 'const sys = state({ cause: 8 }, { kind: "system" });\nconst ctx = state({ mode: 2 }, { kind: "context" });\n';
const effects: readonly [semantics: string, effects: Partial<Effects>][] = [
	["r.a = r.b", {}],
	["if (r.f) trap(1)", { traps: true }],
	["r.sp = pc", { readsPc: true }],
	["jump(r.sp)", { endsBlock: true }],
	["r.a = load(r.sp, 8)", { loads: true }],
	["store(r.sp, r.a)", { stores: true }],
	["r.a = sys.cause", { privileged: true }],
	["sys.cause = 1", { privileged: true }],
	["wait()", { privileged: true }],
	["r.f = offers('magic')", { privileged: true }],
	["r.a = zext(ctx.mode, 8)", {}],
	["ctx.mode = 1", { setsContext: true }],
	["ctx.mode = ctx.mode + 1", { setsContext: true }],
	["ctx.mode = bits(r.a, 1, 0)", { setsContext: true, endsBlock: true }],
	["if (r.f) ctx.mode = 1", { setsContext: true, endsBlock: true }],
	["if (ctx.mode == 1) ctx.mode = 2", { setsContext: true }],
];
describe("effects are derived", () => {
	test.each(effects)("%s", (semantics, expected) => {
		expect(loadToy(text(state, semantics)).instructions[0]?.effects).toEqual({ ...none, ...expected });
	});
});

describe("machine.step", () => {
	test("is wrapped around every instruction, and execute leaves no trace", () => {
		const isa = loadToy(`${text("", "r.a = r.b")}machine({ step: (execute) => { if (r.f) execute(); r.f = 0; } });`);
		const ops = showTemplate(isa, isa.instructions[0]!.template);
		expect(ops).toEqual(["%0 = const.1 0", "%1 = getreg.1 f", "if.1 %1", "%3 = getreg.8 b", "setreg.8 a %3", "else", "end", "setreg.1 f %0"]);
	});
	test("lets the wrapper's jump win over the instruction's", () => {
		const isa = loadToy(`${text("", "jump(1)")}machine({ step: (execute) => { execute(); jump(2); } });`);
		expect(showTemplate(isa, isa.instructions[0]!.template)).toEqual(["%0 = const.16 2", "jump.16 %0"]);
	});
});
