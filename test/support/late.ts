/** A helper whose jobs are done at moments that a seed decides: now and then it takes none, does several together, in another order, or fails. */
import { createWorkOf, type Setting, workTogether } from "../../jit/emit/wasm/work.ts";
import type { Job } from "../../jit/ir/block.ts";
import type { Done, Helper } from "../../jit/ir/helper.ts";
import { packJob, unpackJob } from "../../jit/ir/packed.ts";
import { Random } from "../ir/random.ts";

export interface LateHelper extends Helper {
	readonly counts: { taken: number; done: number; failed: number };
}

/** `slow`: it is asked so often, on average, until one is done. */
export function createLateHelper(setting: Setting, seed: number, slow = 8): LateHelper {
	const random = new Random(seed);
	const work = createWorkOf(setting);
	const jobs: { number: number; job: Job }[] = [];
	const answers: Done[] = [];
	const counts = { taken: 0, done: 0, failed: 0 };
	return {
		counts,
		submit(number, job) {
			if (random.once(8)) return false;
			counts.taken++;
			jobs.push({ number, job: unpackJob(structuredClone(packJob(job))) });
			return true;
		},
		done() {
			if ((jobs.length === 0 && answers.length === 0) || !random.once(slow)) return null;
			if (answers.length === 0) {
				const some = jobs.splice(random.below(jobs.length), 1 + random.below(3));
				const fails = random.once(32);
				counts[fails ? "failed" : "done"] += some.length;
				const made = fails
					? []
					: workTogether(
							work,
							some.map(({ job }) => job),
						);
				answers.push(...some.map(({ number }, i) => ({ number, made: made[i] ?? null })));
			}
			return answers.splice(random.below(answers.length), 1)[0]!;
		},
	};
}
