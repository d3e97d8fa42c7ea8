/** `doppel isa docs`: the reference page of a definition, or of one extension, to stdout or into a folder. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { HostError } from "../../../jit/base/errors.ts";
import { extensionPart, referencePage } from "../../../jit/decode/reference.ts";
import { causeOf, writeBytes } from "../../host/node/files.ts";
import { chooseIsa, type IsaOptions } from "../choose-isa.ts";

export async function docs(name: string | undefined, o: IsaOptions & { output?: string }): Promise<void> {
	const isa = await chooseIsa(o);
	const chosen = isa.extensions.filter((e) => name === undefined || e.name === name);
	if (chosen.length === 0) throw new HostError(`${isa.variant} has no extension "${name}": it has ${isa.extensions.map((e) => e.name).join(", ")}`);
	const one = (e: (typeof chosen)[number]): string => `${extensionPart(isa, e)}\n`;
	if (o.output === undefined) {
		process.stdout.write(name === undefined ? referencePage(isa) : one(chosen[0]!));
		return;
	}
	try {
		mkdirSync(o.output, { recursive: true });
	} catch (error) {
		throw new HostError(`${o.output}: ${causeOf(error)}`);
	}
	const pages = new Map(chosen.map((e) => [`${e.name}.md`, one(e)]));
	if (name === undefined) pages.set("README.md", referencePage(isa));
	for (const [file, text] of pages) writeBytes(join(o.output, file), text);
	process.stderr.write(`${pages.size} pages in ${o.output}\n`);
}
