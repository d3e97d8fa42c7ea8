/** `doppel isa remember`: checks the definitions of every board's processors once, so that later starts find them checked. The build calls it. */
import { boards } from "../../boards/boards.ts";
import { loadDefinition } from "../../host/node/definition-cache.ts";
import { readDefinitions } from "../../host/node/definitions.ts";

export async function remember(): Promise<void> {
	for (const { isa, parameters } of boards.flatMap((b) => b.processors)) await loadDefinition({ files: readDefinitions(isa), parameters, extend: new Map() });
}
