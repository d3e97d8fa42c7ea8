/** `doppel isa explain`: one instruction through every stage, as text on stdout. */
import { HostError } from "../../../jit/base/errors.ts";
import { layOut } from "../../../jit/base/layout.ts";
import type { Environment } from "../../../jit/base/port.ts";
import { assemble } from "../../../jit/decode/assemble.ts";
import { createDisassembler } from "../../../jit/decode/disassemble.ts";
import type { Instruction } from "../../../jit/decode/instruction.ts";
import { createJsEmitter } from "../../../jit/emit/js/emit.ts";
import { loadBinaryen } from "../../../jit/emit/wasm/binaryen.ts";
import { createWasmEmitter } from "../../../jit/emit/wasm/emit.ts";
import type { Region } from "../../../jit/ir/block.ts";
import { printBlock } from "../../../jit/ir/print.ts";
import type { CodeSource } from "../../../jit/lift/lift.ts";
import { optimize } from "../../../jit/opt/optimize.ts";
import type { Isa } from "../../../jit/spec/isa.ts";
import { createBare } from "../../debug/fixture/bare.ts";
import { chooseIsa, type IsaOptions } from "../choose-isa.ts";
import { codeOf, countOf } from "../values.ts";
import { linesOf, wordText } from "./disasm.ts";
import { drawRuns, runsOf } from "./fields.ts";
import { wrap } from "./list.ts";
import { effectsText, kindText, outdent } from "./show.ts";

const titled = (title: string, text: string): string => `${title}\n${text.trimEnd().replace(/^(?=.)/gm, "  ")}`;

/** Bytes of what was asked for: hexadecimal, or assembly. */
function bytesOf(isa: Isa, code: readonly string[], pc: number): Uint8Array {
	const text = code.join(" ");
	const words = text.trim().split(/[\s,]+/);
	const asHex = words.every((w) => /^0x[0-9a-f]+$/i.test(w)) || (words.length > 1 && words.every((w) => /^[0-9a-f]{2}$/i.test(w)));
	if (asHex || (words.length === 1 && /^([0-9a-f]{4})+$/i.test(text))) return codeOf(text, isa.codeEndian);
	return assemble(isa, text, { origin: pc, file: "argument" }).bytes;
}

function operandLines(isa: Isa, found: Instruction, pc: number): string {
	const { spec } = found;
	const rows = spec.operands.map((o, i) => {
		const value = found.values[i]!;
		const file = o.kind.kind === "reg" ? isa.files[o.kind.file]! : null;
		const shown = file ? (file.names[value]?.[0] ?? String(value)) : String(value);
		const target = o.kind.kind === "relative" ? `, address 0x${(pc + o.kind.plus + value).toString(16)}` : "";
		return `${o.name.padEnd(8)} = ${shown}${target}   (${kindText(isa, o.kind)})`;
	});
	return rows.join("\n");
}

/** The JavaScript and the Wasm text of a translated block. */
async function translations(isa: Isa, env: Environment, region: Region): Promise<[js: string, wasm: string]> {
	const layout = layOut(isa.cells);
	return [createJsEmitter(isa, layout, env).text(region), createWasmEmitter(isa, layout, env, await loadBinaryen()).text(region)];
}

export async function explain(code: readonly string[], o: IsaOptions & { pc: string }): Promise<void> {
	const isa = await chooseIsa(o, { assembler: true });
	const pc = countOf("--pc", o.pc);
	const bytes = bytesOf(isa, code, pc);
	// as the processor is at power on: the mode says what a privileged instruction does
	const { env, decoder, lifter, ...bare } = createBare(isa);
	bare.reset();
	const cells = bare.cells();
	const context = isa.contexts.reduce((word, c) => word + Number(cells[c.cell]) * 2 ** c.shift, 0);
	const found = decoder.decode(bytes, 0, bytes.length, context);
	if (!found.spec) throw new HostError(`${code.join(" ")}: is no instruction of ${isa.variant}`);
	const own = bytes.subarray(0, found.bytes);
	const { spec } = found;
	const encoding = spec.encodings[found.encoding]!;
	const text = createDisassembler(isa)(found, pc);
	const plainText = createDisassembler(isa, { aliases: false })(found, pc);
	const flat = (s: string): string => s.replace(/\s+/g, " ");
	const out = [`0x${wordText(own, isa.codeEndian)}  ${flat(text)}   (${isa.variant}, extension ${spec.extension}, ${spec.at.file}:${spec.at.line})`];
	if (spec.doc) out.push(wrap(spec.doc.split(/\s+/), ""));
	out.push(
		titled(
			"fields",
			`${runsOf(spec, encoding, own, isa.codeEndian)
				.map((runs) => drawRuns(spec, encoding, runs))
				.join("\n")}\n${operandLines(isa, found, pc)}`,
		),
	);
	out.push(titled("assembly", [...new Set([flat(plainText), flat(text)])].join("\n")));
	out.push(titled("semantics", outdent(spec.source)));
	out.push(`effects    ${effectsText(spec)}`);
	const source: CodeSource = (at) => (at >= pc && at < pc + own.length ? { bytes: own, at: at - pc, end: own.length } : null);
	const lifted = spec.effects.privileged ? lifter.single(source, pc, context) : lifter.block(source, pc, context, 1);
	if ("status" in lifted) throw new HostError(`${flat(text)}: cannot be lifted alone (status ${lifted.status})`);
	out.push(titled("IR", printBlock(lifted, isa)));
	if (spec.effects.privileged) out.push("translated code leaves here: the hypervisor carries this instruction out by interpreting the IR above");
	else {
		const [js, wasm] = await translations(isa, env, { blocks: [optimize(lifted)], plain: true });
		out.push(titled("JavaScript", js), titled("WebAssembly", wasm));
	}
	if (bytes.length > own.length) {
		const rest = [...linesOf(isa, bytes.subarray(own.length), pc + own.length, true)];
		out.push(titled("not explained", rest.join("\n")));
	}
	console.log(out.join("\n\n"));
}
