/** Questions whose card an address is in, answers for the addresses of the network's own out (RFC 826). */
import { type Frame, plainFrame } from "../base/network.ts";
import { user } from "./address.ts";
import { EtherType, ethernetBytes, routerMac, viewOf } from "./packet.ts";

const bodyBytes = 28;
const question = 1;
const answer = 2;

/** Null: no question, or about somebody else. */
export function answerArp(frame: Uint8Array): Frame | null {
	if (frame.length < ethernetBytes + bodyBytes) return null;
	const body = frame.subarray(ethernetBytes, ethernetBytes + bodyBytes);
	const view = viewOf(body);
	// Ethernet and IPv4
	if (view.getUint32(0) !== 0x10800 || view.getUint32(4) !== 0x6040000 + question) return null;
	const asked = view.getUint32(24);
	if (asked !== user.gateway && asked !== user.names) return null;
	const bytes = new Uint8Array(ethernetBytes + bodyBytes);
	bytes.set(body.subarray(8, 14));
	bytes.set(routerMac, 6);
	const out = viewOf(bytes);
	out.setUint16(12, EtherType.arp);
	bytes.set(body.subarray(0, 6), 14);
	out.setUint16(20, answer);
	bytes.set(routerMac, 22);
	out.setUint32(28, asked);
	bytes.set(body.subarray(8, 18), 32);
	return plainFrame(bytes);
}
