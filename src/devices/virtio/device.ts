/** What a virtio device is to its transport: an identity, features, a configuration and the carrying out of requests. */
import type { Request, Served } from "./queue.ts";

/** A virtio device (virtio 1.2, chapter 5) without its registers. It has no state that a driver sees but through requests and `config`. */
export interface VirtioDevice {
	/** As section 5 numbers devices: 2 is a block device. */
	readonly id: number;
	/** Feature bits 0..31 that it offers beyond what the transport does. */
	readonly features: number;
	readonly queues: number;
	/** What the driver sees from offset 0x100 on; the same bytes for ever. */
	readonly config: Uint8Array;
	/** Carries out the oldest request of a queue. */
	serve(queue: number, request: Request): Served;
	/** Given once: asks the transport to look at a queue again, for requests that were answered with null; whether a driver runs it; which of `features` that took. */
	readonly connect?: (wake: (queue: number) => void, running: () => boolean, taken: () => number) => void;
	/** Outside input may have arrived. */
	readonly poll?: () => void;
	reset(): void;
	/** Everything that decides about what it does next, for fingerprints. */
	kept(): number[];
}
