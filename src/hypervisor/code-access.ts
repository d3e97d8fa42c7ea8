/** How a processor fetches: virtual addresses of code in, windows of RAM out; faults go to the header. */
import { Header } from "../../jit/base/layout.ts";
import { Access, pageShift } from "../../jit/base/port.ts";
import { Status } from "../../jit/base/status.ts";
import type { CodeAccess } from "../../jit/dispatch/parts.ts";
import type { Isa } from "../../jit/spec/isa.ts";
import type { GuestMemory } from "../memory/guest-memory.ts";
import { FaultKind, type Translate, toAddress } from "../memory/port.ts";

const pageBytes = 1 << pageShift;

export function createFetch(o: {
	readonly isa: Isa;
	readonly memory: GuestMemory;
	readonly plain: (state: number) => boolean;
	readonly view: (state: number) => number;
	readonly translate: Translate;
	/** See `CodeAccess.settled`. */
	readonly settled: (state: number) => boolean;
}): CodeAccess {
	const { isa, memory } = o;
	const { words, bytes: raw, ram } = memory;
	/** For code that goes on in a page that does not follow in RAM. */
	const seam = new Uint8Array(2 * isa.maxBytes);

	const fault = (state: number, pc: number): void => {
		words[(state + Header.status) >> 2] = Status.fault;
		words[(state + Header.access) >> 2] = Access.fetch | (FaultKind.nothing << 8);
		words[(state + Header.addressLo) >> 2] = pc | 0;
		words[(state + Header.addressHi) >> 2] = isa.addressBits > 32 ? Math.floor(pc / 2 ** 32) | 0 : 0;
	};
	/** Physical address of code, all of `bytes` in one page fetchable; or -1 with the header filled. */
	const locate = (state: number, pc: number, bytes: number): number => {
		const lo = pc | 0;
		const hi = isa.addressBits > 32 ? Math.floor(pc / 2 ** 32) | 0 : 0;
		let address: number;
		if (o.plain(state)) address = toAddress(lo, hi);
		else {
			const answer = o.translate(state, lo, hi, Access.fetch, bytes);
			if (answer.status === Status.trap) {
				words[(state + Header.status) >> 2] = Status.trap;
				return -1;
			}
			address = answer.status === Status.next ? toAddress(answer.lo, answer.hi) : Number.POSITIVE_INFINITY;
		}
		const at = address - ram.base;
		if (at >= 0 && at + bytes <= ram.bytes) return address;
		fault(state, pc);
		return -1;
	};
	const offsetOf = (address: number): number => address - ram.base + ram.offset;
	/** How many bytes from `pc` to the end of its page may be fetched, when at least `known` may. */
	const reach = (state: number, pc: number, known: number): number => {
		const left = pageBytes - (pc & (pageBytes - 1));
		if (o.plain(state) || locate(state, pc, left) >= 0) return left;
		let good = known;
		while (good + isa.unitBytes <= left && locate(state, pc + good, isa.unitBytes) >= 0) good += isa.unitBytes;
		return good;
	};

	return {
		view: o.view,
		settled: o.settled,
		physical(state, pc, bytes = isa.unitBytes) {
			const left = pageBytes - (pc & (pageBytes - 1));
			const address = locate(state, pc, Math.min(bytes, left));
			if (address < 0 || bytes <= left) return address;
			return locate(state, pc + left, bytes - left) < 0 ? -1 : address;
		},
		source(state) {
			return (pc, across = false) => {
				const address = locate(state, pc, isa.unitBytes);
				if (address < 0) return null;
				const at = offsetOf(address);
				const left = pageBytes - (pc & (pageBytes - 1));
				const here = reach(state, pc, isa.unitBytes);
				if (here < left || !across) return { bytes: raw, at, end: at + here };
				const next = locate(state, pc + left, isa.unitBytes);
				if (next < 0) return { bytes: raw, at, end: at + left };
				let more = isa.unitBytes;
				while (more < isa.maxBytes && locate(state, pc + left + more, isa.unitBytes) >= 0) more += isa.unitBytes;
				if (next === address + left) return { bytes: raw, at, end: at + left + more };
				seam.set(raw.subarray(at, at + left), 0);
				seam.set(raw.subarray(offsetOf(next), offsetOf(next) + more), left);
				return { bytes: seam, at: 0, end: left + more };
			};
		},
	};
}
