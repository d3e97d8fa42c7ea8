/** What a user network asks of its host: connections, datagrams, and in one list what became of them. */
import type { Endpoint } from "./address.ts";

/** A port of the host that leads to a port of the guest. */
export interface Forward {
	readonly protocol: "tcp" | "udp";
	readonly host: Endpoint;
	readonly guest: Endpoint;
}

/**
 * Sockets have numbers: the forwards' those of the list of forwards, connections that they accepted from `firstAccepted` on, those that the network opens what it
 * says, in between. An accepted connection is connected.
 */
export type SocketEvent =
	| { readonly kind: "accepted"; readonly id: number; readonly connection: number; readonly from: Endpoint }
	| { readonly kind: "connected"; readonly id: number }
	| { readonly kind: "data"; readonly id: number; readonly bytes: Uint8Array }
	/** The other side sends no more. */
	| { readonly kind: "end"; readonly id: number }
	/** So many bytes given to `write` have left. */
	| { readonly kind: "written"; readonly id: number; readonly count: number }
	/** Cannot be had, or broke: it is gone. */
	| { readonly kind: "failed"; readonly id: number }
	| { readonly kind: "datagram"; readonly id: number; readonly from: Endpoint; readonly bytes: Uint8Array };

export const firstAccepted = 2 ** 31;
/** A connection whose reader is slow is not read any more once so many bytes of it were not taken. */
export const mostUntaken = 2 ** 18;

/** Nothing throws, and nothing of an answer is seen before the next `events`. A number that is not open (any more) is nothing. */
export interface Sockets {
	/** What happened since the last call, oldest first. */
	events(): readonly SocketEvent[];
	connect(id: number, to: Endpoint): void;
	write(id: number, bytes: Uint8Array): void;
	/** Bytes of `data` events have been passed on. */
	taken(id: number, count: number): void;
	/** Sends no more; may still receive. */
	end(id: number): void;
	/** Gives it up, with a reset where there is something to reset. */
	close(id: number): void;
	/** Opens a socket for datagrams. */
	bind(id: number): void;
	/** As far as the host has room: datagrams may be lost. */
	sendTo(id: number, to: Endpoint, bytes: Uint8Array): void;
	/** Whom to ask for names; null: the host has nobody. */
	readonly resolver: Endpoint | null;
	shut(): void;
}
