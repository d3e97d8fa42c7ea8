/** Expressions of the writer in, the bytes of a function's body out (WebAssembly core specification 2.0, 5.4 and 5.5.13). */
import { Code, noValue, typeCodes } from "./code.ts";
import type { Bytes } from "./leb.ts";
import type { AnyType, Node } from "./nodes.ts";

export class Bodies {
	readonly #code: Int32Array;
	readonly #out: Bytes;
	/** Number of the function that a name's number stands for. */
	readonly #place: (name: number) => number;
	/** Open blocks around a label, by label. */
	readonly #depths: number[] = [];
	#depth = 0;
	/** Where the body that is being written begins. */
	#start = 0;
	#rare: number[] = [];

	constructor(code: Int32Array, out: Bytes, place: (name: number) => number) {
		this.#code = code;
		this.#out = out;
		this.#place = place;
	}

	/** Locals and code of one function. Answers where in it the branches are that are seldom taken. */
	write(locals: readonly AnyType[], body: Node): readonly number[] {
		const out = this.#out;
		this.#start = out.length;
		this.#rare = [];
		const runs: { type: AnyType; count: number }[] = [];
		for (const type of locals) {
			const last = runs.at(-1);
			if (last?.type === type) last.count++;
			else runs.push({ type, count: 1 });
		}
		out.unsigned(runs.length);
		for (const { type, count } of runs) {
			out.unsigned(count);
			out.raw(typeCodes[type]);
		}
		this.#depth = 0;
		this.#write(body);
		out.byte(0x0b);
		return this.#rare;
	}
	/** The condition, and a hint for the branch that comes next. */
	#condition(at: Node): void {
		const rare = this.#code[at] === Code.rare;
		this.#write(rare ? this.#code[at + 1]! : at);
		if (rare) this.#rare.push(this.#out.length - this.#start);
	}
	/** The bytes of a block's inside, with its label in force. */
	#inside(label: number, write: () => void): void {
		const outer = this.#depths[label] ?? 0;
		this.#depth++;
		if (label >= 0) this.#depths[label] = this.#depth;
		write();
		this.#depth--;
		if (label >= 0) this.#depths[label] = outer;
		this.#out.byte(0x0b);
	}
	#to(label: number): void {
		this.#out.unsigned(this.#depth - this.#depths[label]!);
	}
	#operation(opcode: number): void {
		if (opcode > 0xff) this.#out.byte(opcode >> 8);
		this.#out.byte(opcode & 0xff);
	}
	#all(from: number, count: number): void {
		for (let i = 0; i < count; i++) this.#write(this.#code[from + i]!);
	}

	#write(at: Node): void {
		const code = this.#code;
		const out = this.#out;
		const what = code[at]!;
		const a = code[at + 1]!;
		const b = code[at + 2]!;
		switch (what) {
			case Code.get:
				out.byte(what);
				out.unsigned(a);
				return;
			case Code.binary:
				this.#write(b);
				this.#write(code[at + 3]!);
				this.#operation(a);
				return;
			case Code.unary:
				this.#write(b);
				this.#operation(a);
				return;
			case Code.i32:
			case Code.i64:
				out.byte(what);
				out.signed(a, b);
				return;
			case Code.set:
			case Code.tee:
				this.#write(b);
				out.byte(what);
				out.unsigned(a);
				return;
			case Code.load:
				this.#write(code[at + 3]!);
				this.#access(a, b);
				return;
			case Code.store:
				this.#write(code[at + 3]!);
				this.#write(code[at + 4]!);
				this.#access(a, b);
				return;
			case Code.block:
				if (a < 0) this.#all(at + 4, code[at + 3]!);
				else {
					out.byte(what);
					out.byte(b);
					this.#inside(a, () => this.#all(at + 4, code[at + 3]!));
				}
				return;
			case Code.loop:
				out.byte(what);
				out.byte(noValue);
				this.#inside(a, () => this.#write(b));
				return;
			case Code.if: {
				const other = code[at + 3]!;
				this.#condition(a);
				out.byte(what);
				out.byte(noValue);
				this.#inside(-1, () => {
					this.#write(b);
					if (other === 0) return;
					out.byte(0x05);
					this.#write(other);
				});
				return;
			}
			case Code.br:
				if (b !== 0) this.#condition(b);
				out.byte(b === 0 ? 0x0c : 0x0d);
				this.#to(a);
				return;
			case Code.switch: {
				const count = code[at + 3]!;
				this.#write(a);
				out.byte(what);
				out.unsigned(count - 1);
				for (let i = 0; i < count; i++) this.#to(code[at + 4 + i]!);
				return;
			}
			case Code.call:
				this.#all(at + 4, code[at + 3]!);
				out.byte(what);
				out.unsigned(this.#place(a));
				return;
			case Code.callIndirect:
				this.#all(at + 4, code[at + 3]!);
				this.#write(a);
				out.byte(what);
				out.unsigned(b);
				out.byte(0);
				return;
			case Code.select:
				this.#write(b);
				this.#write(code[at + 3]!);
				this.#write(a);
				out.byte(what);
				return;
			case Code.drop:
			case Code.return:
				this.#write(a);
				out.byte(what);
				return;
			case Code.vector:
				this.#all(at + 4, code[at + 3]!);
				out.byte(0xfd);
				out.unsigned(a);
				if (b >= 0) out.byte(b);
				return;
			case Code.f32:
			case Code.f64:
				out.byte(what);
				out.word(a);
				if (what === Code.f64) out.word(b);
				return;
			default:
				out.byte(Code.unreachable);
		}
	}
	#access(opcode: number, offset: number): void {
		const out = this.#out;
		out.byte(opcode);
		out.byte(0);
		out.unsigned(offset >>> 0);
	}
}
