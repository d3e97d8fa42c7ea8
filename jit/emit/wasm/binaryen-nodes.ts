/** Wasm modules by Binaryen: expressions in, its pointers out; one `BinaryenNodes` a module, one `Kit` an emitter. */
import { type Binaryen, features, type Opcodes, opcodes, type Pointer } from "./binaryen.ts";
import { hostFuses } from "./fused.ts";
import { type AnyType, type FloatType, imported, mostPages, type Node, Nodes, type Type } from "./nodes.ts";
import type { Conversion, FloatOperation, Operation } from "./operations.ts";

/** What outlives a module: numbers of operations, interned names, scratch space in Binaryen's memory. */
export class Kit {
	readonly op: Opcodes;
	readonly none: Pointer;
	readonly types: Readonly<Record<AnyType, Pointer>>;
	readonly literal: Pointer;
	readonly fuses = hostFuses();
	readonly #names = new Map<string, Pointer>();
	#array: Pointer;
	#arrayLength = 64;
	constructor(
		readonly raw: Binaryen,
		readonly shared: boolean,
	) {
		this.op = opcodes(raw);
		this.none = raw._BinaryenTypeNone();
		const [f32, f64, v128] = [raw._BinaryenTypeFloat32(), raw._BinaryenTypeFloat64(), raw._BinaryenTypeVec128()];
		this.types = { i32: raw._BinaryenTypeInt32(), i64: raw._BinaryenTypeInt64(), f32, f64, v128 };
		this.literal = raw._malloc(raw._BinaryenSizeofLiteral());
		this.#array = raw._malloc(4 * this.#arrayLength);
	}

	/** A C string that stays; callers use few different names (labels, helpers, numbers of functions). */
	name(text: string): Pointer {
		let at = this.#names.get(text);
		if (at === undefined) {
			at = this.string(text);
			this.#names.set(text, at);
		}
		return at;
	}

	/** A C string of ASCII that the caller frees. */
	string(text: string): Pointer {
		const at = this.raw._malloc(text.length + 1);
		for (let i = 0; i < text.length; i++) this.raw.__i32_store8(at + i, text.charCodeAt(i) & 0x7f);
		this.raw.__i32_store8(at + text.length, 0);
		return at;
	}

	/** An array of pointers, valid until the next call. */
	array(items: readonly Pointer[]): Pointer {
		if (items.length > this.#arrayLength) {
			this.raw._free(this.#array);
			this.#arrayLength = items.length * 2;
			this.#array = this.raw._malloc(4 * this.#arrayLength);
		}
		for (let i = 0; i < items.length; i++) this.raw.__i32_store(this.#array + 4 * i, items[i]!);
		return this.#array;
	}

	signature(types: readonly AnyType[]): Pointer {
		return types.length === 0 ? this.none : this.raw._BinaryenTypeCreate(this.array(types.map((t) => this.types[t])), types.length);
	}
}

/** See `Nodes`. */
export class BinaryenNodes extends Nodes {
	readonly raw: Binaryen;
	readonly module: Pointer;
	constructor(readonly kit: Kit) {
		super();
		this.raw = kit.raw;
		this.module = this.raw._BinaryenModuleCreate();
		this.raw._BinaryenModuleSetFeatures(this.module, features(this.raw, kit.shared, kit.fuses));
		const name = (text: string) => kit.name(text);
		this.raw._BinaryenSetMemory(this.module, 1, kit.shared ? mostPages : -1, 0, 0, 0, 0, 0, 0, 0, kit.shared, false, name("memory"));
		this.raw._BinaryenAddMemoryImport(this.module, name("memory"), name("env"), name("memory"), kit.shared);
		for (const [called, { params, result }] of Object.entries(imported)) {
			const types = kit.signature(new Array<Type>(params).fill("i32"));
			this.raw._BinaryenAddFunctionImport(this.module, name(called), name("env"), name(called), types, kit.types[result]);
		}
	}

	i32(value: number): Node {
		this.raw._BinaryenLiteralInt32(this.kit.literal, value | 0);
		return this.raw._BinaryenConst(this.module, this.kit.literal);
	}
	i64(lo: number, hi: number): Node {
		const value = hi === lo >> 31 ? BigInt(lo) : (BigInt(hi) << 32n) | BigInt(lo >>> 0);
		this.raw._BinaryenLiteralInt64(this.kit.literal, value);
		return this.raw._BinaryenConst(this.module, this.kit.literal);
	}
	unary(type: Type, op: Operation, a: Node): Node {
		return this.raw._BinaryenUnary(this.module, this.kit.op[type][op], a);
	}
	binary(type: Type, op: Operation, a: Node, b: Node): Node {
		return this.raw._BinaryenBinary(this.module, this.kit.op[type][op], a, b);
	}
	f64(value: number): Node {
		this.raw._BinaryenLiteralFloat64(this.kit.literal, value);
		return this.raw._BinaryenConst(this.module, this.kit.literal);
	}
	f32(value: number): Node {
		this.raw._BinaryenLiteralFloat32(this.kit.literal, value);
		return this.raw._BinaryenConst(this.module, this.kit.literal);
	}
	float(type: FloatType, op: FloatOperation, a: Node, b: Node = 0): Node {
		const number = this.kit.op[type][op];
		return b === 0 ? this.raw._BinaryenUnary(this.module, number, a) : this.raw._BinaryenBinary(this.module, number, a, b);
	}
	splat(type: FloatType, a: Node): Node {
		return this.raw._BinaryenUnary(this.module, this.kit.op.vector[type].splat, a);
	}
	first(type: FloatType, a: Node): Node {
		return this.raw._BinaryenSIMDExtract(this.module, this.kit.op.vector[type].extract, a, 0);
	}
	multiplyAdd(type: FloatType, negated: boolean, a: Node, b: Node, c: Node): Node {
		return this.raw._BinaryenSIMDTernary(this.module, this.kit.op.vector[type][negated ? "negatedMultiplyAdd" : "multiplyAdd"], a, b, c);
	}
	convert(how: Conversion, a: Node): Node {
		return this.raw._BinaryenUnary(this.module, this.kit.op.convert[how], a);
	}
	select(condition: Node, ifTrue: Node, ifFalse: Node): Node {
		return this.raw._BinaryenSelect(this.module, condition, ifTrue, ifFalse);
	}
	get(local: number, type: AnyType): Node {
		return this.raw._BinaryenLocalGet(this.module, local, this.kit.types[type]);
	}
	set(local: number, value: Node): Node {
		return this.raw._BinaryenLocalSet(this.module, local, value);
	}
	tee(local: number, value: Node, type: AnyType): Node {
		return this.raw._BinaryenLocalTee(this.module, local, value, this.kit.types[type]);
	}
	load(type: AnyType, bytes: number, offset: number, at: Node, signed = false): Node {
		return this.raw._BinaryenLoad(this.module, bytes, signed ? 1 : 0, offset, 1, this.kit.types[type], at, 0);
	}
	store(type: AnyType, bytes: number, offset: number, at: Node, value: Node): Node {
		return this.raw._BinaryenStore(this.module, bytes, offset, 1, at, value, this.kit.types[type], 0);
	}
	/**
	 * A block, with a value where a type is given: then the last child's. Its children are appended one by one because Binaryen would otherwise search a block that has an unreachable child
	 * for branches to itself, which is quadratic in nested blocks.
	 */
	block(label: string | null, children: readonly Node[], type: AnyType | null = null): Node {
		const result = type === null ? this.kit.none : this.kit.types[type];
		const block = this.raw._BinaryenBlock(this.module, label === null ? 0 : this.kit.name(label), 0, 0, result);
		for (const child of children) this.raw._BinaryenBlockAppendChild(block, child);
		return block;
	}
	loop(label: string, body: Node): Node {
		return this.raw._BinaryenLoop(this.module, this.kit.name(label), body);
	}
	if(condition: Node, ifTrue: Node, ifFalse: Node = 0): Node {
		return this.raw._BinaryenIf(this.module, condition, ifTrue, ifFalse);
	}
	br(label: string, condition: Node = 0): Node {
		return this.raw._BinaryenBreak(this.module, this.kit.name(label), condition, 0);
	}
	switch(labels: readonly string[], index: Node): Node {
		const names = labels.slice(0, -1).map((label) => this.kit.name(label));
		return this.raw._BinaryenSwitch(this.module, this.kit.array(names), names.length, this.kit.name(labels.at(-1)!), index, 0);
	}
	call(target: string, operands: readonly Node[], result: AnyType | null): Node {
		const type = result === null ? this.kit.none : this.kit.types[result];
		return this.raw._BinaryenCall(this.module, this.kit.name(target), this.kit.array(operands), operands.length, type);
	}
	drop(a: Node): Node {
		return this.raw._BinaryenDrop(this.module, a);
	}
	return(a: Node): Node {
		return this.raw._BinaryenReturn(this.module, a);
	}
	unreachable(): Node {
		return this.raw._BinaryenUnreachable(this.module);
	}

	function(name: string, params: readonly AnyType[], result: AnyType, locals: readonly AnyType[], body: Node, names: readonly string[] | null = null): void {
		const { kit } = this;
		const types = kit.signature(params);
		const fn = this.raw._BinaryenAddFunction(
			this.module,
			kit.name(name),
			types,
			kit.types[result],
			kit.array(locals.map((t) => kit.types[t])),
			locals.length,
			body,
		);
		names?.forEach((text, i) => {
			const at = kit.string(text);
			this.raw._BinaryenFunctionSetLocalName(fn, i, at);
			this.raw._free(at);
		});
	}
	export(name: string): void {
		this.raw._BinaryenAddFunctionExport(this.module, this.kit.name(name), this.kit.name(name));
	}

	encode(): Uint8Array<ArrayBuffer> {
		const { raw } = this;
		const result = raw._malloc(raw._BinaryenSizeofAllocateAndWriteResult());
		raw._BinaryenModuleAllocateAndWrite(result, this.module, 0);
		const at = raw.__i32_load(result);
		const length = raw.__i32_load(result + 4);
		const words = new Uint32Array((length + 3) >> 2);
		for (let i = 0; i < words.length - 1; i++) words[i] = raw.__i32_load(at + 4 * i);
		const bytes = new Uint8Array(words.buffer, 0, length);
		for (let i = Math.max(0, 4 * (words.length - 1)); i < length; i++) bytes[i] = raw.__i32_load8_u(at + i);
		raw._free(at);
		raw._free(result);
		return bytes;
	}
	/** The module as text, in Binaryen's folded form. */
	text(): string {
		const { raw } = this;
		const at = raw._BinaryenModuleAllocateAndWriteText(this.module);
		let text = "";
		for (let i = 0; ; i++) {
			const byte = raw.__i32_load8_u(at + i);
			if (byte === 0) break;
			text += String.fromCharCode(byte);
		}
		raw._free(at);
		return text;
	}
	/** False, with Binaryen's complaint on its own error stream, when the module is not valid: for tests. */
	valid(): boolean {
		return this.raw._BinaryenModuleValidate(this.module) !== 0;
	}
	dispose(): void {
		this.raw._BinaryenModuleDispose(this.module);
	}
}
