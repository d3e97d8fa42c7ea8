/** Nothing in, what devices are put to in tests out: a clock whose time a test moves, a cable that always has a frame. */
import type { Cable } from "../../src/base/network.ts";
import { type FileInfo, LinuxErrno, type SharedFolder } from "../../src/base/shared-folder.ts";
import { createClock } from "../../src/time/clock.ts";

/** `pass` moves time by steps and fires what is due on the way. */
export function testClock(stepsPerTick = 1) {
	const clock = createClock({ stepsPerTick });
	return {
		clock,
		pass(steps: number) {
			const end = clock.steps() + steps;
			while (clock.timers.next() <= end) {
				clock.skipTo(clock.timers.next());
				clock.timers.fire(clock.steps());
			}
			clock.skipTo(end);
		},
	};
}

/** A cable with a network that takes everything and always has a frame for the card, of one length after the other. */
export function fullCable(): Cable {
	let count = 0;
	return {
		large: true,
		attach: () => {},
		send: () => {},
		receive: () => ({ bytes: new Uint8Array(60 + (count++ % 1455)).fill(0x5a), segment: 0, checksum: null }),
		poll: () => {},
		kept: () => [],
		close: () => {},
	};
}

/** A folder with nothing in it, that nothing can be put into. */
export function emptyFolder(): SharedFolder {
	const never = (): number => -LinuxErrno.EACCES;
	const root: FileInfo = {
		...{ kind: "directory", mode: 0o40755, id: 1n, user: 0, group: 0, links: 1, size: 0, blocks: 0 },
		...{ accessed: [0, 0], modified: [0, 0], changed: [0, 0] },
	};
	return {
		readOnly: true,
		info: (path) => (path === "" ? root : -LinuxErrno.ENOENT),
		list: (path) => (path === "" ? [] : -LinuxErrno.ENOENT),
		...{ readLink: never, open: never, infoOf: never, read: never, write: never, flush: never, close: never, change: never, resize: never },
		...{ makeFolder: never, makeLink: never, link: never, rename: never, remove: never, usage: never },
		closeAll: () => {},
	};
}
