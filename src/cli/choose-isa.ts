/** Options of the command line in, a checked definition out. */
import type { Isa } from "../../jit/spec/isa.ts";
import { loadDefinition } from "../host/node/definition-cache.ts";
import { isaNames, readDefinitions, readExtensions } from "../host/node/definitions.ts";
import { settingOf } from "./values.ts";

export interface IsaOptions {
	readonly isa?: string;
	/** NAME=NUMBER */
	readonly parameter?: readonly string[];
	readonly extend?: readonly string[];
}

/** The definition that `--isa`, `-p` and `--extend` choose; without `--isa` the first that comes with the package. */
export async function chooseIsa(o: IsaOptions, use: { readonly assembler?: boolean } = {}): Promise<Isa> {
	const parameters = Object.fromEntries((o.parameter ?? []).map((text) => settingOf("-p", text)));
	return loadDefinition({ ...use, files: readDefinitions(o.isa ?? defaultIsa()), parameters, extend: readExtensions(o.extend ?? []) });
}

/** What is meant when nobody says which. */
export function defaultIsa(): string {
	return isaNames()[0] ?? "";
}
