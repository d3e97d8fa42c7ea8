/** A machine's waits in, the host's own time out: what makes a guest's clock wait for the world outside, and the world's events end the wait. */
import type { Wait } from "../../machine/options.ts";
import { nowMillis } from "./time.ts";

/** Waits that come to less than this are owed: the host's timers are not finer. */
const leastMillis = 2;
/** The longest sleep, so that keys are seen. */
const mostMillis = 10;
/** Guest time that may always pass at once: a device's own delays. */
const slackMillis = 0.02;

export interface Pace {
	/** For `HostParts`. */
	pace(now: number): number;
	rest(wait?: Wait): Promise<void>;
	/** Something happened that a machine may be waiting for. */
	wake(): void;
}

const turn = (): Promise<void> => new Promise((done) => setImmediate(done));

/** `stepsPerSecond`: steps of the machine's clock that are a second of its time. */
export function createPace(o: { stepsPerSecond: number }): Pace {
	const perMilli = o.stepsPerSecond / 1000;
	let until = 0;
	let owed = 0;
	let woken = false;
	let wakeUp: (() => void) | null = null;
	const sleep = (millis: number): Promise<void> =>
		new Promise((done) => {
			const timer = setTimeout(() => wakeUp?.(), millis);
			wakeUp = () => {
				clearTimeout(timer);
				wakeUp = null;
				done();
			};
		});
	return {
		pace: (now) => Math.max(until, now + slackMillis * perMilli),
		async rest(wait) {
			woken = false;
			await turn();
			if (!wait) return;
			const wanted = (wait.next - wait.at) / perMilli;
			if (owed + wanted < leastMillis) {
				owed += wanted;
				until = wait.next;
				return;
			}
			const from = nowMillis();
			if (!woken) await sleep(Math.min(owed + wanted, mostMillis));
			const slept = nowMillis() - from - owed;
			owed = Math.max(0, -slept);
			until = Math.min(wait.next, wait.at + Math.max(0, slept) * perMilli);
		},
		wake() {
			woken = true;
			wakeUp?.();
		},
	};
}
