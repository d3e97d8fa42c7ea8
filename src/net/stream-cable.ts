/** A stream of bytes to and from another program in, a cable out: frames with their lengths before them, as QEMU's `-netdev socket` has them. */
import { type Cable, type Card, type Frame, frameBytes, plainFrame } from "../base/network.ts";
import { ethernetBytes } from "./packet.ts";
import { createByteRing } from "./ring.ts";

const lengthBytes = 4;
/** QEMU's own limit; what is longer than a frame may be is dropped. */
const mostBytes = 69632;
/** Frames that wait for the card before the stream is not read any more. */
const mostWaiting = 256;

/** The other program's end. */
export interface ByteStream {
	/** False: it has no room, and nothing was taken. */
	write(bytes: Uint8Array): boolean;
	/** Read no more, or go on. */
	hold(on: boolean): void;
	close(): void;
}

export interface StreamCable extends Cable {
	/** Bytes have arrived: between runs only. False: they are no frames, and the stream is of no use any more. */
	arrived(bytes: Uint8Array): boolean;
	/** Another stream begins, or none is there now. */
	connected(stream: ByteStream | null): void;
}

/** Frames are lost while nobody is at the other end, or when that is slow. */
export function createStreamCable(): StreamCable {
	let ring = createByteRing();
	let stream: ByteStream | null = null;
	let card: Card | null = null;
	let held = false;
	const waiting: Frame[] = [];
	const counts = { lost: 0 };
	const hold = (on: boolean): void => {
		if (held !== on) stream?.hold(on);
		held = on;
	};
	return {
		large: false,
		attach(one) {
			card = one;
		},
		connected(one) {
			stream = one;
			ring = createByteRing();
			held = false;
		},
		arrived(bytes) {
			ring.push(bytes);
			const head = new Uint8Array(lengthBytes);
			while (ring.length >= lengthBytes) {
				ring.copy(0, head);
				const length = new DataView(head.buffer).getUint32(0);
				if (length > mostBytes) return false;
				if (ring.length < lengthBytes + length) break;
				const frame = new Uint8Array(length);
				ring.copy(lengthBytes, frame);
				ring.drop(lengthBytes + length);
				if (length >= ethernetBytes && length <= frameBytes) waiting.push(plainFrame(frame));
				else counts.lost++;
			}
			if (waiting.length >= mostWaiting) hold(true);
			return true;
		},
		send({ bytes }) {
			const whole = new Uint8Array(lengthBytes + bytes.length);
			new DataView(whole.buffer).setUint32(0, bytes.length);
			whole.set(bytes, lengthBytes);
			if (!stream?.write(whole)) counts.lost++;
		},
		receive() {
			const frame = waiting.shift() ?? null;
			if (waiting.length < mostWaiting / 2) hold(false);
			return frame;
		},
		poll() {
			if (waiting.length > 0) card?.wake();
		},
		kept: () => [waiting.length, counts.lost, ring.length],
		close: () => stream?.close(),
	};
}
