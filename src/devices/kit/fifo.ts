/** A bounded queue of bytes, as in a UART. */

export interface Fifo {
	readonly length: number;
	readonly full: boolean;
	/** False, and the byte is lost, when it is full. */
	push(byte: number): boolean;
	/** -1 when it is empty. */
	shift(): number;
	clear(): void;
	/** What is in it, oldest first. */
	bytes(): number[];
}

export function createFifo(capacity: number): Fifo {
	const queue: number[] = [];
	return {
		get length() {
			return queue.length;
		},
		get full() {
			return queue.length >= capacity;
		},
		push(byte) {
			if (queue.length >= capacity) return false;
			queue.push(byte & 255);
			return true;
		},
		shift: () => queue.shift() ?? -1,
		clear: () => void queue.splice(0),
		bytes: () => queue.slice(),
	};
}
