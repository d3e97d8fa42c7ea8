/** A split virtqueue in guest RAM in, requests of checked buffers out: the one place that reads descriptors (virtio 1.2, section 2.7). */

/** Guest RAM as a device reaches it: physical, never through a translation. */
export interface Dma {
	/** The bytes themselves, or null when they are not all RAM. */
	readonly window: (address: number, length: number) => Uint8Array | null;
	/** Changes RAM and tells whoever has to know (translated code). False, and nothing happened, outside RAM. */
	readonly write: (address: number, data: Uint8Array) => boolean;
}

/** Where a driver has put a queue. Addresses in guest physical memory, as numbers; beyond 2^53 they are no RAM of ours anyway. */
export interface QueueSetup {
	readonly size: number;
	readonly descriptors: number;
	/** The ring that the driver writes, and the one that the device writes. */
	readonly available: number;
	readonly used: number;
}

/** What a driver asks for: bytes for the device, then room for the device's answer, wherever they lie. */
export interface Request {
	/** Bytes from the driver. */
	readonly given: number;
	/** Bytes of room for the answer. */
	readonly room: number;
	/** A copy of up to `length` given bytes from `at` on: fewer at the end. */
	read(at: number, length: number): Uint8Array;
	/** Puts `data` into the room from `at` on; what does not fit is left out. */
	write(at: number, data: Uint8Array): void;
}

/** A request was carried out: bytes written into its room, and bytes that the host moved for it, which is what it costs in time. */
export interface Done {
	readonly written: number;
	readonly moved: number;
}

/** null: not now, the request waits until `wake`; "broken": the request is not of the device's form. */
export type Served = Done | null | "broken";

export interface Queue {
	/** Requests are waiting; also true when what the driver wrote is wrong: `serve` then says so. */
	waiting(): boolean;
	/**
	 * Takes the oldest request, has it carried out and gives it back with the bytes that were written; answers as `carryOut` did. "broken" too when the driver broke
	 * the rules of the ring: then nothing was carried out, and nothing of it may be looked at again until a reset. null too when nothing waits.
	 */
	serve(carryOut: (request: Request) => Served): Served;
	/** The driver wants no interrupt for used buffers. */
	quiet(): boolean;
	/** Positions in both rings. */
	kept(): number[];
}

/** The largest ring. A chain can hold as many buffers, so this also bounds one request's bookkeeping. */
export const maxQueueSize = 256;

/** A chain may name the same RAM again and again: so much in all, that one request does not keep the host for seconds. */
export const maxRequestBytes = 2 ** 28;

const Flag = { next: 1, write: 2 } as const;
const descriptorBytes = 16;

interface Buffer {
	readonly address: number;
	readonly length: number;
}

const word16 = (bytes: Uint8Array, at: number): number => bytes[at]! | (bytes[at + 1]! << 8);
const word32 = (bytes: Uint8Array, at: number): number => (word16(bytes, at) | (word16(bytes, at + 2) << 16)) >>> 0;
const word64 = (bytes: Uint8Array, at: number): number => word32(bytes, at + 4) * 2 ** 32 + word32(bytes, at);

/** Null when size, alignment, place or overlap of the rings are not as section 2.7 asks. */
export function createQueue(dma: Dma, setup: QueueSetup): Queue | null {
	const { size, descriptors, available, used } = setup;
	if (size < 1 || size > maxQueueSize || (size & (size - 1)) !== 0) return null;
	const parts: readonly [address: number, bytes: number, align: number][] = [
		[descriptors, descriptorBytes * size, 16],
		[available, 6 + 2 * size, 2],
		[used, 6 + 8 * size, 4],
	];
	if (parts.some(([address, bytes, align]) => address % align !== 0 || dma.window(address, bytes) === null)) return null;
	const sorted = [...parts].sort((a, b) => a[0] - b[0]);
	if (sorted.some(([address, bytes], i) => i < 2 && address + bytes > sorted[i + 1]![0])) return null;

	/** Positions, modulo 2^16: the next available entry to take, the next used entry to give. They move together. */
	let taken = 0;
	const table = dma.window(descriptors, descriptorBytes * size)!;
	const ring = dma.window(available, 6 + 2 * size)!;
	const ahead = (): number => (word16(ring, 2) - taken) & 0xffff;

	/** The buffers of the chain at `head`, each descriptor read once: what is written over them later changes nothing. Null: a broken chain. */
	const chainOf = (head: number): { given: Buffer[]; room: Buffer[] } | null => {
		const given: Buffer[] = [];
		const room: Buffer[] = [];
		let index = head;
		let total = 0;
		for (let count = 0; count < size; count++) {
			if (index >= size) return null;
			const at = descriptorBytes * index;
			const address = word64(table, at);
			const length = word32(table, at + 8);
			const flags = word16(table, at + 12);
			const writes = (flags & Flag.write) !== 0;
			if (length === 0 || (flags & ~(Flag.next | Flag.write)) !== 0 || dma.window(address, length) === null) return null;
			total += length;
			if ((!writes && room.length > 0) || total > maxRequestBytes) return null;
			(writes ? room : given).push({ address, length });
			if ((flags & Flag.next) === 0) return { given, room };
			index = word16(table, at + 14);
		}
		return null;
	};
	const finish = (head: number, written: number): void => {
		const entry = new Uint8Array(8);
		const view = new DataView(entry.buffer);
		view.setUint32(0, head, true);
		view.setUint32(4, written, true);
		dma.write(used + 4 + 8 * (taken % size), entry);
		taken = (taken + 1) & 0xffff;
		dma.write(used + 2, Uint8Array.of(taken, taken >> 8));
	};
	return {
		waiting: () => ahead() !== 0,
		quiet: () => (word16(ring, 0) & 1) !== 0,
		serve(carryOut) {
			if (ahead() === 0) return null;
			if (ahead() > size) return "broken";
			const head = word16(ring, 4 + 2 * (taken % size));
			const chain = chainOf(head);
			if (!chain) return "broken";
			const served = carryOut(requestOf(dma, chain.given, chain.room));
			if (served !== null && served !== "broken") finish(head, served.written);
			return served;
		},
		kept: () => [size, descriptors, available, used, taken],
	};
}

const lengthOf = (buffers: readonly Buffer[]): number => buffers.reduce((sum, buffer) => sum + buffer.length, 0);

/** Calls `part` for each piece of `buffers` that holds bytes `at` to `at + length` of all of them, in order. */
function pieces(buffers: readonly Buffer[], at: number, length: number, part: (address: number, length: number, done: number) => void): void {
	let start = 0;
	for (const buffer of buffers) {
		const from = Math.max(at, start);
		const to = Math.min(at + length, start + buffer.length);
		if (from < to) part(buffer.address + from - start, to - from, from - at);
		start += buffer.length;
	}
}

function requestOf(dma: Dma, given: readonly Buffer[], room: readonly Buffer[]): Request {
	const total = lengthOf(given);
	return {
		given: total,
		room: lengthOf(room),
		read(at, length) {
			const out = new Uint8Array(Math.max(0, Math.min(length, total - at)));
			pieces(given, at, out.length, (address, count, done) => out.set(dma.window(address, count)!, done));
			return out;
		},
		write: (at, data) => pieces(room, at, data.length, (address, count, done) => void dma.write(address, data.subarray(done, done + count))),
	};
}
