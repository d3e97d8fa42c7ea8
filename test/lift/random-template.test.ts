import { expect, it } from "vitest";
import { printBlock, printOp } from "../../jit/ir/print.ts";
import { isBlock } from "../../jit/lift/lift.ts";
import { optimize } from "../../jit/opt/optimize.ts";
import type { Isa, Template } from "../../jit/spec/isa.ts";
import { Random, rounds } from "../ir/random.ts";
import { toyIsa } from "../ir/toy-isa.ts";
import { createComparer } from "./compare.ts";
import { randomTemplate } from "./random-template.ts";
import { codeAt, toyLifter } from "./toy-code.ts";

/** The toy with a file of slices (merge, zext, sext, pairs, holes) over its d and h registers. */
function slicedIsa(bits: 32 | 64): Isa {
	const isa = toyIsa(bits);
	const d = isa.files[1].places.map((p) => p?.[0].cell as number);
	const h = isa.files[2].places.map((p) => p?.[0].cell as number);
	const part = (cell: number, low: number, width: number, write: "merge" | "zext" | "sext") => ({ cell, low, width, write });
	const file = {
		name: "s",
		width: 16,
		zero: 6,
		places: [
			[part(d[0], 0, 16, "merge")],
			[part(d[1], 16, 16, "merge")],
			[part(d[2], 0, 16, "zext")],
			[part(d[3], 0, 16, "sext")],
			[part(h[0], 8, 8, "merge"), part(h[1], 0, 8, "merge")],
			null,
			[part(h[2], 0, 16, "sext")],
			[part(h[3], 4, 16, "merge")],
		],
		names: Array.from({ length: 8 }, (_, i) => [`s${i}`]),
	};
	return { ...isa, files: [...isa.files, file] };
}

function show(template: Template, isa: Isa): string {
	return template.ops.map((op, i) => printOp(op, i, isa)).join("\n");
}

for (const bits of [32, 64] as const)
	it(`random semantics (${bits}-bit) mean the same as written, lifted and optimized: registers, memory, traps, faults, pc`, () => {
		const isa = slicedIsa(bits);
		const comparer = createComparer(isa);
		const zeros = new Set(isa.files[0].places[0]?.map((p) => p.cell));
		const kinds: Record<string, number> = {};
		const random = new Random(bits);
		const memory = Uint8Array.from({ length: 65536 }, () => random.word());
		for (let seed = 1; seed <= rounds(3000); seed++) {
			const list = [randomTemplate(3 * seed, isa), randomTemplate(3 * seed + 1, isa), randomTemplate(3 * seed + 2, isa)];
			const code = Array.from({ length: 6 }, (_, k) => (k & 1 ? random.word() & 0x77 : k >> 1));
			const { lifter } = toyLifter(
				list.map((template) => ({ template })),
				isa,
			);
			const lifted = lifter.block(codeAt(0x1000, code), 0x1000, 0, 3);
			if (!isBlock(lifted)) throw new Error("no block");
			const cells = isa.cells.map((c, i): [number, number] => (i === 0 ? [0x1000, 0] : zeros.has(i) || c.kind === "context" ? [0, 0] : random.bits(c.width)));
			const written = list.slice(0, lifted.count).map((template, k) => {
				const operand = code[2 * k + 1];
				return { template, operands: [operand & 15, operand >> 4, (operand << 24) >> 24], raw: code[2 * k] | (operand << 8), bytes: 2 };
			});
			const { outcome, wrong } = comparer.run(written, [lifted, optimize(lifted)], cells, memory);
			if (wrong.length) expect.fail(`seed ${seed}: ${wrong.join("; ")}\n${list.map((t) => show(t, isa)).join("\n--\n")}\n==\n${printBlock(lifted, isa)}`);
			kinds[outcome.split(" ")[0]] = (kinds[outcome.split(" ")[0]] ?? 0) + 1;
		}
		for (const kind of ["next", "trap", "fault"]) expect(kinds[kind], kind).toBeGreaterThan(rounds(100));
	});
