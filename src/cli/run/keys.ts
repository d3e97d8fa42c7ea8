/** Bytes typed at a terminal in, bytes for the guest out: Ctrl-A is ours, as in QEMU. */

export interface Keys {
	/** What the guest gets of these bytes. */
	typed(bytes: Uint8Array): Uint8Array;
}

const prefix = 1;

/** `leave`: Ctrl-A x was typed. Ctrl-A Ctrl-A (or a) sends one Ctrl-A; Ctrl-A h says so; anything else after Ctrl-A is swallowed. */
export function createKeys(o: { leave: () => void; help: () => void }): Keys {
	let pending = false;
	return {
		typed(bytes) {
			const out: number[] = [];
			for (const byte of bytes) {
				if (!pending && byte === prefix) pending = true;
				else if (!pending) out.push(byte);
				else {
					pending = false;
					const key = String.fromCharCode(byte).toLowerCase();
					if (key === "x") o.leave();
					else if (key === "h" || key === "?") o.help();
					else if (byte === prefix || key === "a") out.push(prefix);
				}
			}
			return Uint8Array.from(out);
		},
	};
}
