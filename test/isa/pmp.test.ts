import { describe, expect, it } from "vitest";
import { createRiscv } from "./riscv.ts";

const seed = Number(process.env.DOPPEL_SEED ?? 20261122);
const rounds = Number(process.env.DOPPEL_PMP ?? 100);

/** Numbers below n, the same for the same seed. */
function randomSource(from: number): (n: number) => number {
	let state = from >>> 0;
	return (n) => {
		state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
		return Math.floor((state / 2 ** 32) * n);
	};
}

/** The manual's words (privileged 1.12, 3.7.1) as a program of their own: every byte by itself. */
function allowed(o: { cfg: readonly number[]; addr: readonly bigint[]; mode: number; address: bigint; bytes: number; permission: number }): boolean {
	const matches = (i: number, byte: bigint): boolean => {
		const a = o.addr[i]!;
		switch ((o.cfg[i]! >> 3) & 3) {
			case 1:
				return byte >= (i === 0 ? 0n : o.addr[i - 1]! * 4n) && byte < a * 4n;
			case 2:
				return byte / 4n === a;
			case 3: {
				let ones = 0n;
				while ((a >> ones) & 1n) ones++;
				return byte >> (ones + 3n) === a >> (ones + 1n);
			}
			default:
				return false;
		}
	};
	const all = Array.from({ length: o.bytes }, (_, k) => o.address + BigInt(k));
	for (let i = 0; i < 16; i++) {
		const hits = all.filter((byte) => matches(i, byte)).length;
		if (hits === 0) continue;
		if (hits < o.bytes) return false;
		return (o.mode === 3 && !(o.cfg[i]! & 0x80)) || ((o.cfg[i]! >> o.permission) & 1) === 1;
	}
	return o.mode === 3;
}

describe.each([32, 64] as const)("PMP on RV%i", (xlen) => {
	const bit = (access: number) => [2, 0, 1][access]!;
	const cause = (access: number) => BigInt([1, 5, 7][access]!);

	it("decides each access as the manual does, byte by byte", () => {
		const random = randomSource(seed + xlen);
		const p = createRiscv(xlen);
		for (let round = 0; round < rounds; round++) {
			const cfg = Array.from({ length: 16 }, () => (random(3) === 0 ? 0 : [random(8), random(4) << 3, random(4) === 0 ? 0x80 : 0].reduce((x, y) => x | y)));
			// a few doublewords around 0x8000, so that entries meet and overlap
			const addr = cfg.map(() => (random(8) === 0 ? (1n << BigInt(random(xlen === 64 ? 54 : 32))) - 1n : 0x2000n + BigInt(random(16))));
			for (let i = 0; i < 16; i++) {
				p.set(`pmpcfgbyte${i}`, cfg[i]!);
				p.set(`pmpaddr${i}`, addr[i]!);
			}
			for (let k = 0; k < 12; k++) {
				const mode = random(2) * 3;
				const access = random(3);
				const bytes = [1, 2, 4, 8, 16, 4096][random(6)]!;
				const address = 0x7ff0n + BigInt(random(96));
				p.set("mode", mode);
				const wanted = allowed({ cfg, addr, mode, address, bytes, permission: bit(access) }) ? { value: address } : { cause: cause(access), of: address };
				const found = p.call("translate", address, BigInt(access), BigInt(bytes));
				const about = `seed ${seed}, round ${round}: cfg ${cfg.map((c) => c.toString(16))} addr ${addr.map((a) => a.toString(16))} mode ${mode} access ${access} bytes ${bytes}`;
				expect({ about, ...found }).toEqual({ about, ...wanted });
			}
		}
	});

	it("is plain only where no aligned access of M mode can fail, and then nothing has to be asked", () => {
		const random = randomSource(seed - xlen);
		const p = createRiscv(xlen);
		let plain = 0;
		for (let round = 0; round < rounds; round++) {
			p.bare.reset();
			const addr = Array.from({ length: 4 }, () => 0x2000n + BigInt(random(8)));
			const cfg = addr.map(() => random(4) << 3);
			if (random(3) === 0) cfg[random(4)]! |= 0x80;
			addr.forEach((a, i) => {
				p.set("a1", a);
				p.run(`csrw pmpaddr${i},a1`);
			});
			p.set("a1", BigInt(cfg.reduce((sum, c, i) => sum + c * 2 ** (8 * i), 0)));
			p.run("csrw pmpcfg0,a1");
			const is = p.call("plain");
			if ("value" in is && is.value === 0n) continue;
			plain++;
			for (let address = 0x7ff0n; address < 0x8040n; address += BigInt(xlen / 8)) {
				expect(p.call("translate", address, BigInt(random(3)), BigInt(xlen / 8)), `seed ${seed}, round ${round}`).toEqual({ value: address });
			}
		}
		expect(plain).toBeGreaterThan(rounds / 20);
	});

	it("is not plain in U mode, nor when MPRV lends U mode's rights, nor with a locked entry", () => {
		const p = createRiscv(xlen);
		expect(p.call("plain")).toEqual({ value: 1n });
		p.set("mode", 0);
		expect(p.call("plain")).toEqual({ value: 0n });
		p.set("mode", 3);
		p.set("MPRV", 1);
		expect(p.call("plain")).toEqual({ value: 0n });
		p.set("MPP", 3);
		expect(p.call("plain")).toEqual({ value: 1n });
		p.set("a1", 0x9f);
		p.run("csrw pmpcfg0,a1");
		expect(p.call("plain")).toEqual({ value: 0n });
	});

	it("lends loads and stores the mode of MPP, fetches not", () => {
		const p = createRiscv(xlen);
		p.set("MPRV", 1);
		expect(p.call("translate", 0x8000n, 1n, 4n)).toEqual({ cause: 5n, of: 0x8000n });
		expect(p.call("translate", 0x8000n, 2n, 4n)).toEqual({ cause: 7n, of: 0x8000n });
		expect(p.call("translate", 0x8000n, 0n, 4n)).toEqual({ value: 0x8000n });
	});
});
