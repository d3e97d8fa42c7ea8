/** Operations and a seed in, a batch of questions for the oracle out; a program's answers in, what differs out. */
import type { Random } from "../../ir/random.ts";
import { type Bits, hex } from "../numbers.ts";
import type { Operation } from "./cases.ts";

export interface Question {
	readonly op: Operation;
	readonly mode: number;
	/** exceptions raised before */
	readonly old: number;
	readonly operands: [Bits, Bits, Bits];
}
export const caseBytes = 32;
export const answerBytes = 16;

export function draw(r: Random, operations: readonly Operation[], count: number): Question[] {
	return Array.from({ length: count }, () => {
		const op = r.pick(operations);
		return { op, mode: r.below(5), old: r.pick([0, 1, r.below(32)]), operands: op.operands(r) };
	});
}

/** As oracle.S reads them. */
export function write(questions: readonly Question[]): Uint8Array {
	const view = new DataView(new ArrayBuffer(questions.length * caseBytes));
	questions.forEach(({ op, mode, old, operands }, i) => {
		[op.index, (mode << 5) | old, ...operands.flat()].forEach((word, n) => {
			view.setInt32(i * caseBytes + n * 4, word, true);
		});
	});
	return new Uint8Array(view.buffer);
}

/** Answer `i`: the bits that count, and the flags after it. */
export function answer(answers: DataView, i: number, { op: { width } }: Question): [lo: number, hi: number, flags: number] {
	const lo = answers.getInt32(i * answerBytes, true);
	const hi = answers.getInt32(i * answerBytes + 4, true);
	return [width === 16 ? lo & 0xffff : lo, width === 64 ? hi : 0, answers.getInt32(i * answerBytes + 8, true)];
}

/** How a question reads in a message. */
export function say({ op, mode, old, operands }: Question): string {
	return `${op.name}(${operands.map((x) => hex(64, x)).join(", ")}) mode ${mode}, flags ${old}`;
}
