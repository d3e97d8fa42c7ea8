/** Segments of the guest and events of the host's sockets in, each to its connection; frames for the guest out, one connection after the other. */
import type { Frame } from "../base/network.ts";
import { createRandom } from "../base/random.ts";
import { type Endpoint, loopback, user } from "./address.ts";
import type { Inside } from "./inside.ts";
import type { Packet } from "./packet.ts";
import { Flag, makeSegment, type Segment } from "./segment.ts";
import type { Forward, SocketEvent, Sockets } from "./sockets.ts";
import { createFlow, type Flow } from "./tcp.ts";

/** Connections at a time: further ones are refused. */
export const mostFlows = 256;
/** Ports for connections whose own port is taken. */
const firstPort = 49152;

export interface TcpFlows {
	segment(packet: Packet, segment: Segment): void;
	event(event: SocketEvent): void;
	next(): Frame | null;
	tick(): void;
	/** A moment after `soon` was called. */
	hurry(): void;
	waiting(): boolean;
	kept(): number[];
}

interface Entry {
	readonly flow: Flow;
	readonly id: number;
	readonly key: string;
}

const keyOf = (guest: Endpoint, ours: Endpoint): string => `${guest.address}:${guest.port} ${ours.address}:${ours.port}`;

export function createTcpFlows(o: {
	inside: Inside;
	sockets: Sockets;
	forwards: readonly Forward[];
	newId: () => number;
	seed: number;
	soon: () => void;
}): TcpFlows {
	const { inside, sockets } = o;
	const random = createRandom(o.seed);
	const byKey = new Map<string, Entry>();
	const byId = new Map<number, Entry>();
	/** Those that may have something to send, in turn. */
	const ready = new Set<Entry>();
	/** Those that owe the guest an acknowledgement. */
	const late = new Set<Entry>();

	const remove = (entry: Entry): void => {
		byKey.delete(entry.key);
		byId.delete(entry.id);
		ready.delete(entry);
		late.delete(entry);
	};
	const sweep = (entry: Entry): void => {
		if (entry.flow.state === "gone") remove(entry);
	};
	/** There is room for one more, or what only lingers makes some. */
	const room = (): boolean => {
		if (byKey.size < mostFlows) return true;
		const over = [...byKey.values()].find(({ flow }) => flow.state === "lingering");
		if (over) remove(over);
		return over !== undefined;
	};
	const add = (id: number, guest: Endpoint, ours: Endpoint, syn: Segment | null): Entry => {
		const host = {
			write: (bytes: Uint8Array) => sockets.write(id, bytes),
			taken: (count: number) => sockets.taken(id, count),
			end: () => sockets.end(id),
			close: () => sockets.close(id),
		};
		const flow = createFlow(
			{
				...{ guest, ours, host, first: random.next(), mac: inside.mac, now: inside.now, large: inside.large },
				ready() {
					ready.add(entry);
					inside.wake();
				},
				soon() {
					late.add(entry);
					o.soon();
				},
			},
			syn,
		);
		const entry: Entry = { flow, id, key: keyOf(guest, ours) };
		byKey.set(entry.key, entry);
		byId.set(id, entry);
		return entry;
	};
	/** What belongs to no connection is answered as RFC 9293, section 3.5.2 says. */
	const refuse = ({ source, destination }: Packet, segment: Segment): void => {
		if (segment.flags & Flag.reset) return;
		const { flags, payload, sequence } = segment;
		const answered = (flags & Flag.ack) !== 0;
		const length = payload.length + (flags & Flag.syn ? 1 : 0) + (flags & Flag.fin ? 1 : 0);
		const head = {
			...{ source: destination, destination: source, sourcePort: segment.destinationPort, destinationPort: segment.sourcePort, window: 0 },
			...{ sequence: answered ? segment.acknowledged : 0, acknowledged: answered ? 0 : (sequence + length) >>> 0 },
			flags: answered ? Flag.reset : Flag.reset | Flag.ack,
		};
		inside.send([makeSegment(inside.mac(), head, 0, () => {})]);
	};
	const accept = (forward: Forward, connection: number, from: Endpoint): void => {
		const address = from.address === loopback ? user.gateway : from.address;
		let { port } = from;
		for (let i = 0; byKey.has(keyOf(forward.guest, { address, port })); i++) port = firstPort + i;
		if (!room()) sockets.close(connection);
		else {
			ready.add(add(connection, forward.guest, { address, port }, null));
			inside.wake();
		}
	};

	return {
		segment(packet, segment) {
			const guest = { address: packet.source, port: segment.sourcePort };
			const theirs = { address: packet.destination, port: segment.destinationPort };
			const asks = (segment.flags & (Flag.syn | Flag.ack | Flag.reset | Flag.fin)) === Flag.syn;
			let entry = byKey.get(keyOf(guest, theirs));
			if (entry && asks && entry.flow.state === "lingering") {
				remove(entry);
				entry = undefined;
			}
			if (entry) {
				entry.flow.segment(segment);
				sweep(entry);
				return;
			}
			const host = asks && room() ? inside.outside(theirs) : null;
			if (!host) return refuse(packet, segment);
			const id = o.newId();
			add(id, guest, theirs, segment);
			sockets.connect(id, host);
		},
		event(event) {
			if (event.kind === "accepted") {
				const forward = o.forwards[event.id];
				if (forward) accept(forward, event.connection, event.from);
				return;
			}
			const entry = byId.get(event.id);
			if (!entry) return;
			if (event.kind === "connected") entry.flow.connected();
			else if (event.kind === "data") entry.flow.data(event.bytes);
			else if (event.kind === "end") entry.flow.ended();
			else if (event.kind === "written") entry.flow.written(event.count);
			else if (event.kind === "failed") entry.flow.failed();
			sweep(entry);
		},
		next() {
			for (const entry of ready) {
				ready.delete(entry);
				const frame = entry.flow.next();
				sweep(entry);
				if (!frame) continue;
				if (entry.flow.state !== "gone") ready.add(entry);
				return frame;
			}
			return null;
		},
		tick() {
			for (const entry of [...byKey.values()]) {
				entry.flow.tick();
				sweep(entry);
			}
		},
		hurry() {
			for (const { flow } of late) flow.hurry();
			late.clear();
		},
		waiting() {
			for (const { flow } of byKey.values()) if (flow.waiting()) return true;
			return false;
		},
		kept: () => [...byKey.values()].flatMap(({ flow }) => flow.kept()),
	};
}
