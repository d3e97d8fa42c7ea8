import { describe, expect, it } from "vitest";
import type { Block, Terminator } from "../../jit/ir/block.ts";
import { makeOp, type Op } from "../../jit/ir/op.ts";
import { parseBlock } from "../../jit/ir/parse.ts";
import { verifyBlock } from "../../jit/ir/verify.ts";
import { toyIsa } from "./toy-isa.ts";

const isa = toyIsa(32);
const head = "block 0x1000 context 0 count 1 bytes 2\ninsn 0x1000 2 ; 0\n";
const parse = (lines: string, end = "jump 0x1002 context 0"): Block => parseBlock(`${head}${lines.replaceAll("|", "\n")}\n${end}`, isa);

/** Text that can be read but breaks a rule, and the rule's words. Op 0 is the insn. */
const broken: readonly [name: string, lines: string, message: string, end?: string][] = [
	["a sum of two widths", "%1:32 = const 0x1|%2:64 = const 0x1|%3:32 = add %1 %2", "3 (add): b is 64 bits wide, expected 32"],
	["a comparison of two widths", "%1:32 = const 0x1|%2:64 = const 0x1|%3:1 = eq %1 %2", "3 (eq): b is 64 bits wide, expected 32"],
	["a comparison that is not one bit", "%1:32 = const 0x1|%2:32 = eq %1 %1", "2 (eq): width 32 is not 1"],
	["a shift whose result is wider", "%1:32 = const 0x1|%2:64 = shl %1 %1", "2 (shl): a is 32 bits wide, expected 64"],
	["a condition of 32 bits", "%1:32 = const 0x1|%2:32 = select %1 %1 %1", "2 (select): a is 32 bits wide, expected 1"],
	["an extension to fewer bits", "%1:32 = const 0x1|%2:16 = zext %1", "2 (zext): makes its operand narrower"],
	["a truncation to more bits", "%1:16 = const 0x1|%2:32 = trunc %1", "2 (trunc): makes its operand wider"],
	["a number that is too big", "%1:8 = const 0x100", "1 (const): the number 0:256 does not fit 8 bits"],
	["a width of 0", "%1:0 = getreg r1", "1 (getreg): width 0 is not that of cell r1, 32"],
	["a width of 65", "%1:65 = const 0x0", "1 (const): width 65 is not 1..64"],
	["swapped bytes of 12 bits", "%1:12 = const 0x1|%2:12 = bswap %1", "2 (bswap): width 12 is not whole bytes"],
	["a load of 24 bits", "%1:32 = const 0x1|%2:24 = load main 1 %1", "2 (load): 24 bits are not 1, 2, 4 or 8 bytes"],
	["an address of the wrong width", "%1:16 = const 0x1|%2:32 = load main 1 %1", "2 (load): a is 16 bits wide, expected 32"],
	["an access that is none", "%1:32 = const 0x1|%2:32 = load main 4 %1", "2 (load): access 4 is not 0..3"],
	["a stored value that is not as wide as the store", "%1:32 = const 0x1|store:8 main %1 %1", "2 (store): b is 32 bits wide, expected 8"],
	["a register written with another width", "%1:8 = const 0x1|setreg:32 r1 %1", "2 (setreg): a is 8 bits wide, expected 32"],
	["a write to pc", "%1:32 = const 0x1|setreg:32 pc %1", "2 (setreg): pc is set by the terminator only"],
	["a register write before a load", "%1:32 = const 0x1|setreg:32 r1 %1|%3:32 = load main 1 %1", "3 (load): may leave the instruction after its setreg at 2"],
	["a register write before a store", "%1:32 = const 0x1|setreg:32 r1 %1|store:32 main %1 %1", "3 (store): may leave the instruction after its setreg at 2"],
	["a register write before a trap", "%1:32 = const 0x1|setreg:32 r1 %1|trap %1 %1", "3 (trap): may leave the instruction after its setreg at 2", "none"],
	["a register write in an arm", "%1:1 = const 0x1|if %1|setreg:1 f0 %1|else|end", "3 (setreg): may not stand inside an if"],
	["a template op", "%1:32 = operand 0", "1 (operand): may not stand in a block"],
	["a jump op", "%1:32 = const 0x1|jump %1", "2 (jump): may not stand in a block"],
	["a value of an arm used after it", "%1:1 = const 0x1|if %1|%3:32 = const 0x1|else|end|%6:32 = not %3", "6 (not): a is 3, a value of an arm that is closed"],
	[
		"a value of the first arm used in the second",
		"%1:1 = const 0x1|if %1|%3:32 = const 0x1|else|%5:32 = not %3|end",
		"5 (not): a is 3, a value of an arm that is closed",
	],
	["a phi that is not after end", "%1:32 = const 0x1|%2:32 = phi %1 %1", "2 (phi): does not stand directly after end"],
	[
		"a phi of an arm's value on the wrong side",
		"%1:1 = const 0x1|if %1|%3:1 = not %1|else|end|%6:1 = phi %1 %3",
		"6 (phi): b is 3, a value of an arm that is closed",
	],
	["a phi of a phi of the same end", "%1:1 = const 0x1|if %1|else|end|%5:1 = phi %1 %1|%6:1 = phi %5 %1", "6 (phi): a is 5, a phi of the same end"],
	["a phi without a value for an arm that ends", "%1:1 = const 0x1|if %1|else|end|%5:1 = phi - %1", "5 (phi): a is -1, but that arm reaches the end"],
	[
		"a phi with a value for an arm that traps",
		"%1:1 = const 0x1|if %1|trap %1 %1|else|end|%6:1 = phi %1 %1",
		"6 (phi): a is 1, but that arm does not reach the end: expected -1",
	],
	["an if without end", "%1:1 = const 0x1|if %1|else", "block: 1 if without end"],
	["an if without else", "%1:1 = const 0x1|if %1|end", "3 (end): its if has no else"],
	["an else without if", "else", "1 (else): has no if"],
	["a second else", "%1:1 = const 0x1|if %1|else|else|end", "4 (else): is the second else of its if"],
	["ops after a trap", "%1:32 = const 0x1|trap %1 %1|%3:32 = const 0x1", "3 (const): cannot be reached: every path to it has ended in a trap", "none"],
	["a terminator after a trap", "%1:32 = const 0x1|trap %1 %1", "end: every path has ended in a trap, expected none, not jump"],
	["no terminator where it goes on", "%1:32 = const 0x1", "end: is none, but there is a path that does not trap", "none"],
	["a branch on 32 bits", "%1:32 = const 0x1", "end: if is 32 bits wide, expected 1", "branch %1 0x0 0x2 context 0"],
	["a jump to a value that is not an address", "%1:8 = const 0x1", "end: to is 8 bits wide, expected 32", "indirect %1"],
	["a terminator on a value of an arm", "%1:1 = const 0x1|if %1|%3:32 = const 0x1|else|end", "end: to is 3, which is no value in sight", "indirect %3"],
];

/** What text cannot say. */
const crooked: readonly [name: string, ops: Op[], message: string, more?: Partial<Block>][] = [
	["an unknown op", [makeOp("nothing" as "add", 32)], '1 (nothing): there is no op named "nothing"'],
	["a use before it is made", [makeOp("not", 32, 2), makeOp("const", 32)], "1 (not): a is 2, not the number of an earlier op"],
	["a use of what has no value", [makeOp("not", 32, 0)], "1 (not): a is 0 (insn), which has no value"],
	["an operand too many", [makeOp("const", 32), makeOp("not", 32, 1, 1)], "2 (not): takes no b"],
	["a cell that is not there", [makeOp("getreg", 32, -1, -1, -1, 999)], "1 (getreg): there is no cell 999"],
	["a memory space that is not there", [makeOp("const", 32), makeOp("load", 32, 1, -1, -1, 9, 1)], "2 (load): there is no memory space 9"],
	["a wrong count", [], "block: count is 3, but there are 1 insn ops", { count: 3 }],
	["wrong bytes", [], "block: bytes is 9, but the insn ops cover 2", { bytes: 9 }],
	[
		"an instruction that does not follow",
		[makeOp("insn", 0, -1, 2, 1, 0x2000)],
		"1 (insn): address 0:8192 does not follow the instruction before it, expected 0:4098",
	],
	["an instruction with a wrong number", [makeOp("insn", 0, -1, 2, 5, 0x1002)], "1 (insn): is number 5, expected 1"],
	["an address that is not exact", [], "end: to 1e+300 is no known address", { end: { kind: "jump", to: 1e300, context: 0 } as Terminator }],
];

describe("the verifier refuses", () => {
	for (const [name, lines, message, end] of broken)
		it(name, () => {
			expect(verifyBlock(parse(lines, end), isa)).toContain(message);
		});
	for (const [name, ops, message, more] of crooked)
		it(name, () => {
			const block: Block = { ...parse(""), ...more };
			expect(verifyBlock({ ...block, ops: [...block.ops, ...ops] }, isa)).toContain(message);
		});
	it("a block that does not begin with an instruction", () => {
		expect(verifyBlock({ ...parse(""), ops: [] }, isa)).toContain("block: the first op must be insn");
	});
	it("nothing of a valid block", () => {
		expect(verifyBlock(parse("%1:1 = const 0x1|if %1|trap %1 %1|else|%5:32 = const 0x2|end|%7:32 = phi - %5|setreg:32 r1 %7"), isa)).toEqual([]);
	});
});

/** Text that cannot be read, and what the reader says. */
const unreadable: readonly [text: string, message: string][] = [
	["", "block:2:1: no block line"],
	["block 0x0 context 0 count 0 bytes 0", "block:2:1: no terminator"],
	["block 0x0 context 0 count 0\nnone", 'block:1:1: expected "bytes", found "": `block 0x0 context 0 count 0`'],
	["block 0x0 context 0 count 0 bytes 0\n%1:32 = frob %2\nnone", 'block:2:1: there is no op "frob": `%1:32 = frob %2`'],
	["block 0x0 context 0 count 0 bytes 0\n%1:32 = not %2\nnone", 'block:2:1: expected an earlier value, found "%2": `%1:32 = not %2`'],
	["block 0x0 context 0 count 0 bytes 0\n%1 = const 0x1\nnone", "block:2:1: expected %name:width: `%1 = const 0x1`"],
	["block 0x0 context 0 count 0 bytes 0\n%1:32 = const one\nnone", 'block:2:1: expected a number, found "one": `%1:32 = const one`'],
	["block 0x0 context 0 count 0 bytes 0\n%1:32 = getreg nowhere\nnone", 'block:2:1: there is no register "nowhere": `%1:32 = getreg nowhere`'],
	["block 0x0 context 0 count 0 bytes 0\n%1:32 = const 0x1\n%2:32 = add %1\nnone", "block:3:1: add takes 2 values, found 1: `%2:32 = add %1`"],
	["block 0x0 context 0 count 0 bytes 0\nnone\nelse", "block:3:1: text after the end of the block: `else`"],
];

describe("the reader refuses", () => {
	for (const [text, message] of unreadable)
		it(message, () => {
			expect(() => parseBlock(text, isa)).toThrow(expect.objectContaining({ name: "SpecError", message }));
		});
});
