/** One TCP connection with the guest (RFC 9293): its segments and what the host's socket does in, segments for the guest and calls of the socket out. */
import type { Frame } from "../base/network.ts";
import { createByteRing } from "./ring.ts";
import { Flag, makeSegment, type Segment } from "./segment.ts";

/** Payload that fits a frame. */
export const mostPayload = 1460;
/** What the guest may send that the host has not taken yet. */
export const windowBytes = 2 ** 18;
const windowScale = 3;
/** Payload of a frame that stands for several: a whole number of full segments. */
const largePayload = Math.floor((65535 - 40) / mostPayload) * mostPayload;
/** RFC 9293 wants this much of a peer that does not say. */
const usualPayload = 536;
const leastPayload = 64;
const firstPatience = 500;
const longestPatience = 8000;
/** Sent so often without an answer, the guest is taken to be gone. */
const mostTries = 10;
const sameAcknowledgements = 3;
/** How long what is over still answers a guest that has not heard the last word. */
const lingerMillis = 2000;

/** How far `a` is behind `b`, in the circle of sequence numbers. */
const distance = (a: number, b: number): number => (b - a) | 0;
const plus = (a: number, b: number): number => (a + b) >>> 0;

/** The host's end of it. */
export interface HostEnd {
	write(bytes: Uint8Array): void;
	taken(count: number): void;
	end(): void;
	close(): void;
}

export interface FlowOptions {
	readonly mac: () => Uint8Array;
	/** The other side, as the guest sees it, and the guest. */
	readonly ours: { readonly address: number; readonly port: number };
	readonly guest: { readonly address: number; readonly port: number };
	/** Where our sequence numbers start. */
	readonly first: number;
	readonly host: HostEnd;
	readonly now: () => number;
	/** The card takes frames that stand for several. */
	readonly large: () => boolean;
	/** `next` may have something. */
	readonly ready: () => void;
	/** `hurry` is to be called after a moment. */
	readonly soon: () => void;
}

/**
 * `asked`: the guest wants it, the host is asked. `offered`: we sent SYN. `answered`: we sent SYN and ACK. `lingering`: everything was said in both directions.
 * `refused`: a reset is still to be sent. `gone`: nothing is left of it.
 */
export type FlowState = "asked" | "offered" | "answered" | "open" | "lingering" | "refused" | "gone";

export interface Flow {
	readonly state: FlowState;
	/** A segment of the guest's. */
	segment(segment: Segment): void;
	/** What the host's socket did. */
	connected(): void;
	data(bytes: Uint8Array): void;
	ended(): void;
	written(count: number): void;
	failed(): void;
	/** Time has passed. */
	tick(): void;
	/** A moment has passed: what was received meanwhile is acknowledged. */
	hurry(): void;
	/** The next frame for the guest. */
	next(): Frame | null;
	/** It waits for time to pass. */
	waiting(): boolean;
	kept(): number[];
}

/** `syn`: the guest's first segment; null: the host wants the guest, and `offered` it is. */
export function createFlow(o: FlowOptions, syn: Segment | null): Flow {
	const { host } = o;
	const ring = createByteRing();
	let state: FlowState = syn ? "asked" : "offered";
	/** Our numbers: the oldest that the guest has not acknowledged, the next to send, and the furthest ever sent. */
	let [oldest, next, furthest] = [o.first, o.first, o.first];
	/** The guest's: the next that we expect. */
	let expected = 0;
	let [guestWindow, guestScale, guestMost] = [0, 0, usualPayload];
	let scaled = false;
	/** Given to the host, which has not passed it on yet; and the window that the guest was told last. */
	let [outstanding, told] = [0, 0];
	let [hostEnded, guestEnded, endSent] = [false, false, false];
	let [acknowledge, probe] = [false, false];
	/** Bytes received that the guest was told nothing of. */
	let untold = 0;
	let [deadline, patience, tries, repeated] = [Number.POSITIVE_INFINITY, firstPatience, 0, 0];

	const takeOptions = (segment: Segment): void => {
		expected = plus(segment.sequence, 1);
		guestMost = Math.min(mostPayload, Math.max(leastPayload, segment.most ?? usualPayload));
		scaled = segment.scale !== null;
		guestScale = segment.scale ?? 0;
		// the window of a SYN is never scaled
		guestWindow = segment.window;
	};
	if (syn) takeOptions(syn);

	const mostWindow = (): number => (scaled ? windowBytes : 65535);
	const window = (): number => Math.max(0, Math.min(windowBytes - outstanding, mostWindow()));
	const rearm = (): void => {
		patience = firstPatience;
		tries = 0;
		deadline = oldest === furthest ? Number.POSITIVE_INFINITY : o.now() + patience;
	};
	const wantAcknowledge = (): void => {
		acknowledge = true;
		o.ready();
	};
	const over = (): boolean => state === "gone" || state === "refused" || state === "lingering";
	const leave = (): void => {
		state = "gone";
		host.close();
	};
	const refuse = (): void => {
		if (over()) return;
		state = "refused";
		host.close();
		o.ready();
	};
	const finish = (): void => {
		if (!guestEnded || !endSent || oldest !== furthest) return;
		state = "lingering";
		deadline = o.now() + lingerMillis;
	};

	const acknowledged = (segment: Segment): void => {
		const advance = distance(oldest, segment.acknowledged);
		// an old one
		if (advance < 0) return;
		const size = segment.window << guestScale;
		if (advance > 0) {
			const ofData = Math.min(advance, ring.length);
			ring.drop(ofData);
			host.taken(ofData);
			oldest = segment.acknowledged;
			if (distance(next, oldest) > 0) next = oldest;
			repeated = 0;
			rearm();
		} else if (oldest !== furthest && size === guestWindow && segment.payload.length === 0 && !(segment.flags & Flag.fin)) {
			if (++repeated === sameAcknowledgements) next = oldest;
		}
		// what was sent into a closed window is sent again; while it is closed, an answer shows that the guest is there
		if (guestWindow === 0 && size > 0) next = oldest;
		if (size === 0) tries = 0;
		guestWindow = size;
		o.ready();
	};
	const received = (segment: Segment): void => {
		const { payload } = segment;
		const fin = (segment.flags & Flag.fin) !== 0;
		if (payload.length === 0 && !fin) {
			// a question whether we are there, from before what we expect
			if (distance(segment.sequence, expected) !== 0) wantAcknowledge();
			return;
		}
		const known = distance(segment.sequence, expected);
		// it comes too early, or brings nothing new: say what we expect
		if (guestEnded || known < 0 || known > payload.length || (known === payload.length && !fin)) {
			wantAcknowledge();
			return;
		}
		const fresh = payload.subarray(known, known + window());
		if (fresh.length > 0) {
			outstanding += fresh.length;
			untold += fresh.length;
			expected = plus(expected, fresh.length);
			host.write(fresh.slice());
		}
		if (fin && known + fresh.length === payload.length) {
			expected = plus(expected, 1);
			guestEnded = true;
			host.end();
		}
		// RFC 9293, section 3.8.6.3: a guest that writes little by little puts more into its next segment, and an answer may bring the acknowledgement with it
		if (guestEnded || fresh.length < payload.length - known || untold >= 2 * mostPayload) wantAcknowledge();
		else o.soon();
	};
	const arrived = (segment: Segment): void => {
		if (!(segment.flags & Flag.ack)) return;
		if (distance(segment.acknowledged, furthest) < 0) {
			// of what was never sent
			wantAcknowledge();
			return;
		}
		acknowledged(segment);
		received(segment);
	};

	/** How much can be sent now, and whether the end goes with it. */
	const sendable = (): { length: number; end: boolean } => {
		const sent = distance(oldest, next);
		const left = ring.length - sent;
		const room = probe ? 1 : guestWindow - sent;
		const most = o.large() ? largePayload : guestMost;
		let length = Math.max(0, Math.min(left, room, most));
		// little by little would make many small frames: wait until what is on its way has arrived
		if (length < Math.min(left, guestMost) && sent > 0 && !probe) length = 0;
		// what is left is less than nothing where the end was sent; once that is acknowledged, all is
		return { length, end: hostEnded && length === left && !(endSent && oldest === furthest) };
	};
	const head = (flags: number, sequence = next) => {
		told = window();
		acknowledge = false;
		untold = 0;
		return {
			...{ source: o.ours.address, sourcePort: o.ours.port, destination: o.guest.address, destinationPort: o.guest.port },
			...{
				sequence,
				acknowledged: flags & Flag.ack ? expected : 0,
				flags,
				window: flags & Flag.syn ? Math.min(told, 65535) : told >>> (scaled ? windowScale : 0),
			},
		};
	};
	const nothing = (): void => {};
	const sent = (count: number): void => {
		next = plus(next, count);
		if (distance(furthest, next) > 0) furthest = next;
		if (deadline === Number.POSITIVE_INFINITY) deadline = o.now() + patience;
	};
	const handshake = (): Frame | null => {
		if (next !== o.first) return null;
		const flags = state === "offered" ? Flag.syn : Flag.syn | Flag.ack;
		const scale = state === "offered" || scaled ? windowScale : null;
		const frame = makeSegment(o.mac(), { ...head(flags), most: mostPayload, scale }, 0, nothing);
		sent(1);
		return frame;
	};
	const stream = (): Frame | null => {
		const { length, end } = sendable();
		if (length === 0 && !end) return acknowledge ? makeSegment(o.mac(), head(Flag.ack), 0, nothing) : null;
		const at = distance(oldest, next);
		const flags = Flag.ack | (length > 0 ? Flag.push : 0) | (end ? Flag.fin : 0);
		const frame = makeSegment(o.mac(), head(flags), length, (into) => ring.copy(at, into), length > guestMost ? guestMost : 0);
		probe = false;
		if (end) endSent = true;
		sent(length + (end ? 1 : 0));
		return frame;
	};

	return {
		get state() {
			return state;
		},
		segment(segment) {
			if (state === "gone" || state === "refused") return;
			if (state === "lingering") {
				if (segment.flags & Flag.reset) state = "gone";
				else if (segment.flags & Flag.fin || segment.payload.length > 0) wantAcknowledge();
				return;
			}
			if (segment.flags & Flag.reset) {
				// only one that fits exactly counts; one that does not is asked about (RFC 5961)
				if (state === "offered" ? segment.acknowledged === furthest && furthest !== o.first : segment.sequence === expected) leave();
				else if (state === "open") wantAcknowledge();
				return;
			}
			if (state === "asked") return;
			if (state === "offered") {
				const fits = furthest !== o.first && segment.acknowledged === furthest;
				if ((segment.flags & (Flag.syn | Flag.ack)) !== (Flag.syn | Flag.ack) || !fits) return;
				takeOptions(segment);
				state = "open";
				oldest = furthest;
				rearm();
				wantAcknowledge();
				return;
			}
			if (segment.flags & Flag.syn) {
				// our answer was lost, or a stranger guesses
				if (state === "answered" && plus(segment.sequence, 1) === expected) next = o.first;
				wantAcknowledge();
				return;
			}
			if (state === "answered") {
				if (!(segment.flags & Flag.ack) || segment.acknowledged !== furthest) return;
				state = "open";
				oldest = furthest;
				next = furthest;
				guestWindow = segment.window << guestScale;
				rearm();
			}
			arrived(segment);
			finish();
		},
		connected() {
			if (state !== "asked") return;
			state = "answered";
			o.ready();
		},
		data(bytes) {
			if (over()) return;
			ring.push(bytes);
			o.ready();
		},
		ended() {
			hostEnded = true;
			o.ready();
		},
		written(count) {
			outstanding -= count;
			// a window that was small and has opened is worth a word
			if (state === "open" && !guestEnded && told < mostWindow() / 2 && window() - told >= mostWindow() / 4) wantAcknowledge();
		},
		failed: refuse,
		hurry() {
			if (untold > 0) wantAcknowledge();
		},
		tick() {
			if (state === "gone") return;
			// the guest's window is closed, and nothing on its way would tell us that it opens
			if (deadline === Number.POSITIVE_INFINITY && state === "open" && guestWindow === 0 && ring.length > 0) deadline = o.now() + patience;
			if (o.now() < deadline) return;
			if (state === "lingering") {
				state = "gone";
				return;
			}
			if (++tries > mostTries) return refuse();
			patience = Math.min(longestPatience, 2 * patience);
			deadline = o.now() + patience;
			next = oldest;
			probe = state === "open" && guestWindow === 0 && ring.length > 0;
			o.ready();
		},
		next() {
			if (state === "asked" || state === "gone") return null;
			if (state === "refused") {
				state = "gone";
				return makeSegment(o.mac(), head(Flag.reset | Flag.ack, syn && furthest === o.first ? 0 : furthest), 0, nothing);
			}
			return state === "open" || state === "lingering" ? stream() : handshake();
		},
		waiting: () => deadline !== Number.POSITIVE_INFINITY || (guestWindow === 0 && ring.length > 0),
		kept: () => [oldest, next, furthest, expected, guestWindow, outstanding, untold, Number(acknowledge), ring.length, deadline],
	};
}
