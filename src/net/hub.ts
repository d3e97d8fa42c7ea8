/** Frames of each card in, copies of them to all others out: what connects guests in one process. */
import { type Cable, type Card, type Frame, plainFrame } from "../base/network.ts";

/** Frames that wait for a card; more are lost, as in a real one. */
const mostWaiting = 256;

export interface Hub {
	/** One more end for a card. */
	port(): Cable;
}

/** What is sent to a card of another machine is there when that machine runs next. */
export function createHub(): Hub {
	const ports: Frame[][] = [];
	return {
		port() {
			const waiting: Frame[] = [];
			const counts = { lost: 0 };
			ports.push(waiting);
			let card: Card | null = null;
			return {
				large: false,
				attach(one) {
					card = one;
				},
				send({ bytes }) {
					for (const other of ports) {
						if (other === waiting) continue;
						if (other.length < mostWaiting) other.push(plainFrame(bytes));
						else counts.lost++;
					}
				},
				receive: () => waiting.shift() ?? null,
				poll() {
					if (waiting.length > 0) card?.wake();
				},
				kept: () => [waiting.length, counts.lost],
				close() {
					ports.splice(ports.indexOf(waiting), 1);
				},
			};
		},
	};
}
