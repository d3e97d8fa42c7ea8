// @ts-check
// F: single-precision floating point (unprivileged manual, chapter 11), and what D and Zfh share with it: the registers, fcsr, and each family of instructions by format.
import { illegalInstruction, XLEN, x } from "./base.isa.js";
import { fp } from "./levels.isa.js";
import { csr } from "./zicsr.isa.js";

// Floating-point registers, fcsr, and the instructions on 32-bit numbers.
extension("f", "Standard Extension for Single-Precision Floating-Point");

/* ---- 11.1 registers -------------------------------------------------------------------------------------------- */

/** Names of the calling convention (psABI), the ones binutils prints first. */
const abiName = (i) => (i < 8 ? `ft${i}` : i < 10 ? `fs${i - 8}` : i < 18 ? `fa${i - 10}` : i < 28 ? `fs${i - 16}` : `ft${i - 20}`);

// The floating-point registers; 64 bits wide, since D is there, too (11.1, 12.1).
export const f = registers("f", { count: 32, width: 64, names: range(32).map((i) => [abiName(i), `f${i}`]) });

// The fields of fcsr (11.2). Translated code keeps them like any register.
export const fcsr = state({ fflags: 5, frm: 3 }, { kind: "hidden" });

const floatRegister = reg(f);
operands({
	fd: floatRegister,
	fs1: floatRegister,
	fs2: floatRegister,
	fs3: floatRegister,
	/** Dynamic is what an assembler takes when nothing is said, and objdump does not print it. */
	rm: choice({ ",rne": 0, ",rtz": 1, ",rdn": 2, ",rup": 3, ",rmm": 4, "": 7 }),
	/** Of conversions that are exact: there binutils takes 0 when nothing is said. */
	exact: choice({ "": 0, ",rtz": 1, ",rdn": 2, ",rup": 3, ",rmm": 4, ",dyn": 7 }),
});
/** Rounding modes 5 and 6 are reserved (table 11.1). */
export const where = { rm: not(5, 6) };
const whereExact = { exact: not(5, 6) };

/** Everything here is illegal while mstatus.FS is Off (privileged manual, 3.1.6.6). */
export const enabled = () => {
	if (fp.FS == 0) illegalInstruction();
};
const dirty = () => {
	fp.FS = 3;
};
/** The rounding mode of an instruction: its own, or frm, which may hold what is none (11.2). */
export const rounding = (rm) => {
	const mode = rm == 7 ? fcsr.frm : rm;
	if (u(mode) > 4) illegalInstruction();
	return mode;
};

/* ---- 12.2 NaN boxing, formats ------------------------------------------------------------------------------------- */

/** Bits of exponent by width; above the fraction, below the sign. */
export const exponentBits = { 16: 5, 32: 8, 64: 11 };
export const fractionBits = (w) => w - 1 - exponentBits[w];
export const sign = (v) => bit(v, widthOf(v) - 1);
const magnitude = (v) => bits(v, widthOf(v) - 2, 0);
/** The magnitude of infinity, and of the canonical NaN (11.3). */
const infinity = (w) => (2 ** exponentBits[w] - 1) * 2 ** fractionBits(w);
export const quietNaN = (w) => infinity(w) + 2 ** (fractionBits(w) - 1);
/** Is it no number? */
export const isNone = (v) => u(magnitude(v)) > infinity(widthOf(v));
const negated = (v) => v ^ constant(2 ** (widthOf(v) - 1), widthOf(v));

/** Register n as a number of w bits; one that is not boxed in ones counts as the canonical NaN (12.2). */
export const number = (w, n) => {
	if (w == 64) return f[n];
	return bits(f[n], 63, w) == 2 ** (64 - w) - 1 ? bits(f[n], w - 1, 0) : constant(quietNaN(w), w);
};
/** Writes register n, boxing what is narrower in ones (12.2). */
export const put = (n, value) => {
	const w = widthOf(value);
	f[n] = w == 64 ? value : cat(constant(-1, 64 - w), value);
	dirty();
};
/** The result of a floating-point function, its flags accumulated (11.2). */
export const raise = (result) => {
	fcsr.fflags = raised(result, fcsr.fflags);
	return result;
};
/** The same where no floating-point register is written: FS becomes Dirty when a flag is new. */
export const raiseOnly = (result) => {
	const old = fcsr.fflags;
	const now = raise(result);
	if (fcsr.fflags != old) dirty();
	return now;
};

/** The lesser of two numbers (`least` 1) or the greater one (0), -0 below +0; with a NaN any of them, and only a signalling one is invalid. */
export const extreme = (a, b, least) => {
	const below = raise(flt(a, b, true)) | (feq(a, b, true) & sign(a));
	return below == least ? a : b;
};

/* ---- 11.5 to 11.9, 12.3 to 12.7: the families, by format ------------------------------------------------------------ */

/** Loads and stores: bits go as they are, boxed and unboxed. Shared with the compressed forms. */
export const loadFloat = (w, { fd, rs1, imm }) => {
	enabled();
	put(fd, load(x[rs1] + imm, w));
};
export const storeFloat = (w, { fs2, rs1, imm }) => {
	enabled();
	store(x[rs1] + imm, bits(f[fs2], w - 1, 0));
};
export const transfers = (name, w, funct3) => {
	instruction(`fl${name} {fd},{imm}({rs1})`, `imm[11:0] rs1 ${funct3} fd 0000111`, (o) => loadFloat(w, o));
	instruction(`fs${name} {fs2},{imm}({rs1})`, `imm[11:5] fs2 rs1 ${funct3} imm[4:0] 0100111`, (o) => storeFloat(w, o));
};

/** The assembler's other way to say that the mode is dynamic, or, of an exact conversion, that it is rne. */
const spelledOut = (syntax) => alias(`${syntax},dyn`, syntax, { print: false });

/** Sums, products, quotients, roots, and the four fused ones. `fmt` is the format's code in bits 26:25. */
export const arithmetic = (suffix, w, fmt) => {
	for (const [name, funct5, f2] of /** @type {[string, string, (a: Bits, b: Bits, mode: Bits) => Bits][]} */ ([
		["fadd", "00000", (a, b, mode) => fadd(a, b, mode)],
		["fsub", "00001", (a, b, mode) => fsub(a, b, mode)],
		["fmul", "00010", (a, b, mode) => fmul(a, b, mode)],
		["fdiv", "00011", (a, b, mode) => fdiv(a, b, mode)],
	])) {
		instruction(
			`${name}.${suffix} {fd},{fs1},{fs2}{rm}`,
			`${funct5} ${fmt} fs2 fs1 rm[2:0] fd 1010011`,
			({ fd, fs1, fs2, rm }) => {
				enabled();
				put(fd, raise(f2(number(w, fs1), number(w, fs2), rounding(rm))));
			},
			{ where },
		);
		spelledOut(`${name}.${suffix} {fd},{fs1},{fs2}`);
	}
	instruction(
		`fsqrt.${suffix} {fd},{fs1}{rm}`,
		`01011 ${fmt} 00000 fs1 rm[2:0] fd 1010011`,
		({ fd, fs1, rm }) => {
			enabled();
			put(fd, raise(fsqrt(number(w, fs1), rounding(rm))));
		},
		{ where },
	);
	spelledOut(`fsqrt.${suffix} {fd},{fs1}`);

	const same = (v) => v;
	for (const [name, opcode, product, addend] of /** @type {[string, string, Unary, Unary][]} */ ([
		["fmadd", "1000011", same, same],
		["fmsub", "1000111", same, negated],
		["fnmsub", "1001011", negated, same],
		["fnmadd", "1001111", negated, negated],
	])) {
		instruction(
			`${name}.${suffix} {fd},{fs1},{fs2},{fs3}{rm}`,
			`fs3 ${fmt} fs2 fs1 rm[2:0] fd ${opcode}`,
			({ fd, fs1, fs2, fs3, rm }) => {
				enabled();
				put(fd, raise(fma(product(number(w, fs1)), number(w, fs2), addend(number(w, fs3)), rounding(rm))));
			},
			{ where },
		);
		spelledOut(`${name}.${suffix} {fd},{fs1},{fs2},{fs3}`);
	}
};

/** Sign injection, minimum and maximum, comparisons, classes: nothing here is rounded. */
export const comparisons = (suffix, w, fmt) => {
	for (const [name, funct3, f2] of /** @type {[string, string, Binary][]} */ ([
		["fsgnj", "000", (a, b) => sign(b)],
		["fsgnjn", "001", (a, b) => ~sign(b)],
		["fsgnjx", "010", (a, b) => sign(a) ^ sign(b)],
	])) {
		instruction(`${name}.${suffix} {fd},{fs1},{fs2}`, `00100 ${fmt} fs2 fs1 ${funct3} fd 1010011`, ({ fd, fs1, fs2 }) => {
			enabled();
			const a = number(w, fs1);
			put(fd, cat(f2(a, number(w, fs2)), magnitude(a)));
		});
	}
	alias(`fmv.${suffix} {fd},{fs1}`, `fsgnj.${suffix} {fd},{fs1},{fs1}`);
	alias(`fneg.${suffix} {fd},{fs1}`, `fsgnjn.${suffix} {fd},{fs1},{fs1}`);
	alias(`fabs.${suffix} {fd},{fs1}`, `fsgnjx.${suffix} {fd},{fs1},{fs1}`);

	// the number where the other is none, -0 below +0 (IEEE 754-2019, minimumNumber)
	for (const [name, funct3, least] of /** @type {[string, string, number][]} */ ([
		["fmin", "000", 1],
		["fmax", "001", 0],
	])) {
		instruction(`${name}.${suffix} {fd},{fs1},{fs2}`, `00101 ${fmt} fs2 fs1 ${funct3} fd 1010011`, ({ fd, fs1, fs2 }) => {
			enabled();
			const a = number(w, fs1);
			const b = number(w, fs2);
			const chosen = extreme(a, b, least);
			const nan = constant(quietNaN(w), w);
			put(fd, isNone(a) ? (isNone(b) ? nan : b) : isNone(b) ? a : chosen);
		});
	}

	for (const [name, funct3, f2] of /** @type {[string, string, Binary][]} */ ([
		["feq", "010", (a, b) => feq(a, b, true)],
		["flt", "001", (a, b) => flt(a, b)],
		["fle", "000", (a, b) => fle(a, b)],
	])) {
		instruction(`${name}.${suffix} {rd},{fs1},{fs2}`, `10100 ${fmt} fs2 fs1 ${funct3} rd 1010011`, ({ rd, fs1, fs2 }) => {
			enabled();
			x[rd] = zext(raiseOnly(f2(number(w, fs1), number(w, fs2))), XLEN);
		});
	}
	alias(`fgt.${suffix} {rd},{fs2},{fs1}`, `flt.${suffix} {rd},{fs1},{fs2}`, { print: false });
	alias(`fge.${suffix} {rd},{fs2},{fs1}`, `fle.${suffix} {rd},{fs1},{fs2}`, { print: false });

	instruction(`fclass.${suffix} {rd},{fs1}`, `11100 ${fmt} 00000 fs1 001 rd 1010011`, ({ rd, fs1 }) => {
		enabled();
		const a = number(w, fs1);
		const m = magnitude(a);
		const c = (index) => constant(2 ** index, XLEN);
		const quiet = bit(a, fractionBits(w) - 1) == 1 ? c(9) : c(8);
		const side = (negative, positive) => (sign(a) == 1 ? c(negative) : c(positive));
		const finite = m == 0 ? side(3, 4) : u(m) < 2 ** fractionBits(w) ? side(2, 5) : side(1, 6);
		x[rd] = isNone(a) ? quiet : m == infinity(w) ? side(0, 7) : finite;
	});
};

/** To and from integers: W and WU, on RV64 L and LU. Results of 32 bits are sign-extended, unsigned ones too (11.7). `exact`: every W fits this format. */
export const conversions = (suffix, w, fmt, isExact) => {
	for (const [integer, width, code, toInteger, fromInteger] of /** @type {[string, number, string, any, any][]} */ ([
		["w", 32, "00000", (v, mode) => ftoints(v, 32, mode), (v, mode) => ffroms(v, w, mode)],
		["wu", 32, "00001", (v, mode) => ftointu(v, 32, mode), (v, mode) => ffromu(v, w, mode)],
		...(XLEN == 64
			? [
					["l", 64, "00010", (v, mode) => ftoints(v, 64, mode), (v, mode) => ffroms(v, w, mode)],
					["lu", 64, "00011", (v, mode) => ftointu(v, 64, mode), (v, mode) => ffromu(v, w, mode)],
				]
			: []),
	])) {
		instruction(
			`fcvt.${integer}.${suffix} {rd},{fs1}{rm}`,
			`11000 ${fmt} ${code} fs1 rm[2:0] rd 1010011`,
			({ rd, fs1, rm }) => {
				enabled();
				x[rd] = sext(raiseOnly(toInteger(number(w, fs1), rounding(rm))), XLEN);
			},
			{ where },
		);
		spelledOut(`fcvt.${integer}.${suffix} {rd},{fs1}`);
		if (isExact && width == 32) {
			instruction(
				`fcvt.${suffix}.${integer} {fd},{rs1}{exact}`,
				`11010 ${fmt} ${code} rs1 exact[2:0] fd 1010011`,
				({ fd, rs1, exact }) => {
					enabled();
					put(fd, raise(fromInteger(bits(x[rs1], 31, 0), rounding(exact))));
				},
				{ where: whereExact },
			);
		} else {
			instruction(
				`fcvt.${suffix}.${integer} {fd},{rs1}{rm}`,
				`11010 ${fmt} ${code} rs1 rm[2:0] fd 1010011`,
				({ fd, rs1, rm }) => {
					enabled();
					put(fd, raise(fromInteger(bits(x[rs1], width - 1, 0), rounding(rm))));
				},
				{ where },
			);
			spelledOut(`fcvt.${suffix}.${integer} {fd},{rs1}`);
		}
	}
};

/** From one format to another; to a wider one it is exact. `code` of the format that it comes from is in place of fs2. */
export const reformat = (to, w, fmt, from, width, code) => {
	const name = `fcvt.${to}.${from}`;
	const convert = (fd, fs1, mode) => {
		enabled();
		put(fd, raise(fconvert(number(width, fs1), w, rounding(mode))));
	};
	if (w > width)
		instruction(`${name} {fd},{fs1}{exact}`, `01000 ${fmt} ${code} fs1 exact[2:0] fd 1010011`, ({ fd, fs1, exact }) => convert(fd, fs1, exact), {
			where: whereExact,
		});
	else {
		instruction(`${name} {fd},{fs1}{rm}`, `01000 ${fmt} ${code} fs1 rm[2:0] fd 1010011`, ({ fd, fs1, rm }) => convert(fd, fs1, rm), { where });
		spelledOut(`${name} {fd},{fs1}`);
	}
};

/** Bits as they are between the register files; a narrower number is sign-extended (11.7). */
export const moves = (name, w, fmt) => {
	instruction(`fmv.x.${name} {rd},{fs1}`, `11100 ${fmt} 00000 fs1 000 rd 1010011`, ({ rd, fs1 }) => {
		enabled();
		x[rd] = sext(bits(f[fs1], w - 1, 0), XLEN);
	});
	instruction(`fmv.${name}.x {fd},{rs1}`, `11110 ${fmt} 00000 rs1 000 fd 1010011`, ({ fd, rs1 }) => {
		enabled();
		put(fd, bits(x[rs1], w - 1, 0));
	});
};

/* ---- F itself ------------------------------------------------------------------------------------------------------ */

// FLW and FSW move 32 bits, which need not be a number (11.5).
transfers("w", 32, "010");
// Computation with one rounding (11.6). FNMSUB and FNMADD negate the product.
arithmetic("s", 32, "00");
// Sign injection (11.7), FMIN and FMAX (11.6), comparisons: FEQ is quiet, FLT and FLE signal (11.8). FCLASS says which of ten classes it is (11.9).
comparisons("s", 32, "00");
// Conversions to and from integers; out of range gives the nearest integer, NaN the largest (11.7).
conversions("s", 32, "00", false);
// FMV.X.W and FMV.W.X (11.7).
moves("w", 32, "00");
alias("fmv.x.s {rd},{fs1}", "fmv.x.w {rd},{fs1}", { print: false });
alias("fmv.s.x {fd},{rs1}", "fmv.w.x {fd},{rs1}", { print: false });

/* ---- 11.2 the control and status register --------------------------------------------------------------------------- */

/** An entry that is illegal while FS is Off, and makes it Dirty when written. */
const control = (number, name, read, write) =>
	entry(csr, number, name, {
		read: () => {
			enabled();
			return read();
		},
		write: (value) => {
			enabled();
			write(value);
			dirty();
		},
	});
// fflags: what has been raised since it was cleared: NV, DZ, OF, UF, NX from bit 4 down (11.2).
control(
	0x001,
	"fflags",
	() => zext(fcsr.fflags, XLEN),
	(value) => {
		fcsr.fflags = bits(value, 4, 0);
	},
);
// frm: the dynamic rounding mode; it takes 5 to 7 as well, which no instruction does (11.2).
control(
	0x002,
	"frm",
	() => zext(fcsr.frm, XLEN),
	(value) => {
		fcsr.frm = bits(value, 2, 0);
	},
);
// fcsr: both together (11.2).
control(
	0x003,
	"fcsr",
	() => zext(cat(fcsr.frm, fcsr.fflags), XLEN),
	(value) => {
		fcsr.frm = bits(value, 7, 5);
		fcsr.fflags = bits(value, 4, 0);
	},
);
// Assembly (11.2 and table 25.3).
for (const [name, register] of [
	["fscsr", "fcsr"],
	["fsrm", "frm"],
	["fsflags", "fflags"],
]) {
	alias(`fr${name.slice(2)} {rd}`, `csrrs {rd},${register},zero`);
	alias(`${name} {rd},{rs1}`, `csrrw {rd},${register},{rs1}`);
	alias(`${name} {rs1}`, `csrrw zero,${register},{rs1}`);
	if (name != "fscsr") {
		alias(`${name}i {rd},{zimm}`, `csrrwi {rd},${register},{zimm}`);
		alias(`${name}i {zimm}`, `csrrwi zero,${register},{zimm}`, { print: false });
	}
}

/** At power on (privileged manual, 3.4). */
export const resetFloat = () => {
	for (const i of range(32)) f[i] = constant(0, 64);
	fcsr.fflags = constant(0, 5);
	fcsr.frm = constant(0, 3);
	fp.FS = constant(0, 2);
};
