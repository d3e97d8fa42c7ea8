/** `--device NAME,...` texts in, the virtio devices that they mean out, by QEMU's names with or without `-device` at the end. */
import { HostError } from "../../../jit/base/errors.ts";
import type { VirtioPart } from "../../machine/options.ts";
import { macOf } from "../../net/address.ts";
import { oneOf } from "../values.ts";
import { type Properties, partsOf, propertiesOf } from "./properties.ts";

/** A network card: on the cable of the `--netdev` with this id, or of the only one. */
export interface CardOption {
	readonly text: string;
	readonly netdev: string | undefined;
	readonly mac: Uint8Array | undefined;
}

export interface DeviceOptions {
	readonly parts: readonly VirtioPart[];
	readonly cards: readonly CardOption[];
}

const kinds: Record<string, Properties> = {
	"virtio-rng": { keys: {}, form: "it has none" },
	"virtio-console": { keys: {}, form: "it has none" },
	"virtio-net": { keys: { netdev: null, mac: null, id: null }, form: "write virtio-net,netdev=ID[,mac=52:54:00:12:34:56]" },
};
const parts: Record<string, VirtioPart> = { "virtio-rng": { kind: "entropy" }, "virtio-console": { kind: "console" } };

/** Throws `HostError`. */
export function parseDevices(texts: readonly string[]): DeviceOptions {
	const found = { parts: [] as VirtioPart[], cards: [] as CardOption[] };
	for (const text of texts) {
		const [name = "", ...rest] = partsOf(text);
		const kind = oneOf("--device", name.replace(/(?<=^virtio-\w+)-device$/, ""), Object.keys(kinds));
		const properties = propertiesOf("--device", text, rest, kinds[kind]!);
		const part = parts[kind];
		if (part) {
			found.parts.push(part);
			continue;
		}
		const mac = properties.one("mac");
		const bytes = mac === undefined ? undefined : macOf(mac);
		if (bytes === null) throw new HostError(`--device ${text}: mac=${mac} is not a card's address, such as 52:54:00:12:34:56`);
		found.cards.push({ text, netdev: properties.one("netdev"), mac: bytes });
	}
	return found;
}
