/** Name and parameters of an ISA that comes with the project in, its checked definition out (loaded once a test file). */

import type { Isa } from "../../jit/spec/isa.ts";
import { loadIsa } from "../../jit/spec/load.ts";
import { readDefinitions } from "../../src/host/node/definitions.ts";

const loaded = new Map<string, Isa>();

export function loadDefinition(name: string, parameters: Record<string, number> = {}): Isa {
	const key = `${name} ${JSON.stringify(parameters)}`;
	let isa = loaded.get(key);
	if (!isa) loaded.set(key, (isa = loadIsa(readDefinitions(name), { parameters })));
	return isa;
}
