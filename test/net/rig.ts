/** A network with a card on it and sockets that a test plays: frames of a guest in, checked frames for it and calls of the host out. */
import type { Cable } from "../../src/base/network.ts";
import type { Endpoint } from "../../src/net/address.ts";
import { createNat } from "../../src/net/nat.ts";
import type { Forward, SocketEvent, Sockets } from "../../src/net/sockets.ts";
import { guestMac, look, type Seen } from "./wire.ts";

export interface Call {
	readonly what: string;
	readonly id: number;
	readonly to?: Endpoint;
	readonly bytes?: Uint8Array;
	readonly count?: number;
}

/** Puts a card on a cable, in a time that the test moves. */
export function plugIn(cable: Cable, o: { large?: boolean } = {}) {
	const alarms: { at: number; fire: () => void }[] = [];
	const state = { now: 0, woken: 0 };
	cable.attach({
		mac: Uint8Array.from(guestMac),
		large: () => o.large ?? false,
		wake: () => void state.woken++,
		now: () => state.now,
		alarm(fire) {
			const alarm = { at: Number.POSITIVE_INFINITY, fire };
			alarms.push(alarm);
			return (millis) => {
				alarm.at = state.now + millis;
			};
		},
	});
	return {
		state,
		/** Time passes. */
		pass(millis: number) {
			const end = state.now + millis;
			for (;;) {
				const due = alarms.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
				if (!due) break;
				state.now = due.at;
				due.at = Number.POSITIVE_INFINITY;
				due.fire();
			}
			state.now = end;
		},
		send: (bytes: Uint8Array) => cable.send({ bytes, segment: 0, checksum: null }),
		take(): Seen[] {
			const seen: Seen[] = [];
			for (let frame = cable.receive(); frame; frame = cable.receive()) seen.push(look(frame));
			return seen;
		},
		takeOne(): Seen | null {
			const frame = cable.receive();
			return frame && look(frame);
		},
	};
}

export function createRig(o: { forwards?: readonly Forward[]; restrict?: boolean; large?: boolean; resolver?: Endpoint | null } = {}) {
	const calls: Call[] = [];
	let events: SocketEvent[] = [];
	let shut = false;
	const sockets: Sockets = {
		resolver: o.resolver === undefined ? { address: 0x7f000035, port: 53 } : o.resolver,
		events() {
			const now = events;
			events = [];
			return now;
		},
		connect: (id, to) => void calls.push({ what: "connect", id, to }),
		write: (id, bytes) => void calls.push({ what: "write", id, bytes }),
		taken: (id, count) => void calls.push({ what: "taken", id, count }),
		end: (id) => void calls.push({ what: "end", id }),
		close: (id) => void calls.push({ what: "close", id }),
		bind: (id) => void calls.push({ what: "bind", id }),
		sendTo: (id, to, bytes) => void calls.push({ what: "sendTo", id, to, bytes }),
		shut() {
			shut = true;
		},
	};
	const { forwards = [], restrict = false } = o;
	const cable = createNat({ sockets, forwards, restrict });
	const card = plugIn(cable, o);
	return {
		...card,
		cable,
		/** The calls since the last time. */
		calls: () => calls.splice(0),
		host(...happened: SocketEvent[]) {
			events.push(...happened);
			cable.poll();
		},
		get shut() {
			return shut;
		},
	};
}
export type Rig = ReturnType<typeof createRig>;
