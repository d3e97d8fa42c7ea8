/** The text of a block (as `print.ts` writes it) in, the block out. */
import { SpecError } from "../base/errors.ts";
import type { Isa } from "../spec/isa.ts";
import type { Block, Terminator } from "./block.ts";
import { cellNames } from "./names.ts";
import { hasImmediate, makeOp, type Op, type OpName, opInfo, opTable } from "./op.ts";

const kinds = new Set(["jump", "branch", "indirect", "leave", "none"]);

/**
 * Reads a block. Blank lines and lines that begin with `//` are skipped. Values may have any name after `%`; the n-th op is value n.
 * @throws SpecError (file "block") at the first line it cannot read. The result is not verified.
 */
export function parseBlock(text: string, isa: Isa): Block {
	return new Parser(text, isa).run();
}

class Parser {
	private readonly cells = new Map<string, number>();
	private readonly spaces = new Map<string, number>();
	private readonly values = new Map<string, number>();
	private readonly ops: Op[] = [];
	private readonly lines: string[];
	private readonly wide: boolean;
	private line = 0;

	constructor(text: string, isa: Isa) {
		this.lines = text.split("\n");
		this.wide = isa.addressBits === 64;
		cellNames(isa).forEach((name, i) => {
			this.cells.set(name, i);
		});
		isa.memories.forEach((m, i) => {
			this.spaces.set(m.name, i);
		});
	}

	run(): Block {
		let head: { pc: number; context: number; count: number; bytes: number } | null = null;
		let end: Terminator | null = null;
		for (; this.line < this.lines.length; this.line++) {
			const text = this.lines[this.line].trim();
			if (text === "" || text.startsWith("//")) continue;
			const words = text.split(/\s+/);
			if (end) throw this.error("text after the end of the block");
			if (!head) head = this.head(words);
			else if (kinds.has(words[0]) && !(words[0] === "jump" && words[1]?.startsWith("%"))) end = this.end(words);
			else this.op(words);
		}
		if (!head) throw this.error("no block line");
		if (!end) throw this.error("no terminator");
		return { ...head, ops: this.ops, end };
	}

	private error(what: string): SpecError {
		return new SpecError("block", this.line + 1, 1, (this.lines[this.line] ?? "").trim(), what);
	}
	private int(word: string | undefined): number {
		const n = Number(word);
		if (word === undefined || !Number.isInteger(n)) throw this.error(`expected a number, found "${word ?? ""}"`);
		return n;
	}
	private address(word: string | undefined): number {
		if (word === undefined || !/^(0x[0-9a-f]+|\d+)$/.test(word)) throw this.error(`expected an address, found "${word ?? ""}"`);
		const n = BigInt(word);
		return Number(this.wide ? BigInt.asIntN(64, n) : n);
	}
	private keyword(word: string | undefined, expected: string): void {
		if (word !== expected) throw this.error(`expected "${expected}", found "${word ?? ""}"`);
	}

	private head(words: string[]): { pc: number; context: number; count: number; bytes: number } {
		this.keyword(words[0], "block");
		this.keyword(words[2], "context");
		this.keyword(words[4], "count");
		this.keyword(words[6], "bytes");
		return { pc: this.address(words[1]), context: this.int(words[3]), count: this.int(words[5]), bytes: this.int(words[7]) };
	}

	private value(word: string | undefined): number {
		if (word === "-") return -1;
		const n = word?.startsWith("%") ? this.values.get(word) : undefined;
		if (n === undefined) throw this.error(`expected an earlier value, found "${word ?? ""}"`);
		return n;
	}
	private named(map: Map<string, number>, word: string | undefined, what: string): number {
		const n = word?.startsWith("#") ? this.int(word.slice(1)) : map.get(word ?? "");
		if (n === undefined) throw this.error(`there is no ${what} "${word ?? ""}"`);
		return n;
	}
	private halves(word: string | undefined): [number, number] {
		if (word === undefined || !/^(0x[0-9a-f]+|\d+)$/.test(word)) throw this.error(`expected a number, found "${word ?? ""}"`);
		const n = BigInt(word);
		return [Number(BigInt.asIntN(32, n)), Number(BigInt.asIntN(32, n >> 32n))];
	}

	private op(words: string[]): void {
		let w = 0;
		let name = words[0];
		let rest = words.slice(1);
		if (words[1] === "=") {
			const m = /^(%\S+):(\d+)$/.exec(name);
			if (!m) throw this.error("expected %name:width");
			w = Number(m[2]);
			this.values.set(m[1], this.ops.length);
			name = words[2];
			rest = words.slice(3);
		} else if (name.includes(":")) {
			w = this.int(name.slice(name.indexOf(":") + 1));
			name = name.slice(0, name.indexOf(":"));
		}
		if (!Object.hasOwn(opTable, name)) throw this.error(`there is no op "${name}"`);
		this.ops.push(this.build(name as OpName, w, rest));
	}

	private build(op: OpName, w: number, r: string[]): Op {
		switch (op) {
			case "const":
				return makeOp(op, w, -1, -1, -1, ...this.halves(r[0]));
			case "insn":
				return makeOp(op, w, -1, this.int(r[1]), this.int(r[3]), ...this.halves(r[0]));
			case "getreg":
				return makeOp(op, w, -1, -1, -1, this.named(this.cells, r[0], "register"));
			case "setreg":
				return makeOp(op, w, this.value(r[1]), -1, -1, this.named(this.cells, r[0], "register"));
			case "load":
				return makeOp(op, w, this.value(r[2]), -1, -1, this.named(this.spaces, r[0], "memory space"), this.int(r[1]));
			case "store":
				return makeOp(op, w, this.value(r[1]), this.value(r[2]), -1, this.named(this.spaces, r[0], "memory space"));
			case "operand":
			case "offers":
				return makeOp(op, w, -1, -1, -1, this.int(r[0]));
			case "hostcall":
			case "setfile":
			case "setspace":
				return makeOp(op, w, this.value(r[1]), this.value(r[2]), -1, this.int(r[0]));
			case "getfile":
			case "getspace":
				return makeOp(op, w, this.value(r[1]), -1, -1, this.int(r[0]));
			default: {
				const { args, rounds } = opInfo[op];
				const lo = hasImmediate(op) ? this.int(r.shift()) : 0;
				const all = args + (rounds ? 1 : 0);
				if (r.length !== all) throw this.error(`${op} takes ${all} values, found ${r.length}`);
				const at = (k: number): number => (k < args ? this.value(r[k]) : -1);
				return makeOp(op, w, at(0), at(1), at(2), lo, 0, rounds ? this.value(r[args]) : -1);
			}
		}
	}

	private end(words: string[]): Terminator {
		switch (words[0]) {
			case "jump":
				return { kind: "jump", to: this.address(words[1]), context: this.int(words[3]) };
			case "branch":
				// biome-ignore lint/suspicious/noThenProperty: the terminator's arm, nothing awaits it
				return { kind: "branch", if: this.value(words[1]), then: this.address(words[2]), else: this.address(words[3]), context: this.int(words[5]) };
			case "indirect":
				return { kind: "indirect", to: this.value(words[1]) };
			case "leave":
				return { kind: "leave", status: this.int(words[1]), pc: this.address(words[2]) };
			default:
				return { kind: "none" };
		}
	}
}
