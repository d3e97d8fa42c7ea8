/** Accesses of the engines in, loads and stores of RAM and devices out: the full port of the interpreter and the restricted one of translated code. */
import { Header } from "../../jit/base/layout.ts";
import { Lookup, lookUp } from "../../jit/base/lookup.ts";
import { Access, type MemoryPort, pageShift } from "../../jit/base/port.ts";
import { Status } from "../../jit/base/status.ts";
import type { Bus } from "./bus.ts";
import { type GuestMemory, PageFlag } from "./guest-memory.ts";
import type { Tables } from "./tables.ts";
import type { WalkedPage, Walks } from "./walks.ts";

const pageBytes = 1 << pageShift;

/** Kinds of fault, as definitions number them. */
export const FaultKind = { nothing: 0, misaligned: 1 } as const;

/** What an address is translated to. `status` is `Status.next`, or why not: then the header says the rest. `whole`: so is the rest of its page. */
export interface Translated {
	readonly status: number;
	readonly lo: number;
	readonly hi: number;
	readonly whole?: boolean;
}
/** Virtual to physical, while accesses are not plain. */
export type Translate = (state: number, lo: number, hi: number, access: number, bytes: number) => Translated;

export interface PortOptions {
	readonly memory: GuestMemory;
	/** One for each memory space of the ISA; the first one has RAM beside it. */
	readonly buses: readonly Bus[];
	readonly endian: readonly ("little" | "big")[];
	/** Of a guest virtual address: what lies above wraps. */
	readonly addressBits: number;
	/** May accesses of this processor go untranslated? */
	readonly plain: (state: number) => boolean;
	readonly translate: Translate;
	/** Where translated code looks whole pages up, and what translation read. */
	readonly tables: Tables;
	readonly walks: Walks;
	/** What translation read has changed: all that is remembered of it is old; or what was found under these numbers; or of these pages. */
	readonly retranslate: () => void;
	readonly retire: (views: readonly number[]) => void;
	readonly forget: (page: WalkedPage) => void;
	/** Does code lie in these bytes of RAM? Without it the whole page of any code counts as code, and stores beside it are slow. */
	readonly holds?: (address: number, bytes: number) => boolean;
	/** Code may lie in these bytes of RAM and they have just changed. */
	readonly invalidate: (address: number, bytes: number) => void;
}

export interface Ports {
	/** Performs everything. */
	readonly full: MemoryPort;
	/** Performs what RAM alone can answer; refuses what translation refuses; everything else is `Status.assist`, and nothing has happened. */
	readonly translated: MemoryPort;
	/**
	 * Physical RAM only, for what translation itself reads and stores: nothing answers elsewhere, and its own stores, which mark what was used, change no
	 * translation.
	 */
	readonly physical: MemoryPort;
	/** Calls `hit` after every store that touches one of the bytes. Ignored outside RAM. */
	watch(address: number, bytes: number, hit: (address: number, bytes: number) => void): void;
	/** RAM written by the machine or a device. False, and nothing happened, when it is not all RAM. */
	writeRam(address: number, data: Uint8Array): boolean;
}

/** A guest address in halves as a number; 2^53 and more is Infinity: nothing answers there. */
export function toAddress(lo: number, hi: number): number {
	return hi >>> 0 < 0x200000 ? (hi >>> 0) * 2 ** 32 + (lo >>> 0) : Number.POSITIVE_INFINITY;
}

export function createPorts(o: PortOptions): Ports {
	const { bytes: raw, words, view, ram } = o.memory;
	const watches: { at: number; end: number; hit: (address: number, bytes: number) => void }[] = [];
	const little = o.endian.map((endian) => endian === "little");

	const setStatus = (state: number, status: number): void => {
		words[(state + Header.status) >> 2] = status;
	};
	const fault = (state: number, access: number, kind: number, lo: number, hi: number): void => {
		setStatus(state, Status.fault);
		words[(state + Header.access) >> 2] = access | (kind << 8);
		words[(state + Header.addressLo) >> 2] = lo;
		words[(state + Header.addressHi) >> 2] = hi;
	};

	/** Offset in the shared memory of `bytes` of RAM, or -1. */
	const ramAt = (address: number, bytes: number): number => {
		const at = address - ram.base;
		return at >= 0 && at + bytes <= ram.bytes ? at + ram.offset : -1;
	};
	const loadRam = (state: number, at: number, bytes: number, le: boolean): number => {
		setStatus(state, Status.next);
		words[(state + Header.high) >> 2] = 0;
		switch (bytes) {
			case 1:
				return raw[at]!;
			case 2:
				return view.getUint16(at, le);
			case 4:
				return view.getInt32(at, le);
			default:
				words[(state + Header.high) >> 2] = view.getInt32(le ? at + 4 : at, le);
				return view.getInt32(le ? at : at + 4, le);
		}
	};
	const storeRam = (at: number, bytes: number, le: boolean, lo: number, hi: number): void => {
		switch (bytes) {
			case 1:
				raw[at] = lo;
				break;
			case 2:
				view.setUint16(at, lo, le);
				break;
			case 4:
				view.setInt32(at, lo, le);
				break;
			default:
				view.setInt32(le ? at : at + 4, lo, le);
				view.setInt32(le ? at + 4 : at, hi, le);
		}
	};
	const flagsOf = (at: number, bytes: number): number => {
		const first = (at - ram.offset) >> pageShift;
		const last = (at - ram.offset + bytes - 1) >> pageShift;
		return raw[ram.pageFlags + first]! | raw[ram.pageFlags + last]!;
	};
	/** The parts of these bytes that lie in one page each. */
	const parts = (address: number, bytes: number): (readonly [from: number, bytes: number])[] => {
		const found: [number, number][] = [];
		for (let from = address; from < address + bytes; from += found.at(-1)![1]) {
			found.push([from, Math.min(address + bytes, (Math.floor(from / pageBytes) + 1) * pageBytes) - from]);
		}
		return found;
	};
	/** Was something that translation read among these bytes? */
	const walked = (address: number, bytes: number): boolean => parts(address, bytes).some(([from, length]) => o.walks.holds(from, length));
	/** It has changed. */
	const rewalk = (address: number, bytes: number): void => {
		for (const [from, length] of parts(address, bytes)) {
			const stale = o.walks.changed(from, length);
			if (stale === null) {
				o.retranslate();
				return;
			}
			for (const page of stale.pages) o.forget(page);
			if (stale.views.length > 0) o.retire(stale.views);
		}
	};
	/** May translated code store there: nobody watches, and neither code nor what translation read lies there, though perhaps beside it? */
	const beside = (at: number, bytes: number): boolean => {
		const flags = flagsOf(at, bytes);
		if (flags === 0) return true;
		const address = at - ram.offset + ram.base;
		if (flags & PageFlag.watch) return false;
		if (flags & PageFlag.code && (o.holds === undefined || o.holds(address, bytes))) return false;
		return !(flags & PageFlag.walked) || !walked(address, bytes);
	};
	/** Tells those who have to know that RAM changed at offset `at` of the shared memory; `own`: by translation itself. */
	const changed = (at: number, bytes: number, own = false): void => {
		const flags = flagsOf(at, bytes);
		if (flags === 0) return;
		const address = at - ram.offset + ram.base;
		if (flags & PageFlag.walked && !own && walked(address, bytes)) rewalk(address, bytes);
		if (flags & PageFlag.code) o.invalidate(address, bytes);
		if (flags & PageFlag.watch) {
			for (const watch of watches) if (address < watch.end && watch.at < address + bytes) watch.hit(address, bytes);
		}
	};

	const loadDevice = (state: number, space: number, address: number, bytes: number): boolean => {
		const region = o.buses[space]?.find(address, bytes);
		if (!region) return false;
		const offset = address - region.base;
		const { device } = region;
		const step = bytes === 8 ? 4 : bytes;
		if (address % bytes !== 0 || !device.accepts(offset, step) || (bytes === 8 && !device.accepts(offset + 4, step))) return false;
		const first = device.read(offset, step);
		const second = bytes === 8 ? device.read(offset + 4, step) : 0;
		setStatus(state, Status.next);
		const swap = bytes === 8 && !little[space];
		words[(state + Header.high) >> 2] = swap ? first : second;
		deviceValue = (swap ? second : first) | 0;
		return true;
	};
	let deviceValue = 0;
	const storeDevice = (space: number, address: number, bytes: number, lo: number, hi: number): boolean => {
		const region = o.buses[space]?.find(address, bytes);
		if (!region) return false;
		const offset = address - region.base;
		const { device } = region;
		if (address % bytes !== 0) return false;
		if (bytes === 8) {
			if (!device.accepts(offset, 4) || !device.accepts(offset + 4, 4)) return false;
			device.write(offset, 4, (little[space] ? lo : hi) >>> 0);
			device.write(offset + 4, 4, (little[space] ? hi : lo) >>> 0);
			return true;
		}
		if (!device.accepts(offset, bytes)) return false;
		device.write(offset, bytes, bytes === 4 ? lo >>> 0 : lo & (2 ** (8 * bytes) - 1));
		return true;
	};

	/** Physical address for an access that stays in its page, or -1 with the header saying why. A whole page of RAM is entered for translated code. */
	const translated = (state: number, lo: number, hi: number, access: number, bytes: number): number => {
		const { closed } = o.tables;
		const answer = o.translate(state, lo, hi, access, bytes);
		if (held && o.tables.closed !== closed) rewritten = true;
		if (answer.status === Status.next) {
			const address = toAddress(answer.lo, answer.hi);
			if (answer.whole && access !== Access.fetch && access !== Access.either) {
				const at = ramAt(address, 1);
				if (at >= 0) o.tables.found(state, lo, hi, access, at);
			}
			return address;
		}
		if (answer.status === Status.trap) setStatus(state, Status.trap);
		else fault(state, access, FaultKind.nothing, lo, hi);
		return -1;
	};
	/**
	 * The walk of an access by translated code has written over code, which may be what runs now, or has read what that code may be about to store to without asking
	 * again: the access is left to the interpreter.
	 */
	let rewritten = false;
	/** See `Header.held`. */
	let held = false;
	const begin = (state: number): void => {
		const at = (state + Header.held) >> 2;
		held = words[at] !== 0;
		words[at] = 0;
		rewritten = false;
	};
	/** First byte of the next page, in halves. */
	let nextLo = 0;
	let nextHi = 0;
	const nextPage = (lo: number, hi: number): void => {
		nextLo = ((lo | (pageBytes - 1)) + 1) | 0;
		nextHi = nextLo === 0 && o.addressBits > 32 ? (hi + 1) | 0 : hi;
	};

	/**
	 * An access that crosses into another page, whose physical page may lie anywhere: byte by byte, but only when both parts are RAM. `restricted`: and may
	 * be accessed by translated code, else `Status.assist`.
	 */
	const crossing = (
		state: number,
		lo: number,
		hi: number,
		bytes: number,
		access: number,
		restricted: boolean,
		value: readonly [lo: number, hi: number] | null,
	): number => {
		const head = pageBytes - (lo & (pageBytes - 1));
		nextPage(lo, hi);
		const secondLo = nextLo;
		const secondHi = nextHi;
		const first = translated(state, lo, hi, access, head);
		if (first < 0) return 0;
		const second = translated(state, secondLo, secondHi, access, bytes - head);
		if (second < 0) return 0;
		const a = ramAt(first, head);
		const b = ramAt(second, bytes - head);
		if (restricted) {
			if (a < 0 || b < 0 || rewritten || (value && !(beside(a, head) && beside(b, bytes - head)))) {
				setStatus(state, Status.assist);
				return 0;
			}
		} else if (a < 0) fault(state, access, FaultKind.nothing, lo, hi);
		else if (b < 0) fault(state, access, FaultKind.nothing, secondLo, secondHi);
		if (a < 0 || b < 0) return 0;
		const byteAt = (i: number): number => (i < head ? a + i : b + i - head);
		const place = (i: number): number => byteAt(little[0] ? i : bytes - 1 - i);
		setStatus(state, Status.next);
		if (value) {
			for (let i = 0; i < bytes; i++) raw[place(i)] = i < 4 ? value[0] >>> (8 * i) : value[1] >>> (8 * (i - 4));
			if (!restricted) {
				changed(a, head);
				changed(b, bytes - head);
			}
			return 0;
		}
		let low = 0;
		let high = 0;
		for (let i = 0; i < bytes; i++) {
			if (i < 4) low |= raw[place(i)]! << (8 * i);
			else high |= raw[place(i)]! << (8 * (i - 4));
		}
		words[(state + Header.high) >> 2] = high;
		return low;
	};

	/** Nothing answers at physical `address`: names the first byte that is missing. */
	const missing = (state: number, access: number, address: number, bytes: number, lo: number, hi: number): void => {
		if (ramAt(address, 1) >= 0 && (lo & (pageBytes - 1)) + bytes > pageBytes) {
			nextPage(lo, hi);
			fault(state, access, FaultKind.nothing, nextLo, nextHi);
		} else fault(state, access, FaultKind.nothing, lo, hi);
	};

	const crosses = (lo: number, bytes: number): boolean => (lo & (pageBytes - 1)) + bytes > pageBytes;
	const full: MemoryPort = {
		load(state, lo, hi, bytes, space, access) {
			let address: number;
			if (space === 0 && !o.plain(state)) {
				if (crosses(lo, bytes)) return crossing(state, lo, hi, bytes, access, false, null);
				address = translated(state, lo, hi, access, bytes);
				if (address < 0) return 0;
			} else address = toAddress(lo, hi);
			if (space === 0) {
				const at = ramAt(address, bytes);
				if (at >= 0) return loadRam(state, at, bytes, little[0]!);
			}
			if (loadDevice(state, space, address, bytes)) return deviceValue;
			missing(state, access, address, bytes, lo, hi);
			return 0;
		},
		store(state, lo, hi, bytes, space, valueLo, valueHi) {
			let address: number;
			if (space === 0 && !o.plain(state)) {
				if (crosses(lo, bytes)) {
					crossing(state, lo, hi, bytes, Access.store, false, [valueLo, valueHi]);
					return;
				}
				address = translated(state, lo, hi, Access.store, bytes);
				if (address < 0) return;
			} else address = toAddress(lo, hi);
			setStatus(state, Status.next);
			if (space === 0) {
				const at = ramAt(address, bytes);
				if (at >= 0) {
					storeRam(at, bytes, little[0]!, valueLo, valueHi);
					changed(at, bytes);
					return;
				}
			}
			if (!storeDevice(space, address, bytes, valueLo, valueHi)) missing(state, Access.store, address, bytes, lo, hi);
		},
	};

	/** What the table says of an access that stays in its page: offset in the shared memory, or -1. */
	const known = (state: number, lo: number, hi: number, half: number): number => {
		const at = lookUp(words, words[(state + Header.table) >> 2]! + half, lo, hi);
		return at < 0 ? -1 : at + ram.offset;
	};
	const restricted: MemoryPort = {
		load(state, lo, hi, bytes, space, access) {
			begin(state);
			if (space === 0) {
				let address: number;
				if (o.plain(state)) address = toAddress(lo, hi);
				else {
					if (crosses(lo, bytes)) return crossing(state, lo, hi, bytes, access, true, null);
					if (access !== Access.fetch) {
						const at = known(state, lo, hi, access === Access.store ? Lookup.stores : 0);
						if (at >= 0) return loadRam(state, at, bytes, little[0]!);
					}
					address = translated(state, lo, hi, access, bytes);
					if (address < 0) return 0;
				}
				const at = ramAt(address, bytes);
				if (at >= 0 && !rewritten) return loadRam(state, at, bytes, little[0]!);
			}
			setStatus(state, Status.assist);
			return 0;
		},
		store(state, lo, hi, bytes, space, valueLo, valueHi) {
			begin(state);
			if (space === 0) {
				let at = -1;
				if (o.plain(state)) at = ramAt(toAddress(lo, hi), bytes);
				else if (crosses(lo, bytes)) {
					crossing(state, lo, hi, bytes, Access.store, true, [valueLo, valueHi]);
					return;
				} else {
					at = known(state, lo, hi, Lookup.stores);
					if (at < 0) {
						const address = translated(state, lo, hi, Access.store, bytes);
						if (address < 0) return;
						at = ramAt(address, bytes);
					}
				}
				if (at >= 0 && !rewritten && beside(at, bytes)) {
					storeRam(at, bytes, little[0]!, valueLo, valueHi);
					setStatus(state, Status.next);
					return;
				}
			}
			setStatus(state, Status.assist);
		},
	};
	const physical: MemoryPort = {
		load(state, lo, hi, bytes, space, access) {
			const address = toAddress(lo, hi);
			const at = space === 0 ? ramAt(address, bytes) : -1;
			if (at < 0) {
				fault(state, access, FaultKind.nothing, lo, hi);
				return 0;
			}
			o.walks.note(address, bytes);
			return loadRam(state, at, bytes, little[0]!);
		},
		store(state, lo, hi, bytes, space, valueLo, valueHi) {
			const at = space === 0 ? ramAt(toAddress(lo, hi), bytes) : -1;
			if (at < 0) {
				fault(state, Access.store, FaultKind.nothing, lo, hi);
				return;
			}
			setStatus(state, Status.next);
			storeRam(at, bytes, little[0]!, valueLo, valueHi);
			if (flagsOf(at, bytes) & PageFlag.code && (o.holds === undefined || o.holds(at - ram.offset + ram.base, bytes))) rewritten = true;
			changed(at, bytes, true);
		},
	};

	return {
		full,
		translated: restricted,
		physical,
		watch(address, bytes, hit) {
			const at = ramAt(address, bytes);
			if (at < 0) return;
			watches.push({ at: address, end: address + bytes, hit });
			for (let page = (at - ram.offset) >> pageShift; page <= (at - ram.offset + bytes - 1) >> pageShift; page++) {
				raw[ram.pageFlags + page]! |= PageFlag.watch;
				o.tables.close(page);
			}
		},
		writeRam(address, data) {
			const at = ramAt(address, data.length);
			if (at < 0) return false;
			raw.set(data, at);
			for (let done = 0; done < data.length; done += pageBytes) changed(at + done, Math.min(pageBytes, data.length - done));
			return true;
		},
	};
}
