/** Assembly syntax: template text in, parts out; and how statements are squeezed so that blanks do not matter. */
import type { OperandKind, Syntax } from "../spec/isa.ts";

/** Literal text and holes; a hole is what `T` says of it (an operand's number, a name). */
export type Parts<T> = readonly (string | T)[];

const open = "\uE000";
const close = "\uE001";

/**
 * Statement text with one blank after the mnemonic, no blank beside punctuation, and single ones between words. Text in quotes is kept.
 * Comments must have been taken off before.
 */
export function squeeze(text: string): string {
	const trimmed = text.trim();
	const blank = trimmed.search(/\s/);
	if (blank < 0) return trimmed;
	const mnemonic = trimmed.slice(0, blank);
	const rest = trimmed.slice(blank).trim();
	return `${mnemonic} ${squeezeRest(rest)}`;
}

function squeezeRest(rest: string): string {
	if (!/\s/.test(rest)) return rest;
	if (!/["']/.test(rest)) return squeezePlain(rest);
	return rest.replace(/"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])'|[^"']+|["']/g, (piece) => (/^["'].+["']$/s.test(piece) ? piece : squeezePlain(piece)));
}
const squeezePlain = (text: string) => text.replace(/\s*([^\w\s.%$@\uE000\uE001])\s*/g, "$1").replace(/\s+/g, " ");

/** Parts of a template with `{name}` holes, squeezed as statements are. */
export function parseTemplate(text: string): (string | { readonly name: string })[] {
	const marked = squeeze(text.replace(/\{([^{}]+)\}/g, `${open}$1${close}`));
	return marked
		.split(/(\uE000[^\uE001]+\uE001)/)
		.filter((part) => part !== "")
		.map((part) => (part.startsWith(open) ? { name: part.slice(1, -1) } : part));
}

/** A syntax of an instruction, squeezed as statements are. */
export function squeezeSyntax(syntax: Syntax): (string | number)[] {
	const text = syntax.map((part) => (typeof part === "number" ? `{${part}}` : part)).join("");
	return parseTemplate(text).map((part) => (typeof part === "string" ? part : Number(part.name)));
}

/** Template parts as text again, for messages: `name` gives the text of a hole. */
export function showParts<T>(parts: Parts<T>, name: (hole: T) => string): string {
	return parts.map((part) => (typeof part === "string" ? part : `{${name(part as T)}}`)).join("");
}

/** All texts that the mnemonic can have (choices in it written out), or null if something else than choices stands in it. */
export function mnemonicsOf<T>(
	parts: Parts<T>,
	kindOf: (hole: T) => OperandKind | null,
): { text: string; bound: [hole: T, name: string][]; rest: (string | T)[] }[] | null {
	let found: { text: string; bound: [T, string][]; rest: (string | T)[] }[] = [{ text: "", bound: [], rest: [] }];
	for (let i = 0; i < parts.length; i++) {
		const part = parts[i] as string | T;
		if (typeof part === "string") {
			const blank = part.indexOf(" ");
			const head = blank < 0 ? part : part.slice(0, blank);
			const rest = blank < 0 ? [] : [part.slice(blank + 1), ...parts.slice(i + 1)].filter((p) => p !== "");
			found = found.map((f) => ({ ...f, text: f.text + head, rest }));
			if (blank >= 0) return found;
		} else {
			const kind = kindOf(part);
			if (kind === null || kind.kind !== "choice") return null;
			found = found.flatMap((f) => [...kind.names.keys()].map((name) => ({ text: f.text + name, bound: [...f.bound, [part, name] as [T, string]], rest: [] })));
		}
	}
	return found;
}
