/** Memory accesses: a load or store op in, the lines for it out: RAM directly where that is allowed or the look-up table says where, else a call of the port. */
import { Header } from "../../base/layout.ts";
import { Lookup } from "../../base/lookup.ts";
import { Access, type DirectRam } from "../../base/port.ts";
import type { Op } from "../../ir/op.ts";
import { halvesOf } from "../shared/region.ts";
import type { PureContext } from "./context.ts";
import { isSimple } from "./values.ts";

export interface AccessContext extends PureContext {
	/** Main space without translation: RAM may be accessed directly; else by the look-up table, which begins at word `table` of the memory. */
	readonly plain: boolean;
	/** Every access is the port's. */
	readonly portOnly?: boolean;
	readonly ram: DirectRam;
	readonly bigEndian: boolean;
	/** Statement that leaves with the status the port left in the header. */
	readonly leave: string;
}

const word = (offset: number) => `i32[s + ${offset >> 2}]`;

/** How RAM is seen: the guard that must hold, and the index and view if it does. */
interface Direct {
	readonly guard: string;
	readonly view: string;
	readonly index: string;
	/** Where the index is known under the guard only: the line that finds it. */
	readonly find: string | null;
	/** What must hold for stores, too; null: nothing. */
	readonly free: string | null;
}

function direct(c: AccessContext, i: number, op: Op, bytes: number, lo: string, hi: string): Direct | null {
	if (op.lo !== 0 || c.portOnly) return null;
	const wide = c.values.wide(op.a);
	if (c.plain) return inRam(c, i, bytes, lo, hi, wide, op.op === "store");
	const access = op.op === "store" ? Access.store : op.hi;
	return access === Access.fetch ? null : lookUp(c, i, bytes, lo, hi, wide, access === Access.store);
}

/** One compare covers page and alignment; of a wide address there is a second one. */
function lookUp(c: AccessContext, i: number, bytes: number, lo: string, hi: string, wide: boolean, store: boolean): Direct {
	const shift = 12 - (Lookup.entryShift - 2);
	const half = store ? Lookup.stores >> 2 : 0;
	const word = (offset: number) => `i32[e${i} + ${half + (offset >> 2)}]`;
	c.line(`const e${i} = table + ((${lo} >>> ${shift}) & ${(Lookup.entries - 1) << (Lookup.entryShift - 2)});`);
	const tag = `${word(Lookup.tagLo)} === (${lo} & ${-4096 | (bytes - 1)})`;
	const align = Math.min(bytes, 4);
	return {
		guard: wide ? `${tag} && ${word(Lookup.tagHi)} === ${hi}` : tag,
		view: c.need(`ram${align * 8}`),
		index: `at${i}`,
		find: `const at${i} = (${lo} + ${word(Lookup.addend)}) >>> ${31 - Math.clz32(align)};`,
		free: null,
	};
}

/**
 * One unsigned compare covers range and alignment: the offset in RAM is rotated right by the alignment's bits, so that a misaligned one becomes too
 * large; what remains is the index. An access of 8 bytes needs 4-byte alignment only.
 */
function inRam(c: AccessContext, i: number, bytes: number, lo: string, hi: string, wide: boolean, store: boolean): Direct | null {
	const { ram } = c;
	const [baseLo, baseHi] = halvesOf(ram.base);
	const room = Math.min(ram.bytes, 4294967296 - (baseLo >>> 0)) - bytes;
	if (room < 0 || (!wide && baseHi !== 0)) return null;
	const align = Math.min(bytes, 4);
	const shift = 31 - Math.clz32(align);
	const offset = baseLo === 0 ? lo : `(${lo} - ${baseLo}) | 0`;
	let index = `a${i}`;
	if (shift > 0) {
		if (!isSimple(offset)) c.line(`const a${i} = ${offset};`);
		const a = isSimple(offset) ? offset : `a${i}`;
		c.line(`const at${i} = (${a} >>> ${shift}) | (${a} << ${32 - shift});`);
		index = `at${i}`;
	} else c.line(`const a${i} = ${offset};`);
	const inRange = `${index} >>> 0 <= ${room >>> shift}`;
	const page = `${index} >>> ${12 - shift}`;
	const flags = (at: string) => `${c.need("flags")}[${at}]`;
	return {
		guard: wide ? `${hi} === ${baseHi} && ${inRange}` : inRange,
		view: c.need(`ram${align * 8}`),
		index,
		find: null,
		free: store ? `${bytes === 8 ? `(${flags(page)} | ${flags(`(${index} + 1) >>> 10`)})` : flags(page)} === 0` : null,
	};
}

/** Bytes of an access; translated code knows 1, 2, 4 and 8. */
function bytesOf(op: Op): number {
	const bytes = op.w / 8;
	if (bytes !== 1 && bytes !== 2 && bytes !== 4 && bytes !== 8) throw new RangeError(`an access of ${op.w} bits is not translated`);
	return bytes;
}

/** Emits load number `i`. */
export function load(c: AccessContext, i: number, op: Op): void {
	const { values, line, need } = c;
	const bytes = bytesOf(op);
	const [lo, hi] = values.halves(op.a);
	const used = values.used(i);
	const out = values.own(i);
	const call = `${need("port")}.load(state, ${lo}, ${hi}, ${bytes}, ${op.lo}, ${op.hi}) | 0`;
	const fast = direct(c, i, op, bytes, lo, hi);
	const slow = [`${out.lo} = ${call};`];
	if (bytes === 8) slow.push(`${out.hi} = ${word(Header.high)};`);
	slow.push(`if (${word(Header.status)} !== 0) ${c.leave}`);
	line(`let ${out.lo} = 0${bytes === 8 ? `, ${out.hi} = 0` : ""};`);
	if (!fast) {
		for (const text of slow) line(text);
		return;
	}
	line(`if (${fast.guard}) {`);
	if (used) {
		if (fast.find) line(`\t${fast.find}`);
		const at = (plus: number) => `${fast.view}[${plus ? `(${fast.index} + ${plus}) | 0` : fast.index}]`;
		const swap = (text: string) => `${need("bswap32")}(${text})`;
		if (bytes === 8) line(c.bigEndian ? `\t${out.hi} = ${swap(at(0))}; ${out.lo} = ${swap(at(1))};` : `\t${out.lo} = ${at(0)}; ${out.hi} = ${at(1)};`);
		else if (c.bigEndian && bytes === 4) line(`\t${out.lo} = ${swap(at(0))};`);
		else if (c.bigEndian && bytes === 2) line(`\t${out.lo} = ${swap(at(0))} >>> 16;`);
		else line(`\t${out.lo} = ${at(0)};`);
	}
	line("} else {");
	for (const text of slow) line(`\t${text}`);
	line("}");
}

/** Emits store number `i`. */
export function store(c: AccessContext, i: number, op: Op): void {
	const { values, line, need } = c;
	const bytes = bytesOf(op);
	const [lo, hi] = values.halves(op.a);
	const [valueLo, valueHi] = values.halves(op.b);
	const fast = direct(c, i, op, bytes, lo, hi);
	const slow = [`${need("port")}.store(state, ${lo}, ${hi}, ${bytes}, ${op.lo}, ${valueLo}, ${valueHi});`, `if (${word(Header.status)} !== 0) ${c.leave}`];
	if (!fast) {
		for (const text of slow) line(text);
		return;
	}
	line(`if (${fast.guard}${fast.free ? ` && ${fast.free}` : ""}) {`);
	if (fast.find) line(`\t${fast.find}`);
	const at = (plus: number) => `${fast.view}[${plus ? `(${fast.index} + ${plus}) | 0` : fast.index}]`;
	const swap = (text: string) => `${need("bswap32")}(${text})`;
	if (bytes === 8) line(c.bigEndian ? `\t${at(0)} = ${swap(valueHi)}; ${at(1)} = ${swap(valueLo)};` : `\t${at(0)} = ${valueLo}; ${at(1)} = ${valueHi};`);
	else if (c.bigEndian && bytes === 4) line(`\t${at(0)} = ${swap(valueLo)};`);
	else if (c.bigEndian && bytes === 2) line(`\t${at(0)} = ${swap(valueLo)} >>> 16;`);
	else line(`\t${at(0)} = ${valueLo};`);
	line("} else {");
	for (const text of slow) line(`\t${text}`);
	line("}");
}
