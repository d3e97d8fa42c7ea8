/** Wasm modules without a tool: expressions in, kept in one array; the bytes of the binary format out (WebAssembly core specification 2.0, 5). */
import { Bodies } from "./bodies.ts";
import { Code, loads, noValue, signedLoads, stores, typeCodes, vectors } from "./code.ts";
import { Bytes } from "./leb.ts";
import { type AnyType, type FloatType, type Imports, imported, mostPages, type Node, Nodes, type Type, unitParams } from "./nodes.ts";
import { type Conversion, conversions, type FloatOperation, floatOperations, integerOperations, type Operation } from "./operations.ts";

interface Defined {
	readonly signature: number;
	readonly locals: readonly AnyType[];
	readonly body: Node;
}

/** See `Nodes`. */
export class Writer extends Nodes {
	#code: Int32Array<ArrayBuffer> = new Int32Array(1 << 14);
	/** Numbers from 1 on. */
	#used = 1;
	readonly #names = new Map<string, number>();
	readonly #signatures = new Map<string, number>();
	readonly #imports: { readonly name: string; readonly signature: number }[] = [];
	readonly #functions: Defined[] = [];
	/** Numbers of functions by the number of their name: imports count up from 0, others down from -1. */
	readonly #places = new Map<number, number>();
	readonly #exports: { readonly name: string; readonly as: string }[] = [];
	readonly #out = new Bytes();

	/** Of `imports`, what is called is imported; a table, `env.table`, when asked for. */
	constructor(
		readonly shared: boolean,
		readonly imports: Imports = imported,
		readonly table = false,
	) {
		super();
	}

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
	#add4(code: number, a: number, b: number, c: number, d: number): Node {
		const at = this.#room(5);
		this.#code[at] = code;
		this.#code[at + 1] = a;
		this.#code[at + 2] = b;
		this.#code[at + 3] = c;
		this.#code[at + 4] = d;
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
		return this.#add2(Code.f32, new Int32Array(Float32Array.of(value).buffer)[0]!, 0);
	}
	f64(value: number): Node {
		const [lo, hi] = new Int32Array(Float64Array.of(value).buffer);
		return this.#add2(Code.f64, lo!, hi!);
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
	splat(type: FloatType, a: Node): Node {
		return this.#list(Code.vector, vectors[type].splat, -1, [a]);
	}
	first(type: FloatType, a: Node): Node {
		return this.#list(Code.vector, vectors[type].extract, 0, [a]);
	}
	multiplyAdd(type: FloatType, negated: boolean, a: Node, b: Node, c: Node): Node {
		return this.#list(Code.vector, vectors[type][negated ? "negatedMultiplyAdd" : "multiplyAdd"], -1, [a, b, c]);
	}
	convert(how: Conversion, a: Node): Node {
		return this.#add2(Code.unary, conversions[how][1], a);
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
	load(type: AnyType, bytes: number, offset: number, at: Node, signed = false): Node {
		const opcode = (signed ? signedLoads[type][bytes] : undefined) ?? loads[type][bytes]!;
		return this.#add3(Code.load, opcode, offset, at);
	}
	store(type: AnyType, bytes: number, offset: number, at: Node, value: Node): Node {
		return this.#add4(Code.store, stores[type][bytes]!, offset, at, value);
	}
	override rare(condition: Node): Node {
		return this.#add1(Code.rare, condition);
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
		const code = new Bytes();
		const bodies = new Bodies(this.#code, code, (name) => this.#place(name));
		const hints = this.#functions.map(({ locals, body }) => {
			let rare: readonly number[] = [];
			code.sized(() => {
				rare = bodies.write(locals, body);
			});
			return rare;
		});
		// branch hinting, a custom section (WebAssembly code metadata)
		out.section(0, () => {
			out.text("metadata.code.branch_hint");
			out.unsigned(hints.filter((rare) => rare.length > 0).length);
			hints.forEach((rare, i) => {
				if (rare.length === 0) return;
				out.unsigned(this.#imports.length + i);
				out.unsigned(rare.length);
				for (const at of rare) {
					out.unsigned(at);
					out.raw(0x01, 0x00);
				}
			});
		});
		out.section(10, () => {
			out.unsigned(this.#functions.length);
			out.append(code);
		});
		return out.take();
	}

	dispose(): void {}
}
