/** A list of symbols as text (what `nm` prints, a kernel's System.map) in, the symbols out. */
import { ImageError } from "../../jit/base/errors.ts";
import { decodeText } from "../base/bytes.ts";
import { type ImageSymbol, type ImageSymbols, listSymbols } from "./image.ts";

const kinds: Readonly<Record<string, ImageSymbol["kind"]>> = { t: "function", w: "function", d: "object", b: "object", r: "object", v: "object" };

/** Lines such as `ffffffff80002000 T start_kernel`; those of symbols that are not defined are left out. Throws `ImageError` at the first line that is none. */
export function loadSymbolList(file: Uint8Array): ImageSymbols {
	const list: ImageSymbol[] = [];
	decodeText(file)
		.split("\n")
		.forEach((line, i) => {
			const found = /^(?:([0-9a-f]{1,16})|\s+) ([a-z?-]) (\S+)/i.exec(line);
			if (line.trim() === "") return;
			if (!found) throw new ImageError(`symbols: line ${i + 1} is "${line.slice(0, 40)}": expected an ELF file, or lines such as "80000000 T main"`);
			if (found[1] === undefined) return;
			const bits = found[1].length > 8 ? BigInt.asIntN(64, BigInt(`0x${found[1]}`)) : BigInt(`0x${found[1]}`);
			list.push({ name: found[3]!, value: Number(bits), bytes: 0, kind: kinds[found[2]!.toLowerCase()] ?? "other" });
		});
	return listSymbols(list);
}
