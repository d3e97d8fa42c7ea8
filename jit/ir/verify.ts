/** A block in, the list of rules it breaks out (empty: it keeps them all): what every pass and every engine may rely on. */
import type { Isa } from "../spec/isa.ts";
import type { Block } from "./block.ts";
import { highMask, lowMask } from "./evaluate.ts";
import { hasImmediate, type Op, type OpName, opInfo, opTable } from "./op.ts";

/** One open `if`, while walking. */
interface Arm {
	second: boolean;
	/** the arm cannot reach its end */
	ended: boolean;
	firstEnded: boolean;
	/** values made in the first arm, in the arm being walked */
	first: number[];
	made: number[];
	/** of the list this `if` stands in */
	outerEnded: boolean;
}

const sameWidth: ReadonlySet<OpName> = new Set([
	..."add sub mul mulhs mulhu mulhsu divs divu rems remu and or xor not clz ctz popcount bswap".split(" "),
] as OpName[]);
const comparison: ReadonlySet<OpName> = new Set(["eq", "ne", "lts", "ltu", "les", "leu"]);
const shift: ReadonlySet<OpName> = new Set(["shl", "shr", "sar", "rotl", "rotr"]);
const formats: ReadonlySet<number> = new Set([16, 32, 64]);
const memoryWidths: ReadonlySet<number> = new Set([8, 16, 32, 64]);

/** Every broken rule as one line that begins with the number of the op (or `end`, `block`). */
export function verifyBlock(block: Block, isa: Isa): string[] {
	return new Verifier(block, isa).run();
}

class Verifier {
	private readonly errors: string[] = [];
	private readonly visible: Uint8Array;
	private readonly ops: readonly Op[];
	private readonly arms: Arm[] = [];
	private ended = false;
	private insns = 0;
	private bytes = 0;
	private address = 0;
	/** index of the last setreg of this instruction, -1 before */
	private written = -1;
	/** after `end` or a phi; the arms it closes */
	private closing: Arm | null = null;
	private readonly block: Block;
	private readonly isa: Isa;

	constructor(block: Block, isa: Isa) {
		this.block = block;
		this.isa = isa;
		this.ops = block.ops;
		this.visible = new Uint8Array(block.ops.length);
	}

	run(): string[] {
		const { ops, block } = this;
		if (ops.length === 0 || ops[0].op !== "insn") this.say("block", "the first op must be insn");
		this.address = block.pc;
		for (let i = 0; i < ops.length; i++) this.visit(i, ops[i]);
		if (this.arms.length) this.say("block", `${this.arms.length} if without end`);
		if (this.insns !== block.count) this.say("block", `count is ${block.count}, but there are ${this.insns} insn ops`);
		if (this.bytes !== block.bytes) this.say("block", `bytes is ${block.bytes}, but the insn ops cover ${this.bytes}`);
		this.terminator();
		return this.errors;
	}

	private say(where: number | string, what: string): void {
		const op = typeof where === "number" ? ` (${this.ops[where].op})` : "";
		this.errors.push(`${where}${op}: ${what}`);
	}

	private visit(i: number, op: Op): void {
		const info = opTable[op.op];
		if (!info) {
			this.say(i, `there is no op named "${op.op}"`);
			return;
		}
		if (info.effect === "template" || op.op === "jump") {
			this.say(i, "may not stand in a block");
			return;
		}
		if (op.op !== "phi") this.closing = null;
		if (this.ended && op.op !== "else" && op.op !== "end") this.say(i, "cannot be reached: every path to it has ended in a trap");
		if (op.op === "phi") this.phi(i, op);
		else if (op.op === "insn") this.insn(i, op);
		else this.ordinary(i, op, info.args);
		if (info.result) {
			if (!(Number.isInteger(op.w) && op.w >= 1 && op.w <= 64)) this.say(i, `width ${op.w} is not 1..64`);
			this.visible[i] = 1;
			if (this.arms.length) this.arms[this.arms.length - 1].made.push(i);
		}
	}

	private insn(i: number, op: Op): void {
		if (this.arms.length) this.say(i, "may not stand inside an if");
		if (op.c !== this.insns) this.say(i, `is number ${op.c}, expected ${this.insns}`);
		if (op.b < 1) this.say(i, `is ${op.b} bytes long`);
		const bits = this.isa.addressBits;
		const lo = (this.address | 0) & lowMask(bits);
		const hi = bits > 32 ? (Math.floor(this.address / 4294967296) | 0) & highMask(bits) : 0;
		if (op.lo !== lo || op.hi !== hi) this.say(i, `address ${op.hi}:${op.lo} does not follow the instruction before it, expected ${hi}:${lo}`);
		this.insns++;
		this.bytes += op.b;
		this.address += op.b;
		this.written = -1;
	}

	/** The width of operand `which`, or 0 after a complaint. */
	private width(i: number, which: "a" | "b" | "c" | "d"): number {
		const v = this.ops[i][which];
		if (!(v >= 0 && v < i)) this.say(i, `${which} is ${v}, not the number of an earlier op`);
		else if (!opTable[this.ops[v].op]?.result) this.say(i, `${which} is ${v} (${this.ops[v].op}), which has no value`);
		else if (!this.visible[v]) this.say(i, `${which} is ${v}, a value of an arm that is closed`);
		else return this.ops[v].w;
		return 0;
	}
	private expect(i: number, which: "a" | "b" | "c", width: number): void {
		const w = this.width(i, which);
		if (w && w !== width) this.say(i, `${which} is ${w} bits wide, expected ${width}`);
	}

	private ordinary(i: number, op: Op, args: number): void {
		if (args < 1 && op.a !== -1) this.say(i, "takes no a");
		if (args < 2 && op.b !== -1) this.say(i, "takes no b");
		if (args < 3 && op.c !== -1) this.say(i, "takes no c");
		if (!opInfo[op.op].rounds && op.d !== -1) this.say(i, "takes no d");
		if (opInfo[op.op].float) this.float(i, op, args);
		else if (sameWidth.has(op.op)) {
			this.expect(i, "a", op.w);
			if (args > 1) this.expect(i, "b", op.w);
			if (op.op === "bswap" && op.w % 8) this.say(i, `width ${op.w} is not whole bytes`);
		} else if (comparison.has(op.op)) {
			if (op.w !== 1) this.say(i, `width ${op.w} is not 1`);
			const w = this.width(i, "a");
			if (w) this.expect(i, "b", w);
			else this.width(i, "b");
		} else if (shift.has(op.op)) {
			this.expect(i, "a", op.w);
			this.width(i, "b");
		} else this.special(i, op);
	}

	/** Formats have 16, 32 or 64 bits, integers 32 or 64; the operands of arithmetic are in the format of the result. */
	private float(i: number, op: Op, args: number): void {
		const format = (w: number, what: string): void => {
			if (!formats.has(w)) this.say(i, `${what} is ${w} bits wide, which is no floating-point format`);
		};
		const integer = (w: number, what: string): void => {
			if (w !== 32 && w !== 64) this.say(i, `${what} is ${w} bits wide, expected 32 or 64`);
		};
		if (opInfo[op.op].rounds && this.width(i, "d") > 32) this.say(i, "d has more than 32 bits");
		if (op.lo < 0 || op.lo > (hasImmediate(op.op) ? 1 : 0)) this.say(i, `immediate ${op.lo} means nothing`);
		const from = this.width(i, "a");
		if (op.op === "ffroms" || op.op === "ffromu") integer(from, "a");
		else format(from, "a");
		if (args > 1) this.expect(i, "b", from);
		if (args > 2) this.expect(i, "c", from);
		if (op.op === "ftoints" || op.op === "ftointu") integer(op.w, "the result");
		else if (!opInfo[op.op].rounds) {
			if (op.w !== 1) this.say(i, `width ${op.w} is not 1`);
		} else format(op.w, "the result");
		if (op.w !== from && !["fconvert", "ftoints", "ftointu", "ffroms", "ffromu", "feq", "flt", "fle"].includes(op.op))
			this.say(i, `a is ${from} bits wide, expected ${op.w}`);
	}

	private special(i: number, op: Op): void {
		switch (op.op) {
			case "const":
				if ((op.lo | 0) !== op.lo || (op.hi | 0) !== op.hi || (op.lo & ~lowMask(op.w)) !== 0 || (op.hi & ~highMask(op.w)) !== 0)
					this.say(i, `the number ${op.hi}:${op.lo} does not fit ${op.w} bits`);
				break;
			case "sext":
			case "zext":
				if (this.width(i, "a") > op.w) this.say(i, "makes its operand narrower");
				break;
			case "trunc": {
				const w = this.width(i, "a");
				if (w && w < op.w) this.say(i, "makes its operand wider");
				break;
			}
			case "select":
				this.expect(i, "a", 1);
				this.expect(i, "b", op.w);
				this.expect(i, "c", op.w);
				break;
			case "raised":
				if (this.width(i, "a") && !opInfo[this.ops[op.a].op].float) this.say(i, `a is ${op.a} (${this.ops[op.a].op}), which raises no flags`);
				this.expect(i, "b", op.w);
				if (op.w < 5 || op.w > 32) this.say(i, `width ${op.w} is not 5..32`);
				break;
			case "getreg":
			case "setreg": {
				const cell = this.isa.cells[op.lo];
				if (!cell) {
					this.say(i, `there is no cell ${op.lo}`);
					return;
				}
				if (op.w !== cell.width) this.say(i, `width ${op.w} is not that of cell ${cell.name}, ${cell.width}`);
				if (op.op === "getreg") break;
				this.expect(i, "a", op.w);
				if (op.lo === 0) this.say(i, "pc is set by the terminator only");
				if (this.arms.length) this.say(i, "may not stand inside an if");
				this.written = i;
				break;
			}
			case "load":
			case "store": {
				const space = this.isa.memories[op.lo];
				if (!space) {
					this.say(i, `there is no memory space ${op.lo}`);
					return;
				}
				this.expect(i, "a", space.address);
				if (op.op === "store") this.expect(i, "b", op.w);
				else if (op.hi < 0 || op.hi > 3) this.say(i, `access ${op.hi} is not 0..3`);
				if (!memoryWidths.has(op.w)) this.say(i, `${op.w} bits are not 1, 2, 4 or 8 bytes`);
				this.mayLeave(i);
				break;
			}
			case "if":
				this.expect(i, "a", 1);
				this.arms.push({ second: false, ended: false, firstEnded: false, first: [], made: [], outerEnded: this.ended });
				break;
			case "else":
				this.otherwise(i);
				break;
			case "end":
				this.close(i);
				break;
			case "trap":
				this.width(i, "a");
				this.width(i, "b");
				this.mayLeave(i);
				this.ended = true;
				break;
			case "offers":
				if (op.w !== 1) this.say(i, `width ${op.w} is not 1`);
				break;
			case "retired":
			case "clock":
				if (op.w !== 64) this.say(i, `width ${op.w} is not 64`);
				break;
			case "hostcall":
				this.expect(i, "a", op.w);
				this.width(i, "b");
				break;
			default:
		}
	}

	private mayLeave(i: number): void {
		if (this.written >= 0) this.say(i, `may leave the instruction after its setreg at ${this.written}`);
	}

	private hide(values: readonly number[]): void {
		for (const v of values) this.visible[v] = 0;
	}

	private otherwise(i: number): void {
		const arm = this.arms[this.arms.length - 1];
		if (!arm) {
			this.say(i, "has no if");
			return;
		}
		if (arm.second) {
			this.say(i, "is the second else of its if");
			return;
		}
		arm.second = true;
		arm.firstEnded = this.ended;
		this.ended = arm.outerEnded;
		arm.first = arm.made;
		this.hide(arm.first);
		arm.made = [];
	}

	private close(i: number): void {
		const arm = this.arms.pop();
		if (!arm) {
			this.say(i, "has no if");
			return;
		}
		if (!arm.second) {
			this.say(i, "its if has no else");
			arm.firstEnded = this.ended;
		}
		arm.ended = this.ended;
		this.hide(arm.made);
		this.ended = arm.outerEnded || (arm.firstEnded && arm.ended);
		this.closing = arm;
	}

	private phi(i: number, op: Op): void {
		const arm = this.closing;
		if (!arm) {
			this.say(i, "does not stand directly after end");
			return;
		}
		this.phiSide(i, "a", arm.first, arm.firstEnded);
		this.phiSide(i, "b", arm.made, arm.ended);
		if (op.c !== -1) this.say(i, "takes no c");
	}
	private phiSide(i: number, which: "a" | "b", made: readonly number[], ended: boolean): void {
		const v = this.ops[i][which];
		if (ended) {
			if (v !== -1) this.say(i, `${which} is ${v}, but that arm does not reach the end: expected -1`);
			return;
		}
		if (v === -1) {
			this.say(i, `${which} is -1, but that arm reaches the end`);
			return;
		}
		if (v >= 0 && v < i && this.ops[v].op === "phi" && this.visible[v] && this.isSibling(v, i)) {
			this.say(i, `${which} is ${v}, a phi of the same end`);
			return;
		}
		const inArm = made.includes(v);
		if (inArm) this.visible[v] = 1;
		this.expect(i, which, this.ops[i].w);
		if (inArm) this.visible[v] = 0;
	}
	private isSibling(v: number, i: number): boolean {
		for (let k = v; k < i; k++) if (this.ops[k].op !== "phi") return false;
		return true;
	}

	private terminator(): void {
		const { end } = this.block;
		if (this.ended !== (end.kind === "none")) {
			this.say("end", this.ended ? `every path has ended in a trap, expected none, not ${end.kind}` : "is none, but there is a path that does not trap");
			return;
		}
		const value = (v: number, width: number, name: string): void => {
			const op = this.ops[v];
			if (!op || !opTable[op.op]?.result || !this.visible[v]) this.say("end", `${name} is ${v}, which is no value in sight`);
			else if (op.w !== width) this.say("end", `${name} is ${op.w} bits wide, expected ${width}`);
		};
		const address = (a: number, name: string): void => {
			if (!Number.isSafeInteger(a)) this.say("end", `${name} ${a} is no known address`);
		};
		if (end.kind === "branch") {
			value(end.if, 1, "if");
			address(end.then, "then");
			address(end.else, "else");
		} else if (end.kind === "indirect") value(end.to, this.isa.addressBits, "to");
		else if (end.kind === "jump") address(end.to, "to");
		else if (end.kind === "leave") address(end.pc, "pc");
	}
}
