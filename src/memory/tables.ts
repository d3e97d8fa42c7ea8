/** Look-up tables of translated code: pages that the slow path found in, tables in shared memory out, one for each translation lately in force. */
import { Header } from "../../jit/base/layout.ts";
import { clearLookup, closeStores, enterLookup, entryNumber, Lookup, leaveLookup, lookUp } from "../../jit/base/lookup.ts";
import { Access, pageShift } from "../../jit/base/port.ts";
import type { GuestMemory } from "./guest-memory.ts";
import type { WalkedPage } from "./walks.ts";

export interface Tables {
	/** The processor at `state` uses the translation named `view` from now on. What was found under it lately is still known. */
	select(state: number, view: number): void;
	/** The whole page of an address lies in RAM at byte offset `at` of the shared memory, for this access, under the processor's translation. */
	found(state: number, lo: number, hi: number, access: number, at: number): void;
	/** Stores to a RAM page (0 is the first) have to be seen from now on: its flag was set. */
	close(page: number): void;
	/** How often that took away what translated code may have looked up already. */
	readonly closed: number;
	/** Forgets one page, under every translation. */
	forget(page: WalkedPage): void;
	/** Forgets what was found under one translation; a processor that uses it has to `select` before it runs translated code again. */
	retire(view: number): void;
	/** Forgets all translations. Every processor has to `select` before it runs translated code again. */
	flush(): void;
}

/** What translation of addresses took, since the machine was built. */
export interface TranslationCounts {
	/** Times the definition was asked. */
	asked: number;
	/** Pages entered for translated code. */
	filled: number;
	/** Changes to another translation; times that all that was found under one, or under all, was forgotten. */
	switched: number;
	flushed: number;
}

/** Of a page that is stored to at addresses whose entries have different numbers. */
const several = -1;

export function createTables(memory: GuestMemory, counts: TranslationCounts): Tables {
	const { words, bytes: raw, ram, tables } = memory;
	/** View of each table, 0: none; when it was last selected. */
	const views = tables.map(() => 0);
	const used = tables.map(() => 0);
	const active = new Map<number, number>();
	/** By page: 1 plus the number of its entries for stores, when all have the same one; `several`; 0: it has none. */
	const open = new Int16Array(ram.bytes >>> pageShift);
	let turn = 0;
	let closed = 0;
	for (const at of tables) clearLookup(words, at);

	/** The table longest not used by any processor. There are more tables than processors. */
	const oldest = (): number => {
		const taken = new Set(active.values());
		let best = -1;
		for (let i = 0; i < tables.length; i++) if (!taken.has(i) && (best < 0 || used[i]! < used[best]!)) best = i;
		return best;
	};

	return {
		select(state, view) {
			counts.switched++;
			let index = views.indexOf(view);
			if (index < 0) {
				active.delete(state);
				index = oldest();
				if (views[index] !== 0) clearLookup(words, tables[index]!);
				views[index] = view;
			}
			active.set(state, index);
			used[index] = ++turn;
			words[(state + Header.table) >> 2] = tables[index]!;
		},
		found(state, lo, hi, access, at) {
			const index = active.get(state);
			if (index === undefined) return;
			const page = (at - ram.offset) >>> pageShift;
			if (access === Access.store) {
				if (raw[ram.pageFlags + page] !== 0) return;
				const number = entryNumber(lo) + 1;
				open[page] = open[page] === 0 || open[page] === number ? number : several;
			}
			const half = tables[index]! + (access === Access.store ? Lookup.stores : 0);
			if (lookUp(words, half, lo, hi) >= 0) return;
			counts.filled++;
			enterLookup(words, half, lo, hi, page);
		},
		close(page) {
			const number = open[page]!;
			if (number === 0) return;
			open[page] = 0;
			closed++;
			const [first, end] = number === several ? [0, Lookup.entries] : [number - 1, number];
			for (let i = 0; i < tables.length; i++) if (views[i] !== 0) closeStores(words, tables[i]!, page, first, end);
		},
		get closed() {
			return closed;
		},
		forget({ lo, hi }) {
			for (let i = 0; i < tables.length; i++) if (views[i] !== 0) leaveLookup(words, tables[i]!, lo, hi);
		},
		retire(view) {
			const index = views.indexOf(view);
			if (index < 0) return;
			clearLookup(words, tables[index]!);
			views[index] = 0;
			for (const [state, used] of active) if (used === index) active.delete(state);
		},
		flush() {
			if (views.some((view) => view !== 0)) counts.flushed++;
			for (let i = 0; i < tables.length; i++) if (views[i] !== 0) clearLookup(words, tables[i]!);
			views.fill(0);
			active.clear();
			open.fill(0);
		},
	};
}
