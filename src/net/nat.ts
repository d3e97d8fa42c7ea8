/** Frames of a guest in, calls of the host's sockets out, and back: a network with a router, names and an address for the guest, as QEMU's `-netdev user` has it. */
import type { Cable, Card, Frame } from "../base/network.ts";
import { type Endpoint, isHost, loopback, user } from "./address.ts";
import { answerArp } from "./arp.ts";
import { answerDhcp, dhcpClientPort, dhcpServerPort } from "./dhcp.ts";
import { createFragments } from "./fragments.ts";
import { answerEcho } from "./icmp.ts";
import type { Inside } from "./inside.ts";
import { EtherType, ethernetBytes, ipBytes, type Packet, Protocol, packetFrames, readPacket, viewOf } from "./packet.ts";
import { readSegment } from "./segment.ts";
import type { Forward, Sockets } from "./sockets.ts";
import { createTcpFlows } from "./tcp-flows.ts";
import { createUdpFlows, readDatagram, writeDatagram } from "./udp.ts";

/** Frames that wait for the guest beside what connections have; more are lost. */
const mostWaiting = 512;
const tickMillis = 100;
/** How long an acknowledgement may wait for more to acknowledge. Without, a guest that wrote 1 KiB at a time took 40,000 instructions and two interrupts for each. */
const soonMillis = 1;
const namesPort = 53;

export interface NatOptions {
	readonly sockets: Sockets;
	/** As `sockets` numbers them. */
	readonly forwards?: readonly Forward[];
	/** The guest reaches nothing outside; forwards still lead to it. */
	readonly restrict?: boolean;
	/** Of sequence numbers. */
	readonly seed?: number;
}

/** Echo requests beyond the network's own addresses stay unanswered: that would take privileges. So do IPv6 and all other protocols. */
export function createNat(o: NatOptions): Cable {
	const { sockets, forwards = [], restrict = false } = o;
	let card: Card | null = null;
	let guestMac: Uint8Array = new Uint8Array(6);
	let setAlarm: (millis: number) => void = () => {};
	let setHurry: (millis: number) => void = () => {};
	let [ticking, hurrying] = [false, false];
	const waiting: Frame[] = [];
	const counts = { lost: 0 };
	let lastId = forwards.length;
	const newId = (): number => lastId++;

	const own = (address: number): boolean => address === user.gateway || address === user.names;
	const inside: Inside = {
		mac: () => guestMac,
		now: () => card?.now() ?? 0,
		large: () => card?.large() ?? false,
		wake: () => card?.wake(),
		send(frames) {
			if (waiting.length + frames.length > mostWaiting) counts.lost += frames.length;
			else waiting.push(...frames);
			inside.wake();
		},
		outside({ address, port }): Endpoint | null {
			if (restrict || port === 0) return null;
			if (address === user.gateway) return { address: loopback, port };
			if (address === user.names) return port === namesPort ? sockets.resolver : null;
			return isHost(address) && (address & user.mask) >>> 0 !== user.network ? { address, port } : null;
		},
	};
	const soon = (): void => {
		if (!hurrying) setHurry(soonMillis);
		hurrying = true;
	};
	const udp = createUdpFlows({ inside, sockets, forwards, newId });
	const tcp = createTcpFlows({ inside, sockets, forwards, newId, seed: o.seed ?? 0, soon });
	const fragments = createFragments(inside.now);

	const tick = (): void => {
		ticking = tcp.waiting() || udp.waiting();
		if (ticking) setAlarm(tickMillis);
		tcp.tick();
		udp.tick();
	};
	const keepTicking = (): void => {
		if (!ticking && (tcp.waiting() || udp.waiting())) {
			ticking = true;
			setAlarm(tickMillis);
		}
	};

	const dhcp = (question: Uint8Array): void => {
		const answer = answerDhcp(question, { names: sockets.resolver !== null && !restrict, router: !restrict });
		if (!answer) return;
		const asked = viewOf(answer);
		// to everybody when the guest wants that, or when it is told that it asked for what it cannot have
		const all = (asked.getUint16(10) & 0x8000) !== 0 || asked.getUint32(16) + asked.getUint32(12) === 0;
		const to = { address: all ? 0xffffffff : asked.getUint32(12) || asked.getUint32(16), port: dhcpClientPort };
		const from = { address: user.gateway, port: dhcpServerPort };
		const mac = all ? new Uint8Array(6).fill(255) : answer.slice(28, 34);
		inside.send(packetFrames(mac, { source: from.address, destination: to.address, protocol: Protocol.udp }, writeDatagram({ from, to, payload: answer })));
	};
	const take: Record<number, (packet: Packet, trusted: boolean) => void> = {
		[Protocol.icmp](packet) {
			const frames = own(packet.destination) ? answerEcho(packet, guestMac) : null;
			if (frames) inside.send(frames);
		},
		[Protocol.udp](packet, trusted) {
			const datagram = readDatagram(packet, trusted);
			if (!datagram) return;
			const { to } = datagram;
			if (to.port === dhcpServerPort && (to.address === 0xffffffff || to.address === user.gateway || to.address === user.broadcast)) dhcp(datagram.payload);
			else if (packet.source !== 0) udp.send(datagram);
		},
		[Protocol.tcp](packet, trusted) {
			const segment = packet.source === 0 ? null : readSegment(packet, trusted);
			if (segment) tcp.segment(packet, segment);
		},
	};

	return {
		large: true,
		attach(one) {
			card = one;
			guestMac = one.mac;
			setAlarm = one.alarm(tick);
			setHurry = one.alarm(() => {
				hurrying = false;
				tcp.hurry();
			});
		},
		send(frame) {
			const { bytes } = frame;
			if (bytes.length < ethernetBytes || bytes[6]! & 1) return;
			guestMac = bytes.slice(6, 12);
			const type = viewOf(bytes).getUint16(12);
			if (type === EtherType.arp) {
				const answer = answerArp(bytes);
				if (answer) inside.send([answer]);
				return;
			}
			const part = type === EtherType.ipv4 ? readPacket(bytes) : null;
			// a guest's address is one of the network, or none yet
			if (!part || own(part.source) || (part.source !== 0 && (part.source & user.mask) >>> 0 !== user.network)) return;
			const packet = fragments.add(part);
			// a checksum that is not whole is one that cannot have been damaged on the way
			if (packet) take[packet.protocol]?.(packet, frame.checksum !== null && frame.checksum.start >= ethernetBytes + ipBytes);
			keepTicking();
		},
		receive() {
			const frame = waiting.shift() ?? tcp.next();
			keepTicking();
			return frame;
		},
		poll() {
			for (const event of sockets.events()) {
				if (event.kind === "datagram") udp.arrived(event.id, event.from, event.bytes);
				else tcp.event(event);
			}
			keepTicking();
		},
		kept: () => [lastId, waiting.length, counts.lost, ...tcp.kept()],
		close: () => sockets.shut(),
	};
}
