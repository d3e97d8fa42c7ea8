/** An address to listen at or to connect to in, a cable to another program out. */
import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { HostError } from "../../../jit/base/errors.ts";
import type { Cable } from "../../base/network.ts";
import { addressText, type Endpoint } from "../../net/address.ts";
import { createStreamCable, type StreamCable } from "../../net/stream-cable.ts";
import { causeOf } from "./files.ts";

/** Bytes that wait to be sent; more are lost. */
const mostUnsent = 2 ** 20;

export interface SocketCable extends Cable {
	/** Where it listens, or what it is connected to. */
	readonly port: number;
}

function plug(cable: StreamCable, socket: Socket, wake: () => void): void {
	socket.setNoDelay(true);
	cable.connected({
		write: (bytes) => {
			if (socket.writableLength > mostUnsent || !socket.writable) return false;
			socket.write(bytes);
			return true;
		},
		hold: (on) => void (on ? socket.pause() : socket.resume()),
		close: () => void socket.destroy(),
	});
	socket.on("data", (bytes) => {
		if (!cable.arrived(bytes)) socket.destroy();
		wake();
	});
	// what ends a cable is said by its silence
	socket.on("error", () => {});
	socket.on("close", () => cable.connected(null));
}

/** `wake`: something arrived. One program at a time: a second one is turned away. Throws `HostError`. */
export async function openStreamCable(o: { how: "listen" | "connect"; at: Endpoint; wake: () => void }): Promise<SocketCable> {
	const cable = createStreamCable();
	const [host, { port }] = [addressText(o.at.address), o.at];
	const failed = (error: unknown): HostError => {
		const { code } = error as NodeJS.ErrnoException;
		const why = { EADDRINUSE: "the port is in use: take another", ECONNREFUSED: "nobody listens there: start the one with listen= first" };
		return new HostError(`--netdev socket,${o.how}=${host}:${port}: ${why[code as keyof typeof why] ?? causeOf(error)}`);
	};
	if (o.how === "connect") {
		const socket = connect({ host, port });
		try {
			await once(socket, "connect");
		} catch (error) {
			throw failed(error);
		}
		plug(cable, socket, o.wake);
		return { ...cable, port };
	}
	let current: Socket | null = null;
	const server: Server = createServer((socket) => {
		if (current) return void socket.destroy();
		current = socket;
		plug(cable, socket, o.wake);
		socket.on("close", () => {
			current = null;
		});
	});
	try {
		const listening = once(server, "listening");
		server.listen(port, host);
		await listening;
	} catch (error) {
		throw failed(error);
	}
	return {
		...cable,
		port: (server.address() as { port: number }).port,
		close() {
			server.close();
			cable.close();
		},
	};
}
