import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { cycles, hostBreaks, isaNameBreaks, layerBreaks, packageBreaks, quantile, siblingBreaks } from "./rules.ts";
import { filesBelow, readSource, root, type Source } from "./source.ts";

const sources = ["isa", "jit", "src", "bench", "test"].flatMap((f) => filesBelow(f, [".ts", ".mjs"])).map((path) => readSource(path));
const product = sources.filter((s) => (s.path.startsWith("jit/") || s.path.startsWith("src/")) && !s.path.endsWith(".d.ts"));

describe("the rules of the house hold", () => {
	it("a file imports lower layers only", () => expect(layerBreaks(sources)).toEqual([]));
	it("no device imports a device, no ISA imports an ISA", () => expect(siblingBreaks(sources)).toEqual([]));
	it("there is no import cycle", () => expect(cycles(sources)).toEqual([]));
	it("no name of an ISA stands in jit/ or in src/ outside boards/ and load/", () => expect(isaNameBreaks(sources)).toEqual([]));
	it("acorn, binaryen, commander and node: are imported by their owners only", () => expect(packageBreaks(sources)).toEqual([]));
	it("below host/ there is no wall clock, no unseeded random, no mutable module state", () => expect(hostBreaks(sources)).toEqual([]));
	it("isa/ holds data only", () => {
		const other = filesBelow("isa", [""]).filter((p) => !/\.(isa\.js|ins|md)$|^isa\/(isa\.d\.ts|tsconfig\.json)$/.test(p));
		expect(other).toEqual([]);
	});
	it("files have a median near 150 lines and a 90th percentile near 400", () => {
		const lines = product.map((s) => s.lines);
		expect(quantile(lines, 0.5)).toBeLessThanOrEqual(200);
		expect(quantile(lines, 0.9)).toBeLessThanOrEqual(450);
	});
	it("every file of the product opens with a comment that says what it is", () => {
		expect(product.filter((s) => !/^(#!.*\n)?(\/\*\*|\/\/)/.test(s.text)).map((s) => s.path)).toEqual([]);
	});
	it("every relative link of a README leads somewhere", () => {
		const broken = filesBelow(".", ["README.md"]).flatMap((page) =>
			[...readFileSync(join(root, page), "utf8").matchAll(/\]\(([^)#\s]+)/g)]
				.filter(([, to]) => !/^\w+:/.test(to!) && !existsSync(join(root, dirname(page), to!)))
				.map(([, to]) => `${page}: ${to}`),
		);
		expect(broken).toEqual([]);
	});
	it("the top holds the six folders, the four files and dot-files, nothing else", () => {
		const allowed = ["LICENSE", "README.md", "bench", "isa", "jit", "node_modules", "package-lock.json", "package.json", "src", "test", "tsconfig.json"];
		expect(readdirSync(root).filter((name) => !name.startsWith(".") && !allowed.includes(name))).toEqual([]);
	});
});

const at = (path: string, text: string): Source => readSource(path, text);
const broken: [rule: string, check: (s: readonly Source[]) => string[], sources: Source[], says: RegExp][] = [
	["jit imports src", layerBreaks, [at("jit/lift/a.ts", 'import { b } from "../../src/base/b.ts";')], /imports src\/base\/b\.ts/],
	["a lower folder imports a higher one", layerBreaks, [at("jit/ir/a.ts", 'import type { B } from "../lift/b.ts";')], /imports jit\/lift\/b\.ts/],
	["a dynamic import upwards", layerBreaks, [at("src/memory/a.ts", 'const b = await import("../machine/b.ts");')], /src\/machine\/b\.ts/],
	["the product imports a test", layerBreaks, [at("src/machine/a.ts", 'export * from "../../test/b.ts";')], /test\/b\.ts/],
	["a device imports a device", siblingBreaks, [at("src/devices/uart.ts", 'import "./clint.ts";')], /devices\/uart imports src\/devices\/clint/],
	["two files in a ring", cycles, [at("jit/ir/a.ts", 'import "./b.ts";'), at("jit/ir/b.ts", 'import "./a.ts";')], /a\.ts -> jit\/ir\/b\.ts -> /],
	["an ISA's name in a variable", isaNameBreaks, [at("jit/lift/a.ts", "const riscvMode = 1;")], /riscvMode/],
	["an ISA's word in a camelCase name", isaNameBreaks, [at("src/hypervisor/a.ts", "const hartCount = 1;")], /hartCount/],
	["an ISA's name in a comment", isaNameBreaks, [at("jit/lift/a.ts", "/** like RISC-V */")], /RISC-V/],
	["binaryen outside its folder", packageBreaks, [at("jit/tier/a.ts", 'const b = await import("binaryen");')], /binaryen/],
	["node: in the core", packageBreaks, [at("src/machine/a.ts", 'import { join } from "node:path";')], /node:path/],
	["a package nobody owns", packageBreaks, [at("src/base/a.ts", 'import "left-pad";')], /left-pad/],
	["the wall clock", hostBreaks, [at("src/time/a.ts", "export const now = () => Date.now();")], /Date/],
	["unseeded random", hostBreaks, [at("jit/opt/a.ts", "export const r = () => Math.random();")], /Math\.random/],
	["mutable module state", hostBreaks, [at("src/machine/a.ts", "let count = 0; export const next = () => count++;")], /count/],
];

describe("each rule can fail", () => {
	it.each(broken)("%s is found", (_, check, wrong, says) => expect(check(wrong).join("\n")).toMatch(says));
	it("names that merely look like an ISA's are left alone", () => {
		expect(isaNameBreaks([at("jit/lift/a.ts", "const chart = 1, warm = alarm; /* the arms of an if, harmony */")])).toEqual([]);
	});
});
