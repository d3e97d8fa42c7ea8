/** jit/README.md follows one instruction through every stage; what it shows is what the stages make of it today. DOPPEL_BLESS=1 writes it anew. */
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, it } from "vitest";
import { Status, statusNames } from "../../jit/base/status.ts";
import { assemble } from "../../jit/decode/assemble.ts";
import { createDecoder } from "../../jit/decode/decoder.ts";
import { createDisassembler } from "../../jit/decode/disassemble.ts";
import { createJsEmitter } from "../../jit/emit/js/emit.ts";
import { loadBinaryen } from "../../jit/emit/wasm/binaryen.ts";
import { createWasmEmitter } from "../../jit/emit/wasm/emit.ts";
import type { Region } from "../../jit/ir/block.ts";
import { printBlock, printOp } from "../../jit/ir/print.ts";
import { createLifter, isBlock } from "../../jit/lift/lift.ts";
import { optimize } from "../../jit/opt/optimize.ts";
import { readDefinitions } from "../../src/host/node/definitions.ts";
import { loadDefinition } from "../support/definition.ts";
import { Testbed } from "./testbed.ts";

const readme = resolve(import.meta.dirname, "../../jit/README.md");
const pc = 0x80000000;
const source = "lw a0, 8(a1)";

async function stages(): Promise<Map<string, string>> {
	const isa = loadDefinition("riscv", { XLEN: 64 });
	const decoder = createDecoder(isa);
	const { bytes } = assemble(isa, source, { origin: pc });
	const code = Uint8Array.of(...bytes, 0, 0, 0, 0);
	const instruction = decoder.decode(code, 0, code.length, 0);
	if (instruction.spec === null) throw new Error("no instruction");
	const { spec } = instruction;
	const lifter = createLifter(isa, decoder);
	const block = lifter.block(() => ({ bytes: code, at: 0, end: code.length }), pc, 0, 1);
	if (!isBlock(block)) throw new Error("no block");
	const region: Region = { blocks: [optimize(block)], plain: true };
	const bed = new Testbed(isa, { base: pc, bytes: 0x4000, flagged: [] });
	const js = createJsEmitter(isa, bed.layout, bed.env);
	const wasm = createWasmEmitter(isa, bed.layout, bed.env, await loadBinaryen());

	const a0 = isa.names.get("a0")![0]!.cell;
	const a1 = isa.names.get("a1")![0]!.cell;
	const memory = new Uint8Array(bed.ramBytes);
	memory.set([0xfe, 0xff, 0xff, 0xff], 0x108);
	const runs = [pc + 0x100, 0x1000, 0x9000].map((address) => {
		const cells = isa.cells.map((_, i): [number, number] => (i === a1 ? [address | 0, 0] : i === 0 ? [pc | 0, 0] : [0, 0]));
		const seen = [() => bed.runInterpreted(region), () => bed.runUnit(js.emit(region)), () => bed.runUnit(wasm.emit(region))].map((run) => {
			bed.reset(cells, 10, memory);
			const { status } = run();
			const [lo, hi] = bed.cell(a0);
			const value = `0x${(hi >>> 0).toString(16).padStart(8, "0")}${(lo >>> 0).toString(16).padStart(8, "0")}`;
			const where = status === Status.fault ? `, access ${bed.header("access") & 255} at 0x${(bed.header("addressLo") >>> 0).toString(16)}` : "";
			return `status ${statusNames[status]}${where}, pc ${bed.pc.toString(16)}, a0 ${value}, budget 10 -> ${bed.header("budget")}`;
		});
		const [interpreted, javaScript, inWasm] = seen;
		expect(javaScript).toBe(interpreted);
		const lines = [`a1 = 0x${address.toString(16)}: ${interpreted}`];
		if (inWasm !== interpreted) lines.push(`  Wasm: ${inWasm}`);
		return lines.join("\n");
	});

	const file = readDefinitions("riscv").get(spec.at.file)!.split("\n\n");
	const paragraph = (mark: string) => file.find((text) => text.includes(mark))!.trim();
	const operands = spec.operands.map(({ name }, i) => `${name} = ${instruction.values[i]}`).join(", ");
	const effects = Object.entries(spec.effects).map(([name, yes]) => `${name}: ${yes}`);
	const function_ = wasm.text(region).split("\n");
	return new Map([
		["definition", [paragraph("export const loadSigned"), paragraph('["lw", ')].join("\n\n")],
		[
			"spec",
			`${spec.at.file}:${spec.at.line}: ${spec.encodings.map((e) => e.text).join("; ")}\n${spec.template.ops.map((op, i) => printOp(op, i, isa)).join("\n")}\n${effects.join(", ")}`,
		],
		["decode", `${[...bytes].map((b) => b.toString(16).padStart(2, "0")).join(" ")}: ${spec.name}, ${operands}, raw 0x${instruction.raw.toString(16)}`],
		["disassemble", createDisassembler(isa)(instruction, pc)],
		["lift", printBlock(block, isa).trimEnd()],
		["js", js.text(region).trimEnd()],
		[
			"wasm",
			function_
				.slice(function_.findIndex((line) => line.includes("(func $r0 (param")))
				.join("\n")
				.trimEnd(),
		],
		["run", runs.join("\n")],
	]);
}

it("jit/README.md shows what the stages make of its instruction", async () => {
	let text = readFileSync(readme, "utf8");
	for (const [name, content] of await stages()) {
		const place = new RegExp(`(<!-- stage: ${name} -->\\n\`\`\`\\w*\\n)([^]*?)(\\n\`\`\`\\n)`);
		const found = place.exec(text);
		expect(found, `${join("jit", "README.md")} has no <!-- stage: ${name} -->`).not.toBeNull();
		if (process.env["DOPPEL_BLESS"] === "1") text = text.replace(place, (_, before, __, after) => before + content + after);
		else
			expect(found![2], `stage "${name}" is out of date: DOPPEL_BLESS=1 npx vitest run --config test/vitest.config.ts test/engines/walkthrough.test.ts`).toBe(
				content,
			);
	}
	if (process.env["DOPPEL_BLESS"] === "1") writeFileSync(readme, text);
});
