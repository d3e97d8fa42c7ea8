/** A template and a state in, the state after it out: written from the op table alone, on BigInts, with register writes that wait for the end of the instruction. */
import { floating } from "../../jit/ir/floating.ts";
import { type Op, opInfo, opTable } from "../../jit/ir/op.ts";
import type { CellSlice, Isa, Template } from "../../jit/spec/isa.ts";
import { asBigInt, asHalves, reference } from "../ir/bigint.ts";

export interface Machine {
	readonly isa: Isa;
	readonly cells: bigint[];
	/** address -> byte; an address of 2^16 or more faults */
	readonly memory: Uint8Array;
}
export type Result =
	| { readonly kind: "next"; readonly pc: bigint }
	| { readonly kind: "trap"; readonly cause: bigint; readonly value: bigint }
	| { readonly kind: "fault"; readonly address: bigint };

class Left {
	constructor(readonly result: Result) {}
}

/** Runs one instruction; on `next` its register writes are in `cells`. */
export function runTemplate(m: Machine, template: Template, operands: readonly number[], pc: bigint, next: bigint, raw: bigint): Result {
	const { isa } = m;
	const cells = [...m.cells];
	const { ops } = template;
	const values: bigint[] = [];
	const width = (i: number): number => ops[i].w;
	const arg = (i: number): bigint => (i < 0 ? 0n : values[i]);

	const readPart = (p: CellSlice): bigint => BigInt.asUintN(p.width, cells[p.cell] >> BigInt(p.low));
	const writePart = (p: CellSlice, v: bigint): void => {
		const w = isa.cells[p.cell].width;
		const low = BigInt(p.low);
		const mask = ((1n << BigInt(p.width)) - 1n) << low;
		if (p.write === "merge") cells[p.cell] = (cells[p.cell] & ~mask) | (v << low);
		else if (p.write === "zext") cells[p.cell] = BigInt.asUintN(w, v << low);
		else cells[p.cell] = BigInt.asUintN(w, BigInt.asIntN(p.width, v) << low);
	};
	const getFile = (f: number, i: number): bigint => {
		const file = isa.files[f];
		if (i === file.zero) return 0n;
		return (file.places[i] ?? []).reduce((v, p) => (v << BigInt(p.width)) | readPart(p), 0n);
	};
	const setFile = (f: number, i: number, v: bigint): void => {
		const file = isa.files[f];
		if (i === file.zero) return;
		let low = file.width;
		for (const p of file.places[i] ?? []) {
			low -= p.width;
			writePart(p, BigInt.asUintN(p.width, v >> BigInt(low)));
		}
	};
	const bytesOf = (address: bigint, w: number, space: number): number[] => {
		if (address + BigInt(w / 8) > 65536n) throw new Left({ kind: "fault", address });
		const at = Array.from({ length: w / 8 }, (_, k) => Number(address) + k);
		return isa.memories[space].endian === "little" ? at : at.reverse();
	};
	const closing = (from: number): { middle: number; end: number } => {
		let depth = 0;
		let middle = -1;
		for (let k = from + 1; ; k++) {
			if (ops[k].op === "if") depth++;
			else if (ops[k].op === "else" && !depth) middle = k;
			else if (ops[k].op === "end" && depth-- === 0) return { middle, end: k };
		}
	};
	const run = (from: number, to: number): void => {
		for (let i = from; i < to; i++) {
			const op = ops[i];
			if (op.op === "if") {
				const { middle, end } = closing(i);
				const first = arg(op.a) === 1n;
				if (first) run(i + 1, middle);
				else run(middle + 1, end);
				let k = end + 1;
				for (; ops[k]?.op === "phi"; k++) values[k] = arg(first ? ops[k].a : ops[k].b);
				i = k - 1;
			} else values[i] = step(op);
		}
	};
	const flags = new Map<Op, number>();
	const float = (op: Op): bigint => {
		const out = { lo: 0, hi: 0, flags: 0 };
		const kind = { op: op.op, w: op.w, from: width(op.a), lo: op.lo };
		floating(kind, ...asHalves(arg(op.a)), ...asHalves(arg(op.b)), ...asHalves(arg(op.c)), Number(arg(op.d)), out);
		flags.set(op, out.flags);
		return asBigInt(out.lo, out.hi);
	};
	const step = (op: Op): bigint => {
		switch (op.op) {
			case "const":
				return asBigInt(op.lo, op.hi);
			case "operand":
				return BigInt.asUintN(op.w, BigInt(operands[op.lo]));
			case "pc":
				return pc;
			case "next":
				return next;
			case "raw":
				return raw;
			case "getreg":
				return cells[op.lo];
			case "setreg":
				cells[op.lo] = arg(op.a);
				return 0n;
			case "getfile":
				return getFile(op.lo, Number(arg(op.a)));
			case "setfile":
				setFile(op.lo, Number(arg(op.a)), arg(op.b));
				return 0n;
			case "load":
				return bytesOf(arg(op.a), op.w, op.lo).reduceRight((v, at) => (v << 8n) | BigInt(m.memory[at]), 0n);
			case "store":
				bytesOf(arg(op.a), op.w, op.lo).forEach((at, k) => {
					m.memory[at] = Number((arg(op.b) >> BigInt(8 * k)) & 255n);
				});
				return 0n;
			case "trap":
				throw new Left({ kind: "trap", cause: arg(op.a), value: arg(op.b) });
			case "jump":
				throw new Left({ kind: "next", pc: arg(op.a) });
			default:
				if (opInfo[op.op].float) return float(op);
				if (op.op === "raised") return arg(op.b) | BigInt(flags.get(ops[op.a]) ?? 0);
				if (opTable[op.op].effect !== "pure") throw new Error(`no ${op.op} here`);
				return reference(op.op, op.w, width(op.a), arg(op.a), arg(op.b), arg(op.c));
		}
	};
	let result: Result = { kind: "next", pc: next };
	try {
		run(0, ops.length);
	} catch (e) {
		if (!(e instanceof Left)) throw e;
		result = e.result;
	}
	if (result.kind === "next")
		cells.forEach((v, i) => {
			m.cells[i] = v;
		});
	return result;
}
