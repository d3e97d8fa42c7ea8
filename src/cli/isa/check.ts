/** `doppel isa check`: a definition in, one line a variant out, or the first error. */
import { HostError } from "../../../jit/base/errors.ts";
import { createDecoder } from "../../../jit/decode/decoder.ts";
import { createDisassembler } from "../../../jit/decode/disassemble.ts";
import type { Isa } from "../../../jit/spec/isa.ts";
import { loadIsa } from "../../../jit/spec/load.ts";
import { isaNames, readDefinitions, readExtensions } from "../../host/node/definitions.ts";
import type { IsaOptions } from "../choose-isa.ts";
import { settingOf } from "../values.ts";

/** Every combination of the values that `parameter(...)` allows, read from the files' text; those given on the command line are fixed. */
function combinations(files: ReadonlyMap<string, string>, fixed: Readonly<Record<string, number>>): Record<string, number>[] {
	let out: Record<string, number>[] = [{ ...fixed }];
	for (const text of files.values()) {
		for (const [, name, list] of text.matchAll(/\bparameter\(\s*["'](\w+)["']\s*,\s*\[([^\]]*)\]/g)) {
			if (name! in fixed) continue;
			const values = list!.split(",").map(Number).filter(Number.isInteger);
			if (values.length > 0) out = out.flatMap((o) => values.map((v) => ({ ...o, [name!]: v })));
		}
	}
	return out.slice(0, 64);
}

/** Each encoding's own bits must decode to that instruction, and have a text. */
function selfCheck(isa: Isa): void {
	const decoder = createDecoder(isa);
	const disassemble = createDisassembler(isa);
	for (const spec of isa.instructions) {
		for (const e of spec.encodings) {
			const bytes = Uint8Array.from(e.value);
			const found = decoder.decode(bytes, 0, bytes.length, 0);
			if (found.spec === spec && disassemble(found, 0).trim() === "")
				throw new HostError(`${spec.at.file}:${spec.at.line}: ${spec.name} disassembles to nothing`);
		}
	}
}

export function check(name: string | undefined, o: IsaOptions): void {
	const parameters = Object.fromEntries((o.parameter ?? []).map((text) => settingOf("-p", text)));
	const extend = readExtensions(o.extend ?? []);
	for (const isaName of name !== undefined ? [name] : o.isa !== undefined ? [o.isa] : isaNames()) {
		const files = readDefinitions(isaName);
		for (const values of combinations(files, parameters)) {
			const isa = loadIsa(files, { parameters: values, extend });
			selfCheck(isa);
			const privileged = isa.instructions.filter((i) => i.effects.privileged).length;
			const encodings = isa.instructions.reduce((n, i) => n + i.encodings.length, 0);
			console.log(
				`${isa.variant}: good: ${isa.extensions.length} extensions, ${isa.instructions.length} instructions (${privileged} privileged), ${encodings} encodings, ${isa.aliases.length} aliases, ${isa.cells.length} registers`,
			);
		}
	}
}
