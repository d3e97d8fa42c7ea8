/** Names of guests that were built on this machine in, where their files lie and how they are started out. */
import { homedir } from "node:os";
import { join } from "node:path";
import { HostError } from "../../../jit/base/errors.ts";
import { readText } from "./files.ts";

/** What a built guest says of itself, in guest.json beside its files. Names of files are relative to its folder. */
export interface BuiltGuest {
	readonly kernel: string;
	readonly initrd: string;
	/** Raw disk images. */
	readonly drives: readonly string[];
	/** The kernel's command line. */
	readonly append: string;
	/** As `-m` takes it. */
	readonly memory: string;
}

/** Where guests are kept: DOPPEL_GUESTS, or a folder of the person's cache; never inside the project. */
export function guestFolder(name: string): string {
	const own = process.env["DOPPEL_GUESTS"];
	return join(own || join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "doppel/guests"), name);
}

/** A guest that was built, its files as paths. Throws `HostError` when it was not. */
export function readGuest(name: string): BuiltGuest {
	if (!/^[a-z0-9-]+$/.test(name)) throw new HostError(`--guest ${name}: is not a name of small letters, digits and "-", such as debian`);
	const folder = guestFolder(name);
	let text: string;
	try {
		text = readText(join(folder, "guest.json"));
	} catch {
		throw new HostError(`--guest ${name}: is not in ${folder}: build it with \`npm run guest:${name}\``);
	}
	const guest = JSON.parse(text) as BuiltGuest;
	const path = (file: string): string => join(folder, file);
	return { ...guest, kernel: path(guest.kernel), initrd: path(guest.initrd), drives: guest.drives.map(path) };
}
