/** Helpers: jobs in, modules out at some later time, made by whoever the host has for it. */
import type { Job, Made } from "./block.ts";

/** A job's number and what became of it; null: not there; whoever asked shall do it. */
export interface Done {
	readonly number: number;
	readonly made: Made | null;
}

/** Whoever does jobs while the guest runs. The guest cannot see when they are done. */
export interface Helper {
	/** Takes a job, with its blocks as they were lifted. False: not now, whoever asks shall do it. */
	submit(number: number, job: Job): boolean;
	/** A job that was submitted and is done, each once, in any order; null when there is none now. It is asked all the time, and must cost next to nothing. */
	done(): Done | null;
}
