/** Jobs of translation in, what a thread made of them out, while the guest runs. */
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { MessageChannel, receiveMessageOnPort, Worker } from "node:worker_threads";
import type { Setting } from "../../../jit/emit/wasm/work.ts";
import type { Done, Helper } from "../../../jit/ir/helper.ts";
import { packJob } from "../../../jit/ir/packed.ts";
import { nowMillis } from "./time.ts";
import type { ThreadData } from "./translation-thread.ts";

declare const DOPPEL_THREAD: string | undefined;
/** The thread's script; there is none where the program runs from its sources. */
const script = typeof DOPPEL_THREAD === "undefined" ? null : join(dirname(fileURLToPath(import.meta.url)), DOPPEL_THREAD);

export interface ThreadOptions {
	/** The thread's script. */
	readonly file: string;
	/** A guest that has so many regions translated will have many more: a thread costs 50 ms and 20 MiB. */
	readonly regionsBefore: number;
	/** A thread that does not answer for so long is taken for dead. */
	readonly patienceMillis: number;
	/** Gets one line then. */
	readonly warn: (line: string) => void;
}

/** Jobs that wait for the thread at most; further ones are done by whoever asks, so that both work. */
const mostWaiting = 16;
/** Questions for answers from one look at the clock to the next. */
const betweenLooks = 4096;

/** How many threads this host has to spare, 0 or 1. */
export const spareThreads = (): number => (script !== null && availableParallelism() > 1 ? 1 : 0);

export const threadHelper =
	(warn: (line: string) => void) =>
	(setting: Setting): Helper =>
		createThreadHelper(setting, { file: script!, regionsBefore: 100, patienceMillis: 10_000, warn });

export function createThreadHelper(setting: Setting, o: ThreadOptions): Helper {
	const signal = new Int32Array(new SharedArrayBuffer(4));
	const { port1: port, port2 } = new MessageChannel();
	port.unref();
	const waiting = new Set<number>();
	/** What nobody has asked for yet. */
	const answers: Done[] = [];
	/** Jobs of a thread that has died. */
	const lost: number[] = [];
	let state: "not yet" | "starting" | "there" | "gone" = "not yet";
	let [regions, seen, looks, heard] = [0, 0, 0, 0];

	function begin(): void {
		state = "starting";
		const workerData: ThreadData = { setting, port: port2, signal };
		const worker = new Worker(o.file, { workerData, transferList: [port2], resourceLimits: { maxYoungGenerationSizeMb: 16 } });
		// a run that is over does not wait for it; that it died shows in that it does not answer, because nobody comes to hear of events during a run
		worker.unref();
		worker.on("error", () => {});
	}
	function giveUp(): void {
		state = "gone";
		lost.push(...waiting);
		waiting.clear();
		o.warn("the thread that translates does not answer: the run goes on without it (--threads 0: none to begin with)");
	}
	return {
		submit(number, job) {
			regions += job.regions.length;
			if (state === "not yet" && regions >= o.regionsBefore) begin();
			if (state === "starting" && Atomics.load(signal, 0) > 0) {
				state = "there";
				seen = 1;
			}
			if (state !== "there" || waiting.size >= mostWaiting) return false;
			const packed = packJob(job);
			if (waiting.size === 0) heard = nowMillis();
			waiting.add(number);
			port.postMessage({ number, packed }, [packed.ops.buffer as ArrayBuffer, packed.numbers.buffer as ArrayBuffer]);
			return true;
		},
		done() {
			const answer = answers.pop();
			if (answer !== undefined) return answer;
			if (Atomics.load(signal, 0) === seen) {
				if (waiting.size > 0 && ++looks % betweenLooks === 0 && nowMillis() - heard > o.patienceMillis) giveUp();
				const number = lost.pop();
				return number === undefined ? null : { number, made: null };
			}
			const received = receiveMessageOnPort(port) as { message: Done[] } | undefined;
			if (received === undefined) return null;
			seen++;
			heard = nowMillis();
			// one that was given up may answer after all
			answers.push(...received.message.filter(({ number }) => waiting.delete(number)));
			return answers.pop() ?? null;
		},
	};
}
