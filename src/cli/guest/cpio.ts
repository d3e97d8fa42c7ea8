/** Files as data in, a cpio archive in the form "newc" out, as Linux reads an initramfs (its Documentation/driver-api/early-userspace/buffer-format). */

export type ArchiveEntry = { readonly path: string; readonly mode: number } & (
	| { readonly kind: "directory" }
	| { readonly kind: "file"; readonly data: Uint8Array }
	| { readonly kind: "link"; readonly to: string }
	/** A character device. */
	| { readonly kind: "device"; readonly major: number; readonly minor: number }
);

const types = { directory: 0o040000, file: 0o100000, link: 0o120000, device: 0o020000 } as const;

/** Everything belongs to root and is as old as time itself, so that the same files give the same bytes. */
export function writeArchive(entries: readonly ArchiveEntry[]): Uint8Array {
	const encoder = new TextEncoder();
	const parts: Uint8Array[] = [];
	let total = 0;
	const add = (bytes: Uint8Array): void => {
		const padded = Math.ceil((total + bytes.length) / 4) * 4 - total;
		const part = new Uint8Array(padded);
		part.set(bytes);
		parts.push(part);
		total += padded;
	};
	const write = (number: number, path: string, mode: number, data: Uint8Array, device: readonly [number, number]): void => {
		const name = encoder.encode(`${path}\0`);
		const links = number === 0 ? 1 : 1 + Number((mode & 0o170000) === types.directory);
		const fields = [number, mode, 0, 0, links, 0, data.length, 0, 0, ...device, name.length, 0];
		const header = encoder.encode(`070701${fields.map((field) => field.toString(16).padStart(8, "0")).join("")}`);
		const head = new Uint8Array(header.length + name.length);
		head.set(header);
		head.set(name, header.length);
		add(head);
		add(data);
	};
	entries.forEach((entry, i) => {
		const data = entry.kind === "file" ? entry.data : entry.kind === "link" ? encoder.encode(entry.to) : new Uint8Array(0);
		write(i + 1, entry.path, types[entry.kind] | entry.mode, data, entry.kind === "device" ? [entry.major, entry.minor] : [0, 0]);
	});
	write(0, "TRAILER!!!", 0, new Uint8Array(0), [0, 0]);
	const out = new Uint8Array(total);
	let at = 0;
	for (const part of parts) {
		out.set(part, at);
		at += part.length;
	}
	return out;
}
