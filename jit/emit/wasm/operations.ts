/** The Wasm operations that lowering uses: Binaryen's name of each and its opcode (WebAssembly core specification 2.0, 5.4.8); 0xfcNN: behind the prefix 0xfc. */

type Table = Readonly<Record<string, readonly [name: string, ...opcodes: number[]]>>;

/** On integers: the name without the width, the opcodes for i32 and i64. */
export const integerOperations = {
	clz: ["Clz", 0x67, 0x79],
	ctz: ["Ctz", 0x68, 0x7a],
	popcnt: ["Popcnt", 0x69, 0x7b],
	eqz: ["EqZ", 0x45, 0x50],
	extend8: ["ExtendS8", 0xc0, 0xc2],
	extend16: ["ExtendS16", 0xc1, 0xc3],
	add: ["Add", 0x6a, 0x7c],
	sub: ["Sub", 0x6b, 0x7d],
	mul: ["Mul", 0x6c, 0x7e],
	divs: ["DivS", 0x6d, 0x7f],
	divu: ["DivU", 0x6e, 0x80],
	rems: ["RemS", 0x6f, 0x81],
	remu: ["RemU", 0x70, 0x82],
	and: ["And", 0x71, 0x83],
	or: ["Or", 0x72, 0x84],
	xor: ["Xor", 0x73, 0x85],
	shl: ["Shl", 0x74, 0x86],
	shr: ["ShrU", 0x76, 0x88],
	sar: ["ShrS", 0x75, 0x87],
	rotl: ["RotL", 0x77, 0x89],
	rotr: ["RotR", 0x78, 0x8a],
	eq: ["Eq", 0x46, 0x51],
	ne: ["Ne", 0x47, 0x52],
	lts: ["LtS", 0x48, 0x53],
	ltu: ["LtU", 0x49, 0x54],
	les: ["LeS", 0x4c, 0x57],
	leu: ["LeU", 0x4d, 0x58],
	gtu: ["GtU", 0x4b, 0x56],
	geu: ["GeU", 0x4f, 0x5a],
} as const satisfies Table;
export type Operation = keyof typeof integerOperations;

/** On numbers: the name without the width, the opcodes for f32 and f64. */
export const floatOperations = {
	add: ["Add", 0x92, 0xa0],
	sub: ["Sub", 0x93, 0xa1],
	mul: ["Mul", 0x94, 0xa2],
	div: ["Div", 0x95, 0xa3],
	sqrt: ["Sqrt", 0x91, 0x9f],
	abs: ["Abs", 0x8b, 0x99],
	neg: ["Neg", 0x8c, 0x9a],
	trunc: ["Trunc", 0x8f, 0x9d],
	nearest: ["Nearest", 0x90, 0x9e],
	floor: ["Floor", 0x8e, 0x9c],
	ceil: ["Ceil", 0x8d, 0x9b],
	eq: ["Eq", 0x5b, 0x61],
	ne: ["Ne", 0x5c, 0x62],
	lt: ["Lt", 0x5d, 0x63],
	le: ["Le", 0x5f, 0x65],
	gt: ["Gt", 0x5e, 0x64],
	ge: ["Ge", 0x60, 0x66],
} as const satisfies Table;
export type FloatOperation = keyof typeof floatOperations;

/** From one type to another. */
export const conversions = {
	wrap: ["WrapInt64", 0xa7],
	extendU: ["ExtendUInt32", 0xad],
	extendS: ["ExtendSInt32", 0xac],
	extend32: ["ExtendS32Int64", 0xc4],
	// bits as they are
	i32f32: ["ReinterpretFloat32", 0xbc],
	i64f64: ["ReinterpretFloat64", 0xbd],
	f32i32: ["ReinterpretInt32", 0xbe],
	f64i64: ["ReinterpretInt64", 0xbf],
	promote: ["PromoteFloat32", 0xbb],
	demote: ["DemoteFloat64", 0xb6],
	// from signed and unsigned integers
	f64s32: ["ConvertSInt32ToFloat64", 0xb7],
	f64u32: ["ConvertUInt32ToFloat64", 0xb8],
	f64s64: ["ConvertSInt64ToFloat64", 0xb9],
	f64u64: ["ConvertUInt64ToFloat64", 0xba],
	f32s32: ["ConvertSInt32ToFloat32", 0xb2],
	f32u32: ["ConvertUInt32ToFloat32", 0xb3],
	f32s64: ["ConvertSInt64ToFloat32", 0xb4],
	f32u64: ["ConvertUInt64ToFloat32", 0xb5],
	// to signed and unsigned integers
	s32f64: ["TruncSatSFloat64ToInt32", 0xfc02],
	u32f64: ["TruncSatUFloat64ToInt32", 0xfc03],
	s64f64: ["TruncSatSFloat64ToInt64", 0xfc06],
	u64f64: ["TruncSatUFloat64ToInt64", 0xfc07],
} as const satisfies Table;
export type Conversion = keyof typeof conversions;
