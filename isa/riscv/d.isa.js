// @ts-check
// D: double-precision floating point (unprivileged manual, chapter 12). What the instructions do is in f.isa.js, by format.
import { XLEN } from "./base.isa.js";
import { arithmetic, comparisons, conversions, moves, reformat, transfers } from "./f.isa.js";

// Instructions on 64-bit numbers.
extension("d", "Standard Extension for Double-Precision Floating-Point");

// FLD and FSD move 64 bits, on RV32 too (12.3).
transfers("d", 64, "011");
// Computation with one rounding (12.4).
arithmetic("d", 64, "01");
// Sign injection (12.5), FMIN and FMAX (12.4), comparisons (12.6), classes (12.7).
comparisons("d", 64, "01");
// Conversions to and from integers (12.5).
conversions("d", 64, "01", true);
// FCVT.S.D rounds, FCVT.D.S is exact (12.5).
reformat("s", 32, "00", "d", 64, "00001");
reformat("d", 64, "01", "s", 32, "00000");
// FMV.X.D and FMV.D.X, on RV64 only (12.5).
if (XLEN == 64) moves("d", 64, "01");
