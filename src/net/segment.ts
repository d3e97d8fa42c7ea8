/** A packet's payload in, a TCP segment out, and back (RFC 9293, section 3.1). */
import type { Frame } from "../base/network.ts";
import { checksum, ethernetBytes, fold, ipBytes, makePacket, type Packet, Protocol, pseudoSum, viewOf } from "./packet.ts";

export const Flag = { fin: 1, syn: 2, reset: 4, push: 8, ack: 16 } as const;
const headerBytes = 20;
const checksumAt = 16;
const Option = { end: 0, nothing: 1, most: 2, scale: 3 } as const;

export interface Segment {
	readonly sourcePort: number;
	readonly destinationPort: number;
	readonly sequence: number;
	readonly acknowledged: number;
	readonly flags: number;
	readonly window: number;
	/** Of a SYN: the largest payload that its sender takes, and by how much its windows are shifted; null: not said. */
	readonly most: number | null;
	readonly scale: number | null;
	readonly payload: Uint8Array;
}

function optionsOf(bytes: Uint8Array): { most: number | null; scale: number | null } {
	const found = { most: null as number | null, scale: null as number | null };
	for (let at = 0; at < bytes.length && bytes[at] !== Option.end; ) {
		if (bytes[at] === Option.nothing) {
			at++;
			continue;
		}
		const length = bytes[at + 1] ?? 0;
		if (length < 2 || at + length > bytes.length) break;
		if (bytes[at] === Option.most && length === 4) found.most = bytes[at + 2]! * 256 + bytes[at + 3]!;
		if (bytes[at] === Option.scale && length === 3) found.scale = Math.min(bytes[at + 2]!, 14);
		at += length;
	}
	return found;
}

/** `trusted`: the checksum is for somebody else to complete. Null: no segment, or a damaged one. */
export function readSegment(packet: Packet, trusted: boolean): Segment | null {
	const { payload: bytes, source, destination } = packet;
	if (bytes.length < headerBytes) return null;
	const view = viewOf(bytes);
	const header = (bytes[12]! >>> 4) * 4;
	if (header < headerBytes || header > bytes.length) return null;
	if (!trusted && checksum(bytes, pseudoSum(source, destination, Protocol.tcp, bytes.length)) !== 0) return null;
	const flags = bytes[13]!;
	const options = flags & Flag.syn ? optionsOf(bytes.subarray(headerBytes, header)) : { most: null, scale: null };
	return {
		...{ sourcePort: view.getUint16(0), destinationPort: view.getUint16(2) },
		...{ sequence: view.getUint32(4), acknowledged: view.getUint32(8), flags, window: view.getUint16(14) },
		...options,
		payload: bytes.subarray(header),
	};
}

export interface SegmentHead {
	readonly source: number;
	readonly destination: number;
	readonly sourcePort: number;
	readonly destinationPort: number;
	readonly sequence: number;
	readonly acknowledged: number;
	readonly flags: number;
	readonly window: number;
	readonly most?: number | null;
	readonly scale?: number | null;
}

/**
 * A frame for `mac` with `length` bytes of payload, which `fill` puts in. `segment`: the card is to make several of it, of that size, and to complete the checksum; 0:
 * the frame is whole.
 */
export function makeSegment(mac: Uint8Array, head: SegmentHead, length: number, fill: (into: Uint8Array) => void, segment = 0): Frame {
	const options: number[] = [];
	if (head.most) options.push(Option.most, 4, head.most >>> 8, head.most & 255);
	if (typeof head.scale === "number") options.push(Option.nothing, Option.scale, 3, head.scale);
	const start = headerBytes + options.length;
	const { bytes, payload } = makePacket(mac, { ...head, protocol: Protocol.tcp }, start + length);
	const view = viewOf(payload);
	view.setUint16(0, head.sourcePort);
	view.setUint16(2, head.destinationPort);
	view.setUint32(4, head.sequence);
	view.setUint32(8, head.acknowledged);
	view.setUint8(12, (start / 4) << 4);
	view.setUint8(13, head.flags);
	view.setUint16(14, head.window);
	payload.set(options, headerBytes);
	fill(payload.subarray(start));
	const sum = pseudoSum(head.source, head.destination, Protocol.tcp, payload.length);
	if (segment === 0) {
		view.setUint16(checksumAt, checksum(payload, sum));
		return { bytes, segment: 0, checksum: null };
	}
	view.setUint16(checksumAt, fold(sum));
	return { bytes, segment, checksum: { start: ethernetBytes + ipBytes, offset: checksumAt } };
}
