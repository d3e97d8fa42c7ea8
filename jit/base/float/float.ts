/**
 * Floating point in software, bits in, bits and flags out: exact IEEE 754-2019 results in every rounding direction for binary16, binary32 and binary64.
 *
 * A number is its `w` (16, 32 or 64) bits in signed 32-bit halves; halves above `w` bits are 0. `mode` is one of `Rounding`. Every function writes the result, and the flags
 * that this operation raised, to the `out` that the caller owns. Tininess is detected after rounding. A NaN result is always the positive quiet NaN without payload.
 * All functions are total: no bits and no mode make them throw.
 */
export { add, sub } from "./add.ts";
export { eq, le, lt } from "./compare.ts";
export { convert, fromInt, roundToInt, toInt } from "./convert.ts";
export { div } from "./divide.ts";
export { fma } from "./fma.ts";
export { Flag, type FloatOut, Rounding } from "./format.ts";
export { mul } from "./multiply.ts";
export { sqrt } from "./root.ts";
