/** A shared folder in, a client that speaks 9P2000.L to its virtio device out. */
import { expect } from "vitest";
import type { SharedFolder } from "../../../src/base/shared-folder.ts";
import { createVirtio9p } from "../../../src/devices/virtio/9p.ts";
import { createReader, join, type Part, type Reader } from "../../../src/devices/virtio/9p-wire.ts";
import { createDriver, ramBase } from "./driver.ts";

const ask = ramBase + 0x8000;
const answer = ramBase + 0x10000;
export const roomBytes = 0x8000;
export const Type = {
	statfs: 8,
	lopen: 12,
	lcreate: 14,
	symlink: 16,
	mknod: 18,
	rename: 20,
	readlink: 22,
	getattr: 24,
	setattr: 26,
	xattrwalk: 30,
	readdir: 40,
	fsync: 50,
	lock: 52,
	getlock: 54,
	link: 70,
	mkdir: 72,
	renameat: 74,
	unlinkat: 76,
	version: 100,
	auth: 102,
	attach: 104,
	flush: 108,
	walk: 110,
	read: 116,
	write: 118,
	clunk: 120,
	remove: 122,
} as const;
export const noFid = 0xffffffff;
export const u8 = (value: number): Part => [1, value];
export const u16 = (value: number): Part => [2, value];
export const u32 = (value: number): Part => [4, value];
export const u64 = (value: number): Part => [8, value];

export interface Qid {
	readonly kind: number;
	readonly version: number;
	readonly id: number;
}
export const qid = (read: Reader): Qid => ({ kind: read.u8(), version: read.u32(), id: read.u64() });

export function createClient(folder: SharedFolder, o: { start?: boolean } = {}) {
	const driver = createDriver(createVirtio9p({ folder, tag: "share" }));
	driver.start();
	/** Sends these bytes as they are; the answer's bytes. */
	const send = (message: Uint8Array, room = roomBytes): Uint8Array => {
		const before = driver.used().count;
		driver.ram.set(message, driver.at(ask));
		driver.ram.fill(0xee, driver.at(answer), driver.at(answer) + roomBytes);
		driver.chain([
			[ask, message.length, false],
			[answer, room, true],
		]);
		driver.offer(0);
		driver.pass(1_000_000);
		expect([driver.used().count - before, driver.broken()]).toEqual([1, false]);
		const { length } = driver.used();
		const out = driver.ram.slice(driver.at(answer), driver.at(answer) + length);
		expect(new DataView(out.buffer).getUint32(0, true)).toBe(length);
		return out;
	};
	const message = (type: number, parts: readonly Part[], tag = 5): Uint8Array => {
		const body = join(parts);
		return join([u32(7 + body.length), u8(type), u16(tag), body]);
	};
	/** The answer's body, or the error as a number. */
	const call = (type: number, ...parts: readonly Part[]): Reader | number => {
		const out = send(message(type, parts));
		const read = createReader(out.subarray(7));
		expect(new DataView(out.buffer).getUint16(5, true)).toBe(5);
		if (out[4] === 7) return read.u32();
		expect(out[4]).toBe(type + 1);
		return read;
	};
	/** The same for what has to work. */
	const must = (type: number, ...parts: readonly Part[]): Reader => {
		const found = call(type, ...parts);
		if (typeof found === "number") throw new Error(`message ${type}: error ${found}`);
		return found;
	};
	const walk = (from: number, to: number, ...names: string[]) => call(Type.walk, u32(from), u32(to), u16(names.length), ...names);
	const code = (found: Reader | number): number => (typeof found === "number" ? found : 0);
	const client = {
		...{ driver, send, message, call, must, walk, code },
		start() {
			must(Type.version, u32(roomBytes), "9P2000.L");
			must(Type.attach, u32(0), u32(noFid), "root", "", u32(0));
		},
		/** A fid for a path from the root (fid 0) on. */
		fid(number: number, path: string): number {
			const names = path.split("/");
			const found = walk(0, number, ...names);
			return typeof found === "number" ? found : found.u16() === names.length ? 0 : -1;
		},
		open: (number: number, flags = 0) => code(call(Type.lopen, u32(number), u32(flags))),
		read(number: number, position: number, count: number): string | number {
			const found = call(Type.read, u32(number), u64(position), u32(count));
			return typeof found === "number" ? found : Buffer.from(found.data()).toString("latin1");
		},
		write(number: number, position: number, text: string): number {
			const data = Buffer.from(text, "latin1");
			const found = call(Type.write, u32(number), u64(position), u32(data.length), data);
			return typeof found === "number" ? -found : found.u32();
		},
		clunk: (number: number) => code(call(Type.clunk, u32(number))),
		create: (number: number, name: string, flags: number, mode: number) => code(call(Type.lcreate, u32(number), name, u32(flags), u32(mode), u32(0))),
		/** kind of the qid, mode and size. */
		attributes(number: number) {
			const found = call(Type.getattr, u32(number), u64(0x7ff));
			if (typeof found === "number") return found;
			found.u64();
			const { kind, id } = qid(found);
			const mode = found.u32();
			found.u32();
			found.u32();
			const links = found.u64();
			found.u64();
			return { kind, id, mode, links, size: found.u64() };
		},
		setAttributes: (number: number, valid: number, o: { mode?: number; user?: number; size?: number; modified?: number } = {}) =>
			code(
				call(
					...([Type.setattr, u32(number), u32(valid), u32(o.mode ?? 0), u32(o.user ?? 0), u32(0), u64(o.size ?? 0)] as const),
					...[0, 0, o.modified ?? 0, 500_000_000].map(u64),
				),
			),
		/** Names and kinds of an open folder's entries, read in pieces. */
		list(number: number, count = 200) {
			const names: [name: string, type: number][] = [];
			for (let offset = 0; ; ) {
				const read = must(Type.readdir, u32(number), u64(offset), u32(count));
				const entries = createReader(read.data());
				const before = offset;
				for (let left = entries; !left.good(); ) {
					qid(left);
					offset = left.u64();
					const type = left.u8();
					names.push([left.text(), type]);
				}
				if (offset === before) return names;
			}
		},
	};
	if (o.start !== false) client.start();
	return client;
}
