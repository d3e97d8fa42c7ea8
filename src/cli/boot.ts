/**
 * What `.build/doppel.js` is: the program's text in, the program started out, with V8's code for it from an earlier start. Without that V8 would compile again, each
 * time, what it compiled the last time: 50 of 270 ms of processor time. Nothing is imported here that the program may not need.
 */
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { Script } from "node:vm";
import { forgetOldest, type Room, replaceFile } from "../host/node/kept-files.ts";
import { setWasmFlags } from "../host/node/wasm-flags.ts";

/** The file of the program, named by its content; its text is a function of `require`, `import` and its own address. */
declare const DOPPEL_PROGRAM: string;

const room: Room = { files: 12, bytes: Number.POSITIVE_INFINITY };
const ending = ".code";

/** V8 takes code back only under the flags that it was made with. */
setWasmFlags();
const path = join(__dirname, DOPPEL_PROGRAM);
const folder = join(__dirname, "code");
/** Each command has code of its own: what it needed when it ran the first time. */
const command = /^[a-z]+$/.exec(process.argv[2] ?? "")?.[0] ?? "none";
const codePath = join(folder, `${basename(path, ".js")}-${command}-${process.version}-${process.arch}${ending}`);

/** V8 trusts what it is given, and damaged code ends the process: so the file holds it twice. To compare them takes a tenth of a millisecond, a checksum would take five. */
function readCode(): Buffer | undefined {
	try {
		const file = readFileSync(codePath);
		const half = file.subarray(0, file.length / 2);
		return half.equals(file.subarray(half.length)) ? half : undefined;
	} catch {
		return undefined;
	}
}
const address = pathToFileURL(path).href;
const cachedData = readCode();
const script = new Script(readFileSync(path, "latin1"), {
	filename: address,
	...(cachedData && { cachedData }),
});

const real = createRequire(path);
/** Modules of node are loaded when something in them is used. */
const require = (name: string): object => new Proxy({}, { get: (_, key) => (real(name) as Record<string | symbol, unknown>)[key] });
/** Packages, found from here. */
const bring = (name: string): Promise<unknown> => import(name);
(script.runInThisContext() as (require_: typeof require, Import: typeof bring, address: string) => void)(require, bring, address);

/** Flags that somebody gave for once are no reason to forget the code for all other times. */
const usual = process.execArgv.length === 0 && process.env["NODE_OPTIONS"] === undefined;
if (usual && script.cachedDataRejected !== false) {
	process.on("exit", () => {
		try {
			mkdirSync(folder, { recursive: true });
			const code = script.createCachedData();
			replaceFile(codePath, Buffer.concat([code, code]));
			forgetOldest(folder, ending, room);
		} catch {
			// a folder that cannot be written: the next start takes as long as this one
		}
	});
}
