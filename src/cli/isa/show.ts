/** `doppel isa show NAME`: the definition of an instruction, a register or an extension, on stdout. */
import { HostError } from "../../../jit/base/errors.ts";
import type { InstructionSpec, Isa, OperandKind } from "../../../jit/spec/isa.ts";
import { chooseIsa, type IsaOptions } from "../choose-isa.ts";
import { wrap } from "./list.ts";

/** A syntax as the definition wrote it. */
export function syntaxText(spec: InstructionSpec, syntax: readonly (string | number)[]): string {
	return syntax.map((part) => (typeof part === "number" ? `{${spec.operands[part]!.name}}` : part)).join("");
}

/** What an operand is, in words. */
export function kindText(isa: Isa, kind: OperandKind): string {
	switch (kind.kind) {
		case "reg": {
			const scaled = `${kind.times === 1 ? "" : ` * ${kind.times}`}${kind.plus === 0 ? "" : ` + ${kind.plus}`}`;
			return `register of ${isa.files[kind.file]!.name}${scaled ? ` (number${scaled})` : ""}`;
		}
		case "relative":
			return `displacement from pc${kind.plus === 0 ? "" : ` + ${kind.plus}`}${kind.scale === 1 ? "" : `, in steps of ${kind.scale}`}`;
		case "signed":
		case "unsigned":
			return `${kind.kind} number${kind.scale === 1 ? "" : ` * ${kind.scale}`}, ${kind.width} bits`;
		case "choice":
			return `one of ${[...kind.names].map(([name, value]) => `${name || "(nothing)"}=${value}`).join(" ")}`;
		case "table":
			return `one of ${kind.values.length} numbers`;
		case "space":
			return `entry of ${isa.spaces[kind.space]!.name}`;
	}
}

/** What follows from the semantics, in words. */
export function effectsText(spec: InstructionSpec): string {
	const e = spec.effects;
	const words = [
		e.traps && "may trap",
		e.loads && "loads",
		e.stores && "stores",
		e.readsPc && "reads pc",
		e.endsBlock && "ends a block",
		e.privileged && "privileged (leaves translated code)",
	].filter((w): w is string => typeof w === "string");
	return words.length > 0 ? words.join(", ") : "none but its register writes";
}

/** Lines of text with the common indentation of all but the first removed. */
export function outdent(source: string): string {
	const lines = source.split("\n");
	const common = Math.min(
		...lines
			.slice(1)
			.filter((l) => l.trim())
			.map((l) => /^\s*/.exec(l)![0].length),
	);
	return lines.map((l, i) => (i === 0 ? l : l.slice(common)).replaceAll("\t", "  ")).join("\n");
}

function showInstruction(isa: Isa, spec: InstructionSpec): string {
	const out = [`${spec.syntaxes.map((s) => syntaxText(spec, s)).join("\n")}`, `  ${spec.at.file}:${spec.at.line}, extension ${spec.extension}`];
	if (spec.doc) out.push(wrap(spec.doc.split(/\s+/), "  "));
	for (const e of spec.encodings) out.push(`  encoding   ${e.text}   (${e.bytes} bytes)`);
	for (const o of spec.operands) out.push(`  ${o.name.padEnd(10)} ${kindText(isa, o.kind)}`);
	for (const l of spec.where) out.push(`  where      ${spec.operands[l.subject]!.name} is ${l.not ? "not " : ""}${l.values.join(" or ")}`);
	out.push(`  effects    ${effectsText(spec)}`, `  semantics  ${outdent(spec.source).replaceAll("\n", "\n             ")}`);
	return out.join("\n");
}

export async function show(name: string, o: IsaOptions): Promise<void> {
	const isa = await chooseIsa(o);
	const specs = isa.instructions.filter((i) => i.name === name || i.syntaxes.some((s) => typeof s[0] === "string" && s[0].split(" ")[0] === name));
	const parts = specs.map((spec) => showInstruction(isa, spec));
	for (const a of isa.aliases) if (a.syntax.split(" ")[0] === name) parts.push(`${a.syntax}\n  another spelling of ${a.meaning} (${a.at.file}:${a.at.line})`);
	const extension = isa.extensions.find((e) => e.name === name);
	if (extension) {
		const names = [...new Set(isa.instructions.filter((i) => i.extension === name).map((i) => i.name))];
		parts.push(
			`extension ${extension.name}: ${extension.title} (${extension.file})\n${extension.doc ? `${wrap(extension.doc.split(/\s+/), "  ")}\n` : ""}${wrap(names, "  ")}`,
		);
	}
	for (const file of isa.files) {
		if (file.name !== name && !file.names.some((n) => n.includes(name))) continue;
		const lines = file.places.flatMap((place, i) =>
			place && (file.name === name || file.names[i]?.includes(name)) ? [`  ${i}: ${file.names[i]?.join(" ") ?? ""}`] : [],
		);
		parts.push(
			`register file ${file.name}: ${file.places.length} registers of ${file.width} bits${file.zero < 0 ? "" : `, ${file.zero} reads as 0`}\n${lines.join("\n")}`,
		);
	}
	for (const space of isa.spaces) {
		const entries = [...space.entries.values()].filter((e) => space.name === name || e.name === name);
		const line = (e: (typeof entries)[number]): string =>
			`  0x${e.index.toString(16)} ${e.name} (${e.at.file}:${e.at.line})${e.doc ? `: ${e.doc.replace(/\s+/g, " ")}` : ""}`;
		if (entries.length > 0)
			parts.push(`${space.name}: ${entries.length === 1 ? "an entry" : `${entries.length} entries`} of ${space.width} bits\n${entries.map(line).join("\n")}`);
	}
	if (parts.length === 0) throw new HostError(`${isa.variant} has no instruction, register or extension "${name}": see \`doppel isa list ${isa.name}\``);
	console.log(parts.join("\n\n"));
}
