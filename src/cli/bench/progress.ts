/** How far something has come in, a line on a terminal out that is written over; nothing in a pipe. */
import { nowMillis } from "../../host/node/time.ts";

export interface Progress {
	/** Shows it, a few times a second at most. */
	show(text: () => string): void;
	/** A byte that the guest prints. */
	seen(byte: number): void;
	clear(): void;
}

const everyMillis = 250;
const newline = 10;
const erase = "\r\x1b[K";

export function createProgress(stream: Pick<NodeJS.WriteStream, "isTTY" | "write"> = process.stderr): Progress {
	let last = nowMillis();
	let shown = false;
	/** The guest's last line has ended, so a line of ours does not stand in the middle of one. */
	let fresh = true;
	const clear = (): void => {
		if (shown) stream.write(erase);
		shown = false;
	};
	return {
		clear,
		seen(byte) {
			clear();
			fresh = byte === newline;
		},
		show(text) {
			const now = nowMillis();
			if (stream.isTTY !== true || !fresh || now - last < everyMillis) return;
			last = now;
			shown = true;
			stream.write(`${erase}doppel: ${text()}`);
		},
	};
}
