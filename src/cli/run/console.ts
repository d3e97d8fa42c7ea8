/** Standard input and output in, the guest's console out: raw keys and filtered escapes on a terminal, plain bytes elsewhere. */
import type { ByteSink } from "../../base/host.ts";
import { createInput, type Input } from "../../host/node/input.ts";
import { createOutput } from "../../host/node/output.ts";
import { createFilter } from "./filter.ts";
import { createKeys } from "./keys.ts";

export interface HostConsole {
	readonly output: ByteSink;
	/** What has arrived for the guest; null: nothing. */
	poll(): Uint8Array | null;
	/** Waits for bytes; null: none will come, or the person at the terminal left. */
	wait(): Uint8Array | null;
	/** Ctrl-A x was typed. */
	readonly left: boolean;
	/** No input will come any more. */
	readonly ended: boolean;
	flush(): void;
	close(): void;
}

const help = "\r\ndoppel: Ctrl-A x leaves, Ctrl-A a sends Ctrl-A\r\n";

export function createHostConsole(o: { rawTerminal: boolean }): HostConsole {
	const out = createOutput(1, "stdout", { lines: process.stdout.isTTY === true });
	const input: Input = createInput();
	const terminal = process.stdin.isTTY === true;
	let left = false;
	const keys = createKeys({
		leave: () => {
			left = true;
		},
		help: () => process.stderr.write(help),
	});
	if (terminal) process.stdin.setRawMode(true);
	const forGuest = (bytes: Uint8Array | null): Uint8Array | null => {
		if (!terminal || bytes === null) return bytes;
		const kept = keys.typed(bytes);
		return kept.length > 0 ? kept : null;
	};
	return {
		output: process.stdout.isTTY === true && !o.rawTerminal ? createFilter(out.put) : out.put,
		poll: () => forGuest(input.poll()),
		wait() {
			out.flush();
			for (;;) {
				const bytes = input.wait();
				if (bytes === null) return null;
				const kept = forGuest(bytes);
				if (kept !== null) return kept;
				if (left) return null;
			}
		},
		get left() {
			return left;
		},
		get ended() {
			return input.ended;
		},
		flush: out.flush,
		close() {
			if (terminal) process.stdin.setRawMode(false);
			input.close();
		},
	};
}
