/** The library against QEMU's processor, which was written by others: results and flags, bit for bit. DOPPEL_LONG=1 asks 2 million questions a class. */
import { describe, expect, it } from "vitest";
import type { FloatOut } from "../../jit/base/float/float.ts";
import { Random } from "../ir/random.ts";
import { missingOf } from "../support/command.ts";
import { hex } from "./numbers.ts";
import { ask } from "./oracle/ask.ts";
import { operations } from "./oracle/cases.ts";
import { answer, draw, say, write } from "./oracle/questions.ts";

const seed = Number(process.env["DOPPEL_SEED"] ?? 754);
const count = process.env["DOPPEL_LONG"] === "1" ? 2_000_000 : 20_000;
const batch = 20_000;
const missing = missingOf(["qemu-riscv64"]);
const ours = operations.filter((op) => op.run);
const classes = [...new Set(ours.map((op) => op.class))];

describe.skipIf(missing.length > 0)(`floating point is IEEE 754's (skipped: there is no ${missing.join(", ")})`, () => {
	it.each(classes)("C2: %s: results and flags are those of QEMU's processor", { timeout: 900_000 }, async (name) => {
		const mine = ours.filter((op) => op.class === name);
		const r = new Random(seed);
		const out: FloatOut = { lo: 0, hi: 0, flags: 0 };
		const wrong: string[] = [];
		let differ = 0;
		for (let done = 0; done < count; done += batch) {
			const questions = draw(r, mine, batch);
			const answers = await ask(write(questions));
			questions.forEach((q, i) => {
				const { op, mode, old, operands } = q;
				op.run!(out, ...operands, mode);
				const [lo, hi, flags] = answer(answers, i, q);
				if (out.lo === lo && out.hi === hi && (out.flags | old) === flags) return;
				if (differ++ < 10) wrong.push(`${say(q)}: ${hex(op.width, [out.lo, out.hi])} raises ${out.flags}, QEMU ${hex(op.width, [lo, hi])} flags ${flags}`);
			});
		}
		console.log(`${name}: ${count} questions of ${mine.length} operations, ${differ} differ (seed ${seed})`);
		expect(wrong, `seed ${seed}`).toEqual([]);
	});
});
