/** `doppel guest`: the name of a guest in, its files built in the cache folder out. */
import { mkdirSync } from "node:fs";
import { guestFolder } from "../../host/node/guests.ts";
import { oneOf } from "../values.ts";
import { buildDebian } from "./debian.ts";
import { buildDebianRoot } from "./debian-root.ts";

const builders = { debian: buildDebian, "debian-root": buildDebianRoot } as const;
const names = Object.keys(builders) as (keyof typeof builders)[];

export function guest(name: string, o: { readonly mirror?: string }): void {
	const known = oneOf("guest", name, names);
	const folder = guestFolder(known);
	mkdirSync(folder, { recursive: true });
	const say = (text: string): void => void process.stderr.write(`doppel: ${text}\n`);
	builders[known](folder, { mirror: o.mirror, say });
	say(`built in ${folder}: start it with \`npx doppel run --guest ${known}\``);
}
