/** Frames in, IPv4 packets out, and back: every length, offset and checksum is looked at here, so that what comes out is as RFC 791 has it. */
import { type Frame, plainFrame } from "../base/network.ts";

export const EtherType = { ipv4: 0x0800, arp: 0x0806 } as const;
export const Protocol = { icmp: 1, tcp: 6, udp: 17 } as const;
export const ethernetBytes = 14;
export const ipBytes = 20;
/** The address of the router of a user network, as QEMU has it: the last four bytes are its IPv4 address. */
export const routerMac = Uint8Array.of(0x52, 0x55, 10, 0, 2, 2);
const timeToLive = 64;

export interface Packet {
	readonly source: number;
	readonly destination: number;
	readonly protocol: number;
	readonly identification: number;
	/** A fragment: where in the whole its payload starts, and whether more follows. */
	readonly offset: number;
	readonly more: boolean;
	/** The frame's own bytes. */
	readonly payload: Uint8Array;
}

export const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);

/** The sum of RFC 1071 over 16-bit words, not yet folded; an odd last byte counts as a word's high half. */
export function addWords(bytes: Uint8Array, sum: number): number {
	const even = bytes.length & ~1;
	let words = sum;
	for (let at = 0; at < even; at += 2) words += (bytes[at]! << 8) | bytes[at + 1]!;
	return bytes.length & 1 ? words + (bytes[even]! << 8) : words;
}
/** The sum as it stands in a header. */
export function fold(sum: number): number {
	let words = sum;
	while (words > 0xffff) words = (words % 0x10000) + Math.floor(words / 0x10000);
	return words;
}
/** The checksum of `bytes`, of which its own field is zero: what goes into that field. 0 over bytes that hold a right checksum. */
export const checksum = (bytes: Uint8Array, sum = 0): number => ~fold(addWords(bytes, sum)) & 0xffff;

/** What TCP and UDP add of the IP header (RFC 9293, section 3.1). */
export const pseudoSum = (source: number, destination: number, protocol: number, length: number): number =>
	(source >>> 16) + (source & 0xffff) + (destination >>> 16) + (destination & 0xffff) + protocol + length;

/** Null: no IPv4 packet, or one that is not whole. Options are skipped. */
export function readPacket(frame: Uint8Array): Packet | null {
	if (frame.length < ethernetBytes + ipBytes) return null;
	const bytes = frame.subarray(ethernetBytes);
	const view = viewOf(bytes);
	const header = (bytes[0]! & 15) * 4;
	const total = view.getUint16(2);
	if (bytes[0]! >>> 4 !== 4 || header < ipBytes || total < header || total > bytes.length || checksum(bytes.subarray(0, header)) !== 0) return null;
	const fragment = view.getUint16(6);
	const offset = (fragment & 0x1fff) * 8;
	const more = (fragment & 0x2000) !== 0;
	const payload = bytes.subarray(header, total);
	// a fragment that is not the last one is whole blocks of eight bytes, and none ends beyond the longest packet
	if ((more && (payload.length === 0 || payload.length % 8 !== 0)) || offset + payload.length > 65535 - ipBytes) return null;
	const [source, destination] = [view.getUint32(12), view.getUint32(16)];
	return { source, destination, protocol: bytes[9]!, identification: view.getUint16(4), offset, more, payload };
}

export interface PacketHead {
	readonly source: number;
	readonly destination: number;
	readonly protocol: number;
	readonly identification?: number;
	readonly offset?: number;
	readonly more?: boolean;
}

/** A frame for `mac` with room for `length` bytes of payload, which is a part of it. */
export function makePacket(mac: Uint8Array, head: PacketHead, length: number): { bytes: Uint8Array; payload: Uint8Array } {
	const bytes = new Uint8Array(ethernetBytes + ipBytes + length);
	bytes.set(mac);
	bytes.set(routerMac, 6);
	const view = viewOf(bytes);
	view.setUint16(12, EtherType.ipv4);
	view.setUint8(14, 0x45);
	view.setUint16(16, ipBytes + length);
	view.setUint16(18, head.identification ?? 0);
	// a packet that is whole may be cut nowhere
	const whole = head.offset === undefined;
	view.setUint16(20, whole ? 0x4000 : (head.more ? 0x2000 : 0) | (head.offset >>> 3));
	view.setUint8(22, timeToLive);
	view.setUint8(23, head.protocol);
	view.setUint32(26, head.source);
	view.setUint32(30, head.destination);
	view.setUint16(24, checksum(bytes.subarray(ethernetBytes, ethernetBytes + ipBytes)));
	return { bytes, payload: bytes.subarray(ethernetBytes + ipBytes) };
}

/** The same with its payload, in as many frames as that needs. */
export function packetFrames(mac: Uint8Array, head: PacketHead, payload: Uint8Array): Frame[] {
	const most = 1480;
	const frames: Frame[] = [];
	for (let at = 0; at === 0 || at < payload.length; at += most) {
		const part = payload.subarray(at, at + most);
		const whole = payload.length <= most;
		const made = makePacket(mac, whole ? head : { ...head, offset: at, more: at + most < payload.length }, part.length);
		made.payload.set(part);
		frames.push(plainFrame(made.bytes));
	}
	return frames;
}
