// @ts-check
// Zfh and Zfhmin: half-precision floating point (Zfh/Zfhmin specification 1.0). What the instructions do is in f.isa.js, by format.
import { arithmetic, comparisons, conversions, moves, reformat, transfers } from "./f.isa.js";

// Instructions on 16-bit numbers.
extension("zfh", "Half-Precision Floating-Point");

// FLH and FSH move 16 bits.
transfers("h", 16, "001");
// Computation with one rounding.
arithmetic("h", 16, "10");
// Sign injection, minimum and maximum, comparisons, classes.
comparisons("h", 16, "10");
// Conversions to and from integers; not even every W fits 16 bits.
conversions("h", 16, "10", false);
// FCVT.H.S and FCVT.H.D round, the way back is exact.
reformat("h", 16, "10", "s", 32, "00000");
reformat("h", 16, "10", "d", 64, "00001");
reformat("s", 32, "00", "h", 16, "00010");
reformat("d", 64, "01", "h", 16, "00010");
// FMV.X.H and FMV.H.X.
moves("h", 16, "10");
