/** `--netdev user,...` and `--netdev socket,...` texts in, networks with cards on them out. */
import { HostError } from "../../../jit/base/errors.ts";
import type { Cable } from "../../base/network.ts";
import { openSockets } from "../../host/node/sockets.ts";
import { openStreamCable } from "../../host/node/stream-cable.ts";
import type { VirtioPart } from "../../machine/options.ts";
import { addressOf, type Endpoint, loopback, user } from "../../net/address.ts";
import { createNat } from "../../net/nat.ts";
import type { Forward } from "../../net/sockets.ts";
import { oneOf } from "../values.ts";
import type { CardOption } from "./devices.ts";
import { partsOf, propertiesOf } from "./properties.ts";

/** A network with a router to the host's sockets, or a cable to another program. */
export type Netdev = { readonly text: string; readonly id: string | undefined } & (
	| { readonly kind: "user"; readonly restrict: boolean; readonly forwards: readonly Forward[] }
	| { readonly kind: "socket"; readonly how: "listen" | "connect"; readonly at: Endpoint }
);

const options = {
	user: {
		form: "write user[,id=ID][,restrict=on][,hostfwd=tcp:127.0.0.1:8080-:80]",
		keys: { id: null, restrict: ["on", "off"], hostfwd: null },
		repeated: ["hostfwd"],
	},
	socket: { form: "write socket[,id=ID],listen=127.0.0.1:1234 or socket[,id=ID],connect=127.0.0.1:1234", keys: { id: null, listen: null, connect: null } },
} as const;
const forwardForm = "write [tcp|udp]:[HOSTADDRESS]:HOSTPORT-[GUESTADDRESS]:GUESTPORT, such as tcp:127.0.0.1:8080-:80";

function endpointOf(address: string | undefined, usual: number, port: string, wrong: (problem: string) => HostError): Endpoint {
	const number = address ? addressOf(address) : usual;
	if (number === null) throw wrong(`${address} is not an address of four numbers, such as 127.0.0.1`);
	if (!/^\d{1,5}$/.test(port) || Number(port) < 1 || Number(port) > 65535) throw wrong(`${port} is not a port from 1 to 65535`);
	return { address: number, port: Number(port) };
}

/** Without an address a forward listens on the loopback interface only, which QEMU's does not. */
function forwardOf(text: string, netdev: string): Forward {
	const wrong = (problem: string): HostError => new HostError(`--netdev ${netdev}: hostfwd=${text}: ${problem}`);
	const [, protocol, hostAddress, hostPort, guestAddress, guestPort] = /^(tcp|udp)?:([^:-]*):([^:-]+)-([^:-]*):([^:-]+)$/.exec(text) ?? [];
	if (hostPort === undefined || guestPort === undefined) throw wrong(forwardForm);
	const guest = endpointOf(guestAddress, user.guest, guestPort, wrong);
	if ((guest.address & user.mask) >>> 0 !== user.network) throw wrong(`${guestAddress} is not in the guest's network 10.0.2.0/24`);
	return { protocol: protocol === "udp" ? "udp" : "tcp", host: endpointOf(hostAddress, loopback, hostPort, wrong), guest };
}

/** Throws `HostError`. */
export function parseNetdev(text: string): Netdev {
	const [kind = "", ...rest] = partsOf(text);
	const known = oneOf("--netdev", kind, ["user", "socket"]);
	const { one, all } = propertiesOf("--netdev", text, rest, options[known]);
	const common = { text, id: one("id") };
	if (known === "user")
		return { ...common, kind: known, restrict: one("restrict") === "on", forwards: all("hostfwd").map((forward) => forwardOf(forward, text)) };
	const wrong = (problem: string): HostError => new HostError(`--netdev ${text}: ${problem}`);
	const [listen, connect] = [one("listen"), one("connect")];
	const [, address, port] = /^([^:]*):([^:]+)$/.exec(listen ?? connect ?? "") ?? [];
	if (port === undefined || (listen === undefined) === (connect === undefined)) throw wrong(options.socket.form);
	return { ...common, kind: known, how: listen === undefined ? "connect" : "listen", at: endpointOf(address, loopback, port, wrong) };
}

/** Which card goes to which network: those that name none to the first that has none, and every network has one. Throws `HostError`. */
export function matchCards(netdevs: readonly Netdev[], cards: readonly CardOption[]): Map<Netdev, CardOption | null> {
	const matched = new Map<Netdev, CardOption | null>();
	for (const netdev of netdevs) {
		if (netdev.id !== undefined && netdevs.some((other) => other !== netdev && other.id === netdev.id))
			throw new HostError(`--netdev ${netdev.text}: id=${netdev.id} is given twice`);
		matched.set(netdev, null);
	}
	for (const card of [...cards].sort((a, b) => Number(a.netdev === undefined) - Number(b.netdev === undefined))) {
		const netdev = netdevs.find((one) => (card.netdev === undefined ? matched.get(one) === null : one.id === card.netdev));
		if (!netdev)
			throw new HostError(`--device ${card.text}: there is no network for it: add --netdev user${card.netdev === undefined ? "" : `,id=${card.netdev}`}`);
		if (matched.get(netdev)) throw new HostError(`--device ${card.text}: netdev=${card.netdev} has a card already`);
		matched.set(netdev, card);
	}
	return matched;
}

async function cableOf(netdev: Netdev, wake: () => void): Promise<Cable> {
	if (netdev.kind === "socket") return openStreamCable({ ...netdev, wake });
	const { forwards, restrict } = netdev;
	return createNat({ sockets: await openSockets({ forwards, wake }), forwards, restrict });
}

/** Opens them all, or none. `wake`: something arrived. Throws `HostError` when a port cannot be had. */
export async function openNetworks(matched: ReadonlyMap<Netdev, CardOption | null>, wake: () => void): Promise<VirtioPart[]> {
	const parts: (VirtioPart & { kind: "net" })[] = [];
	try {
		for (const [netdev, card] of matched) parts.push({ kind: "net", cable: await cableOf(netdev, wake), mac: card?.mac });
	} catch (error) {
		for (const { cable } of parts) cable.close();
		throw error;
	}
	return parts;
}
