import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { closeSync, copyFileSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { type BlockStore, sectorBytes } from "../../src/base/block-store.ts";
import { openDisk } from "../../src/host/node/disk.ts";
import { Random } from "../ir/random.ts";
import { command } from "../support/command.ts";
import { bootDebian, notBuilt, type Shell } from "./debian.ts";

const seed = Number(process.env.DOPPEL_SEED ?? 1);
const kills = 20;
const bigBytes = 2 ** 26;
const reason =
	notBuilt ??
	(spawnSync("mke2fs", ["-V"]).error || ["e2fsck", "debugfs"].some((tool) => spawnSync(tool, ["-V"]).error) ? "e2fsprogs is not on this machine" : null);

/** What the disk was asked to change: when, by the count of instructions; without data: a flush. */
interface Change {
	readonly at: number;
	readonly sector: number;
	readonly data: Uint8Array | null;
}

/** The store, and what it is asked to change from now on. */
function recorded(store: BlockStore, now: () => number): { store: BlockStore; changes: Change[] } {
	const changes: Change[] = [];
	return {
		changes,
		store: {
			...store,
			write(sector, data) {
				changes.push({ at: now(), sector, data: data.slice() });
				return store.write(sector, data);
			},
			flush() {
				changes.push({ at: now(), sector: 0, data: null });
				return store.flush();
			},
		},
	};
}

const folder = mkdtempSync(join(tmpdir(), "doppel-journal-"));
const path = (name: string): string => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Writes into a file's sectors. */
function change(file: string, changes: Iterable<Change>): void {
	const descriptor = openSync(file, "r+");
	for (const { sector, data } of changes) if (data) writeSync(descriptor, data, 0, data.length, sector * sectorBytes);
	closeSync(descriptor);
}
/** A write as one for each of its sectors. */
const sectorsOf = ({ at, sector, data }: Change): Change[] =>
	Array.from({ length: (data?.length ?? 0) / sectorBytes }, (_, i) => ({
		at,
		sector: sector + i,
		data: data!.subarray(i * sectorBytes, (i + 1) * sectorBytes),
	}));
/** e2fsck's exit code and text. */
const check = async (file: string, ...options: string[]) => {
	const { code, stdout } = await command("e2fsck", [...options, file]);
	return { code, text: stdout.replaceAll(file, "image") };
};

describe.skipIf(reason !== null)(`ext4 on a disk, written by Debian's kernel${reason === null ? "" : ` (skipped: ${reason})`}`, () => {
	/** Places whose disks are exchanged for what a kill left, while nobody has them open. */
	const spare: BlockStore[] = [];
	const placeOf = (i: number): BlockStore => ({
		sectors: spare[i]!.sectors,
		readOnly: false,
		read: (sector, into) => spare[i]!.read(sector, into),
		write: (sector, data) => spare[i]!.write(sector, data),
		flush: () => spare[i]!.flush(),
		close: () => spare[i]!.close(),
	});
	const open = (name: string): BlockStore => openDisk({ file: path(name), readOnly: false, snapshot: false }).store;
	let shell: Shell;
	let changes: Change[] = [];
	let sum = "";
	/** Counts of instructions: the first file is on the disk for good, the copy begins, all is written. */
	const times = { synced: 0, ended: 0 };

	it("is mounted, 64 MiB are copied and read back, it is unmounted, and e2fsck finds nothing", { timeout: 3_600_000 }, async () => {
		mkdirSync(path("files"));
		const random = new Random(seed);
		const big = Uint32Array.from({ length: bigBytes / 4 }, () => random.word());
		writeFileSync(path("files/big"), big);
		sum = createHash("md5")
			.update(readFileSync(path("files/big")))
			.digest("hex");
		const form = ["-q", "-t", "ext4", "-E", "lazy_itable_init=0,lazy_journal_init=0", "-J", "size=8", "-d", path("files"), path("disk.img"), "160M"];
		expect((await command("mke2fs", form)).code).toBe(0);
		for (const name of ["written.img", "flushed.img", "spare0.img", "spare1.img", "spare2.img"]) copyFileSync(path("disk.img"), path(name));
		for (const i of [0, 1, 2]) spare.push(open(`spare${i}.img`));
		const disk = recorded(open("disk.img"), () => shell?.machine.retired ?? 0);
		changes = disk.changes;
		shell = await bootDebian({ virtio: [disk.store, placeOf(0), placeOf(1), placeOf(2)].map((store) => ({ kind: "block", store })) });

		await shell.run("mount -t ext4 -o commit=1 /dev/vda /mnt; cd /mnt; echo before > before; sync");
		times.synced = shell.machine.retired;
		const rounds = await shell.run(
			"cp big copy & i=0; while [ -d /proc/$! ]; do i=$((i+1)); mkdir d$i; echo $i > d$i/f; [ $i -gt 4 ] && rm -r d$((i-4)); [ $((i%8)) = 0 ] && sync; done; wait; echo rounds $i",
		);
		expect(rounds).toMatch(/rounds \d+/);
		const sums = await shell.run("sync; echo 3 > /proc/sys/vm/drop_caches; md5sum big copy; cd /; umount /mnt");
		times.ended = shell.machine.retired;
		expect(sums).toContain(`${sum}  big\n${sum}  copy`);
		expect(await check(path("disk.img"), "-fn")).toMatchObject({ code: 0 });
		expect((await command("debugfs", ["-R", `dump copy ${path("copy")}`, path("disk.img")])).code).toBe(0);
		expect(
			createHash("md5")
				.update(readFileSync(path("copy")))
				.digest("hex"),
		).toBe(sum);
	});

	it(`killed at ${kills} random moments of that, the journal recovers; it does too when only what was flushed by then is sure to be there (seed ${seed})`, {
		timeout: 600_000,
	}, async () => {
		const random = new Random(seed);
		const moments = Array.from({ length: kills }, () => times.synced + random.below(times.ended - times.synced)).sort((a, b) => a - b);
		/** Images that grow from kill to kill: all that was written, and what was flushed; with how many changes are in them. */
		const grown = [
			{ file: path("written.img"), count: 0 },
			{ file: path("flushed.img"), count: 0 },
		];
		const killed = path("killed.img");
		const recoveries = new Map<string, number>();
		for (const [i, moment] of moments.entries()) {
			const until = changes.filter(({ at }) => at <= moment).length;
			const flushed =
				changes
					.slice(0, until)
					.map(({ data }) => data === null)
					.lastIndexOf(true) + 1;
			for (const [k, count] of [until, flushed].entries()) {
				const from = grown[k]!;
				change(from.file, changes.slice(from.count, count));
				from.count = count;
				copyFileSync(from.file, killed);
				// of each write after the last flush, its sectors may be there or not
				if (k === 1)
					change(
						killed,
						changes
							.slice(flushed, until)
							.flatMap(sectorsOf)
							.filter(() => random.once(2)),
					);
				else if (i % 7 === 3) copyFileSync(killed, path(`spare${(i - 3) / 7}.img`));
				const recovery = await check(killed, "-p");
				const what = `seed ${seed}, ${k === 0 ? "killed" : "cut"} at ${moment} after ${until} changes, ${flushed} of them flushed: ${recovery.text}`;
				expect(recovery.code, what).toBeLessThan(2);
				expect(await check(killed, "-fn"), what).toMatchObject({ code: 0 });
				expect((await command("debugfs", ["-R", "cat before", killed])).stdout, what).toBe("before\n");
				if (recovery.text.includes("recovering journal")) recoveries.set(recovery.text, (recoveries.get(recovery.text) ?? 0) + 1);
			}
		}
		expect([...recoveries.values()].reduce((sum, count) => sum + count, 0)).toBeGreaterThan(kills / 2);
	});

	it("mounts what three of the kills left, finds its files, writes more, powers off; then e2fsck finds nothing", { timeout: 3_600_000 }, async () => {
		for (const [i, place] of ["b", "c", "d"].entries()) {
			const seen = await shell.run(
				`mount -t ext4 /dev/vd${place} /mnt && md5sum /mnt/big && cat /mnt/before && echo after > /mnt/after && umount /mnt && echo done`,
			);
			expect(seen, `spare${i}.img`).toBe(`${sum}  /mnt/big\nbefore\ndone`);
		}
		expect(await shell.run("dmesg | grep -c 'EXT4-fs.*recovery complete'; dmesg | grep -iE 'ext4.*(error|warn)|I/O error'")).toBe("3");
		shell.machine.console.send("poweroff -f\n");
		await shell.machine.console.expect("Power down");
		expect(shell.machine.run(1e9)).toEqual({ reason: "exit", code: 0 });
		shell.machine.close();
		for (const i of [0, 1, 2]) expect(await check(path(`spare${i}.img`), "-fn"), `spare${i}.img`).toMatchObject({ code: 0 });
	});
});
