/** Semihosting (Arm, ABI repository, "Semihosting", 2024Q3; other architectures number the calls alike): an operation and a parameter block in, a result out. */
import { decodeText, encodeText } from "../base/bytes.ts";
import { Errno, type FileSystem, type GuestConsole } from "../base/host.ts";
import type { Finish } from "./kit/finish.ts";

const Sys = {
	open: 0x01,
	close: 0x02,
	writec: 0x03,
	write0: 0x04,
	write: 0x05,
	read: 0x06,
	readc: 0x07,
	iserror: 0x08,
	istty: 0x09,
	seek: 0x0a,
	flen: 0x0c,
	tmpnam: 0x0d,
	remove: 0x0e,
	rename: 0x0f,
	clock: 0x10,
	time: 0x11,
	system: 0x12,
	errno: 0x13,
	getCmdline: 0x15,
	heapinfo: 0x16,
	exit: 0x18,
	exitExtended: 0x20,
	elapsed: 0x30,
	tickfreq: 0x31,
} as const;

/** ADP_Stopped_ApplicationExit */
const applicationExit = 0x20026;
/** What one call may move: a larger request is done in part, and the guest is told so. */
const maxTransfer = 1 << 26;
const textPiece = 4096;
const maxName = 4096;
const maxFiles = 64;
const featureBytes = Uint8Array.of(0x53, 0x48, 0x46, 0x42, 0x03);

/** Guest memory at virtual addresses, as the guest itself would see it; null or false where the guest could not access it. */
export interface GuestBytes {
	read(address: number, length: number): Uint8Array | null;
	write(address: number, data: Uint8Array): boolean;
}

export interface SemihostingOptions {
	/** Bytes of a field of a parameter block: 4 or 8. */
	readonly wordBytes: 4 | 8;
	readonly console: GuestConsole;
	/** Without it there are no files but the console. */
	readonly files: FileSystem | null;
	readonly commandLine: string;
	readonly finish: Finish;
	/** Virtual nanoseconds since power on. */
	readonly nanos: () => number;
	/** Seconds since 1970 at power on. */
	readonly epoch: number;
	/** heap base, heap limit, stack base, stack limit */
	readonly heap: readonly [number, number, number, number];
}

export interface Semihosting {
	/** Carries out a call; the number is what the guest gets (-1 as such). `parameter` is the second argument as the guest gave it. */
	call(memory: GuestBytes, operation: number, parameter: number): number;
	/** Closes what the guest left open. */
	close(): void;
}

interface Open {
	readonly kind: "in" | "out" | "features" | "file";
	readonly handle: number;
	position: number;
	readonly append: boolean;
}

/** The path below the host's directory, or null when it would lead out of it. */
export function confine(path: string): string | null {
	if (path.startsWith("/") || path.includes("\\") || path.includes("\0") || /^[A-Za-z]:/.test(path)) return null;
	const parts: string[] = [];
	for (const part of path.split("/")) {
		if (part === "" || part === ".") continue;
		if (part === "..") return null;
		parts.push(part);
	}
	return parts.length > 0 ? parts.join("/") : null;
}

export function createSemihosting(o: SemihostingOptions): Semihosting {
	const open = new Map<number, Open>();
	let lastError = 0;
	let nextHandle = 1;

	const fail = (errno: number): number => {
		lastError = Math.abs(errno);
		return -1;
	};
	/** Fields of the parameter block, or null when the guest has no such memory. */
	const fields = (memory: GuestBytes, at: number, count: number): number[] | null => {
		const bytes = memory.read(at, count * o.wordBytes);
		if (!bytes) return null;
		const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
		return Array.from({ length: count }, (_, i) => {
			const low = view.getUint32(i * o.wordBytes, true);
			return o.wordBytes === 4 ? low : view.getUint32(i * 8 + 4, true) * 2 ** 32 + low;
		});
	};
	const words = (values: readonly number[]): Uint8Array => {
		const bytes = new Uint8Array(values.length * o.wordBytes);
		const view = new DataView(bytes.buffer);
		values.forEach((value, i) => {
			view.setUint32(i * o.wordBytes, value % 2 ** 32, true);
			if (o.wordBytes === 8) view.setUint32(i * 8 + 4, Math.floor(value / 2 ** 32), true);
		});
		return bytes;
	};
	/** A name as the guest wrote it, decoded byte by byte; null when it is not readable or too long. */
	const name = (memory: GuestBytes, at: number, length: number): string | null => {
		if (length > maxName) return null;
		const bytes = memory.read(at, length);
		return bytes ? decodeText(bytes) : null;
	};

	const openFile = (path: string, mode: number): number => {
		if (mode > 11) return fail(Errno.invalid);
		if (open.size >= maxFiles) return fail(Errno.tooManyFiles);
		let file: Open;
		if (path === ":tt") file = { kind: mode < 4 ? "in" : "out", handle: -1, position: 0, append: false };
		else if (path === ":semihosting-features") {
			if (mode > 1) return fail(Errno.access);
			file = { kind: "features", handle: -1, position: 0, append: false };
		} else {
			if (!o.files) return fail(Errno.noEntry);
			const inside = confine(path);
			if (inside === null) return fail(Errno.access);
			const plus = (mode & 2) !== 0;
			const kind = mode >> 2;
			const handle = o.files.open(inside, { read: kind === 0 || plus, write: kind !== 0 || plus, create: kind !== 0, truncate: kind === 1 });
			if (handle < 0) return fail(handle);
			file = { kind: "file", handle, position: 0, append: kind === 2 };
		}
		open.set(nextHandle, file);
		return nextHandle++;
	};
	const write = (file: Open, data: Uint8Array): number => {
		if (file.kind === "out") {
			for (const byte of data) o.console.put(byte);
			return data.length;
		}
		if (file.kind !== "file" || !o.files) return fail(Errno.badHandle);
		if (file.append) file.position = Math.max(o.files.size(file.handle), 0);
		const done = o.files.write(file.handle, file.position, data);
		if (done < 0) return fail(done);
		file.position += done;
		return done;
	};
	const read = (file: Open, length: number): Uint8Array | number => {
		if (file.kind === "in") {
			const bytes: number[] = [];
			while (bytes.length < length) {
				if (bytes.length > 0 && o.console.waiting === 0) break;
				const byte = o.console.take();
				if (byte < 0) break;
				bytes.push(byte);
				if (byte === 10) break;
			}
			return Uint8Array.from(bytes);
		}
		if (file.kind === "out" || (file.kind === "file" && !o.files)) return fail(Errno.badHandle);
		const data = file.kind === "features" ? featureBytes.slice(file.position, file.position + length) : o.files!.read(file.handle, file.position, length);
		if (typeof data === "number") return fail(data);
		file.position += data.length;
		return data;
	};
	const sizeOf = (file: Open): number => {
		if (file.kind === "features") return featureBytes.length;
		if (file.kind !== "file" || !o.files) return 0;
		const bytes = o.files.size(file.handle);
		return bytes < 0 ? fail(bytes) : bytes;
	};
	const exit = (reason: number, code: number): number => {
		o.finish("exit", reason === applicationExit ? code : 1);
		return 0;
	};

	/** Up to a zero byte, or to where guest memory ends; read in pieces that end with a page, so that nothing behind the text need be readable. */
	const writeText = (memory: GuestBytes, start: number): void => {
		for (let at = start; at < start + maxTransfer; ) {
			const page = textPiece - (at % textPiece);
			const piece = memory.read(at, page) ?? memory.read(at, 1);
			if (!piece) return;
			for (const byte of piece) {
				if (byte === 0) return;
				o.console.put(byte);
			}
			at += piece.length;
		}
	};

	/** Calls that take a parameter block of `count` fields. */
	const withBlock: Record<number, { count: number; run: (memory: GuestBytes, f: number[], at: number) => number }> = {
		[Sys.open]: {
			count: 3,
			run(memory, [at, mode, length]) {
				const path = name(memory, at!, length!);
				return path === null ? fail(Errno.invalid) : openFile(path, mode!);
			},
		},
		[Sys.close]: {
			count: 1,
			run(_, [handle]) {
				const file = open.get(handle!);
				if (!file) return fail(Errno.badHandle);
				open.delete(handle!);
				if (file.kind !== "file" || !o.files) return 0;
				const answer = o.files.close(file.handle);
				return answer < 0 ? fail(answer) : 0;
			},
		},
		[Sys.write]: {
			count: 3,
			run(memory, [handle, at, length]) {
				const file = open.get(handle!);
				if (!file) {
					fail(Errno.badHandle);
					return length!;
				}
				const data = memory.read(at!, Math.min(length!, maxTransfer));
				if (!data) {
					fail(Errno.invalid);
					return length!;
				}
				return length! - Math.max(write(file, data), 0);
			},
		},
		[Sys.read]: {
			count: 3,
			run(memory, [handle, at, length]) {
				const file = open.get(handle!);
				if (!file) {
					fail(Errno.badHandle);
					return length!;
				}
				const data = read(file, Math.min(length!, maxTransfer));
				if (typeof data === "number") return length!;
				if (!memory.write(at!, data)) {
					fail(Errno.invalid);
					return length!;
				}
				return length! - data.length;
			},
		},
		[Sys.iserror]: { count: 1, run: (_, [value]) => (value! >= 2 ** (8 * o.wordBytes - 1) ? 1 : 0) },
		[Sys.istty]: {
			count: 1,
			run(_, [handle]) {
				const file = open.get(handle!);
				if (!file) return fail(Errno.badHandle);
				return file.kind === "in" || file.kind === "out" ? 1 : 0;
			},
		},
		[Sys.seek]: {
			count: 2,
			run(_, [handle, position]) {
				const file = open.get(handle!);
				if (!file || file.kind === "in" || file.kind === "out") return fail(Errno.badHandle);
				if (position! >= 2 ** 53) return fail(Errno.invalid);
				file.position = position!;
				return 0;
			},
		},
		[Sys.flen]: {
			count: 1,
			run(_, [handle]) {
				const file = open.get(handle!);
				return file ? sizeOf(file) : fail(Errno.badHandle);
			},
		},
		[Sys.tmpnam]: {
			count: 3,
			run(memory, [at, id, length]) {
				const text = `tmp-${(id! & 255).toString(16).padStart(2, "0")}`;
				const bytes = Uint8Array.from([...text].map((c) => c.charCodeAt(0)).concat(0));
				return bytes.length <= length! && memory.write(at!, bytes) ? 0 : fail(Errno.invalid);
			},
		},
		[Sys.remove]: {
			count: 2,
			run(memory, [at, length]) {
				const path = name(memory, at!, length!);
				const inside = path === null ? null : confine(path);
				if (inside === null) return fail(Errno.access);
				const answer = o.files ? o.files.remove(inside) : -Errno.noEntry;
				return answer < 0 ? fail(answer) : 0;
			},
		},
		[Sys.rename]: {
			count: 4,
			run(memory, [at, length, toAt, toLength]) {
				const from = name(memory, at!, length!);
				const to = name(memory, toAt!, toLength!);
				const [a, b] = [from === null ? null : confine(from), to === null ? null : confine(to)];
				if (a === null || b === null) return fail(Errno.access);
				const answer = o.files ? o.files.rename(a, b) : -Errno.noEntry;
				return answer < 0 ? fail(answer) : 0;
			},
		},
		[Sys.getCmdline]: {
			count: 2,
			run(memory, [at, length], block) {
				const text = encodeText(o.commandLine);
				if (text.length + 1 > length!) return fail(Errno.invalid);
				return memory.write(at!, Uint8Array.of(...text, 0)) && memory.write(block, words([at!, text.length])) ? 0 : fail(Errno.invalid);
			},
		},
		[Sys.heapinfo]: { count: 1, run: (memory, [at]) => (memory.write(at!, words(o.heap)) ? 0 : fail(Errno.invalid)) },
		[Sys.exitExtended]: { count: 2, run: (_, [reason, code]) => exit(reason!, code! % 2 ** 32) },
	};

	return {
		call(memory, operation, parameter) {
			const known = operation === Sys.exit && o.wordBytes === 8 ? withBlock[Sys.exitExtended] : withBlock[operation];
			if (known) {
				const f = fields(memory, parameter, known.count);
				return f ? known.run(memory, f, parameter) : fail(Errno.invalid);
			}
			switch (operation) {
				case Sys.exit:
					return exit(parameter, 0);
				case Sys.writec: {
					const byte = memory.read(parameter, 1);
					if (byte) o.console.put(byte[0]!);
					return 0;
				}
				case Sys.write0:
					writeText(memory, parameter);
					return 0;
				case Sys.readc:
					return o.console.take();
				case Sys.clock:
					return Math.floor(o.nanos() / 1e7);
				case Sys.time:
					return o.epoch + Math.floor(o.nanos() / 1e9);
				case Sys.errno:
					return lastError;
				case Sys.elapsed: {
					const nanos = o.nanos();
					const value = o.wordBytes === 8 ? words([nanos]) : words([nanos % 2 ** 32, Math.floor(nanos / 2 ** 32)]);
					return memory.write(parameter, value) ? 0 : fail(Errno.invalid);
				}
				case Sys.tickfreq:
					return 1_000_000_000;
				default:
					return fail(Errno.notSupported);
			}
		},
		close() {
			for (const file of open.values()) if (file.kind === "file") o.files?.close(file.handle);
			open.clear();
		},
	};
}
