/** Echo requests to the network's own addresses in, echo replies out (RFC 792). */
import type { Frame } from "../base/network.ts";
import { checksum, type Packet, Protocol, packetFrames, viewOf } from "./packet.ts";

const request = 8;
const headerBytes = 8;

/** Null: nothing that we answer. */
export function answerEcho(packet: Packet, mac: Uint8Array): Frame[] | null {
	const { payload, source, destination, identification } = packet;
	if (payload.length < headerBytes || payload[0] !== request || payload[1] !== 0 || checksum(payload) !== 0) return null;
	const reply = payload.slice();
	// type 0; the checksum anew
	reply.fill(0, 0, 4);
	viewOf(reply).setUint16(2, checksum(reply));
	return packetFrames(mac, { source: destination, destination: source, protocol: Protocol.icmp, identification }, reply);
}
