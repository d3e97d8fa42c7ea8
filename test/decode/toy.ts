/** A small ISA made by hand, so that decoder and assembler are tested without the loader: encodings as text in, an Isa out. */
import type { Alias, Encoding, FieldSlice, InstructionSpec, Isa, Limit, Macro, OperandKind, RegisterFile, Syntax } from "../../jit/spec/isa.ts";

const at = { file: "toy.isa.js", line: 1, column: 1 };

/** An encoding as the definition language writes it, little-endian words. */
export function encoding(text: string, operands: readonly string[]): Encoding {
	const mask: number[] = [];
	const value: number[] = [];
	const fields: FieldSlice[] = [];
	const widths = operands.map(() => 0);
	let base = 0;
	for (const word of text.split(" / ")) {
		const runs: { operand: number; to: number; width: number; bits: string }[] = [];
		for (const token of word.trim().split(/\s+/)) {
			const slice = /^(\w+)\[([\d:|]+)\]$/.exec(token);
			if (!slice) {
				for (const c of token) runs.push({ operand: -1, to: 0, width: 1, bits: c });
				continue;
			}
			const operand = operands.indexOf(slice[1] as string);
			for (const part of (slice[2] as string).split("|")) {
				const [high, low] = part.split(":").map(Number) as [number, number | undefined];
				const width = high - (low ?? high) + 1;
				runs.push({ operand, to: low ?? high, width, bits: "" });
				widths[operand] = Math.max(widths[operand] as number, high + 1);
			}
		}
		const total = runs.reduce((sum, r) => sum + r.width, 0);
		let bit = base + total;
		for (let i = 0; i < total / 8; i++) {
			mask.push(0);
			value.push(0);
		}
		for (const r of runs) {
			bit -= r.width;
			if (r.operand >= 0) fields.push({ operand: r.operand, from: bit, to: r.to, width: r.width });
			else if (r.bits !== "-") {
				mask[bit >> 3] = (mask[bit >> 3] as number) | (1 << (bit & 7));
				value[bit >> 3] = (value[bit >> 3] as number) | (Number(r.bits) << (bit & 7));
			}
		}
		base += total;
	}
	return { text, bytes: base / 8, mask, value, fields, widths };
}

export interface ToyInstruction {
	syntax: string | string[];
	encoding: string | string[];
	where?: Record<string, number[] | { not: number[] }>;
	context?: Record<number, number[]>;
}

export function toyIsa(
	kinds: Record<string, OperandKind>,
	instructions: ToyInstruction[],
	o: Partial<Isa> & { aliasTexts?: [string, string, boolean?][]; macroTexts?: [string, Macro["expand"]][] } = {},
): Isa {
	const specs = instructions.map((t, id): InstructionSpec => {
		const syntaxTexts = [t.syntax].flat();
		const names = [...new Set([...syntaxTexts.join(" ").matchAll(/\{(\w+)\}/g)].map((m) => m[1] as string))];
		const limits: Limit[] = Object.entries(t.where ?? {}).map(([name, v]) =>
			Array.isArray(v) ? { subject: names.indexOf(name), values: v, not: false } : { subject: names.indexOf(name), values: v.not, not: true },
		);
		return {
			id,
			name: (syntaxTexts[0] as string).split(/[\s{]/)[0] as string,
			extension: "toy",
			operands: names.map((name) => ({ name, kind: kinds[name] as OperandKind })),
			syntaxes: syntaxTexts.map(
				(s): Syntax =>
					s
						.split(/(\{\w+\})/)
						.map((p) => (p.startsWith("{") ? names.indexOf(p.slice(1, -1)) : p))
						.filter((p) => p !== ""),
			),
			encodings: [t.encoding].flat().map((e) => encoding(e, names)),
			where: limits,
			context: Object.entries(t.context ?? {}).map(([cell, values]) => ({ subject: Number(cell), values, not: false })),
			template: { ops: [], result: -1 },
			effects: { traps: false, readsPc: false, endsBlock: false, privileged: false, loads: false, stores: false, setsContext: false },
			doc: "",
			source: "",
			at,
		};
	});
	const files: RegisterFile[] = [
		{
			name: "x",
			width: 32,
			zero: 0,
			places: Array.from({ length: 32 }, (_, i) => [{ cell: i + 1, low: 0, width: 32, write: "merge" as const }]),
			names: Array.from({ length: 32 }, (_, i) => [`r${i}`, `x${i}`]),
		},
	];
	return {
		name: "toy",
		title: "Toy",
		variant: "toy",
		parameters: {},
		unitBytes: 2,
		maxBytes: specs.reduce((most, s) => Math.max(most, ...s.encodings.map((e) => e.bytes)), 1),
		codeEndian: "little",
		addressBits: 32,
		extensions: [{ name: "toy", title: "Toy", doc: "", file: "toy.isa.js" }],
		cells: [],
		contexts: [],
		files,
		names: new Map(),
		memories: [{ name: "main", address: 32, endian: "little" }],
		spaces: [],
		instructions: specs,
		aliases: (o.aliasTexts ?? []).map(([syntax, meaning, print]): Alias => ({ syntax, meaning, print: print !== false, extension: "toy", at })),
		macros: (o.macroTexts ?? []).map(
			([syntax, expand]): Macro => ({ syntax, operands: [...syntax.matchAll(/\{(\w+)\}/g)].map((m) => m[1] as string), expand, at }),
		),
		modifiers: new Map(),
		machine: {},
		lines: new Map(),
		services: [],
		debugView: null,
		...o,
	};
}

const register: OperandKind = { kind: "reg", file: 0, plus: 0, times: 1, width: 5 };
export const kinds: Record<string, OperandKind> = {
	rd: register,
	rs1: register,
	rs2: register,
	low: { kind: "reg", file: 0, plus: 8, times: 1, width: 5 },
	imm: { kind: "signed", show: "dec", scale: 1, width: 32 },
	upper: { kind: "unsigned", show: "hex", scale: 1, width: 20 },
	byte: { kind: "unsigned", show: "hex", scale: 1, width: 8 },
	address: { kind: "unsigned", show: "hex", scale: 1, width: 16 },
	offset: { kind: "relative", plus: 0, scale: 1, width: 32 },
	order: { kind: "choice", width: 0, names: new Map(Object.entries({ "": 0, ".rl": 1, ".aq": 2, ".aqrl": 3 })) },
	power: { kind: "table", show: "dec", width: 32, values: [1, 2, 4, 8] },
};

/** Three-operand and two-operand instructions of 4 and 2 bytes, in RISC-V's places. */
export const small = (): Isa =>
	toyIsa(
		kinds,
		[
			{ syntax: "addi {rd},{rs1},{imm}", encoding: "imm[11:0] rs1[4:0] 000 rd[4:0] 0010011" },
			{ syntax: "add {rd},{rs1},{rs2}", encoding: "0000000 rs2[4:0] rs1[4:0] 000 rd[4:0] 0110011" },
			{ syntax: "lw {rd},{imm}({rs1})", encoding: "imm[11:0] rs1[4:0] 010 rd[4:0] 0000011" },
			{ syntax: "lui {rd},{upper}", encoding: "upper[19:0] rd[4:0] 0110111" },
			{ syntax: "beq {rs1},{rs2},{offset}", encoding: "offset[12|10:5] rs2[4:0] rs1[4:0] 000 offset[4:1|11] 1100011" },
			{ syntax: "jal {rd},{offset}", encoding: "offset[20|10:1|11|19:12] rd[4:0] 1101111" },
			{ syntax: "swap{order} {rd},{rs2},({rs1})", encoding: "00001 order[1:0] rs2[4:0] rs1[4:0] 010 rd[4:0] 0101111" },
			{ syntax: "scale {rd},{power}", encoding: "0000000000 power[1:0] 00000 111 rd[4:0] 0101011" },
			{ syntax: "c.nop", encoding: "000 0 00000 00000 01" },
			{ syntax: "c.addi {rd},{imm}", encoding: "000 imm[5] rd[4:0] imm[4:0] 01", where: { rd: { not: [0] } } },
			{ syntax: "c.zero {low}", encoding: "111 0 00000 00 low[2:0] 01" },
		],
		{
			aliasTexts: [
				["mv {rd},{rs1}", "addi {rd},{rs1},0"],
				["li {rd},{imm}", "addi {rd},x0,{imm}"],
				["nop", "addi x0,x0,0"],
				["move {rd},{rs}", "mv {rd},{rs}", false],
				["addi {rd},{rd},{imm}", "c.addi {rd},{imm}"],
				["double {rd},{rs}", "add {rd},{rs},{rs}"],
				["nop", "c.nop"],
			],
			macroTexts: [
				[
					"li {rd},{value}",
					({ rd, value }) => {
						const v = value as bigint;
						const low = BigInt.asIntN(12, v);
						return [`lui ${rd},${((v - low) >> 12n) & 0xfffffn}`, `addi ${rd},${rd},${low}`];
					},
				],
				["la {rd},{symbol}", () => ["lui {rd},%hi({symbol})", "addi {rd},{rd},%lo({symbol})"]],
			],
			modifiers: new Map([
				["hi", (v: bigint) => ((v + 0x800n) >> 12n) & 0xfffffn],
				["lo", (v: bigint) => BigInt.asIntN(12, v)],
			]),
		},
	);
