import { describe, expect, it } from "vitest";
import { doppel } from "../cli/run-doppel.ts";
import { append, comparable, type Difference, dialogue, file, last, qemu, seconds, skipReason } from "./linux-log.ts";

/** QEMU starts OpenSBI when nothing is said, we our own. */
const ownFirmware: readonly Difference[] = [
	[/^SBI (specification|implementation)/, "another firmware: version 2.0, not OpenSBI's 1.0"],
	[/^SBI DBCN extension detected/, "a part of version 2.0"],
];

describe("Linux, as Debian builds it", () => {
	for (const processors of [1, 4]) {
		it(
			`boots on ${processors} under our own firmware, and says what it says on QEMU`,
			async (ctx) => {
				if (skipReason !== null) return ctx.skip(skipReason);
				const theirs = qemu({ processors, disk: file("disk.img"), args: ["-kernel", file("kernel"), "-initrd", file("initrd"), "-append", append] });
				const ours = await doppel(["run", "--guest", "debian", "--append", append, "--smp", `${processors}`, ...dialogue], {
					timeout: 1000 * seconds + 60_000,
				});
				expect([ours.stderr, ours.code]).toEqual(["", 0]);
				expect(ours.stdout).toContain(last);
				expect(comparable(ours.stdout, ownFirmware)).toEqual(comparable(await theirs, ownFirmware));
			},
			1000 * seconds + 120_000,
		);
	}
});
