/** The IR: one table of operations, and the one shape that every operation has. Values are named by the index of the op that makes them. */

/**
 * One operation. `w`: width of the result in bits (for `store` and `setreg`: of the value; for comparisons: 1). `a`, `b`, `c`: indices of
 * the ops whose values it takes, -1 where it takes none; `d`: likewise the rounding mode of a floating-point op that rounds. `lo`, `hi`:
 * immediate, signed 32-bit halves; meaning by op. Every value is kept with the bits above its width 0.
 */
export interface Op {
	op: OpName;
	w: number;
	a: number;
	b: number;
	c: number;
	lo: number;
	hi: number;
	d: number;
}

/**
 * args: how many of a, b, c are values; rounds: is d one; result: has a value; effect: 'pure' may be removed, moved and merged. float: IEEE 754
 * arithmetic, which besides its value has flags for `raised` to ask for, and so is never replaced by another op.
 */
interface OpInfo {
	readonly args: 0 | 1 | 2 | 3;
	readonly rounds?: true;
	readonly float?: true;
	readonly result: boolean;
	readonly effect: "pure" | "read" | "write" | "memory" | "control" | "system" | "template";
	readonly about: string;
}

const pure = (args: 0 | 1 | 2 | 3, about: string): OpInfo => ({ args, result: true, effect: "pure", about });
/** IEEE 754 patterns of 16, 32 or 64 bits. d: 0 to nearest, ties to even; 1 towards zero; 2 down; 3 up; 4 to nearest, ties away; another number counts as 0. */
const rounding = (args: 1 | 2 | 3, about: string): OpInfo => ({ args, rounds: true, float: true, result: true, effect: "pure", about });
const comparing = (about: string): OpInfo => ({ args: 2, float: true, result: true, effect: "pure", about });

export const opTable = {
	const: pure(0, "the number hi:lo"),
	add: pure(2, "a + b"),
	sub: pure(2, "a - b"),
	mul: pure(2, "low half of a * b"),
	mulhs: pure(2, "high half of signed a * signed b"),
	mulhu: pure(2, "high half of unsigned a * unsigned b"),
	mulhsu: pure(2, "high half of signed a * unsigned b"),
	divs: pure(2, "signed quotient towards 0; by 0: all ones; most negative / -1: a"),
	divu: pure(2, "unsigned quotient; by 0: all ones"),
	rems: pure(2, "signed remainder, sign of a; by 0: a; most negative % -1: 0"),
	remu: pure(2, "unsigned remainder; by 0: a"),
	and: pure(2, "a & b"),
	or: pure(2, "a | b"),
	xor: pure(2, "a ^ b"),
	not: pure(1, "~a"),
	shl: pure(2, "a << b, 0 when unsigned b >= w; b may have any width"),
	shr: pure(2, "a >>> b, 0 when unsigned b >= w; b may have any width"),
	sar: pure(2, "a >> b, all sign when unsigned b >= w; b may have any width"),
	rotl: pure(2, "a rotated left by b mod w"),
	rotr: pure(2, "a rotated right by b mod w"),
	eq: pure(2, "a == b, 1 bit"),
	ne: pure(2, "a != b, 1 bit"),
	lts: pure(2, "signed a < b, 1 bit"),
	ltu: pure(2, "unsigned a < b, 1 bit"),
	les: pure(2, "signed a <= b, 1 bit"),
	leu: pure(2, "unsigned a <= b, 1 bit"),
	sext: pure(1, "a sign-extended to w"),
	zext: pure(1, "a zero-extended to w"),
	trunc: pure(1, "low w bits of a"),
	select: pure(3, "a (1 bit) ? b : c"),
	clz: pure(1, "leading zeros; w when a is 0"),
	ctz: pure(1, "trailing zeros; w when a is 0"),
	popcount: pure(1, "ones"),
	bswap: pure(1, "bytes reversed"),

	fadd: rounding(2, "a + b"),
	fsub: rounding(2, "a - b"),
	fmul: rounding(2, "a * b"),
	fdiv: rounding(2, "a / b"),
	fsqrt: rounding(1, "square root of a"),
	fma: rounding(3, "a * b + c, rounded once"),
	fconvert: rounding(1, "a in the format of w bits"),
	ftoints: rounding(1, "a as a signed integer of 32 or 64 bits; out of range: the nearest one; NaN: the largest"),
	ftointu: rounding(1, "a as an unsigned integer, likewise"),
	ffroms: rounding(1, "signed integer a of 32 or 64 bits as a float"),
	ffromu: rounding(1, "unsigned integer a as a float"),
	fround: rounding(1, "a as a whole number that stays a float; lo: 1 raises inexact, 0 does not"),
	feq: comparing("a == b, 1 bit; lo: 1 is quiet, 0 signals on every NaN"),
	flt: comparing("a < b, likewise"),
	fle: comparing("a <= b, likewise"),
	raised: pure(2, "b | the flags that floating-point op a raised: 1 inexact, 2 underflow, 4 overflow, 8 division by zero, 16 invalid"),

	insn: {
		args: 0,
		result: false,
		effect: "control",
		about: "start of guest instruction number c of the block at address hi:lo, b bytes long (b and c are numbers here)",
	},
	getreg: { args: 0, result: true, effect: "read", about: "cell lo" },
	setreg: { args: 1, result: false, effect: "write", about: "cell lo = a" },
	load: { args: 1, result: true, effect: "memory", about: "w bits at address a of memory space lo; a failure counts as access hi" },
	store: { args: 2, result: false, effect: "memory", about: "w bits of b to address a of memory space lo" },
	if: { args: 1, result: false, effect: "control", about: "the ops up to else run when a (1 bit) is 1" },
	else: { args: 0, result: false, effect: "control", about: "the ops up to end run otherwise; every if has one" },
	end: { args: 0, result: false, effect: "control", about: "closes an if; phi ops may follow" },
	phi: {
		args: 2,
		result: true,
		effect: "pure",
		about: "directly after end: a if the first arm ran, b if the second; -1 for an arm that does not reach the end",
	},
	trap: { args: 2, result: false, effect: "control", about: "leave: cause a, value b; state is as at the start of the instruction" },
	jump: { args: 1, result: false, effect: "control", about: "leave: pc = a; the last op of its path" },

	retired: { args: 0, result: true, effect: "system", about: "SystemPort.retired, 64 bits" },
	clock: { args: 0, result: true, effect: "system", about: "SystemPort.clock, 64 bits" },
	wait: { args: 0, result: false, effect: "system", about: "after this instruction the processor waits" },
	yields: { args: 0, result: false, effect: "system", about: "after this instruction other processors go first" },
	synccode: { args: 0, result: false, effect: "system", about: "SystemPort.syncCode" },
	synctranslation: { args: 0, result: false, effect: "system", about: "SystemPort.syncTranslation" },
	offers: { args: 0, result: true, effect: "system", about: "1 bit: service lo (index into isa.services) is offered" },
	hostcall: { args: 2, result: true, effect: "system", about: "SystemPort.hostcall of service lo" },

	operand: { args: 0, result: true, effect: "template", about: "operand or parameter number lo" },
	pc: { args: 0, result: true, effect: "template", about: "address of the instruction" },
	next: { args: 0, result: true, effect: "template", about: "address of the instruction after it" },
	raw: { args: 0, result: true, effect: "template", about: "its first 32 bits" },
	getfile: { args: 1, result: true, effect: "template", about: "register a of file lo" },
	setfile: { args: 2, result: false, effect: "template", about: "register a of file lo = b" },
	getspace: { args: 1, result: true, effect: "template", about: "entry a of space lo" },
	setspace: { args: 2, result: false, effect: "template", about: "entry a of space lo = b" },
	execute: { args: 0, result: false, effect: "template", about: "in machine.step: the instruction's own semantics" },
} as const satisfies Record<string, OpInfo>;

export type OpName = keyof typeof opTable;
/** The same table with all columns on every row. */
export const opInfo: Readonly<Record<OpName, OpInfo>> = opTable;
/** All ops: the number of one, where one is needed, is its place in here. */
export const opNames = Object.keys(opTable) as OpName[];
/** Floating-point ops with flags, in the order of the table. */
export const floatNames: readonly OpName[] = opNames.filter((name) => opInfo[name].float);

/** Is it pure and nothing but its value, so that another op with that value may take its place? */
export function foldable(op: OpName): boolean {
	return opInfo[op].effect === "pure" && !opInfo[op].float && op !== "raised" && op !== "phi";
}

/** Floating-point ops whose `lo` chooses between two meanings. */
export function hasImmediate(op: OpName): boolean {
	return op === "feq" || op === "flt" || op === "fle" || op === "fround";
}

/** Makes an op; what is left out is -1 (values) or 0. */
export function makeOp(op: OpName, w: number, a = -1, b = -1, c = -1, lo = 0, hi = 0, d = -1): Op {
	return { op, w, a, b, c, lo, hi, d };
}

/** The address of the guest instruction that an `insn` op begins. */
export const instructionAddress = ({ lo, hi }: Op): number => hi * 2 ** 32 + (lo >>> 0);
