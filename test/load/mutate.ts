/** A file in, the same with some of its bytes changed, moved, cut or added out; and how long reading it takes at least. */
import type { Random } from "../../src/base/random.ts";

/** Values that break sums and comparisons. */
const nasty = [0, 1, 0x7f, 0x80, 0xff, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xffffffff];

export function mutate(random: Random, file: Uint8Array): Uint8Array {
	let bytes = file.slice();
	for (let i = 1 + random.below(4); i > 0 && bytes.length > 0; i--) {
		const at = random.below(random.below(2) ? Math.min(bytes.length, 120) : bytes.length);
		switch (random.below(6)) {
			case 0:
				bytes[at] = random.below(256);
				break;
			case 1:
				bytes[at]! ^= 1 << random.below(8);
				break;
			case 2: {
				const view = new DataView(bytes.buffer);
				if (at + 4 <= bytes.length) view.setUint32(at, nasty[random.below(nasty.length)]!, random.below(2) === 0);
				break;
			}
			case 3:
				bytes = bytes.slice(0, at);
				break;
			case 4:
				bytes.copyWithin(at, random.below(bytes.length), random.below(bytes.length));
				break;
			default: {
				const longer = new Uint8Array(bytes.length + random.below(64));
				longer.set(bytes);
				bytes = longer;
			}
		}
	}
	return bytes;
}

/** Milliseconds of the fastest of five tries: what else this machine does is not the loader's. */
export function fastest(attempt: () => unknown): number {
	const millis = Array.from({ length: 5 }, () => {
		const start = performance.now();
		try {
			attempt();
		} catch {}
		return performance.now() - start;
	});
	return Math.min(...millis);
}
