/** What a guest would send as frames, and what it gets checked byte by byte: written again, from the standards, so that no mistake of ours is its own judge. */
import { expect } from "vitest";
import type { Frame } from "../../src/base/network.ts";

export const guestMac = [0x52, 0x54, 0, 0x12, 0x34, 0x56];
export const routerMac = [0x52, 0x55, 10, 0, 2, 2];
export const guestAddress = "10.0.2.15";
export const gateway = "10.0.2.2";
export const names = "10.0.2.3";
export const all = "255.255.255.255";

export const quad = (text: string): number[] => text.split(".").map(Number);
export const number32 = (text: string): number => quad(text).reduce((sum, part) => sum * 256 + part, 0);
const word = (value: number): number[] => [(value >>> 8) & 255, value & 255];
const long = (value: number): number[] => [...word(value >>> 16), ...word(value)];
export const text = (value: string): number[] => [...Buffer.from(value, "latin1")];

/** One's complement sum of RFC 1071, the slow way. */
export function sum16(bytes: ArrayLike<number>): number {
	let sum = 0;
	for (let i = 0; i < bytes.length; i += 2) {
		sum += bytes[i]! * 256 + (bytes[i + 1] ?? 0);
		if (sum > 0xffff) sum -= 0xffff;
	}
	return sum;
}
const negated = (sum: number): number[] => word(0xffff - sum);
const put = (bytes: number[], at: number, value: number[]): number[] => [...bytes.slice(0, at), ...value, ...bytes.slice(at + value.length)];

export const ethernet = (type: number, payload: number[], to = routerMac, from = guestMac): Uint8Array =>
	Uint8Array.from([...to, ...from, ...word(type), ...payload]);

export interface Ip {
	readonly from?: string;
	readonly to?: string;
	readonly id?: number;
	readonly flags?: number;
	readonly offset?: number;
	readonly options?: number[];
}
export function ip(protocol: number, payload: number[], o: Ip = {}): Uint8Array {
	const options = o.options ?? [];
	const head = [
		...[0x45 + options.length / 4, 0, ...word(20 + options.length + payload.length), ...word(o.id ?? 1)],
		...[...word(((o.flags ?? 0) << 13) | ((o.offset ?? 0) >> 3)), 64, protocol, 0, 0, ...quad(o.from ?? guestAddress), ...quad(o.to ?? gateway), ...options],
	];
	return ethernet(0x0800, [...put(head, 10, negated(sum16(head))), ...payload]);
}
const pseudo = (protocol: number, length: number, o: Ip): number[] => [...quad(o.from ?? guestAddress), ...quad(o.to ?? gateway), 0, protocol, ...word(length)];

export function udpPayload(fromPort: number, toPort: number, payload: number[], o: Ip = {}): number[] {
	const whole = [...word(fromPort), ...word(toPort), ...word(8 + payload.length), 0, 0, ...payload];
	return put(whole, 6, negated(sum16([...pseudo(17, whole.length, o), ...whole])));
}
export const udp = (fromPort: number, toPort: number, payload: number[], o: Ip = {}): Uint8Array => ip(17, udpPayload(fromPort, toPort, payload, o), o);

export interface Tcp {
	readonly fromPort: number;
	readonly toPort: number;
	readonly seq: number;
	readonly ack?: number;
	readonly flags: string;
	readonly window?: number;
	readonly most?: number;
	readonly scale?: number;
	readonly payload?: ArrayLike<number>;
}
const letters = "FSRPA";
export function tcp(s: Tcp, o: Ip = {}): Uint8Array {
	const options = [...(s.most === undefined ? [] : [2, 4, ...word(s.most)]), ...(s.scale === undefined ? [] : [1, 3, 3, s.scale])];
	const flags = [...s.flags].reduce((bits, letter) => bits | (1 << letters.indexOf(letter)), 0);
	const payload = [...Array.from(s.payload ?? [])];
	const head = [...word(s.fromPort), ...word(s.toPort), ...long(s.seq), ...long(s.ack ?? 0), (5 + options.length / 4) << 4, flags];
	const whole = [...head, ...word(s.window ?? 65535), 0, 0, 0, 0, ...options, ...payload];
	return ip(6, put(whole, 16, negated(sum16([...pseudo(6, whole.length, o), ...whole]))), o);
}
export const echo = (type: number, payload: number[], o: Ip = {}): Uint8Array => {
	const whole = [type, 0, 0, 0, 0, 7, 0, 1, ...payload];
	return ip(1, put(whole, 2, negated(sum16(whole))), o);
};
export const arp = (operation: number, target: string, sender = guestAddress): Uint8Array =>
	ethernet(0x0806, [0, 1, 8, 0, 6, 4, 0, operation, ...guestMac, ...quad(sender), 0, 0, 0, 0, 0, 0, ...quad(target)], [255, 255, 255, 255, 255, 255]);

export interface Seen {
	readonly protocol: string;
	readonly from: string;
	readonly to: string;
	readonly fromPort?: number;
	readonly toPort?: number;
	readonly seq?: number;
	readonly ack?: number;
	readonly flags?: string;
	readonly window?: number;
	readonly most?: number;
	readonly scale?: number;
	readonly more?: boolean;
	readonly offset?: number;
	readonly payload: Uint8Array;
	readonly segment: number;
}

/** Checks every length and checksum of a frame from the network and says what it is. */
export function look(frame: Frame): Seen {
	const { bytes, segment } = frame;
	const get16 = (at: number): number => bytes[at]! * 256 + bytes[at + 1]!;
	const get32 = (at: number): number => get16(at) * 65536 + get16(at + 2);
	const addressAt = (at: number): string => [...bytes.subarray(at, at + 4)].join(".");
	expect([...bytes.subarray(6, 12)]).toEqual(routerMac);
	expect(bytes.length).toBeLessThanOrEqual(segment > 0 ? 14 + 65535 : 1514);
	if (get16(12) === 0x0806) return { protocol: "arp", from: addressAt(28), to: addressAt(38), payload: bytes.subarray(14), segment };
	expect([get16(12), bytes[14], get16(16)]).toEqual([0x0800, 0x45, bytes.length - 14]);
	expect(sum16(bytes.subarray(14, 34)), "the IP header's checksum").toBe(0xffff);
	const protocol = bytes[23]!;
	const [from, to, body] = [addressAt(26), addressAt(30), bytes.subarray(34)];
	const [more, offset] = [(bytes[20]! & 0x20) !== 0, (get16(20) & 0x1fff) * 8];
	const common = { from, to, segment, ...(more || offset > 0 ? { more, offset } : {}) };
	if (more || offset > 0) return { ...common, protocol: String(protocol), payload: body };
	const over = [...pseudo(protocol, body.length, { from, to })];
	if (protocol === 1) {
		expect(sum16(body), "the ICMP checksum").toBe(0xffff);
		return { ...common, protocol: "icmp", payload: body };
	}
	if (frame.checksum) expect([frame.checksum, get16(34 + 16)], "a checksum to complete").toEqual([{ start: 34, offset: 16 }, sum16(over)]);
	else expect(sum16([...over, ...body]), "the checksum").toBe(0xffff);
	const ports = { fromPort: get16(34), toPort: get16(36) };
	if (protocol === 17) {
		expect(get16(38)).toBe(body.length);
		return { ...common, ...ports, protocol: "udp", payload: body.subarray(8) };
	}
	expect(protocol).toBe(6);
	const start = (body[12]! >> 4) * 4;
	const flags = [...letters].filter((_, bit) => (body[13]! >> bit) & 1).join("");
	const options: Record<string, number> = {};
	for (let at = 20; at < start; at += body[at] === 1 ? 1 : body[at + 1]!) {
		if (body[at] === 2) options["most"] = body[at + 2]! * 256 + body[at + 3]!;
		if (body[at] === 3) options["scale"] = body[at + 2]!;
	}
	if (segment > 0) expect(body.length - start).toBeGreaterThan(segment);
	return { ...common, ...ports, ...options, protocol: "tcp", seq: get32(38), ack: get32(42), flags, window: get16(48), payload: body.subarray(start) };
}
