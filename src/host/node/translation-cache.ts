/** A folder and what a machine's translations depend on in, those of an earlier run out; and the file of this run for the next one. */
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { HostError } from "../../../jit/base/errors.ts";
import { causeOf } from "./files.ts";
import { forgetOldest, type Room, replaceFile } from "./kept-files.ts";

/** All files in a folder. */
const room: Room = { files: Number.POSITIVE_INFINITY, bytes: 512 << 20 };
const ending = ".translations";
const sumBytes = 32;

export interface TranslationFile {
	/** null: there is none, or it is damaged. */
	readonly bytes: Uint8Array | null;
	/** Takes the place of the file at once, so that whoever reads it finds the old or the new one. */
	save(bytes: Uint8Array): void;
}

const sum = (bytes: Uint8Array | string): Buffer => createHash("sha256").update(bytes).digest();

/**
 * `identity`: everything that decides about translated code beside the guest's code itself, which is compared byte by byte. `warn` gets a line about a file that cannot
 * be used or written: a cache changes nothing but the time. The folder is the person's own: who may write to it may as well change doppel.
 * @throws HostError when there is no such folder and none can be made.
 */
export function openTranslations(folder: string, identity: unknown, warn: (line: string) => void): TranslationFile {
	const path = join(folder, `${sum(JSON.stringify(identity)).toString("hex").slice(0, 40)}${ending}`);
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
	try {
		replaceFile(path, Buffer.concat([sum(bytes), bytes]));
		forgetOldest(folder, ending, room);
	} catch (error) {
		warn(`${path}: ${causeOf(error)}: nothing is kept for the next run`);
	}
}
