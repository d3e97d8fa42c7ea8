import { describe, expect, it } from "vitest";
import { at, Flag, inSupervisor, type Mapped, virtual } from "./paged.ts";
import { type Bits, base, ramBytes, runAlike } from "./rig.ts";

const { V, R, W, X, U } = Flag;
const log = 0x80040000;

/** What the page beside a good one may be; causes of a load and a store there, 0 for none. */
const besides: readonly [what: string, page: Mapped, load: number, store: number][] = [
	["mapped elsewhere", at.c, 0, 0],
	["not mapped", 0, 13, 15],
	["read-only", [at.c, V | R], 0, 15],
	["only for running", [at.c, V | X], 13, 15],
	["of U mode", [at.c, V | R | W | U], 13, 15],
	["writable but not readable", [at.c, V | W], 13, 15],
	["a device", [0x2004000, V | R | W], 5, 7],
	["behind RAM", [base + ramBytes, V | R | W], 5, 7],
];
const good = at.a;

interface Access {
	readonly store: boolean;
	readonly width: number;
	/** Bytes of it that lie before the edge. */
	readonly before: number;
	/** Number of the pair of pages. */
	readonly pair: number;
}

describe.each([64, 32] as const)("S6: every access over a page edge, rv%i", (bits: Bits) => {
	const [store, load, size] = bits === 64 ? (["sd", "ld", 8] as const) : (["sw", "lw", 4] as const);
	const names: Record<number, [load: string, store: string]> = { 2: ["lhu", "sh"], 4: [bits === 64 ? "lwu" : "lw", "sw"], 8: ["ld", "sd"] };
	const widths = bits === 64 ? [2, 4, 8] : [2, 4];

	for (const [order, goodFirst] of [
		["the second", true],
		["the first", false],
	] as const)
		it(`does what it should or nothing at all, whatever ${order} page is, and names the byte that failed`, async () => {
			const accesses: Access[] = [];
			for (const pair of besides.keys())
				for (const width of widths)
					for (let before = 1; before < width; before++) for (const storing of [false, true]) accesses.push({ store: storing, width, before, pair });
			/** Bytes at the edge: of the page before it, and of the page behind it. */
			const [end, start] = goodFirst ? [good + 0x1000 - size, at.c] : [at.c + 0x1000 - size, good];
			const text = accesses.map(({ store: storing, width, before, pair }) => {
				const to = virtual + (2 * pair + 1) * 0x1000 - before;
				return `
				${store} s2, 0(s4)
				${store} s3, 0(s5)
				li s11, 0
				li s9, 0
				li s10, 0
				li a2, 0
				li t0, ${to}
				${storing ? `${names[width]![1]} s8` : `${names[width]![0]} a2`}, 0(t0)
				${[0, 1, 2].map((i) => `${store} ${["s9", "s10", "a2"][i]}, ${i * size}(s6)`).join("\n")}
				${load} t1, 0(s4)
				${store} t1, ${3 * size}(s6)
				${load} t1, 0(s5)
				${store} t1, ${4 * size}(s6)
				addi s6, s6, ${5 * size}`;
			});
			const pattern = (first: number): bigint => Array.from({ length: size }, (_, i) => BigInt(first + i) << BigInt(8 * i)).reduce((sum, byte) => sum | byte);
			const [p, q, value] = [pattern(0x10), pattern(0x20), pattern(0x41)];
			const map = besides.flatMap(([, page]): Mapped[] => (goodFirst ? [good, page] : [page, good]));
			const program = inSupervisor(bits, `li s2, ${p}\nli s3, ${q}\nli s8, ${value}\nli s4, ${end}\nli s5, ${start}\nli s6, ${log}\n${text.join("\n")}`, map);
			const { outcome, machine } = await runAlike(bits, program, 50_000);
			expect(outcome.result).toEqual({ reason: "exit", code: 0 });

			const { view, ram } = machine.memory;
			const word = (i: number): bigint => {
				const from = log - base + ram.offset + i * size;
				return size === 8 ? view.getBigUint64(from, true) : BigInt(view.getUint32(from, true));
			};
			const line = (a: Access, cause: bigint, address: bigint, loaded: bigint, head: bigint, tail: bigint): string =>
				`${a.store ? "store" : "load"} of ${a.width}, ${a.before} before, beside ${besides[a.pair]![0]}: cause ${cause} at ${address.toString(16)}, ${[loaded, head, tail].map((v) => v.toString(16)).join(" ")}`;
			const got = accesses.map((a, n) => line(a, word(5 * n), word(5 * n + 1), word(5 * n + 2), word(5 * n + 3), word(5 * n + 4)));
			const wanted = accesses.map((a) => {
				const [, , loadCause, storeCause] = besides[a.pair]!;
				const cause = a.store ? storeCause : loadCause;
				const edge = BigInt(virtual + (2 * a.pair + 1) * 0x1000);
				if (cause !== 0) return line(a, BigInt(cause), goodFirst ? edge : edge - BigInt(a.before), 0n, p, q);
				const headBits = BigInt(8 * a.before);
				const whole = (1n << BigInt(8 * a.width)) - 1n;
				if (!a.store) return line(a, 0n, 0n, ((p >> BigInt(8 * (size - a.before))) | (q << headBits)) & whole, p, q);
				const kept = (1n << BigInt(8 * (size - a.before))) - 1n;
				const behind = (1n << BigInt(8 * (a.width - a.before))) - 1n;
				const head = (p & kept) | ((value & ((1n << headBits) - 1n)) << BigInt(8 * (size - a.before)));
				return line(a, 0n, 0n, 0n, head, (q & ~behind) | ((value >> headBits) & behind));
			});
			expect(got).toEqual(wanted);
		});
});
