/** `doppel isa list`: what there is, as text on stdout. */
import type { Isa } from "../../../jit/spec/isa.ts";
import { isaNames } from "../../host/node/definitions.ts";
import { chooseIsa } from "../choose-isa.ts";

/** Words in lines of at most `width` characters, each line after `indent`. */
export function wrap(words: readonly string[], indent: string, width = 110): string {
	const lines: string[] = [];
	let line = "";
	for (const word of words) {
		if (line && line.length + word.length + 1 > width - indent.length) {
			lines.push(line);
			line = "";
		}
		line += line ? ` ${word}` : word;
	}
	if (line) lines.push(line);
	return lines.map((l) => indent + l).join("\n");
}

function summary(isa: Isa): string {
	const words = new Set(isa.instructions.map((i) => i.name)).size;
	return `${isa.variant.padEnd(18)} ${isa.title}; ${words} instructions, ${isa.aliases.length} aliases, extensions ${isa.extensions.map((e) => e.name).join(" ")}`;
}

export async function list(name: string | undefined, o: { parameter?: string[]; extend?: string[] }): Promise<void> {
	if (name === undefined) {
		for (const isa of isaNames()) console.log(summary(await chooseIsa({ ...o, isa })));
		return;
	}
	const isa = await chooseIsa({ ...o, isa: name });
	console.log(summary(isa));
	for (const extension of isa.extensions) {
		const names = [...new Set(isa.instructions.filter((i) => i.extension === extension.name).map((i) => i.name))];
		if (names.length > 0) console.log(`\n${extension.name}: ${extension.title}\n${wrap(names, "  ")}`);
	}
	if (isa.aliases.length > 0) {
		const names = [...new Set([...isa.aliases, ...isa.macros].map((a) => a.syntax.split(" ")[0]!))];
		console.log(`\naliases and macros of the assembler\n${wrap(names, "  ")}`);
	}
}
