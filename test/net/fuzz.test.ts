import { describe, expect, it } from "vitest";
import { createHub } from "../../src/net/hub.ts";
import { type ByteStream, createStreamCable } from "../../src/net/stream-cable.ts";
import { Random, rounds } from "../ir/random.ts";
import { createRig, plugIn, type Rig } from "./rig.ts";
import { arp, echo, gateway, guestAddress, ip, names, number32, sum16, tcp, text, udp, udpPayload } from "./wire.ts";

const forwards = [
	{ protocol: "tcp", host: { address: 0x7f000001, port: 8080 }, guest: { address: number32(guestAddress), port: 80 } },
	{ protocol: "udp", host: { address: 0x7f000001, port: 8081 }, guest: { address: number32(guestAddress), port: 53 } },
] as const;
const dhcp = [1, 1, 6, 0, 1, 2, 3, 4, ...Array(20).fill(0), ...Array(208).fill(7), 0x63, 0x82, 0x53, 0x63, 53, 1, 1, 255];

/** A frame that means something, near connections that exist. */
function sensible(random: Random, known: { seq: number; ack: number }): Uint8Array {
	const payload = Array.from({ length: random.pick([0, 0, 1, 100, 1400]) }, () => random.below(256));
	const to = random.pick([gateway, gateway, names, "93.184.216.34", "10.0.2.77", "255.255.255.255", "127.0.0.1"]);
	const port = random.pick([80, 80, 53, 1, 65535]);
	const near = (value: number): number => (value + random.pick([0, 0, 0, 1, -1, 1460, 70_000, 2 ** 31])) >>> 0;
	switch (random.below(8)) {
		case 0:
			return arp(1 + random.below(2), to);
		case 1:
			return echo(random.pick([8, 0, 13]), payload, { to });
		case 2:
			return udp(random.below(400), port, payload, { to });
		case 3:
			return udp(68, 67, dhcp, { from: "0.0.0.0", to: "255.255.255.255" });
		case 4: {
			const whole = udpPayload(5, 9, Array(64).fill(1));
			const offset = 8 * random.below(9);
			return ip(17, whole.slice(offset, offset + 8 * (1 + random.below(9))), { offset, flags: random.below(2), id: random.below(20) });
		}
		default: {
			const flags = random.pick(["S", "S", "A", "A", "PA", "FA", "R", "RA", "SA", "F", "FSRPA", ""]);
			const [fromPort, toPort] = random.once(3) ? [80, 50_000] : [1 + random.below(300), port];
			const seq = random.once(4) ? random.word() >>> 0 : near(known.seq);
			const options = flags.includes("S") ? { most: random.pick([0, 1, 536, 1460, 65535]), scale: random.pick([0, 7, 14, 255]) } : {};
			return tcp({ fromPort, toPort, seq, ack: near(known.ack), flags, window: random.pick([0, 1, 1000, 65535]), payload, ...options }, { to });
		}
	}
}
/** Bytes changed, cut, repeated; the IP header's checksum made right again, so that what is behind it is reached. */
function spoil(random: Random, frame: Uint8Array): Uint8Array {
	let bytes = frame.slice();
	for (let i = random.below(4); i > 0; i--) {
		const at = random.once(2) ? random.below(Math.min(bytes.length, 60)) : random.below(bytes.length);
		bytes[at] = random.pick([0, 1, 255, 0x7f, 0x80, random.below(256)]);
	}
	if (random.once(4)) bytes = bytes.subarray(0, random.below(bytes.length + 1));
	if (random.once(10)) bytes = Uint8Array.from([...bytes, ...Array.from({ length: random.below(100) }, () => random.below(256))]);
	const header = 4 * (bytes[14]! & 15);
	if (random.once(2) && header >= 20 && bytes.length >= 14 + header) {
		bytes.fill(0, 24, 26);
		const sum = 0xffff - sum16(bytes.subarray(14, 14 + header));
		bytes.set([sum >>> 8, sum & 255], 24);
	}
	return bytes;
}

interface Totals {
	frames: number;
	sockets: number;
}

/** What the host's sockets may do, in the order in which they may. */
function hostActs(random: Random, rig: Rig, open: Map<number, "asked" | "open" | "ended">, totals: Totals): void {
	for (const { what, id, bytes } of rig.calls()) {
		if (what === "connect") open.set(id, "asked");
		else if (what === "close") open.delete(id);
		else if (what === "write" && random.once(2)) rig.host({ kind: "written", id, count: bytes!.length });
	}
	totals.sockets = Math.max(totals.sockets, open.size);
	for (const [id, state] of open) {
		const act = random.below(12);
		if (act === 0 && open.delete(id)) rig.host({ kind: "failed", id });
		else if (state === "asked" && act < 6) {
			open.set(id, "open");
			rig.host({ kind: "connected", id });
		} else if (state === "open" && act === 6) {
			open.set(id, "ended");
			rig.host({ kind: "end", id });
		} else if (state === "open" && act > 9) rig.host({ kind: "data", id, bytes: new Uint8Array(random.below(3000)) });
	}
}

describe("a user network under attack", () => {
	for (let seed = 1; seed <= rounds(4); seed++)
		it(`answers hostile frames with whole ones or not at all, and opens no more sockets than it may (seed ${seed})`, () => {
			const random = new Random(seed);
			const rig = createRig({ forwards, large: random.once(2) });
			const open = new Map<number, "asked" | "open" | "ended">();
			const known = { seq: 1000, ack: 0 };
			const totals = { frames: 0, sockets: 0 };
			let connection = 2 ** 31;
			for (let i = 0; i < 4000; i++) {
				const frame = sensible(random, known);
				rig.send(random.once(2) ? spoil(random, frame) : frame);
				if (random.once(50)) {
					open.set(connection, "open");
					rig.host({ kind: "accepted", id: 0, connection: connection++, from: { address: 0x7f000001, port: random.pick([50_000, random.below(65536)]) } });
				}
				if (random.once(20))
					rig.host({ kind: "datagram", id: random.below(300), from: { address: 0x7f000001, port: 9 }, bytes: new Uint8Array(random.below(70_000)) });
				// what no host would say
				if (random.once(50)) rig.host({ kind: random.pick(["connected", "end", "failed"]), id: random.below(1000) });
				if (random.once(5)) hostActs(random, rig, open, totals);
				if (random.once(3)) {
					const limit = random.below(40);
					for (let n = 0; n < limit; n++) {
						const seen = rig.takeOne();
						if (!seen) break;
						totals.frames++;
						if (seen.protocol === "tcp")
							Object.assign(known, { seq: seen.ack!, ack: (seen.seq! + seen.payload.length + (/[SF]/.test(seen.flags!) ? 1 : 0)) >>> 0 });
					}
				}
				if (random.once(30)) rig.pass(random.pick([1, 100, 1000, 40_000]));
			}
			expect(totals.sockets, `seed ${seed}`).toBeLessThanOrEqual(256 + 80);
			expect(totals.frames, `seed ${seed}`).toBeGreaterThan(1000);
			expect(rig.cable.kept().every((one) => !Number.isNaN(one))).toBe(true);
		});
	it("gives a guest that takes nothing no more than a bounded number of frames to keep", () => {
		const rig = createRig();
		for (let i = 0; i < 2000; i++) rig.send(echo(8, text("x")));
		expect(rig.take().length).toBe(512);
	});
});

describe("a hub", () => {
	it("brings a frame to all other cards, once, unchanged, in order", () => {
		const hub = createHub();
		const cards = [0, 1, 2].map(() => hub.port());
		const woken = [0, 0, 0];
		for (const [i, cable] of cards.entries())
			cable.attach({ mac: new Uint8Array(6), large: () => false, wake: () => void woken[i]!++, now: () => 0, alarm: () => () => {} });
		const frames = [arp(1, gateway), echo(8, [1])];
		for (const bytes of frames) cards[0]!.send({ bytes, segment: 0, checksum: null });
		for (const cable of cards) cable.poll();
		const all = cards.map((cable) => [cable.receive()?.bytes, cable.receive()?.bytes, cable.receive()]);
		expect([all, woken]).toEqual([
			[
				[undefined, undefined, null],
				[...frames, null],
				[...frames, null],
			],
			[0, 1, 1],
		]);
	});
	it("loses what a card does not take, and forgets a card that is gone", () => {
		const hub = createHub();
		const [from, to] = [hub.port(), hub.port()];
		const card = plugIn(from);
		for (let i = 0; i < 1000; i++) card.send(arp(1, gateway));
		let count = 0;
		while (to.receive()) count++;
		expect([count, from.kept()]).toEqual([256, [0, 744]]);
		to.close();
		card.send(arp(1, gateway));
		expect(to.receive()).toBe(null);
	});
});

describe("a cable to another program", () => {
	const frameOf = (length: number, value: number): Uint8Array => new Uint8Array(length).fill(value);
	const stream = () => {
		const state = { written: [] as Uint8Array[], held: false, room: true };
		const end: ByteStream = {
			write(bytes) {
				if (state.room) state.written.push(bytes);
				return state.room;
			},
			hold(on) {
				state.held = on;
			},
			close: () => {},
		};
		return { state, end };
	};
	it("says each frame's length before it, and understands what it says, however that is cut up", () => {
		const random = new Random(7);
		const [from, to] = [createStreamCable(), createStreamCable()];
		const { state, end } = stream();
		from.connected(end);
		const frames = Array.from({ length: 200 }, (_, i) => frameOf(14 + random.below(1501), i));
		for (const bytes of frames) from.send({ bytes, segment: 0, checksum: null });
		expect([...state.written[0]!.subarray(0, 4)]).toEqual([0, 0, frames[0]!.length >> 8, frames[0]!.length & 255]);
		const all = Buffer.concat(state.written);
		for (let at = 0; at < all.length; ) {
			const piece = all.subarray(at, at + 1 + random.below(3000));
			expect(to.arrived(piece)).toBe(true);
			at += piece.length;
		}
		expect(frames.map(() => to.receive()?.bytes)).toEqual(frames);
	});
	it("drops what is no frame, and has enough of what is none at all", () => {
		const cable = createStreamCable();
		expect(cable.arrived(Uint8Array.from([0, 0, 0, 13, ...Array(13).fill(1), 0, 0, 5, 235, ...Array(1515).fill(1), 0, 0, 0, 0]))).toBe(true);
		expect([cable.receive(), cable.kept()[1]]).toEqual([null, 3]);
		expect(cable.arrived(Uint8Array.of(0, 1, 16, 1))).toBe(false);
	});
	it("holds the other side while the card takes nothing, and loses what the other side does not take", () => {
		const cable = createStreamCable();
		const { state, end } = stream();
		cable.send({ bytes: frameOf(60, 1), segment: 0, checksum: null });
		cable.connected(end);
		state.room = false;
		cable.send({ bytes: frameOf(60, 1), segment: 0, checksum: null });
		expect(cable.kept()[1]).toBe(2);
		const one = Uint8Array.from([0, 0, 0, 60, ...frameOf(60, 5)]);
		for (let i = 0; i < 300 && !state.held; i++) cable.arrived(one);
		expect([state.held, cable.kept()[0]]).toEqual([true, 256]);
		for (let i = 0; i < 200; i++) cable.receive();
		expect(state.held).toBe(false);
	});
});
