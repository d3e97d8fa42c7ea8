/** The interpreter's own instructions: numbers, and what follows them, one a line; `W` takes a value of 33..64 bits, the others at most 32. */

/**
 * The first word of an instruction: its code; from `lengthShift` on, how many words it takes in all; from `slotShift` on the slot that it sets. Values are slots: the low half
 * there, the high half (0 if narrow, whatever was there before) in the next one; slot 0 is 0, and set by what sets nothing. The words behind are those that the
 * instruction's line names, in this order: `a b c` are slots, `x y z` are numbers.
 */
export const lengthShift = 8;
export const slotShift = 12;
export const mostSlots = 2 ** (32 - slotShift - 1);

export const instructions = {
	/** z: mask of the low half (narrow) or high half (wide); x: 32 - width or 64 - width, to sign-extend by */
	insn: [0, "xy"],
	getreg: [1, "x"],
	setreg: [2, "ax"],
	add: [3, "abz"],
	sub: [4, "abz"],
	and: [5, "ab"],
	or: [6, "ab"],
	xor: [7, "ab"],
	not: [8, "az"],
	mul: [9, "abz"],
	shl: [10, "abyz"],
	shr: [11, "aby"],
	sar: [12, "abxyz"],
	eq: [13, "ab"],
	ne: [14, "ab"],
	lts: [15, "abx"],
	ltu: [16, "ab"],
	les: [17, "abx"],
	leu: [18, "ab"],
	select: [19, "abc"],
	/** low half kept, masked */
	narrow: [20, "az"],
	sext: [21, "axz"],
	load: [22, "axyz"],
	store: [23, "abxy"],
	/** goes to instruction x when a is 0 */
	if: [24, "ax"],
	/** goes to instruction x */
	goto: [25, "x"],
	copy: [26, "a"],
	trap: [27, "ab"],
	/** any pure op, by `evaluate`: x is the number of the op in `names` */
	any: [28, "abcxyz"],
	getregW: [29, "x"],
	setregW: [30, "ax"],
	addW: [31, "abz"],
	subW: [32, "abz"],
	andW: [33, "ab"],
	orW: [34, "ab"],
	xorW: [35, "ab"],
	notW: [36, "az"],
	mulW: [37, "abz"],
	shlW: [38, "abz"],
	shrW: [39, "ab"],
	sarW: [40, "abxz"],
	eqW: [41, "ab"],
	neW: [42, "ab"],
	ltsW: [43, "abx"],
	ltuW: [44, "ab"],
	lesW: [45, "abx"],
	leuW: [46, "ab"],
	/** from narrow to wide */
	sextW: [47, "axz"],
	/** low and high half kept, the high one masked */
	keepW: [48, "az"],
	/** from wide to wide */
	sextWW: [49, "axz"],
	retired: [50, ""],
	clock: [51, ""],
	wait: [52, ""],
	synccode: [53, ""],
	synctranslation: [54, ""],
	offers: [55, "x"],
	hostcall: [56, "abxyz"],
	/** leaves with `next` or what `wait`, `yields` and `hostcall` want: pc = x:y */
	jump: [57, "xy"],
	/** the same, pc = a */
	indirect: [58, "a"],
	/** status x, pc = y:z */
	leave: [59, "xyz"],
	/** of a function: a is the slot of its result */
	result: [60, "a"],
	/** of 32 bits only; other widths go by `any` */
	divs: [61, "ab"],
	divu: [62, "ab"],
	rems: [63, "ab"],
	remu: [64, "ab"],
	mulhs: [65, "ab"],
	mulhu: [66, "ab"],
	yields: [67, ""],
	/** a floating-point op; x is its number in `floats`, y the slot of the mode, z that of the flags it raises */
	float: [68, "abcxyz"],
} as const;
export type InstructionName = keyof typeof instructions;
