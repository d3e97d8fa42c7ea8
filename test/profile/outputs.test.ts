import { describe, expect, it } from "vitest";
import { addressText, createSymbols, nameSamples } from "../../src/debug/profile/frames.ts";
import { collapsedOf, hottest, speedscopeOf } from "../../src/debug/profile/outputs.ts";
import { listSymbols } from "../../src/load/image.ts";
import { loadSymbolList } from "../../src/load/symbol-list.ts";

const symbol = (name: string, value: number, bytes = 16, kind: "function" | "object" | "other" = "function") => ({ name, value, bytes, kind });
const sample = (weight: number, ...stack: number[]) => ({ stack, weight, processor: 0 });
const one = { processors: 1, bits: 64 };

/** What speedscope's schema asks of a file with sampled profiles, as we read it. Answers what is wrong. */
function faults(text: string): string[] {
	const found: string[] = [];
	const check = (good: boolean, what: string): void => void (good || found.push(what));
	const file = JSON.parse(text) as ReturnType<typeof speedscopeOf>;
	check(file.$schema === "https://www.speedscope.app/file-format-schema.json", "$schema");
	check(Array.isArray(file.shared.frames) && file.shared.frames.every(({ name }) => typeof name === "string"), "shared.frames");
	check(Number.isInteger(file.activeProfileIndex) && file.activeProfileIndex < file.profiles.length, "activeProfileIndex");
	for (const p of file.profiles) {
		check(p.type === "sampled", "type");
		check(["none", "nanoseconds", "microseconds", "milliseconds", "seconds", "bytes"].includes(p.unit), "unit");
		check(typeof p.name === "string" && typeof p.startValue === "number" && typeof p.endValue === "number", "profile");
		check(p.samples.length === p.weights.length, "as many weights as samples");
		check(
			p.samples.flat().every((i) => Number.isInteger(i) && i >= 0 && i < file.shared.frames.length),
			"frames that are there",
		);
		check(p.endValue - p.startValue === p.weights.reduce((a, b) => a + b, 0), "the sum of weights");
	}
	return found;
}

const hostile = [
	"a;b 5\nmain 99",
	'"],"x":["',
	"__proto__",
	"constructor",
	"*/process.exit()//",
	"\x1b[31mred",
	"a\u202eb\u2028c",
	"x".repeat(5000),
	"</script>",
	"a b",
];

describe("files of a profile", () => {
	const symbols = createSymbols([listSymbols([symbol("main", 0x1000), symbol("work", 0x1010), symbol("table", 0x1010, 64, "object"), symbol("$x", 0x1018)])]);
	it("hold each stack once with its weight, the outermost first", () => {
		const named = nameSamples([sample(10, 0x1014, 0x1008), sample(5, 0x1012, 0x1008), sample(1, 0x1000)], symbols, [], one);
		expect(collapsedOf(named)).toBe("main 1\nmain;work 15\n");
		const file = speedscopeOf(named, "guest");
		expect(faults(JSON.stringify(file))).toEqual([]);
		expect(file.shared.frames).toEqual([{ name: "main" }, { name: "work" }]);
		expect(file.profiles[0]).toMatchObject({ samples: [[0, 1], [0, 1], [0]], weights: [10, 5, 1], endValue: 16 });
	});
	it("count a function that calls itself once", () => {
		const named = nameSamples([sample(4, 0x1014, 0x1016, 0x1018, 0x1008)], symbols, [], one);
		expect(hottest(named).map(({ frame, own, all }) => [frame.name, own, all])).toEqual([
			["work", 4, 4],
			["main", 0, 4],
		]);
	});
	it("are written of an empty profile", () => expect([faults(JSON.stringify(speedscopeOf([], "guest"))), collapsedOf([])]).toEqual([[], ""]));
	it("S9: take symbols for text, whatever is in them", () => {
		const nasty = createSymbols([listSymbols(hostile.map((name, i) => symbol(name, 0x2000 + 16 * i)))]);
		const named = nameSamples(
			hostile.map((_, i) => sample(1, 0x2000 + 16 * i)),
			nasty,
			[],
			one,
		);
		const collapsed = collapsedOf(named);
		expect(collapsed.trimEnd().split("\n")).toHaveLength(hostile.length);
		for (const line of collapsed.trimEnd().split("\n")) expect(line).toMatch(/^[^\s;]+ 1$/u);
		const text = JSON.stringify(speedscopeOf(named, "guest"));
		expect(faults(text)).toEqual([]);
		expect(JSON.parse(text).shared.frames).toHaveLength(hostile.length);
		for (const { frame } of hottest(named)) {
			expect(frame.name).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
			expect(frame.name.length).toBeLessThan(300);
		}
	});
	it("name what has no symbol by where calls lead, else by its page", () => {
		const named = nameSamples([sample(1, 0x9010), sample(1, 0x9ff0_0010), sample(1, -0x7fff_ef00)], symbols, [0x9008], one);
		expect(named.map(({ frames }) => frames[0]!.name)).toEqual(["0x9008", "page 0x9ff00000", "page 0xffffffff80001000"]);
	});
});

describe("symbols", () => {
	it("with a size end there, others where the next begins; functions count more than labels", () => {
		const symbols = createSymbols([
			listSymbols([symbol("label", 0x100, 0, "other"), symbol("f", 0x100, 8), symbol("g", 0x110, 0, "other"), symbol("h", 0x200)]),
		]);
		const at = (pc: number): string | undefined => symbols.at(pc)?.name;
		expect([0xff, 0x100, 0x107, 0x108, 0x110, 0x1ff, 0x200, 0x210].map(at)).toEqual([undefined, "f", "f", undefined, "g", "g", "h", undefined]);
	});
	it("come from lists as nm prints them, and wrong lines are named", () => {
		const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
		const list = loadSymbolList(bytes("ffffffff80002000 T start_kernel\n0000000080000000 t _start\n                 U printf\n80001000 D data\n"));
		expect([0, 1, 2].map((i) => list.at(i))).toEqual([
			symbol("start_kernel", -0x7fff_e000, 0),
			symbol("_start", 0x8000_0000, 0),
			symbol("data", 0x8000_1000, 0, "object"),
		]);
		expect(addressText(list.at(0).value, 64)).toBe("0xffffffff80002000");
		expect(() => loadSymbolList(bytes("80000000 T ok\nhello\n"))).toThrow(
			'symbols: line 2 is "hello": expected an ELF file, or lines such as "80000000 T main"',
		);
	});
});
