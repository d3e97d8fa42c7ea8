/** A checked definition in, its reference page in Markdown out. */
import type { Encoding, IndexedSpace, InstructionSpec, Isa, Limit, OperandKind } from "../spec/isa.ts";
import { registerName } from "./operand.ts";

/** The whole reference page of an ISA: every instruction, alias and macro by extension, registers, spaces. The same text for the same definition. */
export function referencePage(isa: Isa): string {
	const parts = [
		`# ${isa.title}`,
		`Made from the definition \`${isa.variant}\`. ${isa.instructions.length} instructions, ${isa.unitBytes}..${isa.maxBytes} bytes long.`,
		contents(isa),
		...isa.extensions.map((e) => extensionPart(isa, e)),
		registersPart(isa),
		...isa.spaces.map((space) => spacePart(space)),
	];
	return `${parts.filter((p) => p !== "").join("\n\n")}\n`;
}

/** The part of the page about one instruction. */
export function instructionPart(isa: Isa, spec: InstructionSpec): string {
	const syntaxes = spec.syntaxes.map((s) => s.map((p) => (typeof p === "number" ? `{${spec.operands[p]?.name}}` : p)).join(""));
	const parts = [`### \`${spec.name}\``, fence("", syntaxes.join("\n"))];
	if (spec.doc) parts.push(spec.doc);
	for (const encoding of spec.encodings) parts.push(encodingTable(spec, encoding));
	const operands = spec.operands.map((o, i) => `* \`${o.name}\`: ${describeKind(isa, o.kind, Math.max(0, ...spec.encodings.map((e) => e.widths[i] ?? 0)))}`);
	if (operands.length > 0) parts.push(operands.join("\n"));
	const limits = [
		...spec.where.map((l) => describeLimit(spec.operands[l.subject]?.name ?? "?", l)),
		...spec.context.map((l) => describeLimit(isa.cells[l.subject]?.name ?? "?", l)),
	];
	if (limits.length > 0) parts.push(`Only where ${limits.join(" and ")}.`);
	if (spec.source) parts.push(fence("js", spec.source));
	parts.push(`${effectsOf(spec)} Defined in \`${spec.at.file}\`, line ${spec.at.line}.`);
	return parts.join("\n\n");
}

const fence = (language: string, text: string) => `\`\`\`${language}\n${text}\n\`\`\``;
/** Text for a table's cell. */
const cell = (text: string) => text.replace(/\s*\n\s*/g, " ").replace(/\|/g, "\\|");
const anchor = (text: string) =>
	text
		.toLowerCase()
		.replace(/[^\w\s-]/g, "")
		.trim()
		.replace(/\s/g, "-");
const table = (head: readonly string[], rows: readonly (readonly string[])[]) =>
	[head, head.map(() => "---"), ...rows].map((row) => `| ${row.map(cell).join(" | ")} |`).join("\n");

function contents(isa: Isa): string {
	const lines = isa.extensions.map((e) => `* [${e.title}](#${anchor(e.title)})`);
	return [...lines, "* [Registers](#registers)", ...isa.spaces.map((s) => `* [Space \`${s.name}\`](#space-${anchor(s.name)})`)].join("\n");
}

/** The part about one extension: its instructions, aliases and macros. */
export function extensionPart(isa: Isa, e: Isa["extensions"][number]): string {
	const parts = [`## ${e.title}`, `Extension \`${e.name}\`, file \`${e.file}\`.`];
	if (e.doc) parts.push(e.doc);
	for (const spec of isa.instructions) if (spec.extension === e.name) parts.push(instructionPart(isa, spec));
	const aliases = isa.aliases.filter((a) => a.extension === e.name);
	if (aliases.length > 0) {
		const rows = aliases.map((a) => [`\`${a.syntax}\``, `\`${a.meaning}\``, a.print ? "yes" : "no"]);
		parts.push("### Aliases", table(["written", "means", "printed"], rows));
	}
	const macros = isa.macros.filter((m) => m.at.file === e.file || m.at.file.endsWith(`/${e.file}`));
	if (macros.length > 0) parts.push("### Macros", macros.map((m) => `* \`${m.syntax}\``).join("\n"));
	return parts.join("\n\n");
}

/** Each word of an encoding as a row of its tokens under their bit numbers. */
function encodingTable(spec: InstructionSpec, encoding: Encoding): string {
	const words = encoding.text.split("/").map((w) => w.trim());
	return words.map((word) => wordTable(spec, encoding, word)).join("\n\n");
}

function wordTable(spec: InstructionSpec, encoding: Encoding, word: string): string {
	const tokens = word.split(/\s+/).map((token) => ({ token, width: tokenWidth(spec, encoding, token) }));
	let bit = tokens.reduce((sum, t) => sum + t.width, 0);
	const head: string[] = [];
	for (const { width } of tokens) {
		bit -= width;
		head.push(width === 1 ? String(bit) : `${bit + width - 1}:${bit}`);
	}
	return table(head, [tokens.map((t) => `\`${t.token}\``)]);
}

function tokenWidth(spec: InstructionSpec, encoding: Encoding, token: string): number {
	if (/^[01-]+$/.test(token)) return token.length;
	const slices = /\[(.*)\]$/.exec(token);
	if (!slices) return encoding.widths[spec.operands.findIndex((o) => o.name === token)] ?? 0;
	return (slices[1] as string).split("|").reduce((sum, part) => {
		const [high, low] = part.split(":").map(Number) as [number, number | undefined];
		return sum + high - (low ?? high) + 1;
	}, 0);
}

function describeKind(isa: Isa, kind: OperandKind, width: number): string {
	switch (kind.kind) {
		case "reg": {
			const file = isa.files[kind.file];
			if (!file) return "register";
			const last = Math.min(file.places.length - 1, (2 ** width - 1) * kind.times + kind.plus);
			return `register of \`${file.name}\`, \`${registerName(file, kind.plus)}\` to \`${registerName(file, last)}\`${kind.times > 1 ? `, every ${kind.times}th` : ""}`;
		}
		case "signed":
		case "unsigned":
			return `${kind.kind} number of ${width} bits${kind.scale === 1 ? "" : `, times ${kind.scale}`}`;
		case "relative":
			return `address within ${width} signed bits${kind.scale === 1 ? "" : `, times ${kind.scale},`} of pc${kind.plus === 0 ? "" : ` + ${kind.plus}`}`;
		case "choice":
			return `one of ${[...kind.names].map(([name, n]) => `${name === "" ? "nothing" : `\`${name}\``} (${n})`).join(", ")}`;
		case "table":
			return kind.values.length > 16
				? `one of ${kind.values.length} values from ${kind.values[0]} to ${kind.values.at(-1)}`
				: `one of ${kind.values.join(", ")}`;
		case "space":
			return `entry of \`${isa.spaces[kind.space]?.name}\``;
	}
}

function describeLimit(name: string, limit: Limit): string {
	return `\`${name}\` is ${limit.not ? (limit.values.length > 1 ? "none of " : "not ") : limit.values.length > 1 ? "one of " : ""}${limit.values.join(", ")}`;
}

function effectsOf(spec: InstructionSpec): string {
	const e = spec.effects;
	const said = [
		e.privileged && "is privileged",
		e.loads && "loads",
		e.stores && "stores",
		e.traps && "may trap",
		e.readsPc && "reads pc",
		e.endsBlock && "ends a block",
	].filter((s): s is string => typeof s === "string");
	return said.length === 0 ? "No effects besides registers." : `Effects: ${said.join(", ")}.`;
}

function registersPart(isa: Isa): string {
	const parts = ["## Registers"];
	for (const file of isa.files) {
		const rows = file.places.flatMap((place, i) => {
			if (place === null) return [];
			const names = file.names[i] ?? [];
			return [[String(i), names.map((n) => `\`${n}\``).join(", "), i === file.zero ? "reads 0" : ""]];
		});
		parts.push(`### File \`${file.name}\`, ${file.width} bits`, table(["number", "names", ""], rows));
	}
	const rows = isa.cells.map((c) => [`\`${c.name}\``, String(c.width), c.kind]);
	parts.push("### All cells", table(["name", "bits", "kind"], rows));
	return parts.join("\n\n");
}

function spacePart(space: IndexedSpace): string {
	const rows = [...space.entries.values()]
		.sort((a, b) => a.index - b.index)
		.map((e) => [`0x${e.index.toString(16)}`, `\`${e.name}\``, `${e.read ? "read" : ""}${e.read && e.write ? ", " : ""}${e.write ? "write" : ""}`, e.doc]);
	return [`## Space \`${space.name}\``, `${space.index} bits of index, ${space.width} bits each.`, table(["index", "name", "access", ""], rows)].join("\n\n");
}
