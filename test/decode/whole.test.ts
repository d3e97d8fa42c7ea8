/** C5 and C6 over the whole encoding space. C5 takes all free bits of a pattern up to 2^20 numbers, else samples; C6 2^14 numbers a pattern, with DOPPEL_LONG=1 2^20. */
import { describe, expect, it } from "vitest";
import { createAssembler } from "../../jit/decode/assemble.ts";
import { createDecoder } from "../../jit/decode/decoder.ts";
import { createDisassembler } from "../../jit/decode/disassemble.ts";
import type { Encoding, InstructionSpec, Isa } from "../../jit/spec/isa.ts";
import { random } from "./random.ts";
import { allMatches, fill, freeBits, hexOf, riscv } from "./riscv.ts";

const long = process.env.DOPPEL_LONG === "1";
const decodeBits = 20;
const assembleBits = long ? 20 : 14;
const seed = Number(process.env.DOPPEL_SEED ?? 1);

/** Calls `visit` with bytes of every encoding: all numbers in its free bits if there are at most 2^limit, else that many random ones. */
function forEachFilling(isa: Isa, limit: number, visit: (bytes: Uint8Array, spec: InstructionSpec, encoding: number) => void): void {
	const next = random(seed);
	const each = (spec: InstructionSpec, e: Encoding, number: number) => {
		const free = freeBits(e);
		const out = new Uint8Array(e.bytes);
		const all = free.length <= limit;
		const count = 2 ** Math.min(limit, free.length);
		for (let n = 0; n < count; n++) {
			const bits = all ? n : next();
			const more = free.length > 32 ? next() : 0;
			fill(e, free, (k) => ((k < 32 ? bits : more) >>> (k & 31)) & 1, out);
			visit(out, spec, number);
		}
	};
	for (const spec of isa.instructions) for (const [number, e] of spec.encodings.entries()) each(spec, e, number);
}

for (const xlen of [32, 64]) {
	const isa = riscv(xlen);
	const decoder = createDecoder(isa);
	const decode = (bytes: Uint8Array) => decoder.decode(bytes, 0, bytes.length, 0);
	const label = (bytes: Uint8Array) => {
		const i = decode(bytes);
		return i.spec === null ? null : `${i.spec.name}#${i.spec.id}/${i.encoding}`;
	};

	describe(`RISC-V ${xlen} (seed ${seed})`, { timeout: long ? 3_600_000 : 120_000 }, () => {
		it("C5: every halfword decodes to the one encoding that matches it, or to nothing", () => {
			const wrong: string[] = [];
			const found = { instructions: 0, undefined: 0 };
			for (let n = 0; n < 65536; n++) {
				const bytes = Uint8Array.of(n & 255, n >> 8);
				const matches = allMatches(isa, bytes);
				const got = label(bytes);
				found[got === null ? "undefined" : "instructions"]++;
				if (matches.length > 1 || (matches[0] ?? null) !== got) wrong.push(`${hexOf(bytes)}: ${got}, expected ${matches}`);
			}
			expect(wrong).toEqual([]);
			expect(found.instructions).toBeGreaterThan(25000);
			expect(found.undefined).toBeGreaterThan(16384);
		});

		it("C5: no two encodings match the same bytes", () => {
			const all = isa.instructions.flatMap((spec) => spec.encodings.map((e) => ({ spec, e })));
			const next = random(seed);
			const wrong: string[] = [];
			all.forEach((a, i) => {
				for (const b of all.slice(i + 1)) {
					const bytes = Math.max(a.e.bytes, b.e.bytes);
					const at = (list: readonly number[], k: number) => list[k] ?? 0;
					if (a.e.mask.some((m, k) => m & at(b.e.mask, k) & (at(a.e.value, k) ^ at(b.e.value, k)))) continue;
					// only limits keep them apart: try numbers in the bits that neither fixes
					const mask = Array.from({ length: bytes }, (_, k) => at(a.e.mask, k) | at(b.e.mask, k));
					const value = Array.from({ length: bytes }, (_, k) => at(a.e.value, k) | at(b.e.value, k));
					const both: Encoding = { ...a.e, bytes, mask, value };
					const free = freeBits(both);
					const out = new Uint8Array(bytes);
					for (let n = 0; n < Math.min(2 ** free.length, 4096); n++) {
						const bits = free.length <= 12 ? n : next() & (n & 1 ? -1 : next());
						fill(both, free, (k) => (bits >>> k) & 1, out);
						const matches = allMatches({ ...isa, instructions: [a.spec, b.spec] }, out);
						if (matches.length > 1) wrong.push(`${hexOf(out)}: ${matches}`);
					}
				}
			});
			expect(wrong).toEqual([]);
		});

		it(`C5: each encoding is found with all its free bits, or 2^${decodeBits} random ones`, () => {
			const wrong: string[] = [];
			let decoded = 0;
			let checked = 0;
			forEachFilling(isa, decodeBits, (bytes, spec, number) => {
				decoded++;
				const i = decode(bytes);
				if (i.spec === spec && i.encoding === number && i.bytes === bytes.length) return;
				// limits leave it to another encoding or to none
				if (checked++ < 20000 || long) {
					const matches = allMatches(isa, bytes);
					if (matches.length > 1 || (matches[0] ?? null) !== label(bytes)) wrong.push(`${hexOf(bytes)}: ${label(bytes)}, expected ${matches}`);
				}
			});
			expect(wrong.slice(0, 20)).toEqual([]);
			expect(decoded).toBeGreaterThan(1e6);
		});

		const assembler = createAssembler(isa);
		const pc = 0x80001000;
		const plain = createDisassembler(isa, { aliases: false });
		const aliased = createDisassembler(isa);
		/** Halfwords, then fillings. */
		const forEachInstruction = (visit: (bytes: Uint8Array) => void) => {
			for (let n = 0; n < 65536; n++) visit(Uint8Array.of(n & 255, n >> 8));
			forEachFilling(isa, assembleBits, visit);
		};
		const bytesOf = (text: string, compress: boolean) => {
			try {
				return hexOf(assembler.instruction(text, pc, { compress }));
			} catch (e) {
				return (e as Error).message;
			}
		};

		it(`C6: what is disassembled without aliases assembles to the same bytes, halfwords and 2^${assembleBits} numbers an encoding`, () => {
			const wrong: string[] = [];
			forEachInstruction((bytes) => {
				const i = decode(bytes);
				if (i.spec === null) return;
				const text = plain(i, pc);
				const back = bytesOf(text, false);
				if (back !== hexOf(bytes)) wrong.push(`${hexOf(bytes)} ${text}: ${back}`);
			});
			expect(wrong.slice(0, 20)).toEqual([]);
		});

		it("C6: halfwords that are no instruction come back as data", () => {
			const wrong: string[] = [];
			for (let n = 0; n < 65536; n++) {
				const bytes = Uint8Array.of(n & 255, n >> 8);
				const i = decode(bytes);
				if (i.spec !== null || (n & 7) !== 0) continue;
				const back = hexOf(assembler.assemble(plain(i, pc)).bytes);
				if (back !== hexOf(bytes)) wrong.push(`${hexOf(bytes)} ${plain(i, pc)}: ${back}`);
			}
			expect(wrong).toEqual([]);
		});

		it("C6: with aliases too, but for a short encoding whose text is the long one's: that comes back where the shortest is asked for", () => {
			const wrong: string[] = [];
			forEachInstruction((bytes) => {
				const i = decode(bytes);
				if (i.spec === null) return;
				const text = aliased(i, pc);
				const back = bytesOf(text, false);
				if (back === hexOf(bytes)) return;
				const short = bytesOf(text, true);
				// "add sp,sp,16" is two short instructions: c.addi and c.addi16sp
				const twice = i.spec.name === "c.addi16sp" && short.length === 4 && aliased(decode(Buffer.from(short, "hex")), pc) === text;
				if (short !== hexOf(bytes) && !twice) wrong.push(`${hexOf(bytes)} ${text}: ${back} or ${short}`);
			});
			expect(wrong.slice(0, 40)).toEqual([]);
		});
	});
}
