import { describe, expect, it } from "vitest";
import { Random, rounds } from "../ir/random.ts";
import { createRig } from "./rig.ts";
import { type Seen, tcp } from "./wire.ts";

const behind = (a: number, b: number): number => (b - a) | 0;

/** A guest's end of one connection, written apart from ours: sends what it has, again and again until it is acknowledged, keeps what comes too early. */
function createGuest(random: Random, data: Uint8Array, say: (frame: Uint8Array) => void) {
	const first = random.word() >>> 0;
	const room = 2000 + random.below(100_000);
	const state = { acked: 0, sent: 0, limit: 0, expected: null as number | null, unread: 0, closed: false, theirEnd: false, ourEnd: false };
	const got: Uint8Array[] = [];
	const early = new Map<number, Seen>();
	const end = data.length + 1;
	const send = (from: number, flags: string): void => {
		const payload = data.subarray(from, from + 1 + random.below(1460));
		const last = from + payload.length === data.length;
		say(
			tcp({
				...{ fromPort: 4000, toPort: 80, seq: (first + 1 + from) >>> 0, ack: state.expected!, flags: last ? `F${flags}` : flags },
				...{ window: Math.floor((room - state.unread) / 4), payload },
			}),
		);
		state.sent = Math.max(state.sent, from + payload.length + (last ? 1 : 0));
	};
	const acknowledge = (): void =>
		say(
			tcp({ fromPort: 4000, toPort: 80, seq: (first + 1 + state.sent) >>> 0, ack: state.expected!, flags: "A", window: Math.floor((room - state.unread) / 4) }),
		);
	const take = (seen: Seen): void => {
		const skip = behind(seen.seq!, state.expected!);
		const end = seen.flags!.includes("F") && !state.theirEnd;
		if (skip < 0 || skip > seen.payload.length || state.theirEnd) return;
		const fresh = seen.payload.subarray(skip);
		got.push(fresh.slice());
		state.unread += fresh.length;
		state.expected = (state.expected! + fresh.length + (end ? 1 : 0)) >>> 0;
		if (end) state.theirEnd = true;
	};
	return {
		state,
		got,
		syn: () => say(tcp({ fromPort: 4000, toPort: 80, seq: first, flags: "S", most: 1460, scale: 2 })),
		receive(seen: Seen) {
			expect(seen.flags).not.toContain("R");
			if (seen.flags === "SA") {
				state.expected ??= (seen.seq! + 1) >>> 0;
				state.limit = Math.max(state.limit, seen.window!);
				acknowledge();
				return;
			}
			if (state.expected === null) return;
			const acked = behind((first + 1) >>> 0, seen.ack!);
			if (acked >= state.acked && acked <= end) {
				state.acked = acked;
				state.limit = acked + seen.window! * 8;
			}
			if (seen.payload.length === 0 && !seen.flags!.includes("F")) return;
			// never beyond what was promised
			expect(behind(state.expected, (seen.seq! + seen.payload.length) >>> 0)).toBeLessThanOrEqual(room);
			if (behind(seen.seq!, state.expected) < 0) early.set(seen.seq!, seen);
			else take(seen);
			for (let next = early.get(state.expected); next; next = early.get(state.expected)) {
				early.delete(next.seq!);
				take(next);
			}
			acknowledge();
		},
		/** Reads some, sends some. */
		step() {
			if (state.expected === null) return;
			const read = random.below(8000);
			if (state.unread > 0) {
				state.unread = Math.max(0, state.unread - read);
				acknowledge();
			}
			for (let i = 0; i < 4; i++) {
				const from = random.once(3) ? state.acked : state.sent;
				if (from < data.length ? from < state.limit : from === data.length && state.acked < end) send(Math.min(from, data.length), "A");
			}
		},
		done: () => state.acked === end && state.theirEnd,
	};
}

describe("a stream both ways over a cable that loses, repeats and mixes up frames", () => {
	for (let seed = 1; seed <= rounds(12); seed++)
		it(`arrives whole and in order (seed ${seed})`, () => {
			const random = new Random(seed);
			const loss = random.pick([0, 0, 20, 5]);
			const large = loss === 0 && random.once(2);
			const bytesOf = (length: number): Uint8Array => Uint8Array.from({ length }, () => random.word());
			const [fromGuest, fromHost] = [bytesOf(random.below(120_000)), bytesOf(random.below(300_000))];
			const rig = createRig({ large });
			const written: Uint8Array[] = [];
			const flow = { given: 0, ended: false, untaken: 0, unwritten: [] as number[], hostEnd: false, closed: false };
			const [up, down]: [Uint8Array[], Seen[]] = [[], []];
			const guest = createGuest(random, fromGuest, (frame) => void up.push(frame));
			/** What of the queue arrives now. */
			const carry = <T>(queue: T[], deliver: (one: T) => void): void => {
				for (let n = queue.length; n > 0; n--) {
					const at = loss > 0 && random.once(loss) ? random.below(queue.length) : 0;
					const [one] = queue.splice(at, 1);
					if (loss > 0 && random.once(loss)) continue;
					deliver(one!);
					if (loss > 0 && random.once(2 * loss)) queue.push(one!);
				}
			};
			let round = 0;
			for (; round < 20_000 && !(guest.done() && flow.hostEnd && flow.untaken === 0); round++) {
				if (guest.state.expected === null && round % 10 === 0) guest.syn();
				guest.step();
				carry(up, (frame) => rig.send(frame));
				for (const { what, bytes, count } of rig.calls()) {
					if (what === "connect") rig.host({ kind: "connected", id: 0 });
					else if (what === "write") {
						written.push(bytes!);
						flow.unwritten.push(bytes!.length);
					} else if (what === "taken") flow.untaken -= count!;
					else if (what === "end") flow.hostEnd = true;
					else if (what === "close") flow.closed = true;
				}
				while (flow.unwritten.length > 0 && random.once(2)) rig.host({ kind: "written", id: 0, count: flow.unwritten.shift()! });
				if (flow.untaken < 2 ** 18 && flow.given < fromHost.length && guest.state.expected !== null) {
					const chunk = fromHost.subarray(flow.given, flow.given + 1 + random.below(65536));
					flow.given += chunk.length;
					flow.untaken += chunk.length;
					rig.host({ kind: "data", id: 0, bytes: chunk });
				} else if (flow.given === fromHost.length && !flow.ended && guest.state.expected !== null) {
					flow.ended = true;
					rig.host({ kind: "end", id: 0 });
				}
				down.push(...rig.take());
				carry(down, guest.receive);
				rig.pass(random.once(4) ? 300 : 1);
			}
			expect(
				[Buffer.compare(Buffer.concat(written), fromGuest), Buffer.compare(Buffer.concat(guest.got), fromHost), flow.closed],
				`seed ${seed}, ${round} rounds`,
			).toEqual([0, 0, false]);
			expect(flow.untaken).toBe(0);
		});
});
