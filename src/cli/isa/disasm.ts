/** `doppel isa disasm`: words or a file in, one line an instruction out. */
import { HostError } from "../../../jit/base/errors.ts";
import { createDecoder } from "../../../jit/decode/decoder.ts";
import { createDisassembler } from "../../../jit/decode/disassemble.ts";
import type { Isa } from "../../../jit/spec/isa.ts";
import { readBytes } from "../../host/node/files.ts";
import { chooseIsa, type IsaOptions } from "../choose-isa.ts";
import { codeOf, countOf } from "../values.ts";

/** Bytes as one hexadecimal number when they are a word or less, else one by one; always as the manual writes them. */
export function wordText(bytes: Uint8Array, endian: "little" | "big"): string {
	const inOrder = endian === "little" ? [...bytes].reverse() : [...bytes];
	return inOrder.map((b) => b.toString(16).padStart(2, "0")).join("");
}

/** One line an instruction, to the end of `bytes`. */
export function* linesOf(isa: Isa, bytes: Uint8Array, origin: number, aliases: boolean): Generator<string> {
	const decoder = createDecoder(isa);
	const disassemble = createDisassembler(isa, { aliases });
	const digits = isa.addressBits > 32 ? 16 : 8;
	for (let at = 0; at < bytes.length; ) {
		const found = decoder.decode(bytes, at, bytes.length, 0);
		const size = Math.max(1, Math.min(found.bytes, bytes.length - at));
		const address = (origin + at).toString(16).padStart(Math.min(digits, 8), "0");
		yield `${address}  ${wordText(bytes.subarray(at, at + size), isa.codeEndian).padEnd(2 * isa.maxBytes > 16 ? 24 : 2 * isa.maxBytes)}  ${disassemble(found, origin + at)}`;
		at += size;
	}
}

export async function disasm(code: readonly string[], o: IsaOptions & { file?: string; origin: string; aliases: boolean }): Promise<void> {
	if (code.length === 0 && !o.file) throw new HostError("nothing to disassemble: give words such as 0x00c58533, or --file F");
	let origin = countOf("--origin", o.origin);
	let bytes: Uint8Array;
	let options: IsaOptions = o;
	if (o.file) {
		bytes = readBytes(o.file);
		const { codeOfImage } = await import("./image-code.ts");
		const image = codeOfImage(bytes);
		if (image) {
			bytes = image.bytes;
			origin = image.address;
			if (!o.isa) options = { ...o, isa: image.isa, parameter: [...image.parameters, ...(o.parameter ?? [])] };
		}
	} else bytes = codeOf(code.join(" "), "little");
	const isa = await chooseIsa(options);
	if (!o.file && isa.codeEndian === "big") bytes = codeOf(code.join(" "), "big");
	const lines: string[] = [];
	for (const line of linesOf(isa, bytes, origin, o.aliases)) {
		lines.push(line);
		if (lines.length === 4096) process.stdout.write(`${lines.splice(0).join("\n")}\n`);
	}
	if (lines.length > 0) console.log(lines.join("\n"));
}
