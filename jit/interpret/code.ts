/** The interpreter's own instructions: numbers, one a line; `W` takes a value of 33..64 bits, the others at most 32. */

/** Words an instruction takes: code, dest, a, b, c, x, y, z. Values are slots: the low half there, the high half (always 0 if narrow) in the next one. */
export const stride = 8;

export const Code = {
	/** z: mask of the low half (narrow) or high half (wide); x: 32 - width or 64 - width, to sign-extend by */
	insn: 0,
	getreg: 1,
	setreg: 2,
	add: 3,
	sub: 4,
	and: 5,
	or: 6,
	xor: 7,
	not: 8,
	mul: 9,
	shl: 10,
	shr: 11,
	sar: 12,
	eq: 13,
	ne: 14,
	lts: 15,
	ltu: 16,
	les: 17,
	leu: 18,
	select: 19,
	/** low half kept, masked */
	narrow: 20,
	sext: 21,
	load: 22,
	store: 23,
	/** goes to instruction x when a is 0 */
	if: 24,
	/** goes to instruction x */
	goto: 25,
	copy: 26,
	trap: 27,
	/** any pure op, by `evaluate`: x is the number of the op in `names` */
	any: 28,
	getregW: 29,
	setregW: 30,
	addW: 31,
	subW: 32,
	andW: 33,
	orW: 34,
	xorW: 35,
	notW: 36,
	mulW: 37,
	shlW: 38,
	shrW: 39,
	sarW: 40,
	eqW: 41,
	neW: 42,
	ltsW: 43,
	ltuW: 44,
	lesW: 45,
	leuW: 46,
	/** from narrow to wide */
	sextW: 47,
	/** low and high half kept, the high one masked */
	keepW: 48,
	/** from wide to wide */
	sextWW: 49,
	retired: 50,
	clock: 51,
	wait: 52,
	synccode: 53,
	synctranslation: 54,
	offers: 55,
	hostcall: 56,
	/** leaves with `next` or what `wait`, `yields` and `hostcall` want: pc = x:y */
	jump: 57,
	/** the same, pc = a */
	indirect: 58,
	/** status x, pc = y:z */
	leave: 59,
	/** of a function: a is the slot of its result */
	result: 60,
	/** of 32 bits only; other widths go by `any` */
	divs: 61,
	divu: 62,
	rems: 63,
	remu: 64,
	mulhs: 65,
	mulhu: 66,
	yields: 67,
	/** a floating-point op; x is its number in `floats`, y the slot of the mode, z that of the flags it raises */
	float: 68,
} as const;
