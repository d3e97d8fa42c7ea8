/** The address of a folder of definitions in, their texts out: what a page hands to `loadIsa`. */
import { HostError } from "../../../jit/base/errors.ts";

/** Fetches `files` of the ISA `name` below `base`; "name/file.isa.js" -> text, in the order given. */
export async function fetchDefinitions(base: URL, name: string, files: readonly string[]): Promise<Map<string, string>> {
	const texts = await Promise.all(
		files.map(async (file) => {
			const url = new URL(`${name}/${file}`, base);
			const response = await fetch(url);
			if (!response.ok) throw new HostError(`${url}: ${response.status} ${response.statusText}: is the isa folder served there?`);
			return [`${name}/${file}`, await response.text()] as const;
		}),
	);
	return new Map(texts);
}
