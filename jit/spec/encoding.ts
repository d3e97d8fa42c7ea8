/** An encoding as the manual prints it in, masks and fields by byte and bit of the instruction in memory out. */
import { refuse } from "./arguments.ts";
import type { Encoding, FieldSlice } from "./isa.ts";
import type { At } from "./operators.ts";

/** The longest instruction, in bytes. */
const mostBytes = 16;

export interface EncodingContext {
	readonly at: At;
	readonly unitBytes: number;
	readonly endian: "little" | "big";
	readonly operands: number;
	/** number of an operand, or -1 if there is none of that name; `bare`: bits of a name alone, 0 if it needs slices */
	operand(name: string): { readonly number: number; readonly bare: number } | null;
}

/** What a bit of a word is: fixed 0 or 1, ignored, or bit `to` of an operand. */
type WordBit = "0" | "1" | "-" | { readonly operand: number; readonly to: number };

export function parseEncoding(text: string, context: EncodingContext): Encoding {
	const { at, unitBytes, endian } = context;
	if (text.length > 1000) return refuse(at, "an encoding of more than 1000 characters", text.slice(0, 40));
	const bits: WordBit[] = [];
	const used = new Map<string, string>();
	let total = 0;
	for (const word of text.split("/")) {
		const wordBits = word
			.trim()
			.split(/\s+/)
			.filter((token) => token !== "")
			.flatMap((token) => tokenBits(token, text, context, used));
		const n = wordBits.length;
		if (n === 0) return refuse(at, "an empty word in the encoding", text);
		if (n % 8 !== 0) return refuse(at, `the encoding has ${n} bits in a word; a word is a multiple of 8 bits`, text);
		total += n;
		if (total > mostBytes * 8) return refuse(at, `an encoding of more than ${mostBytes} bytes`, text);
		// bit n-1 is written first; in memory order, byte by byte, lowest bit first
		for (let byte = 0; byte < n / 8; byte++) {
			const from = endian === "little" ? byte : n / 8 - 1 - byte;
			for (let bit = 0; bit < 8; bit++) bits.push(wordBits[n - 1 - (8 * from + bit)] as WordBit);
		}
	}
	if (total % (unitBytes * 8) !== 0) return refuse(at, `the encoding has ${total} bits; a multiple of ${unitBytes * 8} expected, the ISA's unit`, text);
	return collect(text, bits, context.operands);
}

function tokenBits(token: string, text: string, context: EncodingContext, used: Map<string, string>): WordBit[] {
	const { at } = context;
	if (/^[01-]+$/.test(token)) return [...token] as WordBit[];
	const m = /^([A-Za-z_]\w*'?)(?:\[([^\]]*)\])?$/.exec(token);
	if (!m) return refuse(at, `"${token}" in the encoding: bits such as 0101, a field such as rd or imm[11:5], or - expected`, text);
	const name = m[1] as string;
	const operand = context.operand(name);
	if (!operand) return refuse(at, `unknown field "${name}" in the encoding; the operands of this instruction stand in its syntax and in operands()`, text);
	const slices = m[2] === undefined ? bareSlice(token, operand.bare, text, at) : m[2].split("|").map((s) => sliceOf(s, token, text, at));
	return slices.flatMap(([high, low]) => {
		const out: WordBit[] = [];
		for (let to = high; to >= low; to--) {
			const key = `${name} ${to}`;
			if (used.has(key)) return refuse(at, `bit ${to} of the field "${name}" is used twice`, text);
			used.set(key, token);
			out.push({ operand: operand.number, to });
		}
		return out;
	});
}
function bareSlice(name: string, bare: number, text: string, at: At): [number, number][] {
	if (bare === 0) return refuse(at, `the field "${name}" needs its bits, such as ${name}[11:0]; only a register's name can stand alone`, text);
	return [[bare - 1, 0]];
}
function sliceOf(slice: string, token: string, text: string, at: At): [number, number] {
	const m = /^\s*(\d{1,2})\s*(?::\s*(\d{1,2})\s*)?$/.exec(slice);
	if (!m) return refuse(at, `"${token}" in the encoding: slices such as [11:5], [4] or [12|10:5] expected`, text);
	const high = Number(m[1]);
	const low = m[2] === undefined ? high : Number(m[2]);
	if (high < low) return refuse(at, `"${token}" in the encoding: the higher bit comes first`, text);
	if (high > 52) return refuse(at, `"${token}" in the encoding: an operand has at most 53 bits`, text);
	return [high, low];
}

function collect(text: string, bits: readonly WordBit[], operands: number): Encoding {
	const bytes = bits.length / 8;
	const mask = Array<number>(bytes).fill(0);
	const value = Array<number>(bytes).fill(0);
	const widths = Array<number>(operands).fill(0);
	const fields: FieldSlice[] = [];
	bits.forEach((bit, from) => {
		const byte = from >> 3;
		if (typeof bit !== "object") {
			if (bit === "-") return;
			mask[byte] = (mask[byte] as number) | (1 << (from & 7));
			if (bit === "1") value[byte] = (value[byte] as number) | (1 << (from & 7));
			return;
		}
		widths[bit.operand] = Math.max(widths[bit.operand] as number, bit.to + 1);
		const last = fields.at(-1);
		const goesOn = last && last.operand === bit.operand && last.from + last.width === from && last.to + last.width === bit.to && from % 32 !== 0;
		if (goesOn) fields[fields.length - 1] = { ...last, width: last.width + 1 };
		else fields.push({ operand: bit.operand, from, to: bit.to, width: 1 });
	});
	return { text, bytes, mask, value, fields, widths };
}
