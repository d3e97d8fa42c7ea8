/** Instructions as written and the block they were lifted to in, what differs between running the two out. */
import { Header, layOut } from "../../jit/base/layout.ts";
import type { MemoryPort } from "../../jit/base/port.ts";
import { Status } from "../../jit/base/status.ts";
import { createInterpreter } from "../../jit/interpret/interpret.ts";
import type { Block } from "../../jit/ir/block.ts";
import { verifyBlock } from "../../jit/ir/verify.ts";
import type { Isa, Template } from "../../jit/spec/isa.ts";
import { asBigInt, asHalves } from "../ir/bigint.ts";
import { type Machine, runTemplate } from "./template-machine.ts";

export interface Written {
	readonly template: Template;
	readonly operands: readonly number[];
	readonly raw: number;
	readonly bytes: number;
}

export interface Comparer {
	/** How the instructions end as written ("next", "trap 2 0", "fault 65536"), and the differences to each of the blocks, in words. `cells[0]` is where they start. */
	run(
		list: readonly Written[],
		blocks: readonly Block[],
		cells: readonly (readonly [number, number])[],
		memory: Uint8Array,
	): { outcome: string; wrong: string[] };
}

/** Addresses from 2^16 on fault. */
export function createComparer(isa: Isa): Comparer {
	const layout = layOut(isa.cells);
	const memory = new WebAssembly.Memory({ initial: 1 });
	const words = new Int32Array(memory.buffer);
	let bytes = new Uint8Array(65536);
	const at = (lo: number, hi: number, size: number, space: number, access: number): number[] | null => {
		const address = (hi >>> 0) * 4294967296 + (lo >>> 0);
		const fails = address + size > 65536;
		words[Header.status >> 2] = fails ? Status.fault : Status.next;
		words[Header.access >> 2] = access;
		words[Header.addressLo >> 2] = lo;
		words[Header.addressHi >> 2] = hi;
		if (fails) return null;
		const list = Array.from({ length: size }, (_, k) => address + k);
		return isa.memories[space].endian === "little" ? list : list.reverse();
	};
	const port: MemoryPort = {
		load(_, lo, hi, size, space, access) {
			const n = (at(lo, hi, size, space, access) ?? []).reduceRight((v, b) => (v << 8n) | BigInt(bytes[b]), 0n);
			words[Header.high >> 2] = asHalves(n)[1];
			return asHalves(n)[0];
		},
		store(_, lo, hi, size, space, vl, vh) {
			at(lo, hi, size, space, 2)?.forEach((b, k) => {
				bytes[b] = Number((asBigInt(vl, vh) >> BigInt(8 * k)) & 255n);
			});
		},
	};
	const interpreter = createInterpreter(isa, layout, { memory, port, system: null as never });
	const cellNow = (i: number): bigint => asBigInt(words[layout.offsets[i] >> 2], words[(layout.offsets[i] >> 2) + 1]);
	const pair = (name: "cause" | "value" | "address"): bigint => asBigInt(words[Header[`${name}Lo`] >> 2], words[Header[`${name}Hi`] >> 2]);

	return {
		run(list, blocks, cells, fresh) {
			const m: Machine = { isa, cells: cells.map(([l, h]) => asBigInt(l, h)), memory: fresh.slice() };
			let pc = m.cells[0];
			let retired = 0;
			let outcome = "next";
			for (const i of list) {
				const next = BigInt.asUintN(isa.addressBits, pc + BigInt(i.bytes));
				const r = runTemplate(m, i.template, i.operands, pc, next, BigInt(i.raw));
				if (r.kind !== "next") {
					outcome = r.kind === "trap" ? `trap ${r.cause} ${r.value}` : `fault ${r.address}`;
					break;
				}
				retired++;
				pc = r.pc;
				if (pc !== next) break;
			}
			m.cells[0] = pc;
			const wrong: string[] = [];
			for (const block of blocks) {
				wrong.push(...verifyBlock(block, isa));
				bytes = fresh.slice();
				cells.forEach(([lo, hi], i) => {
					words[layout.offsets[i] >> 2] = lo;
					words[(layout.offsets[i] >> 2) + 1] = hi;
				});
				const status = interpreter.run(block, 0);
				const got = status === Status.trap ? `trap ${pair("cause")} ${pair("value")}` : status === Status.fault ? `fault ${pair("address")}` : "next";
				if (got !== outcome) wrong.push(`ends in ${got}, not ${outcome}`);
				if (interpreter.retired !== retired) wrong.push(`retired ${interpreter.retired}, not ${retired}`);
				isa.cells.forEach((c, i) => {
					if (cellNow(i) !== m.cells[i]) wrong.push(`${c.name} is ${cellNow(i).toString(16)}, not ${m.cells[i].toString(16)}`);
				});
				if (Buffer.compare(bytes, m.memory)) wrong.push("memory differs");
			}
			return { outcome, wrong };
		},
	};
}
