import { describe, expect, it } from "vitest";
import { SpecError } from "../../jit/base/errors.ts";
import { assemble } from "../../jit/decode/assemble.ts";
import { createDecoder } from "../../jit/decode/decoder.ts";
import { createDisassembler } from "../../jit/decode/disassemble.ts";
import { random } from "./random.ts";
import { kinds, small, toyIsa } from "./toy.ts";

const isa = small();
const hex = (bytes: Uint8Array) => [...bytes].map((b) => b.toString(16).padStart(2, "0")).join("");
const messageOf = (f: () => unknown) => {
	try {
		f();
	} catch (e) {
		return (e as Error).message;
	}
	return "nothing is wrong";
};
const words = (text: string, o = {}) => hex(assemble(isa, text, o).bytes);

describe("the assembler", () => {
	const cases: [title: string, text: string, bytes: string, o?: object][] = [
		["takes an instruction's own syntax", "addi r1, r2, -3", "9300d1ff"],
		["does not mind blanks, comments and a label on the line", "x: addi  r1 ,r2 , -3 # comment", "9300d1ff"],
		["takes // and ; and block comments", "/* two\nlines */ nop // one\n; two\nnop ; three", "1300000013000000"],
		["finds the end of an expression before a parenthesis", "lw r1, (4 + 4)*2(r2)", "83200101"],
		["takes a modifier before a parenthesis", ".equ a, 0x12345678\nlw r1,%lo(a)(r2)", "83208167"],
		["takes choices inside a mnemonic", "swap.aqrl r1,r2,(r3)", "afa0210e"],
		["takes the empty choice", "swap r1,r2,(r3)", "afa02108"],
		["takes a value of a table", "scale r1,4", "ab702000"],
		["assembles backward and forward labels", "a: beq r1,r2,b\nb: beq r1,r2,a", "63822000e38e20fe"],
		["assembles numeric local labels", "1: beq r0,r0,1f\n1: beq r0,r0,1b\n beq r0,r0,1b\n1:", "6302000063000000e30e00fe"],
		["knows the address of a statement as .", "beq r0,r0,.+8", "63040000"],
		["follows an alias to its instruction", "mv r1,r2\nmove r1,r2", "9300010093000100"],
		["follows an alias that gives one operand twice", "double r1,r2", "b3002100"],
		["expands a macro where no alias fits", "li r1,5\nli r1,0x12345", "93005000b7200100938050".slice(0, 22) + "34"],
		["expands a macro with a symbol", "la r1,x\n.org 0x1800\nx:", undefined as unknown as string],
		["prefers what is written under the mnemonic itself", "addi r1,r1,1", "93801000"],
		["takes the shortest when asked", "addi r1,r1,1\naddi r1,r1,100\nnop", "85009380400601 00".replace(" ", ""), { compress: true }],
		["lays data out", ".byte 1,2,-1\n.balign 4\n.half 0x1234\n.word 5\n.dword -2", "0102ff0034120500 0000feffffffffffffff".replace(" ", "")],
		["lays text out", '.ascii "a\\n"\n.asciz "b"\n.string "c;#"', "610a6200633b2300"],
		["fills", ".space 2\n.space 2, 7\n.fill 2, 2, 0x102\n.zero 1", "00000707 0201020100".replace(" ", "")],
		["counts with .set", ".set n, 1\n.byte n\n.set n, n + 1\n.byte n\nn2 = n * 2\n.byte n2", "010204"],
		[
			"evaluates like C",
			".byte 1 + 2 * 3, (1 + 2) * 3, 7 / 2, -7 % 4, 1 << 3 | 1, ~0 & 0xf, 'a', 0b11, 010, 3 > 2, !5",
			"07090 3fd090f61030801 00".replace(/ /g, ""),
		],
		["fills code with nops and data with zeros", ".byte 0\n.byte 0\n.balign 8\n.data\n.byte 1\n.balign 4", undefined as unknown as string],
		["puts .data behind .text", ".data\n.word 7\n.text\nnop", "1300000000000000000000000000000007000000"],
	];
	for (const [title, text, bytes, o] of cases) if (bytes !== undefined) it(title, () => expect(words(text, o)).toBe(bytes));

	it("expands a macro with a symbol", () => {
		const r = assemble(isa, "la r1,x\n.org 0x1800\nx:");
		expect([r.symbols.get("x"), hex(r.bytes.subarray(0, 8))]).toEqual([0x1800, "b720000093800080"]);
	});

	it("fills code with nops and data with zeros", () => {
		expect(words(".half 0x1111\n.balign 8\n.data\n.byte 1\n.balign 4\n.byte 1")).toBe("1111010013000000" + "0000000000000000" + "0100000001");
	});

	it("gives symbols, and a line for everything that made bytes", () => {
		const r = assemble(isa, "start: nop\n.equ four, 4\n\nli r1,0x12345\nend:", { origin: 0x80000000 });
		expect(r.origin).toBe(0x80000000);
		expect([...r.symbols]).toEqual([
			["start", 0x80000000],
			["end", 0x8000000c],
			["four", 4],
		]);
		expect(r.lines.map((l) => [l.line, l.address, l.bytes.length])).toEqual([
			[1, 0x80000000, 4],
			[4, 0x80000004, 8],
		]);
	});

	it("lengthens an instruction only where the short one does not reach", () => {
		expect(words("addi r1,r1,end-start\nstart: .space 20\nend:", { compress: true })).toHaveLength(2 * 22);
		expect(words("addi r1,r1,end-start\nstart: .space 40\nend:", { compress: true })).toHaveLength(2 * 44);
	});

	const wrong: [text: string, message: string][] = [
		["nop\n  addi r1,r2,5000", "f.s:2:14: immediate 5000 does not fit imm (signed 12 bits, -2048..2047): `5000`"],
		["addi r1,r2", "f.s:1:1: the operands do not fit, expected addi {rd},{rs1},{imm} or addi {rd},{rd},{imm}: `addi r1,r2`"],
		["frob r1", 'f.s:1:1: unknown instruction "frob": `frob r1`'],
		["addi r1,r2,r3", "f.s:1:1: the operands do not fit, expected addi {rd},{rs1},{imm} or addi {rd},{rd},{imm}: `addi r1,r2,r3`"],
		["a: nop\na: nop", 'f.s:2:1: label "a" is defined twice, first in line 1: `a`'],
		["beq r1,r2,nowhere", 'f.s:1:11: symbol "nowhere" is not defined: `nowhere`'],
		["beq r1,r2,3f", "f.s:1:11: there is no label 3: after this: `3f`"],
		["beq r1,r2,0x10000", "f.s:1:11: displacement 65536 does not fit offset (signed 13 bits, -4096..4094): `0x10000`"],
		["beq r1,r2,3", "f.s:1:11: displacement 3 does not fit offset (a multiple of 2): `3`"],
		["c.zero r3", "f.s:1:1: register r3 does not fit low (r8..r15): `c.zero r3`"],
		["c.addi r0,1", "f.s:1:1: rd may not be r0 in c.addi: `c.addi r0,1`"],
		["scale r1,3", "f.s:1:10: immediate 3 does not fit power (one of 1, 2, 4, 8): `3`"],
		[".byte 256", "f.s:1:1: 256 does not fit .byte (8 bits, -128..255): `.byte 256`"],
		[".frob 1", 'f.s:1:1: unknown directive ".frob": `.frob 1`'],
		[".word 1 +", 'f.s:1:1: expected an expression in .word, not "1 +": `.word 1 +`'],
		["nop\n.org 2", "f.s:2:1: .org 0x2 lies below the current address 0x4: `.org 2`"],
		[".word 1 / 0", "f.s:1:1: division by 0: `.word 1 / 0`"],
		["a = b\nb = a\n.word a", 'f.s:3:1: "a" is defined by itself: `.word a`'],
		[".space 1 << 40", "f.s:1:1: the output is longer than 268435456 bytes: `.space 1 << 40`"],
		["/* nop", "f.s:1:1: the comment has no end, expected */: `/*`"],
		["lui r1,0x100000", "f.s:1:8: immediate 1048576 does not fit upper (unsigned 20 bits, 0..1048575): `0x100000`"],
	];
	for (const [text, message] of wrong) {
		it(`says what is wrong with ${JSON.stringify(text)}`, () => expect(messageOf(() => assemble(isa, text, { file: "f.s" }))).toBe(message));
	}
});

describe("the assembler of an ISA of bytes", () => {
	const eight = toyIsa(
		{
			...kinds,
			r: { kind: "reg", file: 0, plus: 0, times: 1, width: 3 },
			wide: { kind: "signed", show: "dec", scale: 1, width: 16 },
			near: { kind: "relative", plus: 2, scale: 1, width: 16 },
		},
		[
			{ syntax: "ld {r},{byte}", encoding: "00 r[2:0] 110 / byte[7:0]" },
			{ syntax: "ld {r},({address})", encoding: "11101101 / 01 r[2:0] 011 / address[7:0] / address[15:8]" },
			{ syntax: "ld {r},(hl)", encoding: "01 r[2:0] 110" },
			{ syntax: "add {wide}", encoding: ["10000011 / wide[7:0]", "10000001 / wide[7:0] / wide[15:8]"] },
			{ syntax: "lda #{byte}", encoding: "10101001 / byte[7:0]" },
			{ syntax: "jr {near}", encoding: "00011000 / near[7:0]" },
		],
		{ unitBytes: 1, addressBits: 16, memories: [{ name: "main", address: 16, endian: "big" }] },
	);
	const cases: [title: string, text: string, bytes: string][] = [
		["prefers literal text to an operand", "ld r1,(hl)", "4e"],
		["prefers parentheses of the syntax to those of an expression", "ld r1,(0x1234)\nld r1,(5)+1", "ed4b34120e06"],
		["takes the first encoding that holds the value", "add 100\nadd 1000\nadd -128", "836481e8038380"],
		["takes a longer one for a far label", "add x\n.org 0x200\nx: add 1", `810002${"00".repeat(0x1fd)}8301`],
		["takes # for syntax where the ISA does, and for a comment before a blank", "lda #$10 # comment\n# comment\nlda #2", "a910a902"],
		["counts a displacement from where the operand says", "jr .\njr .+2", "18fe1800"],
		["wraps addresses at the ISA's width", ".org 0xfff0\njr 0x0002", "1810"],
		["lays data out in the order of the memory", ".word 1\n.half 2", "000000010002"],
	];
	for (const [title, text, bytes] of cases) it(title, () => expect(hex(assemble(eight, text).bytes)).toBe(bytes));
});

describe("the assembler under random text", () => {
	const seed = Number(process.env.DOPPEL_SEED ?? 1);
	it(`either assembles it or says what is wrong in one line (seed ${seed})`, () => {
		const next = random(seed);
		const pieces =
			'addi lw li la nop c.addi r1 r2 , , ( ) %hi( %lo( 5 -1 0x7fffffff 1f 1b 1: a: a b = + - * / << ~ . .word .byte .org .align .space .ascii "x" .equ .set \' " # // /* */ ; {rd} $ \n \n'.split(
				" ",
			);
		let wrong = 0;
		let right = 0;
		for (let n = 0; n < 3000; n++) {
			const text = Array.from({ length: 1 + (next() % 12) }, () => pieces[next() % pieces.length] as string)
				.map((p) => (p === "\\n" ? "\n" : p))
				.join(next() % 2 ? " " : "");
			try {
				assemble(isa, text, { compress: next() % 2 === 0 });
				right++;
			} catch (e) {
				if (!(e instanceof SpecError)) throw new Error(`${JSON.stringify(text)}: ${(e as Error).stack}`);
				expect(e.message.split("\n")).toHaveLength(1);
				wrong++;
			}
		}
		expect([right > 50, wrong > 500]).toEqual([true, true]);
	});
});

describe("the disassembler", () => {
	const decoder = createDecoder(isa);
	const text = (source: string, aliases: boolean, pc = 0x100) => {
		const { bytes } = assemble(isa, source, { origin: pc });
		return createDisassembler(isa, { aliases })(decoder.decode(bytes, 0, bytes.length, 0), pc);
	};
	const cases: [source: string, plain: string, alias: string][] = [
		["addi r1,r2,-3", "addi r1,r2,-3", "addi r1,r2,-3"],
		["addi r1,r2,0", "addi r1,r2,0", "mv r1,r2"],
		["addi r1,r0,0", "addi r1,r0,0", "li r1,0"],
		["addi r0,r0,0", "addi r0,r0,0", "nop"],
		["c.addi r1,3", "c.addi r1,3", "addi r1,r1,3"],
		["add r1,r2,r2", "add r1,r2,r2", "double r1,r2"],
		["beq r1,r2,.-16", "beq r1,r2,0xf0", "beq r1,r2,0xf0"],
		["lui r1,0xfffff", "lui r1,0xfffff", "lui r1,0xfffff"],
		[".word 0xffffffff", ".word 0xffffffff", ".word 0xffffffff"],
		[".half 0", ".half 0x0", ".half 0x0"],
	];
	for (const [source, plain, alias] of cases) {
		it(`writes ${source} as ${alias}`, () => expect([text(source, false), text(source, true)]).toEqual([plain, alias]));
	}
	it("wraps an address below 0", () => expect(text("beq r1,r2,.-16", true, 0)).toBe("beq r1,r2,0xfffffff0"));
});
