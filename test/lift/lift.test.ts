import { describe, expect, it } from "vitest";
import { Status } from "../../jit/base/status.ts";
import type { Block } from "../../jit/ir/block.ts";
import { printBlock, printEnd } from "../../jit/ir/print.ts";
import { verifyBlock } from "../../jit/ir/verify.ts";
import { isBlock } from "../../jit/lift/lift.ts";
import type { Isa } from "../../jit/spec/isa.ts";
import { toyIsa } from "../ir/toy-isa.ts";
import { codeAt, type Toy, type ToyInstruction, templateOf, toyLifter } from "./toy-code.ts";

const isa = toyIsa(32);
const mode = isa.cells.findIndex((c) => c.name === "mode");
const t = (text: string, more: Partial<ToyInstruction> = {}): ToyInstruction => ({ template: templateOf(text, isa), ...more });

/** Semantics by name; an instruction's second byte is 0xBA: operand 1 is B, operand 0 is A; operand 2 is both as a signed number. */
const meanings = {
	copy: t("%0:4 = operand 0|%1:4 = operand 1|%2:32 = getfile 0 %1|setfile:32 0 %0 %2"),
	number: t("%0:4 = operand 0|%1:32 = operand 1|setfile:32 0 %0 %1"),
	double: t("%0:4 = operand 0|%1:32 = getfile 0 %0|%2:32 = add %1 %1|setfile:32 0 %0 %2"),
	loadAfterWrite: t("%0:4 = operand 0|%1:32 = operand 1|setfile:32 0 %0 %1|%2:32 = getfile 0 %0|%3:32 = load main 1 %2|setfile:32 0 %0 %3"),
	jump: t("%0:32 = pc|%1:32 = operand 2|%2:32 = add %0 %1|jump %2"),
	jumpRegister: t("%0:4 = operand 0|%1:32 = getfile 0 %0|jump %1"),
	branch: t(
		"%0:4 = operand 0|%1:4 = operand 1|%2:32 = getfile 0 %0|%3:32 = getfile 0 %1|%4:1 = eq %2 %3|%5:32 = pc|%6:32 = operand 1|%7:32 = add %5 %6|if %4|jump %7|else|end",
	),
	trapIfZero: t(
		"%0:4 = operand 0|%1:32 = getfile 0 %0|%2:32 = const 0x0|%3:1 = eq %1 %2|%4:32 = const 0x7|setfile:32 0 %0 %4|if %3|trap %4 %1|else|end|%5:4 = operand 1|setfile:32 0 %5 %1",
	),
	trap: t("%0:32 = const 0x7|%1:32 = raw|trap %0 %1"),
	loadOrNot: t(
		"%0:4 = operand 0|%1:1 = getreg f0|%2:32 = getfile 0 %0|if %1|%3:32 = load main 1 %2|setfile:32 0 %0 %3|else|%4:4 = operand 1|setfile:32 0 %4 %2|end",
	),
	absolute: t("%0:4 = operand 0|%1:32 = getfile 0 %0|%2:32 = const 0x0|%3:1 = lts %1 %2|if %3|%4:32 = sub %2 %1|setfile:32 0 %0 %4|else|end"),
	setMode: t("%0:3 = operand 0|setreg:3 mode %0"),
	modeFromRegister: t("%0:32 = getreg r1|%1:3 = trunc %0|setreg:3 mode %1"),
	readMode: t("%0:4 = operand 0|%1:3 = getreg mode|%2:32 = zext %1|setfile:32 0 %0 %2"),
	privileged: t("%0:32 = getreg sys|setreg:32 r1 %0|wait", { privileged: true }),
	long: t("%0:32 = const 0x1|setreg:32 r1 %0", { bytes: 4 }),
};
type Name = keyof typeof meanings;
const order = Object.keys(meanings) as Name[];
const toy: Toy = toyLifter(Object.values(meanings), isa);

/** "copy 12" -> two bytes (four for `long`) */
function bytesOf(text: string): number[] {
	return text.split("|").flatMap((line) => {
		const [name, operand = "0"] = line.trim().split(" ");
		if (name === "undefined") return [255, 255];
		const head = [order.indexOf(name as Name), Number.parseInt(operand, 16)];
		return name === "long" ? [...head, 0, 0] : head;
	});
}
function lift(text: string, o: { pc?: number; context?: number; limit?: number; single?: boolean; isa?: Isa } = {}): Block {
	const pc = o.pc ?? 0x1000;
	const code = codeAt(pc, bytesOf(text));
	const block = o.single ? toy.lifter.single(code, pc, o.context ?? 0) : toy.lifter.block(code, pc, o.context ?? 0, o.limit);
	if (!isBlock(block)) throw new Error(`no block: ${JSON.stringify(block)}`);
	expect(verifyBlock(block, isa)).toEqual([]);
	return block;
}
const text = (block: Block): string[] =>
	printBlock(block, isa)
		.trim()
		.split("\n")
		.slice(1)
		.map((line) => line.trim());

/** What stands in code, and the ops and the terminator it becomes */
const cases: readonly [name: string, code: string, ops: string][] = [
	[
		"a register read twice is read once, a written one not at all",
		"copy 21|copy 32|double 3|jump 08",
		"insn 0x1000 2 ; 0|%1:32 = getreg r2|setreg:32 r1 %1|insn 0x1002 2 ; 1|%4:32 = getreg r3|setreg:32 r2 %4|insn 0x1004 2 ; 2|%7:32 = add %4 %4|setreg:32 r3 %7|insn 0x1006 2 ; 3|jump 0x100e context 0",
	],
	[
		"the zero register reads 0 and is never written",
		"copy 10|copy 01|jump 00",
		"insn 0x1000 2 ; 0|insn 0x1002 2 ; 1|%2:32 = const 0x0|setreg:32 r1 %2|insn 0x1004 2 ; 2|jump 0x1004 context 0",
	],
	[
		"numbers are folded across instructions",
		"number 51|double 1|copy 12|jump 02",
		"insn 0x1000 2 ; 0|%1:32 = const 0x5|setreg:32 r1 %1|insn 0x1002 2 ; 1|%4:32 = const 0xa|setreg:32 r1 %4|insn 0x1004 2 ; 2|setreg:32 r2 %4|insn 0x1006 2 ; 3|jump 0x1008 context 0",
	],
	[
		"a register write waits for the load after it",
		"loadAfterWrite 41|jump 02",
		"insn 0x1000 2 ; 0|%1:32 = const 0x4|%2:32 = load main 1 %1|setreg:32 r1 %2|insn 0x1002 2 ; 1|jump 0x1004 context 0",
	],
	[
		"a conditional jump to a known address is a branch",
		"branch 42",
		"insn 0x1000 2 ; 0|%1:32 = getreg r2|%2:32 = getreg r4|%3:1 = eq %1 %2|branch %3 0x1004 0x1002 context 0",
	],
	["a branch whose condition is known is a jump", "branch 44", "insn 0x1000 2 ; 0|jump 0x1004 context 0"],
	["a jump to a register is indirect", "jumpRegister 3", "insn 0x1000 2 ; 0|%1:32 = getreg r3|indirect %1"],
	[
		"a jump to a register whose value is known is a jump",
		"number 63|jumpRegister 3",
		"insn 0x1000 2 ; 0|%1:32 = const 0x6|setreg:32 r3 %1|insn 0x1002 2 ; 1|jump 0x6 context 0",
	],
	[
		"a trap in an arm drops the writes before it, what follows needs no arm",
		"trapIfZero 21|jump 02",
		"insn 0x1000 2 ; 0|%1:32 = getreg r1|%2:32 = const 0x0|%3:1 = eq %1 %2|%4:32 = const 0x7|if %3|trap %4 %1|else|end|setreg:32 r1 %4|setreg:32 r2 %1|insn 0x1002 2 ; 1|jump 0x1004 context 0",
	],
	[
		"a trap that is certain ends the block",
		"number 11|trap 00|number 22",
		"insn 0x1000 2 ; 0|%1:32 = const 0x1|setreg:32 r1 %1|insn 0x1002 2 ; 1|%4:32 = const 0x7|%5:32 = const 0x8|trap %4 %5|none",
	],
	[
		"a trap whose condition is known to be false is gone",
		"number 31|trapIfZero 21|jump 02",
		"insn 0x1000 2 ; 0|%1:32 = const 0x3|setreg:32 r1 %1|insn 0x1002 2 ; 1|%4:32 = const 0x7|setreg:32 r1 %4|setreg:32 r2 %1|insn 0x1004 2 ; 2|jump 0x1006 context 0",
	],
	[
		"arms that only compute become select",
		"absolute 1|jump 02",
		"insn 0x1000 2 ; 0|%1:32 = getreg r1|%2:32 = const 0x0|%3:1 = lts %1 %2|%4:32 = sub %2 %1|%5:32 = select %3 %4 %1|setreg:32 r1 %5|insn 0x1002 2 ; 1|jump 0x1004 context 0",
	],
	[
		"what differs after arms with a load is joined by phi; what the second arm alone writes is read before",
		"loadOrNot 21|jump 02",
		"insn 0x1000 2 ; 0|%1:1 = getreg f0|%2:32 = getreg r1|%3:32 = getreg r2|if %1|%5:32 = load main 1 %2|else|end|%8:32 = phi %5 %2|%9:32 = select %1 %3 %2|setreg:32 r1 %8|setreg:32 r2 %9|insn 0x1002 2 ; 1|jump 0x1004 context 0",
	],
	[
		"a static change of context goes on with the new one",
		"readMode 1|setMode 5|readMode 2|jump 02",
		"insn 0x1000 2 ; 0|%1:32 = const 0x0|setreg:32 r1 %1|insn 0x1002 2 ; 1|%4:3 = const 0x5|setreg:3 mode %4|insn 0x1004 2 ; 2|%7:32 = const 0x5|setreg:32 r2 %7|insn 0x1006 2 ; 3|jump 0x1008 context 5",
	],
	[
		"a context that becomes unknown ends the block",
		"modeFromRegister|number 11",
		"insn 0x1000 2 ; 0|%1:32 = getreg r1|%2:3 = trunc %1|setreg:3 mode %2|%4:32 = const 0x1002|indirect %4",
	],
	["an undefined instruction ends the block before it", "number 11|undefined", "insn 0x1000 2 ; 0|%1:32 = const 0x1|setreg:32 r1 %1|leave 6 0x1002"],
	["a privileged instruction ends the block before it", "number 11|privileged", "insn 0x1000 2 ; 0|%1:32 = const 0x1|setreg:32 r1 %1|leave 2 0x1002"],
];

describe("a lifted block", () => {
	for (const [name, code, ops] of cases)
		it(name, () => {
			expect(text(lift(code))).toEqual(ops.split("|"));
		});
	it("holds at most the limit, then jumps to the next instruction", () => {
		const block = lift("number 11|number 12|number 13", { limit: 2 });
		expect([block.count, block.bytes, block.end]).toEqual([2, 4, { kind: "jump", to: 0x1004, context: 0 }]);
	});
	it("ends at the end of its page", () => {
		const block = lift("number 11|number 12|number 13", { pc: 0x1ffc });
		expect([block.count, block.end]).toEqual([2, { kind: "jump", to: 0x2000, context: 0 }]);
	});
	it("may have a last instruction that reaches into the next page", () => {
		const block = lift("number 11|long|number 13", { pc: 0x1ffc });
		expect([block.count, block.bytes, block.end]).toEqual([2, 6, { kind: "jump", to: 0x2002, context: 0 }]);
	});
	it("ends before an instruction that reaches into a page that is not there", () => {
		const code = codeAt(0x1ffc, bytesOf("number 11|long"), false);
		expect(toy.lifter.block(code, 0x1ffc, 0)).toMatchObject({ count: 1, end: { kind: "jump", to: 0x1ffe, context: 0 } });
		expect(toy.lifter.block(code, 0x1ffe, 0)).toMatchObject({ status: Status.fault, address: 0x2000 });
	});
	it("cannot begin with what is undefined, privileged or not there: a status says why", () => {
		const code = codeAt(0x1000, bytesOf("undefined|privileged 12"));
		expect(toy.lifter.block(code, 0x1000, 0)).toEqual({ status: Status.illegal, raw: 0xffff, bytes: 2, address: 0x1000 });
		expect(toy.lifter.block(code, 0x1002, 0)).toMatchObject({ status: Status.privileged, address: 0x1002 });
		expect(toy.lifter.block(code, 0x9000, 0)).toMatchObject({ status: Status.fault, address: 0x9000 });
	});
	it("of one instruction may be privileged", () => {
		expect(text(lift("privileged|number 11", { single: true }))).toEqual(
			"insn 0x1000 2 ; 0|%1:32 = getreg sys|wait|setreg:32 r1 %1|jump 0x1002 context 0".split("|"),
		);
	});
	it("knows the context it was asked for", () => {
		expect(text(lift("readMode 1|jump 02", { context: 6 }))[1]).toBe("%1:32 = const 0x6");
		expect(lift("readMode 1|jump 02", { context: 6 }).end).toEqual({ kind: "jump", to: 0x1004, context: 6 });
	});
	it("wraps addresses at the end of the address space", () => {
		expect(lift("number 11", { pc: 0xfffffffe }).end).toEqual({ kind: "jump", to: 0, context: 0 });
	});
});

describe("delay slots", () => {
	// step: if (mode == 0) execute; else { execute; mode = 0; jump(r7) }   branch: r7 = r1 == r2 ? pc + 8 : pc + 4; mode = 1
	const slot = templateOf(
		"%0:3 = const 0x0|%1:3 = getreg mode|%2:1 = ne %1 %0|%9:32 = getreg r3|%10:32 = add %9 %9|setreg:32 r3 %10|if %2|setreg:3 mode %0|%4:32 = getreg r7|jump %4|else|end",
		isa,
	);
	const branch = templateOf(
		"%0:32 = getreg r1|%1:32 = getreg r2|%2:1 = eq %0 %1|%3:32 = pc|%4:32 = const 0x8|%5:32 = add %3 %4|%6:32 = const 0x4|%7:32 = add %3 %6|if %2|else|end|%11:32 = phi %5 %7|setreg:32 r7 %11|%13:3 = const 0x1|setreg:3 mode %13",
		isa,
	);
	it("a jump in the slot to what the branch before it chose is a branch", () => {
		const { lifter } = toyLifter([{ template: slot }, { template: branch }], isa);
		const block = lifter.block(codeAt(0x1000, [1, 0, 0, 0, 0, 0]), 0x1000, 0);
		if (!isBlock(block)) throw new Error("no block");
		expect(verifyBlock(block, isa)).toEqual([]);
		expect(block.count).toBe(2);
		expect(printEnd(block.end)).toMatch(/^branch %\d+ 0x1008 0x1004 context 0$/);
		expect(block.ops.filter((op) => op.op === "setreg" && op.lo === mode).length, "the context is written where it changes").toBe(2);
	});
});
