/** Texts and parameters of a definition in, the checked definition out: from a file beside the built program when the same texts were checked before. */
import { mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Bug } from "../../../jit/base/errors.ts";
import type { Isa } from "../../../jit/spec/isa.ts";
import { packIsa, unpackIsa } from "../../base/packed-isa.ts";
import { forgetOldest, type Room, replaceFile } from "./kept-files.ts";

/** Set by the build: which build this is. Without one (tests, sources) nothing is remembered. */
declare const DOPPEL_BUILD: string | undefined;
/** Which build this is; "" for sources that were not built. */
export const build = typeof DOPPEL_BUILD === "undefined" ? "" : DOPPEL_BUILD;

const room: Room = { files: 24, bytes: Number.POSITIVE_INFINITY };
const ending = ".isa";

export interface DefinitionRequest {
	readonly files: ReadonlyMap<string, string>;
	readonly parameters: Readonly<Record<string, number>>;
	readonly extend: ReadonlyMap<string, string>;
	/** The assembler will be used: it needs functions that are not remembered, so the definition's own code is at hand. */
	readonly assembler?: boolean;
}

type Load = () => Isa;

/** Parser and checker are only loaded when they are needed. */
async function loader({ files, parameters, extend }: DefinitionRequest): Promise<Load> {
	const { loadIsa } = await import("../../../jit/spec/load.ts");
	return () => loadIsa(files, { parameters, extend });
}

const notAsked = (): never => {
	throw new Bug("the assembler runs with a definition that was loaded without it");
};

/** What cannot be remembered or read back is loaded in full: a cache changes nothing but the time. Throws `SpecError`. */
export async function loadDefinition(request: DefinitionRequest): Promise<Isa> {
	const { files, parameters, extend } = request;
	if (build === "") return (await loader(request))();
	const constants = Object.entries(parameters).sort();
	/** The file's first line: two definitions may have one name, then one takes the other's place. */
	const key = JSON.stringify([build, constants, [...files], [...extend]]);
	const folder = join(dirname(fileURLToPath(import.meta.url)), "definitions");
	const name = [...new Set([...files.keys()].map(dirname)), ...constants.flat(), ...extend.keys(), key.length].join("-");
	const path = join(folder, `${name.replace(/[^\w-]+/g, "_").slice(-100)}${ending}`);
	const whole: Load = request.assembler ? await loader(request) : notAsked;
	try {
		const text = readFileSync(path, "utf8");
		if (text.startsWith(`${key}\n`)) return unpackIsa(text.slice(key.length + 1), whole);
	} catch {
		// not there, or damaged: it is made again
	}
	const isa = (await loader(request))();
	try {
		mkdirSync(folder, { recursive: true });
		replaceFile(path, `${key}\n${packIsa(isa)}`);
		forgetOldest(folder, ending, room);
	} catch {
		// a folder that cannot be written: the next start takes as long as this one
	}
	return isa;
}
