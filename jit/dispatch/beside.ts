/** An entry and an address in, out where that lies, seen from there: what is true wherever the entry itself may be entered. */
import { pageOf, pageShift } from "../base/port.ts";
import type { CodePlace, Entry } from "../cache/entry.ts";

const pageBytes = 1 << pageShift;

/** The place of an address that lies in the same page as `near`, or, where virtual addresses are physical ones, in any. */
export function beside(near: Entry, pc: number, context: number, view: number): CodePlace {
	const distance = near.offset + pc - near.pc;
	const page = near.page + pageOf(distance);
	return { page, offset: distance - (page - near.page) * pageBytes, pc, context, plain: view === 0 };
}

/** Is what code at `from` sees at that address the same whenever the code itself is valid? */
export const mayCall = (from: number, to: number, view: number): boolean => view === 0 || pageOf(to) === pageOf(from);
