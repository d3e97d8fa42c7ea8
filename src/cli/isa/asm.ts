/** `doppel isa asm`: a source file in, a listing on stdout or a file of bytes out. */
import { extname } from "node:path";
import { assemble } from "../../../jit/decode/assemble.ts";
import { readText, writeBytes } from "../../host/node/files.ts";
import { chooseIsa, type IsaOptions } from "../choose-isa.ts";
import { countOf } from "../values.ts";
import { wordText } from "./disasm.ts";

export async function asm(file: string, o: IsaOptions & { output?: string; origin: string; compress?: boolean }): Promise<void> {
	const isa = await chooseIsa(o, { assembler: true });
	const text = readText(file);
	const { bytes, origin, lines, symbols } = assemble(isa, text, {
		origin: countOf("--origin", o.origin),
		file: file === "-" ? "stdin" : file,
		compress: o.compress ?? false,
	});
	if (o.output !== undefined) {
		const { packed } = await import("./pack.ts");
		writeBytes(o.output, packed(extname(o.output), isa, origin, bytes, symbols));
		return;
	}
	const source = text.split("\n");
	const shown = lines.filter((l) => l.bytes.length > 0);
	const out = shown.map((l, i) => {
		const hex = l.bytes.length <= 8 ? wordText(l.bytes, isa.codeEndian) : `${wordText(l.bytes.subarray(0, 8), "big")}...`;
		const again = i > 0 && shown[i - 1]!.line === l.line;
		return `${l.address.toString(16).padStart(8, "0")}  ${hex.padEnd(19)} ${again ? "" : (source[l.line - 1] ?? "").trim()}`.trimEnd();
	});
	if (out.length > 0) console.log(out.join("\n"));
}
