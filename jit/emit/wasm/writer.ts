/** Wasm modules without a tool: expressions in, kept in one array; the bytes of the binary format out (WebAssembly core specification 2.0, 5). */
import { Bytes } from "./leb.ts";
import { type AnyType, type FloatType, type Imports, imported, mostPages, type Node, type Nodes, type Type, unitParams } from "./nodes.ts";
import { type Conversion, conversions, type FloatOperation, floatOperations, integerOperations, type Operation } from "./operations.ts";

/** Opcodes that stand for themselves in the array, and what follows them there. */
const Code = {
	/** label */
	unreachable: 0x00,
	/** label or -1, type, count, children */
	block: 0x02,
	/** label, body */
	loop: 0x03,
	/** condition, then, else or 0 */
	if: 0x04,
	/** label, condition or 0 */
	br: 0x0c,
	/** count, labels, index */
	switch: 0x0e,
	/** value */
	return: 0x0f,
	/** name, count, operands */
	call: 0x10,
	/** place, count, operands */
	callIndirect: 0x11,
	/** value */
	drop: 0x1a,
	/** condition, yes, no */
	select: 0x1b,
	/** local */
	get: 0x20,
	/** local, value */
	set: 0x21,
	tee: 0x22,
	/** low half, high half */
	i32: 0x41,
	i64: 0x42,
	f32: 0x43,
	f64: 0x44,
	/** opcode, operand */
	unary: 0x100,
	/** opcode, operands */
	binary: 0x101,
	/** opcode, offset, address */
	load: 0x102,
	/** opcode, offset, address, value */
	store: 0x103,
} as const;

const typeCodes: Readonly<Record<AnyType, number>> = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c };
const noValue = 0x40;
const loads: Readonly<Record<AnyType, Readonly<Record<number, number>>>> = {
	i32: { 1: 0x2d, 2: 0x2f, 4: 0x28 },
	i64: { 1: 0x31, 2: 0x33, 4: 0x35, 8: 0x29 },
	f32: { 4: 0x2a },
	f64: { 8: 0x2b },
};
const stores: Readonly<Record<AnyType, Readonly<Record<number, number>>>> = {
	i32: { 1: 0x3a, 2: 0x3b, 4: 0x36 },
	i64: { 1: 0x3c, 2: 0x3d, 4: 0x3e, 8: 0x37 },
	f32: { 4: 0x38 },
	f64: { 8: 0x39 },
};

interface Defined {
	readonly signature: number;
	readonly locals: readonly AnyType[];
	readonly body: Node;
}

const float = new Float64Array(1);
const floatWords = new Int32Array(float.buffer);

/** See `Nodes`. */
export class Writer implements Nodes {
	#code: Int32Array<ArrayBuffer> = new Int32Array(1 << 14);
	/** Numbers from 1 on. */
	#used = 1;
	readonly #names = new Map<string, number>();
	/** Open blocks around the label, at encoding; by label. */
	readonly #depths: number[] = [];
	readonly #signatures = new Map<string, number>();
	readonly #imports: { readonly name: string; readonly signature: number }[] = [];
	readonly #functions: Defined[] = [];
	/** Numbers of functions by the number of their name: imports count up from 0, others down from -1. */
	readonly #places = new Map<number, number>();
	readonly #exports: { readonly name: string; readonly as: string }[] = [];
	readonly #helpers = new Set<string>();
	readonly #out = new Bytes();
	#depth = 0;

	/** Of `imports`, what is called is imported; a table, `env.table`, when asked for. */
	constructor(
		readonly shared: boolean,
		readonly imports: Imports = imported,
		readonly table = false,
	) {}

	#add1(code: number, a: number): Node {
		const at = this.#room(2);
		this.#code[at] = code;
		this.#code[at + 1] = a;
		return at;
	}
	#add2(code: number, a: number, b: number): Node {
		const at = this.#room(3);
		this.#code[at] = code;
		this.#code[at + 1] = a;
		this.#code[at + 2] = b;
		return at;
	}
	#add3(code: number, a: number, b: number, c: number): Node {
		const at = this.#room(4);
		this.#code[at] = code;
		this.#code[at + 1] = a;
		this.#code[at + 2] = b;
		this.#code[at + 3] = c;
		return at;
	}
	#list(code: number, a: number, b: number, items: readonly number[]): Node {
		const at = this.#room(4 + items.length);
		this.#code[at] = code;
		this.#code[at + 1] = a;
		this.#code[at + 2] = b;
		this.#code[at + 3] = items.length;
		for (let i = 0; i < items.length; i++) this.#code[at + 4 + i] = items[i]!;
		return at;
	}
	#room(words: number): number {
		const at = this.#used;
		this.#used += words;
		if (this.#used > this.#code.length) {
			const larger = new Int32Array(2 * this.#used);
			larger.set(this.#code);
			this.#code = larger;
		}
		return at;
	}
	#name(text: string): number {
		let number = this.#names.get(text);
		if (number === undefined) {
			number = this.#names.size;
			this.#names.set(text, number);
		}
		return number;
	}

	i32(value: number): Node {
		return this.#add2(Code.i32, value, value >> 31);
	}
	i64(lo: number, hi: number): Node {
		return this.#add2(Code.i64, lo, hi);
	}
	f32(value: number): Node {
		return this.#float(Code.f32, value);
	}
	f64(value: number): Node {
		return this.#float(Code.f64, value);
	}
	#float(code: number, value: number): Node {
		float[0] = value;
		return this.#add2(code, floatWords[0]!, floatWords[1]!);
	}
	number(type: Type, lo: number, hi: number): Node {
		return type === "i32" ? this.i32(lo) : this.i64(lo, hi);
	}
	unary(type: Type, op: Operation, a: Node): Node {
		return this.#add2(Code.unary, integerOperations[op][type === "i32" ? 1 : 2], a);
	}
	binary(type: Type, op: Operation, a: Node, b: Node): Node {
		return this.#add3(Code.binary, integerOperations[op][type === "i32" ? 1 : 2], a, b);
	}
	float(type: FloatType, op: FloatOperation, a: Node, b: Node = 0): Node {
		const opcode = floatOperations[op][type === "f32" ? 1 : 2];
		return b === 0 ? this.#add2(Code.unary, opcode, a) : this.#add3(Code.binary, opcode, a, b);
	}
	convert(how: Conversion, a: Node): Node {
		return this.#add2(Code.unary, conversions[how][1], a);
	}
	asFloat(type: FloatType, a: Node): Node {
		return this.convert(type === "f64" ? "f64i64" : "f32i32", a);
	}
	bits(type: AnyType, a: Node): Node {
		return type === "f64" ? this.convert("i64f64", a) : type === "f32" ? this.convert("i32f32", a) : a;
	}
	wrap(a: Node): Node {
		return this.convert("wrap", a);
	}
	extendU(a: Node): Node {
		return this.convert("extendU", a);
	}
	extendS(a: Node): Node {
		return this.convert("extendS", a);
	}
	extend32(a: Node): Node {
		return this.convert("extend32", a);
	}
	select(condition: Node, ifTrue: Node, ifFalse: Node): Node {
		return this.#add3(Code.select, condition, ifTrue, ifFalse);
	}
	get(local: number): Node {
		return this.#add1(Code.get, local);
	}
	set(local: number, value: Node): Node {
		return this.#add2(Code.set, local, value);
	}
	tee(local: number, value: Node): Node {
		return this.#add2(Code.tee, local, value);
	}
	load(type: AnyType, bytes: number, offset: number, at: Node): Node {
		return this.#add3(Code.load, loads[type][bytes]!, offset, at);
	}
	store(type: AnyType, bytes: number, offset: number, at: Node, value: Node): Node {
		const node = this.#room(5);
		this.#code[node] = Code.store;
		this.#code[node + 1] = stores[type][bytes]!;
		this.#code[node + 2] = offset;
		this.#code[node + 3] = at;
		this.#code[node + 4] = value;
		return node;
	}
	block(label: string | null, children: readonly Node[], type: AnyType | null = null): Node {
		return this.#list(Code.block, label === null ? -1 : this.#name(label), type === null ? noValue : typeCodes[type], children);
	}
	loop(label: string, body: Node): Node {
		return this.#add2(Code.loop, this.#name(label), body);
	}
	if(condition: Node, ifTrue: Node, ifFalse: Node = 0): Node {
		return this.#add3(Code.if, condition, ifTrue, ifFalse);
	}
	br(label: string, condition: Node = 0): Node {
		return this.#add2(Code.br, this.#name(label), condition);
	}
	switch(labels: readonly string[], index: Node): Node {
		return this.#list(
			Code.switch,
			index,
			0,
			labels.map((label) => this.#name(label)),
		);
	}
	call(target: string, operands: readonly Node[]): Node {
		const known = this.imports[target];
		if (known) this.helper(target, () => this.#import(target, known));
		return this.#list(Code.call, this.#name(target), 0, operands);
	}
	/** Calls a region's function, by its place in the table. */
	callIndirect(place: Node, operands: readonly Node[]): Node {
		return this.#list(Code.callIndirect, place, this.#signature(unitParams, "i32"), operands);
	}
	drop(a: Node): Node {
		return this.#add1(Code.drop, a);
	}
	return(a: Node): Node {
		return this.#add1(Code.return, a);
	}
	unreachable(): Node {
		return this.#add1(Code.unreachable, 0);
	}

	#signature(params: readonly AnyType[], result: AnyType | null): number {
		const key = `${params.join()}:${result ?? ""}`;
		let number = this.#signatures.get(key);
		if (number === undefined) {
			number = this.#signatures.size;
			this.#signatures.set(key, number);
		}
		return number;
	}
	function(name: string, params: readonly AnyType[], result: AnyType, locals: readonly AnyType[], body: Node): void {
		this.#functions.push({ signature: this.#signature(params, result), locals, body });
		this.#places.set(this.#name(name), -this.#functions.length);
	}
	helper(name: string, make: (name: string) => void): string {
		if (!this.#helpers.has(name)) {
			this.#helpers.add(name);
			make(name);
		}
		return name;
	}
	#import(name: string, { params, result }: Imports[string]): void {
		this.#places.set(this.#name(name), this.#imports.length);
		this.#imports.push({ name, signature: this.#signature(new Array<Type>(params).fill("i32"), result) });
	}
	export(name: string, as = name): void {
		this.#exports.push({ name, as });
	}
	#place(name: number): number {
		const place = this.#places.get(name)!;
		return place >= 0 ? place : this.#imports.length - 1 - place;
	}

	encode(): Uint8Array<ArrayBuffer> {
		const out = this.#out;
		out.raw(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00);
		out.section(1, () => {
			out.unsigned(this.#signatures.size);
			for (const key of this.#signatures.keys()) {
				const [params, result] = key.split(":").map((list) => list.split(",").filter((type) => type !== "") as AnyType[]) as [AnyType[], AnyType[]];
				out.raw(0x60);
				for (const types of [params, result]) {
					out.unsigned(types.length);
					for (const type of types) out.raw(typeCodes[type]);
				}
			}
		});
		out.section(2, () => {
			out.unsigned((this.table ? 2 : 1) + this.#imports.length);
			const from = (name: string) => {
				out.text("env");
				out.text(name);
			};
			from("memory");
			out.raw(0x02, this.shared ? 0x03 : 0x00, 1);
			if (this.shared) out.unsigned(mostPages);
			if (this.table) {
				from("table");
				out.raw(0x01, 0x70, 0x00, 0x00);
			}
			for (const { name, signature } of this.#imports) {
				from(name);
				out.raw(0x00);
				out.unsigned(signature);
			}
		});
		out.section(3, () => {
			out.unsigned(this.#functions.length);
			for (const { signature } of this.#functions) out.unsigned(signature);
		});
		out.section(7, () => {
			out.unsigned(this.#exports.length);
			for (const { name, as } of this.#exports) {
				out.text(as);
				out.raw(0x00);
				out.unsigned(this.#place(this.#name(name)));
			}
		});
		out.section(10, () => {
			out.unsigned(this.#functions.length);
			for (const { locals, body } of this.#functions) out.sized(() => this.#function(locals, body));
		});
		return out.take();
	}
	#function(locals: readonly AnyType[], body: Node): void {
		const out = this.#out;
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
				this.#write(a);
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
				if (b !== 0) this.#write(b);
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
			case Code.f32:
			case Code.f64:
				floatWords[0] = a;
				floatWords[1] = b;
				out.byte(what);
				out.number(float[0]!, what === Code.f64);
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

	dispose(): void {}
}
