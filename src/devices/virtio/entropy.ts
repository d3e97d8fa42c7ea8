/** Entropy device (virtio 1.2, section 5.4): requests in, bytes of a seeded generator out, so that a run can be repeated. Not for secrets. */
import { createRandom } from "../../base/random.ts";
import type { VirtioDevice } from "./device.ts";

/** A request is filled up to this; a driver asks again. */
const mostBytes = 65536;

export function createVirtioEntropy(o: { seed: number }): VirtioDevice {
	const random = createRandom(o.seed);
	let given = 0;
	return {
		id: 4,
		features: 0,
		queues: 1,
		config: new Uint8Array(0),
		serve(_, request) {
			if (request.room === 0) return "broken";
			const bytes = Uint8Array.from({ length: Math.min(request.room, mostBytes) }, () => random.next() >>> 24);
			request.write(0, bytes);
			given += bytes.length;
			return { written: bytes.length, moved: bytes.length };
		},
		// a driver that starts anew gets other numbers
		reset: () => {},
		kept: () => [given],
	};
}
