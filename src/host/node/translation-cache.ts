/** A folder and what a machine's translations depend on in, those of an earlier run out; and the file of this run for the next one. */
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { HostError } from "../../../jit/base/errors.ts";
import { causeOf } from "./files.ts";

/** All files in a folder; the oldest go. */
const mostBytes = 512 << 20;
const ending = ".translations";
const sumBytes = 32;

export interface TranslationFile {
	/** null: there is none, or it is damaged. */
	readonly bytes: Uint8Array | null;
	/** Takes the place of the file at once, so that whoever reads it finds the old or the new one. */
	save(bytes: Uint8Array): void;
}

const sum = (bytes: Uint8Array): Buffer => createHash("sha256").update(bytes).digest();

/**
 * `identity`: everything that decides about translated code beside the guest's code itself, which is compared byte by byte. `warn` gets a line about a file that cannot
 * be used or written: a cache changes nothing but the time. The folder is the person's own: who may write to it may as well change doppel.
 * @throws HostError when there is no such folder and none can be made.
 */
export function openTranslations(folder: string, identity: unknown, warn: (line: string) => void): TranslationFile {
	const path = join(
		folder,
		`${sum(new TextEncoder().encode(JSON.stringify(identity)))
			.toString("hex")
			.slice(0, 40)}${ending}`,
	);
	try {
		mkdirSync(folder, { recursive: true });
	} catch (error) {
		throw new HostError(`--cache ${folder}: ${causeOf(error)}`);
	}
	return { bytes: read(path, warn), save: (bytes) => write(folder, path, bytes, warn) };
}

function read(path: string, warn: (line: string) => void): Uint8Array | null {
	let file: Uint8Array;
	try {
		file = readFileSync(path);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== "ENOENT") warn(`${path}: ${causeOf(error)}: everything is translated anew`);
		return null;
	}
	const body = file.subarray(sumBytes);
	if (file.length > sumBytes && sum(body).equals(file.subarray(0, sumBytes))) return body;
	warn(`${path}: is damaged (${file.length} bytes): everything is translated anew`);
	return null;
}

function write(folder: string, path: string, bytes: Uint8Array, warn: (line: string) => void): void {
	const fresh = `${path}.${process.pid}`;
	try {
		writeFileSync(fresh, Buffer.concat([sum(bytes), bytes]));
		renameSync(fresh, path);
		utimesSync(path, new Date(), new Date());
		const files = readdirSync(folder).filter((name) => name.includes(ending));
		const byAge = files.map((name) => ({ name: join(folder, name), ...stampOf(join(folder, name)) })).sort((a, b) => b.at - a.at);
		let room = mostBytes;
		for (const { name, size } of byAge) {
			room -= size;
			if (room < 0 && name !== path) rmSync(name, { force: true });
		}
	} catch (error) {
		rmSync(fresh, { force: true });
		warn(`${path}: ${causeOf(error)}: nothing is kept for the next run`);
	}
}

function stampOf(path: string): { readonly at: number; readonly size: number } {
	const { mtimeMs, size } = statSync(path);
	return { at: mtimeMs, size };
}
