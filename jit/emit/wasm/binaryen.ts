/** Binaryen's C-level entry points: nothing enters, the raw functions that the node builder calls leave. The only importer of binaryen. */

/** A pointer into Binaryen's memory: an expression, a module, a type, a string or an array. */
export type Pointer = number;

/**
 * What we use of Binaryen's C API, which is exported beside the JavaScript wrapper under its C names. A wrapped module costs 11 us (0.12 ms the first
 * times), a raw one 0.04 us; a node 37 ns against 30 ns (jit/README.md, decision log).
 */
export interface Binaryen {
	_malloc(bytes: number): Pointer;
	_free(at: Pointer): void;
	__i32_store8(at: Pointer, value: number): void;
	__i32_store(at: Pointer, value: number): void;
	__i32_load(at: Pointer): number;
	__i32_load8_u(at: Pointer): number;
	_BinaryenSizeofLiteral(): number;
	_BinaryenSizeofAllocateAndWriteResult(): number;
	_BinaryenTypeNone(): Pointer;
	_BinaryenTypeInt32(): Pointer;
	_BinaryenTypeInt64(): Pointer;
	_BinaryenTypeFloat32(): Pointer;
	_BinaryenTypeFloat64(): Pointer;
	_BinaryenTypeCreate(types: Pointer, count: number): Pointer;
	_BinaryenModuleCreate(): Pointer;
	_BinaryenModuleDispose(module: Pointer): void;
	_BinaryenModuleSetFeatures(module: Pointer, features: number): void;
	_BinaryenModuleValidate(module: Pointer): number;
	_BinaryenModuleOptimize(module: Pointer): void;
	_BinaryenModuleAllocateAndWrite(result: Pointer, module: Pointer, sourceMapUrl: Pointer): void;
	_BinaryenModuleAllocateAndWriteText(module: Pointer): Pointer;
	_BinaryenLiteralInt32(out: Pointer, value: number): void;
	_BinaryenLiteralInt64(out: Pointer, value: bigint): void;
	_BinaryenLiteralFloat64(out: Pointer, value: number): void;
	_BinaryenLiteralFloat32(out: Pointer, value: number): void;
	_BinaryenConst(module: Pointer, literal: Pointer): Pointer;
	_BinaryenUnary(module: Pointer, op: number, value: Pointer): Pointer;
	_BinaryenBinary(module: Pointer, op: number, left: Pointer, right: Pointer): Pointer;
	_BinaryenSelect(module: Pointer, condition: Pointer, ifTrue: Pointer, ifFalse: Pointer): Pointer;
	_BinaryenLocalGet(module: Pointer, index: number, type: Pointer): Pointer;
	_BinaryenLocalSet(module: Pointer, index: number, value: Pointer): Pointer;
	_BinaryenLocalTee(module: Pointer, index: number, value: Pointer, type: Pointer): Pointer;
	_BinaryenLoad(module: Pointer, bytes: number, signed: number, offset: number, align: number, type: Pointer, at: Pointer, memory: Pointer): Pointer;
	_BinaryenStore(module: Pointer, bytes: number, offset: number, align: number, at: Pointer, value: Pointer, type: Pointer, memory: Pointer): Pointer;
	_BinaryenBlock(module: Pointer, name: Pointer, children: Pointer, count: number, type: Pointer): Pointer;
	_BinaryenBlockAppendChild(block: Pointer, child: Pointer): number;
	_BinaryenLoop(module: Pointer, name: Pointer, body: Pointer): Pointer;
	_BinaryenIf(module: Pointer, condition: Pointer, ifTrue: Pointer, ifFalse: Pointer): Pointer;
	_BinaryenBreak(module: Pointer, name: Pointer, condition: Pointer, value: Pointer): Pointer;
	_BinaryenSwitch(module: Pointer, names: Pointer, count: number, fallback: Pointer, condition: Pointer, value: Pointer): Pointer;
	_BinaryenCall(module: Pointer, target: Pointer, operands: Pointer, count: number, result: Pointer): Pointer;
	_BinaryenCallIndirect(module: Pointer, table: Pointer, target: Pointer, operands: Pointer, count: number, params: Pointer, results: Pointer): Pointer;
	_BinaryenDrop(module: Pointer, value: Pointer): Pointer;
	_BinaryenReturn(module: Pointer, value: Pointer): Pointer;
	_BinaryenUnreachable(module: Pointer): Pointer;
	_BinaryenAddFunction(module: Pointer, name: Pointer, params: Pointer, results: Pointer, locals: Pointer, count: number, body: Pointer): Pointer;
	_BinaryenFunctionSetLocalName(fn: Pointer, index: number, name: Pointer): void;
	_BinaryenAddFunctionImport(module: Pointer, name: Pointer, from: Pointer, base: Pointer, params: Pointer, results: Pointer): void;
	_BinaryenAddFunctionExport(module: Pointer, name: Pointer, as: Pointer): Pointer;
	_BinaryenSetMemory(
		module: Pointer,
		initial: number,
		maximum: number,
		exportName: Pointer,
		segmentNames: Pointer,
		segmentDatas: Pointer,
		segmentPassives: Pointer,
		segmentOffsets: Pointer,
		segmentSizes: Pointer,
		segments: number,
		shared: boolean,
		memory64: boolean,
		name: Pointer,
	): void;
	_BinaryenAddTableImport(module: Pointer, name: Pointer, from: Pointer, base: Pointer): void;
	_BinaryenAddMemoryImport(module: Pointer, name: Pointer, from: Pointer, base: Pointer, shared: boolean): void;
}

/** Loads Binaryen, which takes half a second the first time. */
export async function loadBinaryen(): Promise<Binaryen> {
	return (await import("binaryen")).default as unknown as Binaryen;
}

const operations32 = {
	clz: "ClzInt32",
	ctz: "CtzInt32",
	popcnt: "PopcntInt32",
	eqz: "EqZInt32",
	extend8: "ExtendS8Int32",
	extend16: "ExtendS16Int32",
	add: "AddInt32",
	sub: "SubInt32",
	mul: "MulInt32",
	divs: "DivSInt32",
	divu: "DivUInt32",
	rems: "RemSInt32",
	remu: "RemUInt32",
	and: "AndInt32",
	or: "OrInt32",
	xor: "XorInt32",
	shl: "ShlInt32",
	shr: "ShrUInt32",
	sar: "ShrSInt32",
	rotl: "RotLInt32",
	rotr: "RotRInt32",
	eq: "EqInt32",
	ne: "NeInt32",
	lts: "LtSInt32",
	ltu: "LtUInt32",
	les: "LeSInt32",
	leu: "LeUInt32",
	gtu: "GtUInt32",
	geu: "GeUInt32",
} as const;
export type Operation = keyof typeof operations32;
export type Operations = Readonly<Record<Operation, number>>;

const floatOperations64 = {
	add: "AddFloat64",
	sub: "SubFloat64",
	mul: "MulFloat64",
	div: "DivFloat64",
	sqrt: "SqrtFloat64",
	abs: "AbsFloat64",
	trunc: "TruncFloat64",
	nearest: "NearestFloat64",
	floor: "FloorFloat64",
	ceil: "CeilFloat64",
	eq: "EqFloat64",
	ne: "NeFloat64",
	lt: "LtFloat64",
	le: "LeFloat64",
	gt: "GtFloat64",
	ge: "GeFloat64",
} as const;
export type FloatOperation = keyof typeof floatOperations64;

const conversionNames = {
	/** bits as they are */
	i32f32: "ReinterpretFloat32",
	i64f64: "ReinterpretFloat64",
	f32i32: "ReinterpretInt32",
	f64i64: "ReinterpretInt64",
	promote: "PromoteFloat32",
	demote: "DemoteFloat64",
	/** from signed and unsigned integers */
	f64s32: "ConvertSInt32ToFloat64",
	f64u32: "ConvertUInt32ToFloat64",
	f64s64: "ConvertSInt64ToFloat64",
	f64u64: "ConvertUInt64ToFloat64",
	f32s32: "ConvertSInt32ToFloat32",
	f32u32: "ConvertUInt32ToFloat32",
	f32s64: "ConvertSInt64ToFloat32",
	f32u64: "ConvertUInt64ToFloat32",
	/** to signed and unsigned integers */
	s32f64: "TruncSatSFloat64ToInt32",
	u32f64: "TruncSatUFloat64ToInt32",
	s64f64: "TruncSatSFloat64ToInt64",
	u64f64: "TruncSatUFloat64ToInt64",
} as const;
export type Conversion = keyof typeof conversionNames;

/** Binaryen's numbers of the operations we use, by operand type, and of the conversions. */
export interface Opcodes {
	readonly i32: Operations;
	readonly i64: Operations;
	readonly wrap: number;
	readonly extendU: number;
	readonly extendS: number;
	readonly extend32: number;
	readonly f32: Readonly<Record<FloatOperation, number>>;
	readonly f64: Readonly<Record<FloatOperation, number>>;
	readonly convert: Readonly<Record<Conversion, number>>;
}

/** The numbers are functions in the C API. */
export function opcodes(raw: Binaryen): Opcodes {
	const number = (name: string): number => (raw as unknown as Record<string, () => number>)[`_Binaryen${name}`]!();
	const all = (bits: "32" | "64"): Operations => {
		const entries = Object.entries(operations32).map(([key, name]) => [key, number(name.replace(/32$/, bits))]);
		return Object.fromEntries(entries) as Operations;
	};
	const floats = (bits: "32" | "64") =>
		Object.fromEntries(Object.entries(floatOperations64).map(([key, name]) => [key, number(name.replace(/64$/, bits))])) as Opcodes["f64"];
	return {
		f32: floats("32"),
		f64: floats("64"),
		convert: Object.fromEntries(Object.entries(conversionNames).map(([key, name]) => [key, number(name)])) as Opcodes["convert"],
		i32: all("32"),
		i64: all("64"),
		wrap: number("WrapInt64"),
		extendU: number("ExtendUInt32"),
		extendS: number("ExtendSInt32"),
		extend32: number("ExtendS32Int64"),
	};
}

/** Named one by one: `Features.All` encodes things that engines refuse. `shared`: the memory is a shared one. */
export function features(raw: Binaryen, shared: boolean): number {
	const names = ["MVP", "SignExt", "NontrappingFPToInt", "BulkMemory", "Multivalue", "MutableGlobals", ...(shared ? ["Atomics"] : [])];
	return names.reduce((sum, name) => sum | (raw as unknown as Record<string, () => number>)[`_BinaryenFeature${name}`]!(), 0);
}
