/** A region in, the text of one JavaScript function out: registers come into locals, blocks are cases of a switch, all exits share one write-back. */
import { Header, type StateLayout } from "../../base/layout.ts";
import type { DirectRam } from "../../base/port.ts";
import { Status } from "../../base/status.ts";
import type { Region } from "../../ir/block.ts";
import type { Isa } from "../../spec/isa.ts";
import { cellsOf, halvesOf, labelsOf, leavesInside, looksUp, loops } from "../shared/region.ts";
import { type BlockContext, emitBlock, hex } from "./block.ts";
import type { CellName } from "./names.ts";

/** Source of a function `(state, label) => Status`, and the names of the helpers it is closed over, in order of first use. */
export interface UnitText {
	readonly text: string;
	readonly helpers: readonly string[];
}

/** What stays the same for all units of an ISA. */
export interface UnitSetting {
	readonly isa: Isa;
	readonly layout: StateLayout;
	readonly ram: DirectRam;
	readonly names: readonly CellName[];
}

export function unitText({ isa, layout, ram, names }: UnitSetting, region: Region): UnitText {
	const { blocks } = region;
	const helpers = new Set<string>();
	const lines: string[] = [];
	const labels = labelsOf(region);
	const { load, written } = cellsOf(region);
	const widePc = names[0]!.hi !== null;
	const first = blocks[0]!;
	const [firstLo, firstHi] = halvesOf(first.pc);
	const many = blocks.length > 1;
	const straight = !many && !loops(region, 0);
	const labelled = !straight || leavesInside(first) || first.end.kind === "branch";
	const word = (cell: number, half = 0) => `i32[s + ${(layout.offsets[cell]! >> 2) + half}]`;

	const setPc = (lo: string | number, hi: string | number) => `pc = ${lo};${widePc && `${hi}` !== `${firstHi}` ? ` pc_hi = ${hi};` : ""}`;
	const setStatus = (status: number | string) => (status === Status.next ? "" : ` status = ${status};`);
	/** The way out from the middle of the function. */
	const out = (status: number | string, lo: string | number, hi: string | number, back: number) =>
		`{ ${back ? `budget = (budget + ${back}) | 0; ` : ""}${setPc(lo, hi)}${setStatus(status)} break run; }`;

	const line = (text: string) => lines.push(text);
	line(`function unit_${hex(first.pc)}(state, label) {`);
	line("\tconst s = state >> 2;");
	line(`\tlet budget = i32[s + ${Header.budget >> 2}];`);
	if (looksUp(region)) line(`\tconst table = i32[s + ${Header.table >> 2}] >> 2;`);
	if (straight) {
		line(`\tif (budget < ${first.count}) {`);
		line(`\t\t${word(0)} = ${firstLo};${widePc ? ` ${word(0, 1)} = ${firstHi};` : ""}`);
		line(`\t\treturn ${Status.budget};`);
		line("\t}");
		line(`\tbudget = (budget - ${first.count}) | 0;`);
	}
	for (const cell of load) {
		const { lo, hi } = names[cell]!;
		const kind = written.includes(cell) ? "let" : "const";
		line(`\t${kind} ${lo} = ${word(cell)}${hi ? `, ${hi} = ${word(cell, 1)}` : ""};`);
	}
	const unloaded = written.filter((cell) => !load.includes(cell));
	if (unloaded.length)
		line(
			`\tlet ${unloaded
				.flatMap((cell) => [names[cell]!.lo, names[cell]!.hi ?? []].flat())
				.map((name) => `${name} = 0`)
				.join(", ")};`,
		);
	line(`\tlet pc = ${firstLo}${widePc ? `, pc_hi = ${firstHi}` : ""}, status = ${Status.next};`);

	/** Emits block `at`; `indent` is where its lines stand, `here` how to go to the block itself and to the one after it (null: no such way). */
	const emit = (at: number, indent: string, here: { self: string; next: string | null; last: boolean }) => {
		const block = blocks[at]!;
		const context: BlockContext = {
			plain: region.plain,
			ram,
			bigEndian: isa.memories[0]!.endian === "big",
			names,
			need: (helper) => {
				helpers.add(helper);
				return helper;
			},
			line: (text) => line(indent + text),
			leave: (status, pc, back) => {
				const text = out(status, ...halvesOf(pc), back);
				return here.last && back === 0 ? text.replace(/^\{ | break run; \}$/g, "") : text;
			},
			leaveTo: (lo, hi) => (here.last ? setPc(lo, hi) : out(Status.next, lo, hi, 0)),
			go: (to, ctx) => {
				const label = labels(to, ctx);
				if (label === at) return here.self;
				if (label >= 0 && label === at + 1 && here.next !== null) return here.next;
				if (label >= 0) return `{ label = ${label}; continue run; }`;
				const [lo, hi] = halvesOf(to);
				return here.last ? `{ ${setPc(lo, hi)} }` : out(Status.next, lo, hi, 0);
			},
		};
		if (!straight) {
			context.line(`if (budget < ${block.count}) ${out(Status.budget, ...halvesOf(block.pc), 0)}`);
			context.line(`budget = (budget - ${block.count}) | 0;`);
		}
		emitBlock(context, block);
	};

	if (straight) {
		if (labelled) line("\trun: {");
		emit(0, labelled ? "\t\t" : "\t", { self: "", next: null, last: !labelled });
		if (labelled) line("\t}");
	} else if (!many) {
		line("\trun: for (;;) {");
		emit(0, "\t\t", { self: "continue run;", next: null, last: false });
		line("\t}");
	} else {
		line("\trun: for (;;) switch (label) {");
		blocks.forEach((_, at) => {
			const isLast = at === blocks.length - 1;
			if (loops(region, at)) {
				line(`\t\tcase ${at}: for (;;) {`);
				emit(at, "\t\t\t", { self: "continue;", next: isLast ? null : "break;", last: false });
			} else {
				line(`\t\tcase ${at}: {`);
				emit(at, "\t\t\t", { self: "", next: isLast ? null : "", last: false });
			}
			line("\t\t}");
		});
		line("\t}");
	}

	for (const cell of written) {
		const { lo, hi } = names[cell]!;
		line(`\t${word(cell)} = ${lo};${hi ? ` ${word(cell, 1)} = ${hi};` : ""}`);
	}
	line(`\t${word(0)} = pc;${widePc ? ` ${word(0, 1)} = pc_hi;` : ""}`);
	line(`\ti32[s + ${Header.budget >> 2}] = budget;`);
	line("\treturn status;");
	line("}");
	return { text: lines.join("\n"), helpers: [...helpers] };
}
