/** The thread of a translation helper: jobs in, modules out. It is a script of its own, so that it starts without the rest of the program. */
import { type MessagePort, receiveMessageOnPort, workerData } from "node:worker_threads";
import { createWorkOf, type Setting, workTogether } from "../../../jit/emit/wasm/work.ts";
import type { Job } from "../../../jit/ir/block.ts";
import type { Done } from "../../../jit/ir/helper.ts";
import { type PackedJob, unpackJob } from "../../../jit/ir/packed.ts";
import { optimize } from "../../../jit/opt/optimize.ts";

/** What it is started with. */
export interface ThreadData {
	readonly setting: Setting;
	readonly port: MessagePort;
	/** Counts up by one once it is ready, and then with each answer. */
	readonly signal: Int32Array;
}

const { setting, port, signal } = workerData as ThreadData;
const work = createWorkOf(setting);
const optimized = ({ regions, ...rest }: Job): Job => ({
	...rest,
	regions: regions.map((region) => ({ ...region, blocks: region.blocks.map(optimize) })),
});

interface Given {
	readonly number: number;
	readonly packed: PackedJob;
}

/** Each job's number and what became of it, in one module if they can be. */
function doAll(all: readonly Given[]): Done[] {
	try {
		const made = workTogether(
			work,
			all.map(({ packed }) => optimized(unpackJob(packed))),
		);
		return all.map(({ number }, i) => ({ number, made: made[i]! }));
	} catch {
		return all.length === 1 ? [{ number: all[0]!.number, made: null }] : all.flatMap((one) => doAll([one]));
	}
}

/** Jobs that come so soon after each other go into one module. */
const gatherMillis = 4;
const mostTogether = 16;
const never = new Int32Array(new SharedArrayBuffer(4));

port.on("message", (first: Given) => {
	Atomics.wait(never, 0, 0, gatherMillis);
	const all = [first];
	while (all.length < mostTogether) {
		const more = receiveMessageOnPort(port) as { message: Given } | undefined;
		if (more === undefined) break;
		all.push(more.message);
	}
	port.postMessage(doAll(all));
	Atomics.add(signal, 0, 1);
});
Atomics.add(signal, 0, 1);
