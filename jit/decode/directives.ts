/** Assembler directives: text in, what they are, how long, and their bytes out. */
import type { Isa } from "../spec/isa.ts";
import { type Expression, textBytes, type Value } from "./expression.ts";
import { splitArguments } from "./statements.ts";

export type Directive =
	| { readonly kind: "data"; readonly name: string; readonly size: number; readonly values: readonly Expression[] }
	| { readonly kind: "text"; readonly bytes: Uint8Array }
	| { readonly kind: "space"; readonly count: Expression; readonly size: number; readonly fill: Expression | null }
	| { readonly kind: "align"; readonly to: Expression; readonly power: boolean; readonly fill: Expression | null }
	| { readonly kind: "org"; readonly expression: Expression }
	| { readonly kind: "set"; readonly name: string; readonly expression: Expression }
	| { readonly kind: "section"; readonly name: string }
	| { readonly kind: "ignored" };

const sizes: Record<string, number> = {
	".byte": 1,
	".1byte": 1,
	".half": 2,
	".hword": 2,
	".short": 2,
	".2byte": 2,
	".word": 4,
	".long": 4,
	".int": 4,
	".4byte": 4,
	".dword": 8,
	".quad": 8,
	".xword": 8,
	".8byte": 8,
};
/** For linkers and debuggers. */
const ignored = new Set(
	".globl .global .local .weak .hidden .type .size .file .ident .option .attribute .end .cfi_startproc .cfi_endproc .loc .arch .cpu .syntax .code".split(" "),
);
const sections = new Set([".text", ".data", ".bss", ".rodata", ".sdata", ".sbss"]);
const alignLimit = 1 << 20;

type Parse = (text: string) => Expression | null;

/** What a directive is, or what is wrong with it. */
export function parseDirective(name: string, rest: string, parse: Parse): Directive | { problem: string } {
	const parts = splitArguments(rest);
	if (ignored.has(name)) return { kind: "ignored" };
	if (sections.has(name)) return { kind: "section", name };
	if (name === ".section") return parts[0] ? { kind: "section", name: parts[0].replace(/^"(.*)"$/, "$1") } : { problem: "expected .section name" };
	if (name === ".ascii" || name === ".asciz" || name === ".string") return parseText(name, parts);
	if (name === ".equ" || name === ".set" || name === ".equiv") {
		const expression = parts.length === 2 ? parse(parts[1] as string) : null;
		if (!expression || !/^[A-Za-z_.$][\w.$]*$/.test(parts[0] as string)) return { problem: `expected ${name} name, expression` };
		return { kind: "set", name: parts[0] as string, expression };
	}
	const values: Expression[] = [];
	for (const part of parts) {
		const value = parse(part);
		if (value === null) return { problem: `expected an expression in ${name}, not "${part}"` };
		values.push(value);
	}
	if (Object.hasOwn(sizes, name)) return { kind: "data", name, size: sizes[name] as number, values };
	const [first, second, third] = values;
	switch (name) {
		case ".space":
		case ".skip":
		case ".zero":
			return first && values.length <= 2 ? { kind: "space", count: first, size: 1, fill: second ?? null } : { problem: `expected ${name} bytes[, fill]` };
		case ".fill": {
			if (!first || values.length > 3) return { problem: "expected .fill count[, size[, value]]" };
			const size = second === undefined ? 1 : second.kind === "number" ? Number(second.value) : -1;
			return size >= 0 && size <= 8 ? { kind: "space", count: first, size, fill: third ?? null } : { problem: "expected a size of 0..8 in .fill" };
		}
		case ".align":
		case ".p2align":
		case ".balign":
			return first ? { kind: "align", to: first, power: name !== ".balign", fill: second ?? null } : { problem: `expected ${name} alignment[, fill]` };
		case ".org":
			return first ? { kind: "org", expression: first } : { problem: "expected .org address" };
		default:
			return { problem: `unknown directive "${name}"` };
	}
}

function parseText(name: string, parts: readonly string[]): Directive | { problem: string } {
	const bytes: number[] = [];
	for (const part of parts) {
		const inner = /^"((?:\\.|[^"\\])*)"$/.exec(part);
		if (!inner) return { problem: `expected text in double quotes in ${name}` };
		bytes.push(...textBytes(inner[1] as string));
		if (name !== ".ascii") bytes.push(0);
	}
	return { kind: "text", bytes: Uint8Array.from(bytes) };
}

type Evaluate = (e: Expression) => Value;

/** How many bytes it takes at an address, as far as its values are known; or what is wrong. */
export function placeDirective(d: Directive, address: number, value: Evaluate): number | string {
	switch (d.kind) {
		case "data":
			return d.size * d.values.length;
		case "text":
			return d.bytes.length;
		case "space": {
			const count = value(d.count) ?? 0n;
			if (typeof count === "string") return count;
			return count < 0n || count > 1n << 40n ? `a space of ${count} elements` : Number(count) * d.size;
		}
		case "align": {
			const to = value(d.to) ?? 0n;
			if (typeof to === "string") return to;
			const bytes = d.power ? (to >= 0n && to <= 20n ? 2 ** Number(to) : -1) : Number(to);
			if (bytes === 0) return 0;
			if (bytes < 0 || bytes > alignLimit || !Number.isInteger(Math.log2(bytes))) return `alignment ${to}, expected a power of 2 up to ${alignLimit}`;
			return (((bytes - address) % bytes) + bytes) % bytes;
		}
		case "org": {
			const to = value(d.expression);
			if (to === undefined) return 0;
			if (typeof to === "string") return to;
			const bytes = Number(to) - address;
			return bytes < 0 ? `.org 0x${to.toString(16)} lies below the current address 0x${address.toString(16)}` : bytes;
		}
		default:
			return 0;
	}
}

/** Its bytes, `length` of them; or what is wrong. `padding` makes code that does nothing. */
export function writeDirective(isa: Isa, d: Directive, length: number, value: Evaluate, padding: (bytes: number) => Uint8Array): Uint8Array | string {
	const big = isa.memories[0]?.endian === "big";
	switch (d.kind) {
		case "data": {
			const out = new Uint8Array(length);
			for (const [i, e] of d.values.entries()) {
				const v = known(value(e));
				if (typeof v === "string") return v;
				const bits = BigInt(8 * d.size);
				if (v < -(1n << (bits - 1n)) || v >= 1n << bits) return `${v} does not fit ${d.name} (${bits} bits, ${-(1n << (bits - 1n))}..${(1n << bits) - 1n})`;
				put(out, i * d.size, d.size, v, big);
			}
			return out;
		}
		case "text":
			return d.bytes;
		case "space": {
			const out = new Uint8Array(length);
			const fill = d.fill === null ? 0n : known(value(d.fill));
			if (typeof fill === "string") return fill;
			if (fill !== 0n) for (let i = 0; i < length; i += d.size) put(out, i, d.size, fill, big);
			return out;
		}
		case "align": {
			if (d.fill === null) return padding(length);
			const fill = known(value(d.fill));
			return typeof fill === "string" ? fill : new Uint8Array(length).fill(Number(fill & 255n));
		}
		default:
			return new Uint8Array(0);
	}
}

const known = (v: Value): bigint | string => v ?? "the value is not known";

function put(out: Uint8Array, at: number, size: number, value: bigint, big: boolean): void {
	let rest = BigInt.asUintN(8 * size, value);
	for (let i = 0; i < size; i++) {
		out[at + (big ? size - 1 - i : i)] = Number(rest & 255n);
		rest >>= 8n;
	}
}
