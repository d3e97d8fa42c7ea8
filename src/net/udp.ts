/** Datagrams of the guest in, the host's sockets for them; what arrives there out to the guest (RFC 768, with RFC 4787's manners). */
import { type Endpoint, loopback, user } from "./address.ts";
import type { Inside } from "./inside.ts";
import { checksum, type Packet, Protocol, packetFrames, pseudoSum, viewOf } from "./packet.ts";
import type { Forward, Sockets } from "./sockets.ts";

const headerBytes = 8;
export const mostDatagram = 65535 - 20 - headerBytes;
/** Sockets open at a time; the one that was idle longest makes room. */
const mostBindings = 256;
/** Peers of a socket that may answer. */
const mostPeers = 64;
/** RFC 4787 wants two minutes at least. */
const idleMillis = 120_000;

export interface Datagram {
	readonly from: Endpoint;
	readonly to: Endpoint;
	readonly payload: Uint8Array;
}

/** `trusted`: the checksum is for somebody else to complete. Null: no datagram, or a damaged one. */
export function readDatagram(packet: Packet, trusted: boolean): Datagram | null {
	const { payload: bytes, source, destination } = packet;
	if (bytes.length < headerBytes) return null;
	const view = viewOf(bytes);
	const length = view.getUint16(4);
	if (length < headerBytes || length > bytes.length) return null;
	const whole = bytes.subarray(0, length);
	if (!trusted && view.getUint16(6) !== 0 && checksum(whole, pseudoSum(source, destination, Protocol.udp, length)) !== 0) return null;
	return {
		from: { address: source, port: view.getUint16(0) },
		to: { address: destination, port: view.getUint16(2) },
		payload: whole.subarray(headerBytes),
	};
}

/** What follows the IP header. */
export function writeDatagram({ from, to, payload }: Datagram): Uint8Array {
	const bytes = new Uint8Array(headerBytes + payload.length);
	const view = viewOf(bytes);
	view.setUint16(0, from.port);
	view.setUint16(2, to.port);
	view.setUint16(4, bytes.length);
	bytes.set(payload, headerBytes);
	// a checksum of 0 would mean none
	view.setUint16(6, checksum(bytes, pseudoSum(from.address, to.address, Protocol.udp, bytes.length)) || 0xffff);
	return bytes;
}

interface Binding {
	readonly id: number;
	readonly guest: Endpoint;
	/** Those that the guest wrote to, by the host's address, as the guest knows them. Null: a forward, which anybody may write to. */
	readonly peers: Map<string, Endpoint> | null;
	used: number;
}

export interface UdpFlows {
	send(datagram: Datagram): void;
	arrived(id: number, from: Endpoint, bytes: Uint8Array): void;
	tick(): void;
	/** It waits for time to pass. */
	waiting(): boolean;
}

const keyOf = ({ address, port }: Endpoint): string => `${address}:${port}`;

export function createUdpFlows(o: { inside: Inside; sockets: Sockets; forwards: readonly Forward[]; newId: () => number }): UdpFlows {
	const { inside, sockets } = o;
	const byGuest = new Map<string, Binding>();
	const byId = new Map<number, Binding>();
	const add = (id: number, guest: Endpoint, peers: Binding["peers"]): Binding => {
		const binding = { id, guest, peers, used: inside.now() };
		byGuest.set(keyOf(guest), binding);
		byId.set(id, binding);
		return binding;
	};
	const remove = (binding: Binding): void => {
		byGuest.delete(keyOf(binding.guest));
		byId.delete(binding.id);
		sockets.close(binding.id);
	};
	o.forwards.forEach((forward, id) => {
		if (forward.protocol === "udp") add(id, forward.guest, null);
	});
	/** In order of use: what is used goes to the end. */
	const idle = (): Binding[] => [...byGuest.values()].filter(({ peers }) => peers !== null);
	const open = (guest: Endpoint): Binding => {
		const opened = idle();
		if (opened.length >= mostBindings) remove(opened[0]!);
		const id = o.newId();
		sockets.bind(id);
		return add(id, guest, new Map());
	};
	let count = 0;
	return {
		send({ from, to, payload }) {
			const host = inside.outside(to);
			if (!host) return;
			const binding = byGuest.get(keyOf(from)) ?? open(from);
			binding.used = inside.now();
			byGuest.delete(keyOf(from));
			byGuest.set(keyOf(from), binding);
			const { peers } = binding;
			if (peers) {
				peers.delete(keyOf(host));
				if (peers.size === mostPeers) peers.delete(peers.keys().next().value!);
				peers.set(keyOf(host), to);
			}
			sockets.sendTo(binding.id, host, payload.slice());
		},
		arrived(id, from, bytes) {
			const binding = byId.get(id);
			if (!binding || bytes.length > mostDatagram) return;
			const known = from.address === loopback ? { ...from, address: user.gateway } : from;
			const peer = binding.peers ? binding.peers.get(keyOf(from)) : known;
			if (!peer) return;
			binding.used = inside.now();
			const head = { source: peer.address, destination: binding.guest.address, protocol: Protocol.udp, identification: count++ & 0xffff };
			inside.send(packetFrames(inside.mac(), head, writeDatagram({ from: peer, to: binding.guest, payload: bytes })));
		},
		tick() {
			for (const binding of idle()) if (inside.now() - binding.used > idleMillis) remove(binding);
		},
		waiting: () => idle().length > 0,
	};
}
