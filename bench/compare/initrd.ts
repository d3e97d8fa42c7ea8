/** The Debian guest's initrd and programs of the benchmark in, one initrd with both out: they are in /bench. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type ArchiveEntry, writeArchive } from "../../src/cli/guest/cpio.ts";

/** Linux unpacks one archive after the other. `folder`: of the workloads. */
export function withPrograms(initrd: string, folder: string, names: readonly string[]): Uint8Array {
	const own = readFileSync(initrd);
	const padding = Buffer.alloc((4 - (own.length % 4)) % 4);
	const program = (name: string): ArchiveEntry => ({
		kind: "file",
		path: `bench/${name}`,
		mode: 0o755,
		data: new Uint8Array(readFileSync(join(folder, `built/${name}-rv64gc.elf`))),
	});
	return Buffer.concat([own, padding, writeArchive([{ kind: "directory", path: "bench", mode: 0o755 }, ...names.map(program)])]);
}
