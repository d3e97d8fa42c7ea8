/** A guest's question for an address in, the answer out (RFC 2131, RFC 2132): always the same address, for ever. */
import { user } from "./address.ts";
import { viewOf } from "./packet.ts";

export const dhcpServerPort = 67;
export const dhcpClientPort = 68;
const Type = { discover: 1, offer: 2, request: 3, decline: 4, ack: 5, nak: 6, release: 7, inform: 8 } as const;
const Code = { pad: 0, mask: 1, router: 3, names: 6, requested: 50, lease: 51, type: 53, server: 54, end: 255 } as const;
const cookie = 0x63825363;
const fixedBytes = 240;
const answerBytes = 300;
const leaseSeconds = 86400;

function optionsOf(bytes: Uint8Array): Map<number, Uint8Array> {
	const options = new Map<number, Uint8Array>();
	for (let at = fixedBytes; at < bytes.length && bytes[at] !== Code.end; ) {
		const code = bytes[at]!;
		if (code === Code.pad) {
			at++;
			continue;
		}
		const length = bytes[at + 1] ?? bytes.length;
		if (at + 2 + length > bytes.length) break;
		if (!options.has(code)) options.set(code, bytes.subarray(at + 2, at + 2 + length));
		at += 2 + length;
	}
	return options;
}
const numberOf = (option: Uint8Array | undefined): number | null => (option?.length === 4 ? viewOf(option).getUint32(0) : null);
const bytesOf = (value: number): number[] => [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];

/** `names`: there is somebody to ask for names. Null: no question, or one that needs no answer. */
export function answerDhcp(question: Uint8Array, o: { names: boolean; router: boolean }): Uint8Array | null {
	if (question.length < fixedBytes) return null;
	const view = viewOf(question);
	// a request, for an Ethernet card
	if (question[0] !== 1 || question[1] !== 1 || question[2] !== 6 || view.getUint32(236) !== cookie) return null;
	const options = optionsOf(question);
	const type = options.get(Code.type)?.[0];
	const server = numberOf(options.get(Code.server));
	if (server !== null && server !== user.gateway) return null;
	if (type !== Type.discover && type !== Type.request && type !== Type.inform) return null;
	const has = view.getUint32(12);
	const wanted = numberOf(options.get(Code.requested)) ?? (has === 0 ? user.guest : has);
	const answerType = type === Type.discover ? Type.offer : type === Type.request && wanted !== user.guest ? Type.nak : Type.ack;
	const answer = new Uint8Array(answerBytes);
	const out = viewOf(answer);
	answer.set([2, 1, 6, 0]);
	// transaction, seconds and flags, the card's address
	answer.set(question.subarray(4, 8), 4);
	answer.set(question.subarray(10, 12), 10);
	answer.set(question.subarray(28, 44), 28);
	if (type === Type.inform) out.setUint32(12, has);
	else if (answerType !== Type.nak) out.setUint32(16, user.guest);
	out.setUint32(20, user.gateway);
	out.setUint32(236, cookie);
	const add: number[] = [Code.type, 1, answerType, Code.server, 4, ...bytesOf(user.gateway)];
	if (answerType !== Type.nak) {
		add.push(Code.mask, 4, ...bytesOf(user.mask));
		if (o.router) add.push(Code.router, 4, ...bytesOf(user.gateway));
		if (o.names) add.push(Code.names, 4, ...bytesOf(user.names));
		if (type !== Type.inform) add.push(Code.lease, 4, ...bytesOf(leaseSeconds));
	}
	answer.set([...add, Code.end], fixedBytes);
	return answer;
}
