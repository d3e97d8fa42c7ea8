import { describe, expect, it } from "vitest";
import { createRig } from "./rig.ts";
import { all, arp, echo, ethernet, gateway, guestAddress, guestMac, ip, names, number32, quad, text, udp, udpPayload } from "./wire.ts";

const server = { address: number32("93.184.216.34"), port: 7 };

describe("ARP", () => {
	it.each([gateway, names])("finds %s behind the router's card", (address) => {
		const { send, take } = createRig();
		send(arp(1, address));
		const [answer, ...more] = take();
		expect([[...answer!.payload], more]).toEqual([[0, 1, 8, 0, 6, 4, 0, 2, 0x52, 0x55, 10, 0, 2, 2, ...quad(address), ...guestMac, ...quad(guestAddress)], []]);
	});
	it.each([
		["the guest itself", arp(1, guestAddress)],
		["a neighbour that is not there", arp(1, "10.0.2.99")],
		["an address elsewhere", arp(1, "192.168.0.1")],
		["an answer", arp(2, gateway)],
		["a question that is cut short", arp(1, gateway).subarray(0, 41)],
	])("has nothing to say to %s", (_, frame) => {
		const { send, take } = createRig();
		send(frame);
		expect(take()).toEqual([]);
	});
});

describe("ICMP", () => {
	it.each([
		[gateway, 0],
		[names, 5],
		[gateway, 1472],
		[gateway, 3000],
	])("echoes what %s is asked, with %i bytes", (to, length) => {
		const { send, take } = createRig();
		const payload = Array.from({ length }, (_, i) => i & 255);
		if (length <= 1472) send(echo(8, payload, { to }));
		else {
			const whole = [...echo(8, payload, { to }).subarray(34)];
			for (let at = 0; at < whole.length; at += 1480) send(ip(1, whole.slice(at, at + 1480), { to, offset: at, flags: at + 1480 < whole.length ? 1 : 0 }));
		}
		const seen = take();
		expect(seen.map((one) => one.from)).toEqual(seen.map(() => to));
		const answer = seen.flatMap((one) => [...one.payload]);
		expect([answer[0], answer.slice(4)]).toEqual([0, [0, 7, 0, 1, ...payload]]);
	});
	it.each([
		["a host outside, since that would take privileges", echo(8, [1], { to: "93.184.216.34" })],
		["an answer", echo(0, [1])],
		["a damaged one", echo(8, [1, 2]).map((byte, i) => (i === 43 ? byte ^ 1 : byte))],
		["everybody", echo(8, [1], { to: all })],
	])("leaves %s unanswered", (_, frame) => {
		const { send, take, calls } = createRig();
		send(frame);
		expect([take(), calls()]).toEqual([[], []]);
	});
});

describe("DHCP", () => {
	const cookie = [0x63, 0x82, 0x53, 0x63];
	const question = (options: number[], o: { has?: string; broadcast?: boolean; mac?: number[] } = {}): number[] => [
		...[1, 1, 6, 0, 0xca, 0xfe, 0xba, 0xbe, 0, 0, o.broadcast ? 0x80 : 0, 0],
		...[...quad(o.has ?? "0.0.0.0"), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
		...[...(o.mac ?? guestMac), ...Array(10 + 192).fill(0), ...cookie, ...options, 255],
	];
	const ask = (rig: ReturnType<typeof createRig>, payload: number[], from = "0.0.0.0", to = all): void => rig.send(udp(68, 67, payload, { from, to }));
	const answerOf = (rig: ReturnType<typeof createRig>) => {
		const [seen] = rig.take();
		if (!seen) return null;
		const options: Record<number, number[]> = {};
		for (let at = 240; seen.payload[at] !== 255; at += 2 + seen.payload[at + 1]!) {
			options[seen.payload[at]!] = [...seen.payload.subarray(at + 2, at + 2 + seen.payload[at + 1]!)];
		}
		return {
			to: seen.to,
			ports: [seen.fromPort, seen.toPort],
			transaction: [...seen.payload.subarray(4, 8)],
			yours: [...seen.payload.subarray(16, 20)].join("."),
			options,
		};
	};
	const network = { 1: [255, 255, 255, 0], 3: quad(gateway), 6: quad(names), 54: quad(gateway) };
	it("offers 10.0.2.15 and gives it, with mask, router, names and a lease", () => {
		const rig = createRig();
		ask(rig, question([53, 1, 1]));
		const common = { ports: [67, 68], transaction: [0xca, 0xfe, 0xba, 0xbe], yours: guestAddress };
		expect(answerOf(rig)).toEqual({ to: guestAddress, ...common, options: { ...network, 53: [2], 51: [0, 1, 0x51, 0x80] } });
		ask(rig, question([53, 1, 3, 50, 4, ...quad(guestAddress), 54, 4, ...quad(gateway)], { broadcast: true }));
		expect(answerOf(rig)).toEqual({ to: all, ...common, options: { ...network, 53: [5], 51: [0, 1, 0x51, 0x80] } });
	});
	it("renews it, and refuses another address", () => {
		const rig = createRig();
		ask(rig, question([53, 1, 3], { has: guestAddress }), guestAddress, gateway);
		expect(answerOf(rig)).toMatchObject({ to: guestAddress, yours: guestAddress, options: { 53: [5] } });
		ask(rig, question([53, 1, 3, 50, 4, 192, 168, 0, 7]));
		expect(answerOf(rig)).toMatchObject({ to: all, yours: "0.0.0.0", options: { 53: [6], 54: quad(gateway) } });
	});
	it("tells a guest that has an address about the network, without a lease", () => {
		const rig = createRig();
		ask(rig, question([53, 1, 8], { has: "10.0.2.77" }), "10.0.2.77");
		expect(answerOf(rig)).toMatchObject({ to: "10.0.2.77", yours: "0.0.0.0", options: { ...network, 53: [5] } });
	});
	it("names no router and no names where there are none", () => {
		const rig = createRig({ restrict: true });
		ask(rig, question([53, 1, 1]));
		expect(Object.keys(answerOf(rig)!.options)).toEqual(["1", "51", "53", "54"]);
	});
	it.each([
		["no question", question([53, 1, 1]).map((byte, i) => (i === 0 ? 2 : byte))],
		["another kind of card", question([53, 1, 1]).map((byte, i) => (i === 1 ? 6 : byte))],
		["no cookie", question([53, 1, 1]).map((byte, i) => (i === 236 ? 0 : byte))],
		["no type", question([])],
		["a release", question([53, 1, 7])],
		["another server's business", question([53, 1, 3, 54, 4, 10, 0, 2, 9])],
		["an option that ends nowhere", question([]).slice(0, 240).concat([53])],
		["an option longer than the question", question([]).slice(0, 240).concat([53, 200, 1])],
		["a question that is cut short", question([53, 1, 1]).slice(0, 239)],
	])("says nothing to %s", (_, payload) => {
		const rig = createRig();
		ask(rig, payload);
		expect(rig.take()).toEqual([]);
	});
});

describe("UDP", () => {
	it("goes out from a socket of its own, and those who were written to may answer", () => {
		const rig = createRig();
		rig.send(udp(4000, 7, text("hello"), { to: "93.184.216.34" }));
		rig.send(udp(4000, 7, text("again"), { to: "93.184.216.34" }));
		expect(rig.calls()).toEqual([
			{ what: "bind", id: 0 },
			{ what: "sendTo", id: 0, to: server, bytes: Uint8Array.from(text("hello")) },
			{ what: "sendTo", id: 0, to: server, bytes: Uint8Array.from(text("again")) },
		]);
		rig.host(
			{ kind: "datagram", id: 0, from: server, bytes: Uint8Array.from(text("yes")) },
			{ kind: "datagram", id: 0, from: { ...server, port: 8 }, bytes: Uint8Array.from(text("stranger")) },
			{ kind: "datagram", id: 9, from: server, bytes: Uint8Array.from(text("nobody's")) },
		);
		expect(rig.take()).toMatchObject([
			{ protocol: "udp", from: "93.184.216.34", fromPort: 7, to: guestAddress, toPort: 4000, payload: Uint8Array.from(text("yes")) },
		]);
	});
	it.each([
		["the host itself", gateway, 9, { address: 0x7f000001, port: 9 }],
		["the host's resolver", names, 53, { address: 0x7f000035, port: 53 }],
	])("reaches %s under the network's own address, and its answer comes from there", (_, to, port, host) => {
		const rig = createRig();
		rig.send(udp(4000, port, [1, 2, 3], { to }));
		expect(rig.calls().at(-1)).toMatchObject({ what: "sendTo", to: host });
		rig.host({ kind: "datagram", id: 0, from: host, bytes: Uint8Array.of(4) });
		expect(rig.take()).toMatchObject([{ from: to, fromPort: port, payload: Uint8Array.of(4) }]);
	});
	it.each([
		["everybody", udp(1, 9, [1], { to: all })],
		["a group", udp(1, 9, [1], { to: "224.0.0.251" })],
		["a neighbour", udp(1, 9, [1], { to: "10.0.2.77" })],
		["the loopback interface, whose ever that is", udp(1, 9, [1], { to: "127.0.0.1" })],
		["another port of the names' address", udp(1, 9, [1], { to: names })],
		["port 0", udp(1, 0, [1])],
		["the host, from an address that is not the network's", udp(1, 9, [1], { from: "192.168.1.1" })],
		["the host, as if from itself", udp(1, 9, [1], { from: gateway })],
		["the host, damaged", udp(1, 9, [1, 2]).map((byte, i) => (i === 42 ? byte ^ 1 : byte))],
		["the host, longer than its packet", udp(1, 9, [1, 2]).map((byte, i) => (i === 39 ? 40 : byte))],
		["the host, shorter than its header", udp(1, 9, [1, 2]).map((byte, i) => (i === 39 ? 7 : byte))],
	])("to %s goes nowhere", (_, frame) => {
		const rig = createRig();
		rig.send(frame);
		expect([rig.calls(), rig.take()]).toEqual([[], []]);
	});
	it("takes a datagram without a checksum", () => {
		const rig = createRig();
		const payload = udpPayload(1, 9, [5, 6]);
		payload.fill(0, 6, 8);
		rig.send(ip(17, payload));
		expect(rig.calls().at(-1)).toMatchObject({ what: "sendTo", bytes: Uint8Array.of(5, 6) });
	});
	it("through a forward comes from the host, and the answers leave through it", () => {
		const rig = createRig({ forwards: [{ protocol: "udp", host: { address: 0x7f000001, port: 5353 }, guest: { address: number32(guestAddress), port: 53 } }] });
		const peer = { address: 0x7f000001, port: 50000 };
		rig.host({ kind: "datagram", id: 0, from: peer, bytes: Uint8Array.of(1) });
		expect(rig.take()).toMatchObject([{ from: gateway, fromPort: 50000, to: guestAddress, toPort: 53 }]);
		rig.send(udp(53, 50000, [2]));
		expect(rig.calls()).toEqual([{ what: "sendTo", id: 0, to: peer, bytes: Uint8Array.of(2) }]);
	});
	it("longer than a frame is cut up, both ways", () => {
		const rig = createRig();
		const payload = Array.from({ length: 5000 }, (_, i) => (i * 7) & 255);
		const whole = udpPayload(1, 9, payload);
		for (let at = 0; at < whole.length; at += 1480) rig.send(ip(17, whole.slice(at, at + 1480), { offset: at, flags: at + 1480 < whole.length ? 1 : 0 }));
		expect(rig.calls().at(-1)).toMatchObject({ what: "sendTo", bytes: Uint8Array.from(payload) });
		rig.host({ kind: "datagram", id: 0, from: { address: 0x7f000001, port: 9 }, bytes: Uint8Array.from(payload) });
		const seen = rig.take();
		expect(seen.map(({ offset, more }) => [offset, more])).toEqual([
			[0, true],
			[1480, true],
			[2960, true],
			[4440, false],
		]);
		expect(Buffer.concat(seen.map((one) => one.payload)).subarray(8)).toEqual(Buffer.from(payload));
	});
	it("closes sockets that nobody has used for two minutes, and the oldest when there are too many", () => {
		const rig = createRig();
		for (let port = 1; port <= 300; port++) rig.send(udp(port, 9, [1]));
		const open = (): number => {
			for (const { what } of rig.calls()) count += what === "bind" ? 1 : what === "close" ? -1 : 0;
			return count;
		};
		let count = 0;
		expect(open()).toBe(256);
		rig.pass(60_000);
		rig.send(udp(299, 9, [1]));
		rig.pass(70_000);
		expect(open()).toBe(1);
		rig.pass(200_000);
		expect(open()).toBe(0);
	});
	it("beyond what waits for the guest is lost", () => {
		const rig = createRig();
		rig.send(udp(1, 9, [1]));
		for (let i = 0; i < 2000; i++) rig.host({ kind: "datagram", id: 0, from: { address: 0x7f000001, port: 9 }, bytes: Uint8Array.of(i) });
		expect(rig.take().length).toBe(512);
	});
});

describe("fragments", () => {
	const part = (from: number, to: number, more: boolean, id = 1) =>
		ip(17, udpPayload(1, 9, Array(40).fill(3)).slice(from, to), { offset: from, flags: more ? 1 : 0, id });
	it.each([
		["in order", [part(0, 16, true), part(16, 32, true), part(32, 48, false)]],
		["backwards", [part(32, 48, false), part(16, 32, true), part(0, 16, true)]],
		["mixed with another packet's", [part(0, 16, true), part(0, 16, true, 2), part(16, 48, false)]],
	])("make a packet %s", (_, frames) => {
		const rig = createRig();
		for (const frame of frames) rig.send(frame);
		expect(rig.calls().at(-1)).toMatchObject({ what: "sendTo", bytes: new Uint8Array(40).fill(3) });
	});
	it.each([
		["that overlap", [part(0, 24, true), part(16, 48, false)]],
		["that come twice", [part(0, 16, true), part(0, 16, true), part(16, 48, false)]],
		["with two ends", [part(0, 16, true), part(16, 40, false), part(40, 48, false)]],
		["with an end in the middle", [part(32, 48, true), part(0, 16, true), part(16, 24, false)]],
		["of no whole blocks", [part(0, 17, true), part(17, 48, false)]],
		["that end beyond every packet", [part(0, 16, true), ip(17, Array(32).fill(0), { offset: 65528 })]],
		["that never become whole", [part(0, 16, true), part(32, 48, false)]],
	])("%s make none", (_, frames) => {
		const rig = createRig();
		for (const frame of frames) rig.send(frame);
		expect(rig.calls()).toEqual([]);
	});
	it("of old packets are forgotten", () => {
		const rig = createRig();
		rig.send(part(0, 16, true));
		rig.pass(31_000);
		rig.send(part(16, 48, false));
		expect(rig.calls()).toEqual([]);
	});
	it("of many packets at a time push out the oldest", () => {
		const rig = createRig();
		for (let id = 1; id <= 17; id++) rig.send(part(0, 16, true, id));
		for (const id of [1, 2, 17]) rig.send(part(16, 48, false, id));
		// the first was pushed out by the seventeenth, and its end pushes out the second
		expect(rig.calls().filter(({ what }) => what === "sendTo").length).toBe(1);
	});
});

describe("a user network", () => {
	it.each([
		["with another version", (frame: Uint8Array) => frame.map((byte, i) => (i === 14 ? 0x65 : byte))],
		["with a header of 16 bytes", (frame: Uint8Array) => frame.map((byte, i) => (i === 14 ? 0x44 : byte))],
		["with a header longer than the packet", (frame: Uint8Array) => frame.map((byte, i) => (i === 14 ? 0x4f : byte))],
		["that is longer than its frame", (frame: Uint8Array) => frame.subarray(0, frame.length - 1)],
		["with a damaged header", (frame: Uint8Array) => frame.map((byte, i) => (i === 22 ? byte ^ 1 : byte))],
		["of an unknown protocol", () => ip(47, [1, 2, 3, 4])],
		["of IPv6", () => ethernet(0x86dd, Array(60).fill(0x60))],
		["from a group's card", (frame: Uint8Array) => frame.map((byte, i) => (i === 6 ? byte | 1 : byte))],
	])("drops a packet %s", (_, spoil) => {
		const rig = createRig();
		rig.send(Uint8Array.from(spoil(udp(1, 9, [1, 2, 3, 4]))));
		expect([rig.calls(), rig.take()]).toEqual([[], []]);
	});
	it("skips options of packets, and what a short frame is filled up with", () => {
		const rig = createRig();
		rig.send(ip(17, udpPayload(1, 9, [5]), { options: [1, 1, 1, 0] }));
		rig.send(Uint8Array.from([...udp(1, 9, [6]), ...Array(20).fill(0xee)]));
		expect(rig.calls().filter(({ bytes }) => bytes)).toMatchObject([{ bytes: Uint8Array.of(5) }, { bytes: Uint8Array.of(6) }]);
	});
	it("with restrict=on lets nothing out, and answers for itself only", () => {
		const rig = createRig({ restrict: true });
		rig.send(udp(1, 9, [1]));
		rig.send(udp(1, 53, [1], { to: names }));
		rig.send(udp(1, 9, [1], { to: "93.184.216.34" }));
		expect([rig.calls(), rig.take()]).toEqual([[], []]);
		rig.send(echo(8, []));
		expect(rig.take().length).toBe(1);
	});
	it("closes the host's sockets with the machine", () => {
		const rig = createRig();
		rig.cable.close();
		expect(rig.shut).toBe(true);
	});
});
