import { expect, it } from "vitest";
import { Header, layOut } from "../../jit/base/layout.ts";
import type { MemoryPort } from "../../jit/base/port.ts";
import { Status } from "../../jit/base/status.ts";
import { createInterpreter } from "../../jit/interpret/interpret.ts";
import { printBlock, printOp } from "../../jit/ir/print.ts";
import { verifyBlock } from "../../jit/ir/verify.ts";
import { isBlock } from "../../jit/lift/lift.ts";
import { optimize } from "../../jit/opt/optimize.ts";
import type { Isa, Template } from "../../jit/spec/isa.ts";
import { asBigInt, asHalves } from "../ir/bigint.ts";
import { Random, rounds } from "../ir/random.ts";
import { toyIsa } from "../ir/toy-isa.ts";
import { randomTemplate } from "./random-template.ts";
import { type Machine, runTemplate } from "./template-machine.ts";
import { codeAt, toyLifter } from "./toy-code.ts";

/** The toy with a file of slices (merge, zext, sext, pairs, holes) over its d and h registers. */
function slicedIsa(bits: 32 | 64): Isa {
	const isa = toyIsa(bits);
	const d = isa.files[1].places.map((p) => p?.[0].cell as number);
	const h = isa.files[2].places.map((p) => p?.[0].cell as number);
	const file = {
		name: "s",
		width: 16,
		zero: 6,
		places: [
			[{ cell: d[0], low: 0, width: 16, write: "merge" as const }],
			[{ cell: d[1], low: 16, width: 16, write: "merge" as const }],
			[{ cell: d[2], low: 0, width: 16, write: "zext" as const }],
			[{ cell: d[3], low: 0, width: 16, write: "sext" as const }],
			[
				{ cell: h[0], low: 8, width: 8, write: "merge" as const },
				{ cell: h[1], low: 0, width: 8, write: "merge" as const },
			],
			null,
			[{ cell: h[2], low: 0, width: 16, write: "sext" as const }],
			[{ cell: h[3], low: 4, width: 16, write: "merge" as const }],
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
		const layout = layOut(isa.cells);
		const memory = new WebAssembly.Memory({ initial: 1 });
		const words = new Int32Array(memory.buffer);
		let bytes = new Uint8Array(65536);
		const at = (lo: number, hi: number, size: number, space: number, access: number): number[] | null => {
			const address = (hi >>> 0) * 4294967296 + (lo >>> 0);
			words[Header.status >> 2] = address + size > 65536 ? Status.fault : Status.next;
			words[Header.access >> 2] = access;
			words[Header.addressLo >> 2] = lo;
			words[Header.addressHi >> 2] = hi;
			if (address + size > 65536) return null;
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
		const never = (): never => {
			throw new Error("not expected");
		};
		const interpreter = createInterpreter(isa, layout, {
			memory,
			port,
			system: { retired: never, clock: never, syncCode: never, syncTranslation: never, offers: never, hostcall: never },
		});
		const zeros = new Set(isa.files[0].places[0]?.map((p) => p.cell));
		const kinds: Record<string, number> = {};
		const random = new Random(bits);
		const fresh = Uint8Array.from({ length: 65536 }, () => random.word());
		for (let seed = 1; seed <= rounds(3000); seed++) {
			const list = [randomTemplate(3 * seed, isa), randomTemplate(3 * seed + 1, isa), randomTemplate(3 * seed + 2, isa)];
			const code = Array.from({ length: 6 }, (_, k) => (k & 1 ? random.word() & 0x77 : k >> 1));
			const { lifter } = toyLifter(
				list.map((template) => ({ template })),
				isa,
			);
			const source = codeAt(0x1000, code);
			const lifted = lifter.block(source, 0x1000, 0, 3);
			if (!isBlock(lifted)) throw new Error("no block");
			const say = (): string => `seed ${seed}\n${list.map((t) => show(t, isa)).join("\n--\n")}\n==\n${printBlock(lifted, isa)}`;
			const cells = isa.cells.map((c, i): [number, number] => (i === 0 ? [0x1000, 0] : zeros.has(i) || c.kind === "context" ? [0, 0] : random.bits(c.width)));
			// as written
			const m: Machine = { isa, cells: cells.map(([l, h]) => asBigInt(l, h)), memory: fresh.slice() };
			let pc = 0x1000n;
			let retired = 0;
			let outcome = "next";
			for (let k = 0; k < lifted.count; k++) {
				const operand = code[2 * k + 1];
				const raw = BigInt(code[2 * k] | (operand << 8));
				const r = runTemplate(m, list[k], [operand & 15, operand >> 4, (operand << 24) >> 24], pc, pc + 2n, raw);
				if (r.kind !== "next") {
					outcome = r.kind === "trap" ? `trap ${r.cause} ${r.value}` : `fault ${r.address}`;
					break;
				}
				retired++;
				const falls = r.pc === pc + 2n;
				pc = r.pc;
				if (!falls) break;
			}
			kinds[outcome.split(" ")[0]] = (kinds[outcome.split(" ")[0]] ?? 0) + 1;
			m.cells[0] = pc;
			// lifted, and optimized
			for (const block of [lifted, optimize(lifted, isa)]) {
				const wrong = verifyBlock(block, isa);
				if (wrong.length) expect.fail(`${wrong.join("; ")}\n${say()}`);
				bytes = fresh.slice();
				cells.forEach(([lo, hi], i) => {
					words[layout.offsets[i] >> 2] = lo;
					words[(layout.offsets[i] >> 2) + 1] = hi;
				});
				const status = interpreter.run(block, 0);
				const pair = (name: "cause" | "value" | "address"): bigint => asBigInt(words[Header[`${name}Lo`] >> 2], words[Header[`${name}Hi`] >> 2]);
				const got = status === Status.trap ? `trap ${pair("cause")} ${pair("value")}` : status === Status.fault ? `fault ${pair("address")}` : "next";
				const now = isa.cells.map((_, i) => asBigInt(words[layout.offsets[i] >> 2], words[(layout.offsets[i] >> 2) + 1]));
				if (got !== outcome || interpreter.retired !== retired || now.some((v, i) => v !== m.cells[i]) || Buffer.compare(bytes, m.memory)) {
					expect({ got, retired: interpreter.retired, now: now.map((v, i) => `${isa.cells[i].name}=${v.toString(16)}`) }, say()).toEqual({
						got: outcome,
						retired,
						now: m.cells.map((v, i) => `${isa.cells[i].name}=${v.toString(16)}`),
					});
					expect(
						[...bytes.keys()].filter((k) => bytes[k] !== m.memory[k]).map((k) => `${k}: ${bytes[k]}, not ${m.memory[k]}`),
						say(),
					).toEqual([]);
				}
			}
		}
		for (const kind of ["next", "trap", "fault"]) expect(kinds[kind], kind).toBeGreaterThan(rounds(100));
	});
