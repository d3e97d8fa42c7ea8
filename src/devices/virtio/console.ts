/** Console device (virtio 1.2, section 5.3): bytes of the machine's console to and from one port. */
import type { GuestConsole } from "../../base/host.ts";
import type { VirtioDevice } from "./device.ts";
import type { Request } from "./queue.ts";

const Queue = { receive: 0, transmit: 1 } as const;
const pieceBytes = 4096;

export interface VirtioConsole extends VirtioDevice {
	/** A driver runs it: what is typed goes there, and to no UART. */
	active(): boolean;
}

export function createVirtioConsole(o: { console: GuestConsole }): VirtioConsole {
	let wake: (queue: number) => void = () => {};
	let running: () => boolean = () => false;
	const receive = (request: Request) => {
		if (request.room === 0) return "broken" as const;
		if (o.console.waiting === 0) return null;
		const bytes = Uint8Array.from({ length: Math.min(request.room, o.console.waiting, pieceBytes) }, () => o.console.take());
		request.write(0, bytes);
		return { written: bytes.length, moved: bytes.length };
	};
	const transmit = (request: Request) => {
		for (let at = 0; at < request.given; at += pieceBytes) for (const byte of request.read(at, pieceBytes)) o.console.put(byte);
		return { written: 0, moved: request.given };
	};
	return {
		id: 3,
		features: 0,
		queues: 2,
		config: new Uint8Array(12),
		serve: (queue, request) => (queue === Queue.receive ? receive(request) : transmit(request)),
		connect(wakeQueue, isRunning) {
			wake = wakeQueue;
			running = isRunning;
		},
		poll() {
			if (o.console.waiting > 0) wake(Queue.receive);
		},
		active: () => running(),
		reset: () => {},
		kept: () => [],
	};
}
