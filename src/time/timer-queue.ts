/** Timer events in, the earliest due one out; equal times fire in the order they were set. */

/** A timer of one device: set again and again, at most one deadline at a time. */
export interface Timer {
	/** Fires once when the clock has reached `at` (in the clock's units, below 2^53); Infinity: never. Setting it again replaces the deadline. */
	set(at: number): void;
	readonly at: number;
}

export interface TimerQueue {
	timer(fire: () => void): Timer;
	/** The earliest deadline, or Infinity. */
	next(): number;
	/** Fires everything due at `now`, in order of deadline. What a timer sets for `now` or earlier while firing also fires, at most `limit` of them in all. */
	fire(now: number, limit?: number): void;
}

/** `changed` is called whenever a timer is set. */
export function createTimerQueue(changed: () => void = () => {}): TimerQueue {
	interface Entry {
		at: number;
		order: number;
		readonly run: () => void;
	}
	const entries: Entry[] = [];
	let order = 0;
	let earliest = Number.POSITIVE_INFINITY;
	const scan = (): void => {
		earliest = Number.POSITIVE_INFINITY;
		for (const entry of entries) if (entry.at < earliest) earliest = entry.at;
	};
	return {
		timer(run) {
			const entry: Entry = { at: Number.POSITIVE_INFINITY, order: 0, run };
			entries.push(entry);
			return {
				get at() {
					return entry.at;
				},
				set(at) {
					entry.at = at;
					entry.order = order++;
					scan();
					changed();
				},
			};
		},
		next: () => earliest,
		fire(now, limit = 1000) {
			while (earliest <= now && limit-- > 0) {
				let due: Entry | undefined;
				for (const entry of entries) {
					if (entry.at === earliest && (!due || entry.order < due.order)) due = entry;
				}
				if (!due) return;
				due.at = Number.POSITIVE_INFINITY;
				scan();
				due.run();
			}
		},
	};
}
