/** Binaryen's C-level entry points: nothing enters, the raw functions that the node builder calls leave. The only importer of binaryen. */

import type { FloatType } from "./nodes.ts";
import { type Conversion, conversions, type FloatOperation, floatOperations, integerOperations, type Operation } from "./operations.ts";

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
	_BinaryenTypeVec128(): Pointer;
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
	_BinaryenSIMDTernary(module: Pointer, op: number, a: Pointer, b: Pointer, c: Pointer): Pointer;
	_BinaryenSIMDExtract(module: Pointer, op: number, value: Pointer, lane: number): Pointer;
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

/** Binaryen's numbers of the operations we use, by operand type, and of the conversions. */
export interface Opcodes {
	readonly i32: Readonly<Record<Operation, number>>;
	readonly i64: Readonly<Record<Operation, number>>;
	readonly f32: Readonly<Record<FloatOperation, number>>;
	readonly f64: Readonly<Record<FloatOperation, number>>;
	readonly convert: Readonly<Record<Conversion, number>>;
	readonly vector: Readonly<Record<FloatType, Readonly<Record<"splat" | "multiplyAdd" | "negatedMultiplyAdd" | "extract", number>>>>;
}

/** The numbers are functions in the C API. */
export function opcodes(raw: Binaryen): Opcodes {
	const all = <K extends string>(table: Readonly<Record<K, readonly [string, ...number[]]>>, width: string): Readonly<Record<K, number>> => {
		const entries = Object.entries<readonly [string, ...number[]]>(table).map(([key, [name]]) => {
			const full = `_Binaryen${name}${width}`;
			return [key, (raw as unknown as Record<string, () => number>)[full]!()];
		});
		return Object.fromEntries(entries) as Record<K, number>;
	};
	const vector = (shape: string) =>
		all({ splat: ["SplatVec"], multiplyAdd: ["RelaxedMaddVec"], negatedMultiplyAdd: ["RelaxedNmaddVec"], extract: ["ExtractLaneVec"] }, shape);
	return {
		i32: all(integerOperations, "Int32"),
		i64: all(integerOperations, "Int64"),
		f32: all(floatOperations, "Float32"),
		f64: all(floatOperations, "Float64"),
		convert: all(conversions, ""),
		vector: { f32: vector("F32x4"), f64: vector("F64x2") },
	};
}

/** Named one by one: `Features.All` encodes things that engines refuse. `shared`: the memory is a shared one; `fuses`: there is multiply-add. */
export function features(raw: Binaryen, shared: boolean, fuses: boolean): number {
	const names = [
		...(fuses ? ["SIMD128", "RelaxedSIMD"] : []),
		"MVP",
		"SignExt",
		"NontrappingFPToInt",
		"BulkMemory",
		"Multivalue",
		"MutableGlobals",
		...(shared ? ["Atomics"] : []),
	];
	return names.reduce((sum, name) => sum | (raw as unknown as Record<string, () => number>)[`_BinaryenFeature${name}`]!(), 0);
}
