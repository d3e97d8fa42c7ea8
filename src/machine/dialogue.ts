/** A running machine in, a conversation with its guest out: wait for what it prints, type what a person would. */
import { HostError } from "../../jit/base/errors.ts";
import { encodeText } from "../base/bytes.ts";
import type { Awaited, Transcript } from "../base/transcript.ts";
import type { HostParts, RunResult } from "./options.ts";

/** For tests of firmware: `await machine.console.expect(/login:/); machine.console.send("root\r");`. */
export interface Dialogue {
	/** Types text (as UTF-8); the guest sees it when it runs next. */
	send(text: string): void;
	/** What the guest printed since the last match, up to the end of this one; null: not printed yet. Runs nothing. */
	seen(text: Awaited): string | null;
	/**
	 * Runs the machine until the guest has printed `text`, and answers as `seen` does. At most `instructions` more are run, in slices of `sliceInstructions`, so that
	 * equal machines come to the same state. Rejects with `HostError` when the guest ends, waits for ever or has not printed it by then.
	 */
	expect(text: Awaited, o?: { instructions?: number }): Promise<string>;
	/** How the run ended, if it did so while a text was awaited (also when that was printed); else null. */
	readonly ended: RunResult | null;
	/** The last line printed, for messages. */
	last(): string;
}

export interface DialogueParts {
	readonly transcript: Transcript;
	readonly run: (instructions: number) => RunResult;
	readonly input: (bytes: Uint8Array) => void;
	/** The clock. */
	readonly steps: () => number;
	/** Lets the host do other things between two slices. */
	readonly rest?: HostParts["rest"];
}

/** Instructions between two looks at what was printed: some ten milliseconds at the speed of translated code. */
export const sliceInstructions = 2 ** 20;
/** A hundred seconds of the guest's clock on board virt. */
const patience = 1e10;

/** How a text is named in messages. */
export const nameOf = (text: Awaited): string => (typeof text === "string" ? JSON.stringify(text) : String(text));

/** Why the run is over, in words. */
function whyOf(result: RunResult): string {
	if (result.reason === "exit") return `the guest ended with code ${result.code}`;
	return result.reason === "idle" ? "the guest waits for ever" : "the guest was reset";
}

export function createDialogue(o: DialogueParts): Dialogue {
	const { transcript } = o;
	let ended: RunResult | null = null;
	const failed = (text: Awaited, why: string): HostError =>
		new HostError(`console: ${nameOf(text)} was not printed: ${why}; the last line is ${JSON.stringify(transcript.last())}`);
	return {
		send: (text) => o.input(encodeText(text)),
		seen: transcript.take,
		last: transcript.last,
		get ended() {
			return ended;
		},
		async expect(text, { instructions = patience } = {}) {
			let left = instructions;
			for (;;) {
				const found = transcript.take(text);
				if (found !== null) return found;
				if (left <= 0) throw failed(text, `within ${instructions} instructions`);
				const from = o.steps();
				const result = o.run(Math.min(left, sliceInstructions));
				// a machine that waits for the world outside has not run: its patience is its clock's
				left -= result.reason === "waits" ? o.steps() - from : sliceInstructions;
				ended = result.reason === "limit" || result.reason === "waits" ? null : result;
				if (ended) {
					const printed = transcript.take(text);
					if (printed !== null) return printed;
					throw failed(text, whyOf(ended));
				}
				await o.rest?.(result.reason === "waits" ? result.wait : undefined);
			}
		},
	};
}
