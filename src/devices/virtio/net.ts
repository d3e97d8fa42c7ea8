/** Network card (virtio 1.2, section 5.1): frames of its transmit queue to a cable, the cable's frames into its receive queue. */
import { type Cable, type Frame, frameBytes, largeFrameBytes } from "../../base/network.ts";
import type { VirtioDevice } from "./device.ts";
import type { Request } from "./queue.ts";

const Queue = { receive: 0, transmit: 1 } as const;
const Feature = { checksum: 1 << 0, guestChecksum: 1 << 1, mac: 1 << 5, guestTso4: 1 << 7, hostTso4: 1 << 11, status: 1 << 16 } as const;
/** Of a header: the checksum is not whole; the kinds of frames that stand for several. */
const needsChecksum = 1;
const Segments = { none: 0, tcp4: 1 } as const;
const headerBytes = 12;
const ethernetBytes = 14;
/** Bytes of Ethernet, IP and TCP headers, which the driver is told of frames that stand for several: a hint. */
const usualHeaders = 54;

function configOf(mac: Uint8Array): Uint8Array {
	const config = new Uint8Array(12);
	config.set(mac.subarray(0, 6));
	// the link is up; one pair of queues
	config[6] = 1;
	config[8] = 1;
	return config;
}

/** A frame behind a driver's header; null: one that a driver may not send with these features. */
function frameOf(request: Request, features: number): Frame | null {
	const most = features & Feature.hostTso4 ? largeFrameBytes : frameBytes;
	const length = request.given - headerBytes;
	if (length < ethernetBytes || length > most) return null;
	const all = request.read(0, request.given);
	const view = new DataView(all.buffer, all.byteOffset, headerBytes);
	const bytes = all.subarray(headerBytes);
	const partial = (view.getUint8(0) & needsChecksum) !== 0;
	const kind = view.getUint8(1);
	if (partial && !(features & Feature.checksum)) return null;
	if (kind !== Segments.none && (kind !== Segments.tcp4 || !(features & Feature.hostTso4) || !partial)) return null;
	const segment = kind === Segments.none ? 0 : view.getUint16(4, true);
	if ((kind !== Segments.none && segment === 0) || (segment === 0 && length > frameBytes)) return null;
	if (!partial) return { bytes, segment, checksum: null };
	const [start, offset] = [view.getUint16(6, true), view.getUint16(8, true)];
	return start + offset + 2 <= length ? { bytes, segment, checksum: { start, offset } } : null;
}

/** The header that a driver is given before a frame. */
function headerOf({ segment, checksum }: Frame): Uint8Array {
	const header = new Uint8Array(headerBytes);
	const view = new DataView(header.buffer);
	if (checksum) {
		view.setUint8(0, needsChecksum);
		view.setUint16(6, checksum.start, true);
		view.setUint16(8, checksum.offset, true);
	}
	if (segment > 0) {
		view.setUint8(1, Segments.tcp4);
		view.setUint16(2, usualHeaders, true);
		view.setUint16(4, segment, true);
	}
	// num_buffers: this one
	view.setUint16(10, 1, true);
	return header;
}

/** What a card needs of the machine's time: see `Card`. */
export interface CardTime {
	now(): number;
	alarm(fire: () => void): (millis: number) => void;
}

/** `mac`: six bytes. What a driver sends that is no frame, or does not fit, is counted and dropped. */
export function createVirtioNet(o: { cable: Cable; mac: Uint8Array; time: CardTime }): VirtioDevice {
	const { cable } = o;
	const counts = { sent: 0, sentBytes: 0, received: 0, receivedBytes: 0, dropped: 0 };
	let wake: (queue: number) => void = () => {};
	let taken: () => number = () => 0;
	const both = Feature.guestChecksum | Feature.guestTso4;
	const large = (): boolean => (taken() & both) === both;

	const transmit = (request: Request) => {
		if (request.given < headerBytes) return "broken" as const;
		const frame = frameOf(request, taken());
		if (frame) {
			counts.sent++;
			counts.sentBytes += frame.bytes.length;
			cable.send(frame);
		} else counts.dropped++;
		return { written: 0, moved: request.given };
	};
	const receive = (request: Request) => {
		if (request.room < headerBytes) return "broken" as const;
		const frame = cable.receive();
		if (!frame) return null;
		const written = headerBytes + frame.bytes.length;
		if (written > request.room || (!large() && (frame.checksum || frame.segment > 0))) {
			counts.dropped++;
			// the next one may fit: after the time that this one took
			wake(Queue.receive);
			return null;
		}
		request.write(0, headerOf(frame));
		request.write(headerBytes, frame.bytes);
		counts.received++;
		counts.receivedBytes += frame.bytes.length;
		return { written, moved: written };
	};
	cable.attach({ mac: o.mac, large, wake: () => wake(Queue.receive), ...o.time });
	return {
		id: 1,
		features: Feature.mac | Feature.status | (cable.large ? Feature.checksum | Feature.guestChecksum | Feature.guestTso4 | Feature.hostTso4 : 0),
		queues: 2,
		config: configOf(o.mac),
		serve: (queue, request) => (queue === Queue.receive ? receive(request) : transmit(request)),
		connect(wakeQueue, _, takenFeatures) {
			wake = wakeQueue;
			taken = takenFeatures;
		},
		poll: () => cable.poll(),
		reset: () => {},
		kept: () => [...Object.values(counts), ...cable.kept()],
	};
}
