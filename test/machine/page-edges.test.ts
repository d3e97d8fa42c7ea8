/** Accesses and instructions across the edge of two pages that lie anywhere: what a model says on every engine, twice with what was remembered of the first time. */
import { describe, expect, it } from "vitest";
import { type Bits, finish, runAlike } from "./rig.ts";

const page = 4096;
const tables = { root: 0x80010000, middle: 0x80011000, low: 0x80012000, other: 0x80013000, otherMiddle: 0x80014000, otherLow: 0x80015000 };
const virtual = 0x40000000;
const log = 0x80040000;
const device = 0xc000000;
/** Pages from `virtual` on: place and flags (R 2, W 4, X 8); null: none. */
const pages: readonly ({ readonly at: number; readonly flags: number } | null)[] = [
	{ at: 0x80020000, flags: 0x6 },
	{ at: 0x80023000, flags: 0x6 },
	null,
	{ at: 0x80025000, flags: 0x6 },
	{ at: 0x80028000, flags: 0x2 },
	{ at: 0x8002a000, flags: 0x6 },
	{ at: device, flags: 0x6 },
];

const entry = (bits: Bits, table: number, index: number, physical: number, flags: number): string =>
	`li t0, ${table + (index * bits) / 8}\n li t1, ${(physical / page) * 1024 + flags}\n ${bits === 64 ? "sd" : "sw"} t1, 0(t0)\n`;
/** A root that maps RAM and devices where they are, and `low` at `virtual`. */
function root(bits: Bits, at: number, middle: number, low: number): string {
	const all = 0xcf;
	if (bits === 64)
		return entry(bits, at, 0, 0, all) + entry(bits, at, 2, 0x80000000, all) + entry(bits, at, virtual / 2 ** 30, middle, 1) + entry(bits, middle, 0, low, 1);
	return [0, device, 0x80000000].map((place) => entry(bits, at, place / 2 ** 22, place, all)).join("") + entry(bits, at, virtual / 2 ** 22, low, 1);
}
const satp = (bits: Bits, at: number): string => (bits === 64 ? `0x80000000000${(at / page).toString(16)}` : `${2 ** 31 + at / page}`);

/** Sets `maps` up, goes to \`super\` in S mode; its traps write cause and value to the log at s8 and go on behind the instruction. */
const supervised = (bits: Bits, maps: string, body: string): string => {
	const [store, size] = bits === 64 ? ["sd", 8] : ["sw", 4];
	return `
	li t0, -1
	csrw pmpaddr0, t0
	li t0, 0x1f
	csrw pmpcfg0, t0
	${maps}
	li t0, ${satp(bits, tables.root)}
	csrw satp, t0
	li t0, -1
	csrw medeleg, t0
	la t0, strap
	csrw stvec, t0
	li t0, 0x800
	csrs mstatus, t0
	la t0, super
	csrw mepc, t0
	li s8, ${log}
	mret
	.align 2
strap:	csrr t6, scause
	${store} t6, 0(s8)
	csrr t6, stval
	${store} t6, ${size}(s8)
	addi s8, s8, ${2 * size}
	csrr t6, sepc
	addi t6, t6, 4
	csrw sepc, t6
	sret
super:	${body}
	li a0, 0
	${finish}`;
};

interface Case {
	readonly address: number;
	readonly bytes: number;
	readonly value: bigint;
}
function casesOf(bits: Bits): Case[] {
	const cases: Case[] = [];
	for (let edge = 1; edge < pages.length; edge++) {
		for (const bytes of bits === 64 ? [1, 2, 4, 8] : [1, 2, 4]) {
			// in a device only what crosses into it: what it takes is its own affair
			const last = pages[edge]?.at === device ? -1 : 1;
			for (let offset = -bytes; offset <= last; offset++) {
				const value = BigInt(cases.length + 1) * 0x0102030405060708n;
				cases.push({ address: virtual + edge * page + offset, bytes, value: BigInt.asUintN(8 * bytes, value) });
			}
		}
	}
	return cases;
}

/** What the log and the pages hold after `rounds` of a store and a load a case. */
function model(bits: Bits, cases: readonly Case[], rounds: number): { log: string[]; memory: Map<number, number> } {
	const out: string[] = [];
	const memory = new Map<number, number>();
	const access = ({ address, bytes }: Case, store: boolean): number[] | null => {
		const places: number[] = [];
		const refuse = (cause: number, at: number): null => {
			out.push(cause.toString(16), at.toString(16));
			return null;
		};
		// the parts are translated one after the other; only then is asked whether RAM is there
		const parts = [address, Math.floor((address + bytes - 1) / page) * page].filter((at, i) => i === 0 || at > address);
		for (const at of parts) {
			const there = pages[Math.floor((at - virtual) / page)];
			if (!there || (store && !(there.flags & 4))) return refuse(store ? 15 : 13, at);
		}
		for (const at of parts) if (pages[Math.floor((at - virtual) / page)]!.at === device) return refuse(store ? 7 : 5, at);
		for (let i = 0; i < bytes; i++) places.push(pages[Math.floor((address + i - virtual) / page)]!.at + ((address + i) % page));
		return places;
	};
	for (let round = 0; round < rounds; round++)
		for (const one of cases) {
			for (const [i, at] of (access(one, true) ?? []).entries()) memory.set(at, Number((one.value >> BigInt(8 * i)) & 255n));
			const loaded = access(one, false)?.reduce((sum, at, i) => sum | (BigInt(memory.get(at) ?? 0) << BigInt(8 * i)), 0n) ?? 0n;
			const signed = one.bytes * 8 < bits && one.bytes === 4 ? BigInt.asUintN(bits, BigInt.asIntN(32, loaded)) : loaded;
			out.push(signed.toString(16));
		}
	return { log: out, memory };
}

describe.each([64, 32] as const)("S6: rv%i, every width at every offset of the edges of pages", (bits) => {
	it("goes to both pages, or to neither and says which one it was, on every engine", async () => {
		const cases = casesOf(bits);
		const rounds = 3;
		const size = bits / 8;
		const names: Record<number, readonly [string, string]> = { 1: ["sb", "lbu"], 2: ["sh", "lhu"], 4: ["sw", "lw"], 8: ["sd", "ld"] };
		const maps =
			root(bits, tables.root, tables.middle, tables.low) + pages.map((one, i) => (one ? entry(bits, tables.low, i, one.at, 1 | one.flags) : "")).join("");
		const body = cases.map(({ address, bytes, value }) => {
			const [store, load] = names[bytes]!;
			return `li a2, ${address}\n li a3, ${value}\n ${store} a3, 0(a2)\n li a4, 0\n ${load} a4, 0(a2)\n ${bits === 64 ? "sd" : "sw"} a4, 0(s8)\n addi s8, s8, ${size}`;
		});
		const text = supervised(bits, maps, `li s7, ${rounds}\nround:\n${body.join("\n")}\n addi s7, s7, -1\n beqz s7, done\n j round\ndone:`);
		const { outcome, machine } = await runAlike(bits, text, 100_000);
		expect(outcome.result).toEqual({ reason: "exit", code: 0 });
		const wanted = model(bits, cases, rounds);
		const end = machine.register("s8")![0] >>> 0;
		const bytes = Buffer.from(machine.memory.window(log, end - log)!);
		const seen = Array.from({ length: bytes.length / size }, (_, i) => (size === 8 ? bytes.readBigUInt64LE(8 * i) : bytes.readUInt32LE(4 * i)).toString(16));
		expect(seen).toEqual(wanted.log);
		for (const [at, byte] of wanted.memory) expect([at, machine.memory.window(at, 1)![0]]).toEqual([at, byte]);
		const written = pages.flatMap((one) => (one && one.at !== device ? [...machine.memory.window(one.at, page)!] : []));
		expect(written.filter((byte) => byte !== 0).length).toBe([...wanted.memory.values()].filter((byte) => byte !== 0).length);
	});

	it("an instruction across an edge is that of the address space in force, whatever was translated and chained before", async () => {
		// two address spaces share the page with the first half of `addi s5, s5, by`, not the one with its second half
		const first = 0x80030000;
		const seconds = [0x80032000, 0x80034000];
		const half = (address: number, value: number) => `li t0, ${address}\n li t1, ${value & 0xffff}\n sh t1, 0(t0)\n`;
		const addi = (by: number) => (by << 20) | (21 << 15) | (21 << 7) | 0x13;
		const code =
			half(first + page - 4, 0x0001) + // c.nop
			half(first + page - 2, addi(0)) +
			seconds.map((at, i) => half(at, addi([1, 1000][i]!) >>> 16) + half(at + 2, 0x8082)).join(""); // c.jr ra
		const maps =
			root(bits, tables.root, tables.middle, tables.low) +
			root(bits, tables.other, tables.otherMiddle, tables.otherLow) +
			[tables.low, tables.otherLow].map((low, i) => entry(bits, low, 0, first, 0xb) + entry(bits, low, 1, seconds[i]!, 0xb)).join("");
		const body = `${code} fence.i
	li s4, 600
	li s2, ${satp(bits, tables.root)}
	li s3, ${satp(bits, tables.other)}
again:	csrw satp, s2
	li t0, ${virtual + page - 4}
	jalr t0
	csrw satp, s3
	li t0, ${virtual + page - 2}
	jalr t0
	addi s4, s4, -1
	bnez s4, again`;
		const { outcome, register } = await runAlike(bits, supervised(bits, maps, body), 100_000);
		expect([outcome.result, register("s5")]).toEqual([{ reason: "exit", code: 0 }, 600 * 1001]);
	});

	it("no page is looked at before it is due, though code was translated that would go on there", async () => {
		// beqz a0, to the page's last two bytes, never taken; ret; and there the first half of a nop: the next page's entry stays without its A bit
		const first = 0x80030000;
		const word = (address: number, value: number) => `li t0, ${address}\n li t1, ${value}\n sw t1, 0(t0)\n`;
		const code = `${word(first + page - 12, 0x50563)} ${word(first + page - 8, 0x8067)} li t0, ${first + page - 2}\n li t1, 0x13\n sh t1, 0(t0)\n`;
		const maps = root(bits, tables.root, tables.middle, tables.low) + entry(bits, tables.low, 0, first, 0xb) + entry(bits, tables.low, 1, 0x80032000, 0xb);
		const body = `${code} fence.i
	li s4, 50
again:	li a0, 1
	li t0, ${virtual + page - 12}
	jalr t0
	addi s4, s4, -1
	bnez s4, again
	li t0, ${tables.low + bits / 8}
	lw s6, 0(t0)`;
		const { outcome, register } = await runAlike(bits, supervised(bits, maps, body), 100_000);
		expect([outcome.result, register("s6") & 0xff]).toEqual([{ reason: "exit", code: 0 }, 0xb]);
	});
});
