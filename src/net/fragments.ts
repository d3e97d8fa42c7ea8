/** Fragments of packets in, whole packets out (RFC 815 in spirit), with little memory whatever arrives. */
import type { Packet } from "./packet.ts";

/** So many packets in pieces at a time: the oldest is given up for a new one. */
const mostPackets = 16;
/** Pieces of one packet: enough for 64 KiB in the smallest frames that systems send. */
const mostPieces = 128;
const patienceMillis = 30_000;

interface Assembly {
	readonly since: number;
	/** In order, none overlapping. */
	readonly pieces: Packet[];
	/** Bytes of the whole, once the last fragment is here. */
	length: number;
	spoilt: boolean;
}

export interface Fragments {
	/** The packet itself when it is whole, or what it completes; null: more is needed, or it is of no use. */
	add(packet: Packet): Packet | null;
}

/** `now`: milliseconds. Fragments that overlap spoil their packet: nobody honest sends them (RFC 5722). */
export function createFragments(now: () => number): Fragments {
	const assemblies = new Map<string, Assembly>();
	const insert = (assembly: Assembly, packet: Packet): boolean => {
		const { pieces } = assembly;
		const end = packet.offset + packet.payload.length;
		if (pieces.length === mostPieces || end > assembly.length) return false;
		let at = pieces.length;
		while (at > 0 && pieces[at - 1]!.offset > packet.offset) at--;
		const [before, after] = [pieces[at - 1], pieces[at]];
		if ((before && before.offset + before.payload.length > packet.offset) || (after && end > after.offset)) return false;
		pieces.splice(at, 0, { ...packet, payload: packet.payload.slice() });
		if (!packet.more) {
			if (assembly.length !== Number.POSITIVE_INFINITY) return false;
			assembly.length = end;
			return pieces.at(-1)!.offset + pieces.at(-1)!.payload.length === end;
		}
		return true;
	};
	return {
		add(packet) {
			if (packet.offset === 0 && !packet.more) return packet;
			const key = `${packet.source} ${packet.destination} ${packet.protocol} ${packet.identification}`;
			let assembly = assemblies.get(key);
			if (!assembly || now() - assembly.since > patienceMillis) {
				assemblies.delete(key);
				if (assemblies.size === mostPackets) assemblies.delete(assemblies.keys().next().value!);
				assembly = { since: now(), pieces: [], length: Number.POSITIVE_INFINITY, spoilt: false };
				assemblies.set(key, assembly);
			}
			if (assembly.spoilt || !insert(assembly, packet)) {
				assembly.spoilt = true;
				assembly.pieces.length = 0;
				return null;
			}
			const { pieces, length } = assembly;
			const have = pieces.reduce((sum, piece) => sum + piece.payload.length, 0);
			if (have !== length) return null;
			assemblies.delete(key);
			const payload = new Uint8Array(length);
			for (const piece of pieces) payload.set(piece.payload, piece.offset);
			return { ...pieces[0]!, offset: 0, more: false, payload };
		},
	};
}
