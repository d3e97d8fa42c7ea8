// @ts-check
// Zfa: additional floating-point instructions (Zfa specification 1.0), for each of the formats of F, D and Zfh.
import { XLEN, x } from "./base.isa.js";
import { enabled, exponentBits, extreme, f, fractionBits, isNone, number, put, quietNaN, raise, raiseOnly, rounding, sign, where } from "./f.isa.js";

// Constants, rounding to whole numbers that stay floating point, comparisons that do not signal, and conversion modulo 2^32.
extension("zfa", "Additional Floating-Point Instructions");

operands({
	fli: choice({
		"-1.0": 0,
		min: 1,
		"1.52587890625e-05": 2,
		"3.0517578125e-05": 3,
		"0.00390625": 4,
		"0.0078125": 5,
		"0.0625": 6,
		"0.125": 7,
		"0.25": 8,
		"0.3125": 9,
		"0.375": 10,
		"0.4375": 11,
		"0.5": 12,
		"0.625": 13,
		"0.75": 14,
		"0.875": 15,
		"1.0": 16,
		"1.25": 17,
		"1.5": 18,
		"1.75": 19,
		"2.0": 20,
		"2.5": 21,
		"3.0": 22,
		"4.0": 23,
		"8.0": 24,
		"16.0": 25,
		"128.0": 26,
		"256.0": 27,
		"32768.0": 28,
		"65536.0": 29,
		inf: 30,
		nan: 31,
	}),
});
/** The constants 2 to 29 as [exponent, quarters]: 2^exponent * (1 + quarters/4) (table 1). */
const constants = [
	[-16, 0],
	[-15, 0],
	[-8, 0],
	[-7, 0],
	[-4, 0],
	[-3, 0],
	[-2, 0],
	[-2, 1],
	[-2, 2],
	[-2, 3],
	[-1, 0],
	[-1, 1],
	[-1, 2],
	[-1, 3],
	[0, 0],
	[0, 1],
	[0, 2],
	[0, 3],
	[1, 0],
	[1, 1],
	[1, 2],
	[2, 0],
	[3, 0],
	[4, 0],
	[7, 0],
	[8, 0],
	[15, 0],
	[16, 0],
];
/** Constant number i of w bits. Half precision has 2^-15 and 2^-16 as subnormal numbers, and 2^16 as infinity. */
const constantOf = (i, w) => {
	const one = 2 ** fractionBits(w);
	const bias = 2 ** (exponentBits[w] - 1) - 1;
	if (i == 0) return 2 ** (w - 1) + bias * one;
	if (i == 1) return one;
	if (i == 30) return quietNaN(w) - one / 2;
	if (i == 31) return quietNaN(w);
	const exponent = constants[i - 2][0] + bias;
	return exponent > 0 ? exponent * one + (constants[i - 2][1] * one) / 4 : one / 2 ** (1 - exponent);
};

for (const [suffix, w, fmt] of /** @type {[string, number, string][]} */ ([
	["s", 32, "00"],
	["d", 64, "01"],
	["h", 16, "10"],
])) {
	// FLI loads one of 32 constants.
	instruction(`fli.${suffix} {fd},{fli}`, `11110 ${fmt} 00001 fli[4:0] 000 fd 1010011`, ({ fd, fli }) => {
		enabled();
		let value = constant(constantOf(31, w), w);
		for (const i of range(31)) value = fli == i ? constant(constantOf(i, w), w) : value;
		put(fd, value);
	});

	// FMINM and FMAXM are FMIN and FMAX, but NaN where one of the two is none.
	for (const [name, funct3, least] of /** @type {[string, string, number][]} */ ([
		["fminm", "010", 1],
		["fmaxm", "011", 0],
	])) {
		instruction(`${name}.${suffix} {fd},{fs1},{fs2}`, `00101 ${fmt} fs2 fs1 ${funct3} fd 1010011`, ({ fd, fs1, fs2 }) => {
			enabled();
			const a = number(w, fs1);
			const b = number(w, fs2);
			const chosen = extreme(a, b, least);
			const nan = constant(quietNaN(w), w);
			put(fd, isNone(a) ? nan : isNone(b) ? nan : chosen);
		});
	}

	// FROUND rounds to a whole number and does not say whether it was one; FROUNDNX does.
	for (const [name, code, exact] of /** @type {[string, string, boolean][]} */ ([
		["fround", "00100", false],
		["froundnx", "00101", true],
	])) {
		instruction(
			`${name}.${suffix} {fd},{fs1}{rm}`,
			`01000 ${fmt} ${code} fs1 rm[2:0] fd 1010011`,
			({ fd, fs1, rm }) => {
				enabled();
				put(fd, raise(fround(number(w, fs1), rounding(rm), exact)));
			},
			{ where },
		);
		alias(`${name}.${suffix} {fd},{fs1},dyn`, `${name}.${suffix} {fd},{fs1}`, { print: false });
	}

	// FLEQ and FLTQ are FLE and FLT, but only a signalling NaN is invalid.
	for (const [name, funct3, compare] of /** @type {[string, string, Binary][]} */ ([
		["fleq", "100", (a, b) => fle(a, b, true)],
		["fltq", "101", (a, b) => flt(a, b, true)],
	])) {
		instruction(`${name}.${suffix} {rd},{fs1},{fs2}`, `10100 ${fmt} fs2 fs1 ${funct3} rd 1010011`, ({ rd, fs1, fs2 }) => {
			enabled();
			x[rd] = zext(raiseOnly(compare(number(w, fs1), number(w, fs2))), XLEN);
		});
	}
}

// FCVTMOD.W.D gives the low 32 bits of the number without its fraction, however large it is; flags as of FCVT.W.D.
instruction("fcvtmod.w.d {rd},{fs1},rtz", "11000 01 01000 fs1 001 rd 1010011", ({ rd, fs1 }) => {
	enabled();
	const v = number(64, fs1);
	raiseOnly(ftoints(v, 32, constant(1, 3)));
	const significand = zext(cat(constant(1, 1), bits(v, 51, 0)), 64);
	const exponent = zext(bits(v, 62, 52), 16);
	// the significand counts units of 2^(exponent - 1075)
	const whole = u(exponent) >= 1075 ? significand << (exponent - 1075) : significand >>> (1075 - exponent);
	const low = bits(whole, 31, 0);
	x[rd] = sext(sign(v) == 1 ? 0 - low : low, XLEN);
});

// FMVH.X.D and FMVP.D.X move a double as two registers of RV32.
if (XLEN == 32) {
	instruction("fmvh.x.d {rd},{fs1}", "11100 01 00001 fs1 000 rd 1010011", ({ rd, fs1 }) => {
		enabled();
		x[rd] = bits(f[fs1], 63, 32);
	});
	instruction("fmvp.d.x {fd},{rs1},{rs2}", "10110 01 rs2 rs1 000 fd 1010011", ({ fd, rs1, rs2 }) => {
		enabled();
		put(fd, cat(x[rs2], x[rs1]));
	});
}
