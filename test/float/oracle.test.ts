/** The library against QEMU's processor, which was written by others: results and flags, bit for bit. DOPPEL_LONG=1 asks 2 million questions a class. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { FloatOut } from "../../jit/base/float/float.ts";
import { Random } from "../ir/random.ts";
import { missingOf } from "../support/command.ts";
import { type Bits, hex } from "./numbers.ts";
import { operations } from "./oracle/cases.ts";

const seed = Number(process.env["DOPPEL_SEED"] ?? 754);
const questions = process.env["DOPPEL_LONG"] === "1" ? 2_000_000 : 20_000;
const batch = 20_000;
const missing = missingOf(["qemu-riscv64"]);

/** Cases (32 bytes each) in, answers (16 bytes each) out; oracle/oracle.S says what is in them. */
function ask(cases: Uint8Array): Promise<Buffer> {
	const child = spawn("qemu-riscv64", ["-cpu", "rv64,Zfh=true", join(import.meta.dirname, "oracle/built/oracle.elf")], { timeout: 60_000, stdio: "pipe" });
	const out: Buffer[] = [];
	const err: Buffer[] = [];
	child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
	child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
	child.stdin.on("error", () => {});
	child.stdin.end(cases);
	return new Promise((done, failed) => {
		child.on("error", failed);
		child.on("close", (code) => (code === 0 ? done(Buffer.concat(out)) : failed(new Error(`oracle ended with ${code}: ${Buffer.concat(err)}`))));
	});
}

const cut = (width: number, [lo, hi]: Bits): Bits => (width === 64 ? [lo, hi] : [width === 16 ? lo & 0xffff : lo, 0]);

describe.skipIf(missing.length > 0)(`floating point is IEEE 754's (skipped: there is no ${missing.join(", ")})`, () => {
	const classes = [...new Set(operations.map((op) => op.class))];
	it.each(classes)("C2: %s: results and flags are those of QEMU's processor", { timeout: 900_000 }, async (name) => {
		const mine = operations.filter((op) => op.class === name);
		const r = new Random(seed);
		const out: FloatOut = { lo: 0, hi: 0, flags: 0 };
		const wrong: string[] = [];
		let differ = 0;
		for (let done = 0; done < questions; done += batch) {
			const cases = new DataView(new ArrayBuffer(batch * 32));
			const asked = Array.from({ length: batch }, (_, i) => {
				const op = r.pick(mine);
				const mode = r.below(5);
				const operands = op.operands(r);
				[op.index, mode, ...operands.flat()].forEach((word, n) => {
					cases.setInt32(i * 32 + n * 4, word, true);
				});
				return { op, mode, operands };
			});
			const answers = await ask(new Uint8Array(cases.buffer));
			expect(answers.length).toBe(batch * 16);
			asked.forEach(({ op, mode, operands }, i) => {
				op.run(out, ...operands, mode);
				const [lo, hi] = cut(op.width, [answers.readInt32LE(i * 16), answers.readInt32LE(i * 16 + 4)]);
				const flags = answers.readInt32LE(i * 16 + 8);
				if (out.lo === lo && out.hi === hi && out.flags === flags) return;
				differ++;
				const text = operands.map((x) => hex(64, x)).join(", ");
				const [ours, theirs] = [hex(op.width, [out.lo, out.hi]), hex(op.width, [lo, hi])];
				if (wrong.length < 10) wrong.push(`${op.name}(${text}) mode ${mode}: ${ours} flags ${out.flags}, QEMU ${theirs} flags ${flags} (seed ${seed})`);
			});
		}
		console.log(`${name}: ${questions} questions of ${mine.length} operations, ${differ} differ (seed ${seed})`);
		expect(wrong).toEqual([]);
	});
});
