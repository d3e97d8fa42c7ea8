/** Calls of a user network in, the host's sockets out; what they do is kept in one list until the network asks. */
import { createSocket, type Socket as DatagramSocket, type RemoteInfo } from "node:dgram";
import { getServers } from "node:dns";
import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { HostError } from "../../../jit/base/errors.ts";
import { addressOf, addressText, type Endpoint } from "../../net/address.ts";
import { type Forward, firstAccepted, mostUntaken, type SocketEvent, type Sockets } from "../../net/sockets.ts";
import { mostFlows } from "../../net/tcp-flows.ts";
import { causeOf } from "./files.ts";

/** Bytes of datagrams that wait to be sent, or to be asked for; more are lost. */
const mostDatagramBytes = 2 ** 20;

export interface HostSockets extends Sockets {
	/** The port of each forward: its own, or the one that the system gave for 0. */
	readonly ports: readonly number[];
}

interface Connection {
	readonly socket: Socket;
	untaken: number;
}

/** The first of the system's name servers that has an IPv4 address. */
function systemResolver(): Endpoint | null {
	for (const text of getServers()) {
		const [, name = "", port] = /^([\d.]+)(?::(\d+))?$/.exec(text) ?? [];
		const address = addressOf(name);
		if (address !== null) return { address, port: Number(port ?? 53) };
	}
	return null;
}

const nameOf = ({ protocol, host }: Forward): string => `${protocol} ${addressText(host.address)}:${host.port}`;
function cannotListen(forward: Forward, error: unknown): HostError {
	const { code } = error as NodeJS.ErrnoException;
	const why = {
		EADDRINUSE: "the port is in use: take another",
		EACCES: "this user may not listen there: take a port from 1024 on",
		EADDRNOTAVAIL: "this host does not have that address",
	};
	return new HostError(`port forward ${nameOf(forward)}: ${why[code as keyof typeof why] ?? causeOf(error)}`);
}

/** `wake`: something happened. `resolver`: instead of the system's. Throws `HostError` when a forward's port cannot be had. */
export async function openSockets(o: { forwards?: readonly Forward[]; resolver?: Endpoint | null; wake: () => void }): Promise<HostSockets> {
	const connections = new Map<number, Connection>();
	const datagrams = new Map<number, DatagramSocket>();
	const servers: Server[] = [];
	let events: SocketEvent[] = [];
	let datagramBytes = 0;
	let lastAccepted = firstAccepted;
	let open = true;
	const tell = (event: SocketEvent): void => {
		if (!open) return;
		events.push(event);
		o.wake();
	};

	const keep = (id: number, socket: Socket): void => {
		const connection: Connection = { socket, untaken: 0 };
		connections.set(id, connection);
		socket.setNoDelay(true);
		socket.on("data", (bytes) => {
			connection.untaken += bytes.length;
			if (connection.untaken >= mostUntaken) socket.pause();
			tell({ kind: "data", id, bytes });
		});
		socket.on("end", () => tell({ kind: "end", id }));
		socket.on("error", () => {
			if (connections.delete(id)) tell({ kind: "failed", id });
		});
		socket.on("close", () => connections.delete(id));
	};
	const keepDatagrams = (id: number, socket: DatagramSocket): void => {
		datagrams.set(id, socket);
		socket.on("message", (bytes: Uint8Array, { address, port }: RemoteInfo) => {
			const from = addressOf(address);
			if (from === null || datagramBytes + bytes.length > mostDatagramBytes) return;
			datagramBytes += bytes.length;
			tell({ kind: "datagram", id, from: { address: from, port }, bytes });
		});
		// what cannot be sent is lost, as it may be anywhere on its way
		socket.on("error", () => {});
	};
	const listen = async (forward: Forward, id: number): Promise<number> => {
		const { address, port } = { address: addressText(forward.host.address), port: forward.host.port };
		if (forward.protocol === "udp") {
			const socket = createSocket("udp4");
			const bound = once(socket, "listening");
			socket.bind(port, address);
			await bound;
			keepDatagrams(id, socket);
			return socket.address().port;
		}
		const server = createServer({ allowHalfOpen: true }, (socket) => {
			const from = addressOf(socket.remoteAddress ?? "");
			if (from === null || connections.size >= mostFlows) return void socket.destroy();
			const connection = lastAccepted++;
			keep(connection, socket);
			tell({ kind: "accepted", id, connection, from: { address: from, port: socket.remotePort ?? 0 } });
		});
		const listening = once(server, "listening");
		server.listen(port, address);
		await listening;
		servers.push(server);
		return (server.address() as { port: number }).port;
	};
	const shut = (): void => {
		open = false;
		events = [];
		for (const { socket } of connections.values()) socket.destroy();
		for (const socket of datagrams.values()) socket.close();
		for (const server of servers) server.close();
		connections.clear();
		datagrams.clear();
		servers.length = 0;
	};

	const ports: number[] = [];
	for (const [id, forward] of (o.forwards ?? []).entries()) {
		try {
			ports.push(await listen(forward, id));
		} catch (error) {
			shut();
			throw cannotListen(forward, error);
		}
	}
	return {
		ports,
		resolver: o.resolver === undefined ? systemResolver() : o.resolver,
		events() {
			const now = events;
			events = [];
			datagramBytes = 0;
			return now;
		},
		connect(id, to) {
			const socket = connect({ host: addressText(to.address), port: to.port, allowHalfOpen: true });
			socket.on("connect", () => tell({ kind: "connected", id }));
			keep(id, socket);
		},
		write(id, bytes) {
			connections.get(id)?.socket.write(bytes, (error) => {
				if (!error) tell({ kind: "written", id, count: bytes.length });
			});
		},
		taken(id, count) {
			const connection = connections.get(id);
			if (!connection) return;
			connection.untaken -= count;
			if (connection.socket.isPaused() && connection.untaken < mostUntaken / 2) connection.socket.resume();
		},
		end: (id) => void connections.get(id)?.socket.end(),
		close(id) {
			const { socket } = connections.get(id) ?? {};
			connections.delete(id);
			if (socket && !socket.connecting) socket.resetAndDestroy();
			else socket?.destroy();
			datagrams.get(id)?.close();
			datagrams.delete(id);
		},
		bind: (id) => keepDatagrams(id, createSocket("udp4")),
		sendTo(id, to, bytes) {
			const socket = datagrams.get(id);
			if (!socket) return;
			// before the first one the socket has no queue yet to ask for its size
			try {
				if (socket.getSendQueueSize() > mostDatagramBytes) return;
			} catch {
				// not bound yet
			}
			socket.send(bytes, to.port, addressText(to.address), () => {});
		},
		shut,
	};
}
