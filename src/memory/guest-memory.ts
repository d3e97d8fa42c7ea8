/** Sizes in, the one shared memory of a machine out: processor states, look-up tables, page flags and RAM, as generated code addresses them. */
import { HostError } from "../../jit/base/errors.ts";
import { Jumps } from "../../jit/base/jumps.ts";
import { Lookup } from "../../jit/base/lookup.ts";
import { type DirectRam, pageShift } from "../../jit/base/port.ts";
import { hex, size } from "../base/hex.ts";

/** Bits of a page's flag byte. Any bit sends stores to the slow path. */
export const PageFlag = {
	/** The page holds translated code. Set and cleared by the code cache. */
	code: 1,
	/** Somebody watches an address in the page. */
	watch: 2,
	/** Translations that are remembered read tables in the page: see walks.ts. */
	walked: 4,
} as const;

/** Generated code adds offsets in signed 32-bit arithmetic, so everything lies below this. */
const maxBytes = 2 ** 31;
const wasmPage = 65536;
/** Look-up tables beside one for each processor: a guest goes to and fro between that many translations (a program, its system, the system reaching into it). */
const spareTables = 8;
/** Nothing lies between the page flags and RAM, nor behind RAM: at least this many bytes that stay 0, so that a test can see an engine write beside its RAM. */
export const canaryBytes = 64;

export interface GuestMemory {
	readonly memory: WebAssembly.Memory;
	readonly ram: DirectRam;
	/** Byte offset of each processor's state. */
	readonly states: readonly number[];
	/** Byte offset of each look-up table; there are more than processors. */
	readonly tables: readonly number[];
	/** Byte offset of the jump table. */
	readonly jumps: number;
	/** Of the whole memory; it never grows, so these stay valid. */
	readonly bytes: Uint8Array;
	readonly words: Int32Array;
	readonly view: DataView;
	/** The `length` bytes of RAM at guest physical `address` (a window, not a copy), or null when they are not all RAM. */
	window(address: number, length: number): Uint8Array | null;
}

/** Throws `HostError` when RAM is not a whole number of pages, larger than the engines can address, or refused by the host. */
export function createGuestMemory(o: { stateBytes: number; processors: number; ramBase: number; ramBytes: number }): GuestMemory {
	const states = Array.from({ length: o.processors }, (_, i) => 1024 + i * o.stateBytes);
	const statesEnd = 1024 + o.processors * o.stateBytes;
	if (statesEnd > wasmPage) throw new HostError(`machine: ${o.processors} processors need ${statesEnd} bytes of state, limit ${wasmPage}: use fewer (--smp)`);
	if (!Number.isInteger(o.ramBytes) || o.ramBytes <= 0 || o.ramBytes % (1 << pageShift) !== 0) {
		throw new HostError(`machine: RAM of ${o.ramBytes} bytes is not a whole number of ${1 << pageShift}-byte pages: try -m 128M`);
	}
	const tables = Array.from({ length: spareTables + o.processors }, (_, i) => wasmPage + i * Lookup.bytes);
	const jumps = wasmPage + tables.length * Lookup.bytes;
	const pageFlags = jumps + Jumps.bytes;
	const offset = Math.ceil((pageFlags + o.ramBytes / (1 << pageShift) + 1 + canaryBytes) / wasmPage) * wasmPage;
	const total = Math.ceil((offset + o.ramBytes + canaryBytes) / wasmPage) * wasmPage;
	if (total > maxBytes) throw new HostError(`machine: RAM of ${size(o.ramBytes)} is too large, limit ${size(maxBytes - 64 * 2 ** 20)}: try a smaller -m`);
	let memory: WebAssembly.Memory;
	try {
		memory = new WebAssembly.Memory({ initial: total / wasmPage, maximum: total / wasmPage });
	} catch {
		throw new HostError(`machine: the host refuses ${size(total)} for RAM at ${hex(o.ramBase)}: try a smaller -m`);
	}
	const bytes = new Uint8Array(memory.buffer);
	return {
		memory,
		ram: { base: o.ramBase, bytes: o.ramBytes, offset, pageFlags },
		states,
		tables,
		jumps,
		bytes,
		words: new Int32Array(memory.buffer),
		view: new DataView(memory.buffer),
		window(address, length) {
			const at = address - o.ramBase;
			if (!(at >= 0 && length >= 0 && at + length <= o.ramBytes)) return null;
			return bytes.subarray(offset + at, offset + at + length);
		},
	};
}
