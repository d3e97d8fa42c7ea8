/** `key=value,key=value` texts of an option in, the values by key out; each error says what may stand there. */
import { HostError } from "../../../jit/base/errors.ts";

export interface Properties {
	/** What each key may be; null: any text. */
	readonly keys: Readonly<Record<string, readonly string[] | null>>;
	/** Keys that may be given several times. */
	readonly repeated?: readonly string[];
	/** How to write it, for messages. */
	readonly form: string;
}

/** The parts between commas; two commas are one comma of a part. */
export const partsOf = (text: string): string[] => text.split(/(?<!,),(?!,)|(?<=,,),(?!,)/).map((one) => one.replaceAll(",,", ","));

/** `text` is what follows the option, for messages, `parts` those of it that are properties. Throws `HostError`. */
export function propertiesOf(
	option: string,
	text: string,
	parts: readonly string[],
	o: Properties,
): { one(key: string): string | undefined; all(key: string): string[] } {
	const given = new Map<string, string[]>();
	const wrong = (problem: string): HostError => new HostError(`${option} ${text}: ${problem}`);
	for (const part of parts) {
		const [, key, value] = /^([a-z_]+)=(.*)$/s.exec(part) ?? [];
		if (key === undefined || value === undefined || value === "") throw wrong(`"${part}" is not KEY=VALUE: ${o.form}`);
		const allowed = Object.hasOwn(o.keys, key) ? o.keys[key] : undefined;
		if (allowed === undefined) throw wrong(`"${key}" is not one of ${Object.keys(o.keys).join(", ") || "its properties: it has none"}`);
		if (allowed !== null && !allowed.includes(value)) throw wrong(`${key}=${value} is not one of ${allowed.map((one) => `${key}=${one}`).join(", ")}`);
		const before = given.get(key) ?? [];
		if (before.length > 0 && !o.repeated?.includes(key)) throw wrong(`${key} is given twice`);
		given.set(key, [...before, value]);
	}
	return { one: (key) => given.get(key)?.[0], all: (key) => given.get(key) ?? [] };
}
