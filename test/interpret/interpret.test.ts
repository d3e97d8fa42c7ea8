import { beforeEach, describe, expect, it } from "vitest";
import { Header, layOut } from "../../jit/base/layout.ts";
import type { MemoryPort, SystemPort } from "../../jit/base/port.ts";
import { Status } from "../../jit/base/status.ts";
import { createInterpreter, type Interpreter } from "../../jit/interpret/interpret.ts";
import type { Block } from "../../jit/ir/block.ts";
import { parseBlock } from "../../jit/ir/parse.ts";
import { verifyBlock } from "../../jit/ir/verify.ts";
import type { Isa, MachineFunction } from "../../jit/spec/isa.ts";
import { toyIsa } from "../ir/toy-isa.ts";
import { templateOf } from "../lift/toy-code.ts";

const state = 128;
const toy = toyIsa(32);
const isa: Isa = {
	...toy,
	machine: {
		// r1 = a; r2 = b; 8 bits of a + 8 bits of b
		translate: templateOf("%0:32 = operand 0|setreg:32 r1 %0|%2:32 = operand 1|setreg:32 r2 %2|%4:8 = trunc %0|%5:8 = trunc %2|%6:8 = add %4 %5", toy, 6),
		// r1 = 9, then a trap when f0
		fault: templateOf("%0:32 = const 0x9|setreg:32 r1 %0|%2:1 = getreg f0|if %2|%4:32 = operand 2|trap %0 %4|else|end", toy),
		// r3 = pc; jump to r4
		enter: templateOf("%0:32 = pc|setreg:32 r3 %0|%2:32 = getreg r4|jump %2", toy),
		// what was encoded
		illegal: templateOf("%0:32 = raw|%1:32 = const 0x2|trap %1 %0", toy),
		interrupt: templateOf("%0:32 = const 0x40|%1:32 = load main 1 %0", toy, 1),
		plain: templateOf("%0:64 = getreg d0", toy, 0),
	},
};
const layout = layOut(isa.cells);
const cell = (name: string): number => isa.cells.findIndex((c) => c.name === name);

let words: Int32Array;
let interpreter: Interpreter;
let log: string[];
/** What the next accesses come to, first one first; then all succeed. */
let answers: number[];
let onLoad: (() => void) | null;
let hostAnswer: [number, number] | undefined;

beforeEach(() => {
	const memory = new WebAssembly.Memory({ initial: 1 });
	words = new Int32Array(memory.buffer);
	log = [];
	answers = [];
	onLoad = null;
	hostAnswer = [0x11223344, 0x55667788];
	const answer = (at: number): void => {
		words[(at + Header.status) >> 2] = answers.shift() ?? Status.next;
	};
	const port: MemoryPort = {
		load(at, lo, hi, bytes, space, access) {
			log.push(`load ${hi}:${lo} ${bytes} ${space} ${access}`);
			onLoad?.();
			answer(at);
			words[(at + Header.high) >> 2] = 0x0badcafe;
			return bytes < 4 ? 0x7f : -5;
		},
		store(at, lo, hi, bytes, space, valueLo, valueHi) {
			log.push(`store ${hi}:${lo} ${bytes} ${space} = ${valueHi}:${valueLo}`);
			answer(at);
		},
	};
	const system: SystemPort = {
		retired: () => 2 ** 40 + 7,
		clock: () => 5,
		syncCode: () => log.push("syncCode"),
		syncTranslation: () => log.push("syncTranslation"),
		offers: (service) => service === "echo",
		hostcall(_, service, a, b) {
			log.push(`hostcall ${service} ${a} ${b}`);
			return hostAnswer;
		},
	};
	interpreter = createInterpreter(isa, layout, { memory, port, system });
});

const word = (offset: number): number => words[(state + offset) >> 2];
const get = (name: string): number => word(layout.offsets[cell(name)]);
const set = (name: string, lo: number, hi = 0): void => {
	words[(state + layout.offsets[cell(name)]) >> 2] = lo;
	words[(state + layout.offsets[cell(name)] + 4) >> 2] = hi;
};
/** Instructions of two bytes at 0x1000, separated by `/`. */
function block(text: string, end = "jump 0x2000 context 0"): Block {
	const list = text.split("/");
	const lines = list.flatMap((body, k) => [`insn 0x${(0x1000 + 2 * k).toString(16)} 2 ; ${k}`, ...body.split("|").filter((line) => line.trim())]);
	const b = parseBlock(`block 0x1000 context 0 count ${list.length} bytes ${2 * list.length}\n${lines.join("\n")}\n${end}`, isa);
	expect(verifyBlock(b, isa)).toEqual([]);
	return b;
}
const run = (text: string, end?: string): number => interpreter.run(block(text, end), state);

const write1 = "%a:32 = const 0x1|setreg:32 r1 %a";

/** What a block says, how it ends, what pc and `retired` are then. */
const ends: readonly [name: string, text: string, end: string, status: number, pc: number, retired: number][] = [
	["a jump goes to its address", write1, "jump 0x2000 context 0", Status.next, 0x2000, 1],
	["a branch goes one way", "%c:1 = getreg f1", "branch %c 0x3000 0x4000 context 0", Status.next, 0x3000, 1],
	["a branch goes the other way", "%c:1 = getreg f0", "branch %c 0x3000 0x4000 context 0", Status.next, 0x4000, 1],
	["an indirect jump goes to a value", "%c:32 = getreg r4", "indirect %c", Status.next, 0x5678, 1],
	["a block that leaves does so after its last instruction", `${write1}/${write1}`, "leave 2 0x1004", Status.privileged, 0x1004, 2],
	["a trap leaves at its instruction", `${write1}/%c:32 = const 0x3|trap %c %c`, "none", Status.trap, 0x1002, 1],
	["waiting comes after the instruction", "wait", "jump 0x2000 context 0", Status.wait, 0x2000, 1],
	["letting others go first comes after the instruction", "yields", "jump 0x2000 context 0", Status.yield, 0x2000, 1],
	["waiting comes before the instruction after it", `wait/${write1}`, "jump 0x2000 context 0", Status.wait, 0x1002, 1],
];

describe("the interpreter", () => {
	for (const [name, text, end, status, pc, retired] of ends)
		it(name, () => {
			set("f1", 1);
			set("r4", 0x5678);
			expect([run(text, end), get("pc"), interpreter.retired]).toEqual([status, pc, retired]);
		});

	it("leaves a fault with the state as at the start of the instruction", () => {
		answers = [Status.next, Status.fault];
		const text = "%a:32 = const 0x8|%b:32 = load main 1 %a|setreg:32 r1 %b/%c:32 = load main 1 %a|setreg:32 r2 %c|setreg:32 r1 %c";
		expect([run(text), get("pc"), interpreter.retired, get("r1"), get("r2")]).toEqual([Status.fault, 0x1002, 1, -5, 0]);
	});
	it("passes on what the port wants", () => {
		answers = [Status.assist];
		expect([run("%a:32 = const 0x8|store:32 main %a %a"), get("pc"), interpreter.retired]).toEqual([Status.assist, 0x1000, 0]);
	});
	it("puts cause and value of a trap into the header, zero-extended", () => {
		run("%a:64 = getreg d0|%b:8 = const 0xff|trap %b %a", "none");
		set("d0", -2, 3);
		run("%a:64 = getreg d0|%b:8 = const 0xff|trap %b %a", "none");
		expect([Header.causeLo, Header.causeHi, Header.valueLo, Header.valueHi].map(word)).toEqual([255, 0, -2, 3]);
	});
	it("asks the port in bytes, with space and access, and takes 64 bits from it", () => {
		run("%a:16 = const 0x8|%b:64 = load io 2 %a|%c:8 = load io 0 %a|store:64 io %a %b|store:8 io %a %c|setreg:64 d1 %b");
		expect(log).toEqual(["load 0:8 8 1 2", "load 0:8 1 1 0", "store 0:8 8 1 = 195939070:-5", "store 0:8 1 1 = 0:127"]);
		expect([get("d1"), word(layout.offsets[cell("d1")] + 4)]).toEqual([-5, 0x0badcafe]);
	});
	it("serves what privileged instructions ask", () => {
		set("d0", 1, 2);
		run(
			"%a:64 = getreg d0|%b:64 = hostcall 1 %a %a|%r:64 = retired|%t:64 = clock|%o:1 = offers 0|%p:1 = offers 1|synccode|synctranslation|setreg:64 d1 %b|setreg:64 d2 %r|setreg:1 f0 %o|setreg:1 f1 %p|setreg:64 d3 %t",
		);
		expect(log).toEqual(["hostcall echo 1,2 1,2", "syncCode", "syncTranslation"]);
		expect([get("d1"), get("d2"), word(layout.offsets[cell("d2")] + 4), get("d3"), get("f0"), get("f1")]).toEqual([0x11223344, 7, 256, 5, 0, 1]);
	});
	it("stops after an instruction whose host call has no answer", () => {
		hostAnswer = undefined;
		expect([run("%a:32 = const 0x1|%b:32 = hostcall 0 %a %a|setreg:32 r1 %a"), get("pc"), get("r1"), interpreter.retired]).toEqual([Status.stop, 0x2000, 1, 1]);
	});
	it("runs the same block again after other values were in it", () => {
		const b = block("%a:32 = getreg r1|%b:32 = const 0x1|%c:32 = add %a %b|setreg:32 r1 %c");
		for (let k = 1; k <= 3; k++) {
			interpreter.run(b, state);
			expect(get("r1")).toBe(k);
		}
	});
	it("may be entered again by the port, in the same block", () => {
		const b = block("%a:32 = getreg r1|%b:32 = load main 1 %a|%c:32 = add %a %b|setreg:32 r2 %c");
		set("r1", 100);
		onLoad = () => {
			onLoad = null;
			set("r1", 7);
			interpreter.run(b, state);
		};
		interpreter.run(b, state);
		expect(get("r2")).toBe(95);
	});
	it("writes 64-bit addresses to pc", () => {
		const wide = toyIsa(64);
		const memory = new WebAssembly.Memory({ initial: 1 });
		const places = layOut(wide.cells);
		const none = null as never;
		const i = createInterpreter(wide, places, { memory, port: none, system: none });
		i.run(parseBlock("block 0xfffffffffffff000 context 0 count 1 bytes 2\ninsn 0xfffffffffffff000 2 ; 0\njump 0xfffffffffffff002 context 0", wide), 0);
		expect([...new Int32Array(memory.buffer).slice(places.offsets[0] >> 2, (places.offsets[0] >> 2) + 2)]).toEqual([-4094, -1]);
	});
});

const call = (fn: MachineFunction, ...args: [number, number][]) => interpreter.call(fn, state, args);

describe("a machine function", () => {
	it("answers its value and applies its register writes", () => {
		expect(call("translate", [0xfe, 0], [3, 0])).toEqual({ status: Status.next, lo: 1, hi: 0 });
		expect([get("r1"), get("r2")]).toEqual([0xfe, 3]);
	});
	it("answers 64 bits", () => {
		set("d0", -1, 5);
		expect(call("plain")).toEqual({ status: Status.next, lo: -1, hi: 5 });
	});
	it("takes missing arguments as 0, after a call that gave them", () => {
		call("translate", [1, 0], [1, 0]);
		expect(call("translate").lo).toBe(0);
	});
	it("that traps applies nothing, leaves pc and `retired` alone", () => {
		run(write1);
		set("f0", 1);
		expect(call("fault", [0, 0], [0, 0], [77, 0])).toEqual({ status: Status.trap, lo: 0, hi: 0 });
		expect([get("r1"), get("pc"), word(Header.causeLo), word(Header.valueLo), interpreter.retired]).toEqual([1, 0x2000, 9, 77, 1]);
		set("f0", 0);
		expect([call("fault").status, get("r1")]).toEqual([Status.next, 9]);
	});
	it("that jumps sets pc, and reads the pc from before", () => {
		set("pc", 0x1234);
		set("r4", 0x8000);
		expect([call("enter").status, get("pc"), get("r3")]).toEqual([Status.next, 0x8000, 0x1234]);
	});
	it("is given the encoding as the argument after its parameters", () => {
		expect([call("illegal", [0xabcd, 0]).status, word(Header.valueLo)]).toEqual([Status.trap, 0xabcd]);
	});
	it("whose access fails answers that", () => {
		answers = [Status.fault];
		expect(call("interrupt")).toEqual({ status: Status.fault, lo: 0, hi: 0 });
		expect(call("interrupt")).toEqual({ status: Status.next, lo: -5, hi: 0 });
	});
	it("that the definition does not have is a bug of the caller", () => {
		expect(() => call("wake")).toThrow('toy: the definition has no machine function "wake"; ask isa.machine before the call');
	});
});
