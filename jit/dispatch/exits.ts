/** A status and the header of a processor in, the exit that the machine sees out. */
import type { Exit } from "../base/exit.ts";
import { Header } from "../base/layout.ts";
import { Status } from "../base/status.ts";

const plain = {
	[Status.next]: "next",
	[Status.budget]: "budget",
	[Status.privileged]: "privileged",
	[Status.illegal]: "illegal",
	[Status.wait]: "wait",
	[Status.yield]: "yield",
	[Status.stop]: "stop",
} as const;

/** `words`: the shared memory. Not for `Status.assist`, which the dispatcher deals with itself. */
export function exitOf(words: Int32Array, state: number, status: number, retired: number): Exit {
	const at = (offset: number) => words[(state + offset) >> 2]!;
	if (status === Status.trap) {
		return { kind: "trap", retired, cause: [at(Header.causeLo), at(Header.causeHi)], value: [at(Header.valueLo), at(Header.valueHi)] };
	}
	if (status === Status.fault) {
		const access = at(Header.access);
		return { kind: "fault", retired, access: access & 255, fault: access >>> 8, address: [at(Header.addressLo), at(Header.addressHi)] };
	}
	return { kind: plain[status as keyof typeof plain], retired };
}
