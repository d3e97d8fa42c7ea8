/** Texts of options in, checked values out; each error says which option, what was given and what is expected. */
import { HostError } from "../../jit/base/errors.ts";

const units: Record<string, number> = { "": 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 };

/** "512M", "64k", "0x1000000", "1G": bytes. A bare number means MiB, as -m does elsewhere. */
export function bytesOf(option: string, text: string): number {
	const found = /^(0x[0-9a-f]+|\d+)([kmg]?)(?:i?b)?$/i.exec(text.trim());
	const unit = found ? found[2]!.toLowerCase() : "";
	const value = found ? Number(found[1]) * (unit === "" && !found[1]!.startsWith("0x") ? units["m"]! : units[unit]!) : Number.NaN;
	if (!(value > 0) || value > 2 ** 32) throw new HostError(`${option} ${text}: is not a size: write bytes with K, M or G, such as 512M (at most 4G)`);
	return value;
}

/** A whole number, decimal or 0x, from `least` to `most`; also 1e6 and 10_000. */
export function countOf(option: string, text: string, least = 0, most = Number.MAX_SAFE_INTEGER): number {
	const plain = text.replaceAll("_", "");
	const value = /^(0x[0-9a-f]+|\d+(e\d+)?)$/i.test(plain) ? Number(plain) : Number.NaN;
	if (!Number.isSafeInteger(value) || value < least || value > most) {
		const range = most === Number.MAX_SAFE_INTEGER ? `from ${least} on` : `from ${least} to ${most}`;
		throw new HostError(`${option} ${text}: is not a whole number ${range}`);
	}
	return value;
}

/** One of the names. */
export function oneOf<T extends string>(option: string, text: string, names: readonly T[]): T {
	const found = names.find((name) => name === text);
	if (found === undefined) throw new HostError(`${option} ${text}: is not one of ${names.join(", ")}`);
	return found;
}

/** "XLEN=64": a parameter of a definition. */
export function settingOf(option: string, text: string): [name: string, value: number] {
	const found = /^([A-Za-z_]\w*)=(0x[0-9a-fA-F]+|-?\d+)$/.exec(text);
	if (!found) throw new HostError(`${option} ${text}: is not NAME=NUMBER, such as XLEN=64`);
	return [found[1]!, Number(found[2])];
}

/** Bytes of an instruction given as text: "0x00c58533" is a number stored in the code's byte order, "33 85 c5 00" are bytes in memory order. */
export function codeOf(text: string, endian: "little" | "big"): Uint8Array {
	const spaced = text.trim().split(/[\s,]+/);
	const asBytes = spaced.length > 1 && spaced.every((part) => /^[0-9a-f]{2}$/i.test(part));
	if (asBytes) return Uint8Array.from(spaced, (part) => Number.parseInt(part, 16));
	const out: number[] = [];
	for (const part of spaced) {
		const digits = /^(?:0x)?([0-9a-f]+)$/i.exec(part)?.[1];
		if (!digits || digits.length > 32) throw new HostError(`"${part}": is not an instruction in hexadecimal, such as 0x00c58533 or "33 85 c5 00"`);
		const even = digits.length % 2 ? `0${digits}` : digits;
		const bytes = even.match(/../g)!.map((pair) => Number.parseInt(pair, 16));
		out.push(...(endian === "little" ? bytes.reverse() : bytes));
	}
	return Uint8Array.from(out);
}
