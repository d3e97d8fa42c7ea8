/** The dispatcher: a processor's state and a budget in, an exit out; in between, code is found, translated when it is worth it, and run. */
import { Bug } from "../base/errors.ts";
import type { Exit } from "../base/exit.ts";
import { Jumps, jumpAt } from "../base/jumps.ts";
import { Header } from "../base/layout.ts";
import type { SystemPort } from "../base/port.ts";
import { Status } from "../base/status.ts";
import { saltOf, slotOf } from "../cache/cache.ts";
import { type Entry, placeIn } from "../cache/entry.ts";
import { createInterpreter } from "../interpret/interpret.ts";
import type { Emitter } from "../ir/block.ts";
import type { Tier } from "../tier/policy.ts";
import { mayCall } from "./beside.ts";
import { exitOf } from "./exits.ts";
import { createLandmarks } from "./landmarks.ts";
import { createLifted } from "./lifted.ts";
import type { Dispatcher, DispatcherParts } from "./parts.ts";
import { createPlaces } from "./places.ts";
import { newStatistics } from "./statistics.ts";
import { createTranslator } from "./translate.ts";

/** Generated code counts in signed 32 bits. */
const longestBudget = 2 ** 30;
/** 2 to this power instructions in one go of a unit count as one more run of it: a unit may loop inside. */
const loopShift = 7;
/** Pairs of view and context that are known at most. */
const mostModes = 1 << 12;
/** Not a status: the code at pc has not been translated. */
const notTranslated = -1;

/** Blocks hold no system ops. */
const nothing = (): never => {
	throw new Bug("dispatch: a block asked for the system port");
};
const noSystem: SystemPort = { retired: nothing, clock: nothing, syncCode: nothing, syncTranslation: nothing, offers: nothing, hostcall: nothing };

export function createDispatcher(parts: DispatcherParts): Dispatcher {
	const { isa, layout, env, interpreter, code, cache, watch } = parts;
	const { entries, views } = cache.table;
	const words = new Int32Array(env.memory.buffer);
	const { statistics, taken } = newStatistics();
	const { tiers } = statistics;
	const alone = parts.alone ?? false;
	const helped = parts.helper !== undefined;
	const emitters = new Map<Tier, Emitter>(parts.emitters.map((emitter) => [emitter.name, emitter]));
	const landmarks = createLandmarks();
	/** Runs whole blocks that are cold. Its port answers `assist` like that of translated code, so that a store to the block itself is seen in time. */
	const cold = createInterpreter(isa, layout, { memory: env.memory, port: env.port, system: noSystem });
	const places = createPlaces(parts, statistics, landmarks, createLifted(cache.limits.ops), cold.compiled);
	const { promote, arrive, keep } = createTranslator(parts, statistics, places, emitters, landmarks);

	const pcWord = layout.offsets[0]! >> 2;
	const wide = isa.addressBits > 32;
	const jumps = env.jumps === undefined ? -1 : env.jumps >> 2;
	const modeOf = createModes();
	const contexts = isa.contexts.map(({ cell, shift }) => ({ word: layout.offsets[cell]! >> 2, scale: 2 ** shift }));

	/** Of the `run` that is going on. */
	let salt = 0;
	let budget = 0;
	let left = 0;
	let asked = false;

	function contextOf(s: number): number {
		if (contexts.length === 0) return 0;
		let context = (words[s + contexts[0]!.word]! >>> 0) * contexts[0]!.scale;
		for (let i = 1; i < contexts.length; i++) context += (words[s + contexts[i]!.word]! >>> 0) * contexts[i]!.scale;
		return context;
	}

	function pcOf(state: number): number {
		const at = (state >> 2) + pcWord;
		return wide ? words[at + 1]! * 4294967296 + (words[at]! >>> 0) : words[at]! >>> 0;
	}

	/** So that translated code finds the place by itself the next time. */
	function noteJump(lo: number, hi: number, mode: number, place: number): void {
		const at = jumps + (jumpAt(lo) >> 2);
		words[at] = lo;
		words[at + (Jumps.hi >> 2)] = hi;
		words[at + (Jumps.mode >> 2)] = mode;
		words[at + (Jumps.place >> 2)] = place;
	}

	/** The entry at pc; null: it cannot be fetched. */
	function here(state: number, view: number): Entry | null {
		const s = state >> 2;
		const lo = words[s + pcWord]!;
		const hi = wide ? words[s + pcWord + 1]! : 0;
		const context = contextOf(s);
		const slot = slotOf(lo, hi, context, salt);
		const known = entries[slot]!;
		if (known?.live && known.lo === lo && known.hi === hi && known.context === context && views[slot] === view) return known;
		const entry = places.at(state, lo, hi, context, view);
		if (entry?.live) {
			entries[slot] = entry;
			views[slot] = view;
		}
		return entry;
	}

	/** The entry at pc, if the table in front knows it and its instruction is a quiet one. */
	function quietHere(s: number, view: number): Entry | null {
		const lo = words[s + pcWord]!;
		const hi = wide ? words[s + pcWord + 1]! : 0;
		const context = contextOf(s);
		const slot = slotOf(lo, hi, context, salt);
		const entry = entries[slot]!;
		if (!entry?.live || entry.lo !== lo || entry.hi !== hi || entry.context !== context || views[slot] !== view) return null;
		return entry.single?.quiet ? entry : null;
	}

	/** The indirect jump that ends so many bytes behind where an entry led to went to pc. */
	function jumped(state: number, entry: Entry, bytes: number, view: number): void {
		const behind = placeIn(entry) + bytes;
		if (!landmarks.asks(behind)) return;
		const pc = pcOf(state);
		const distance = pc - entry.pc - bytes;
		landmarks.jumped(behind, mayCall(entry.pc + bytes - 1, pc, view) ? behind + distance : -1 - (pc >>> 0), distance);
	}

	/** Carries out the instruction of an entry alone, with the full port. */
	function single(state: number, entry: Entry): number {
		const one = entry.single ?? places.single(state, entry);
		if (one === null) return words[(state + Header.status) >> 2]!;
		if (typeof one === "number") return one;
		const status = one.run(state);
		const { retired } = interpreter;
		statistics.singles++;
		tiers.interpret.instructions += retired;
		left -= retired;
		return alone && status === Status.yield ? Status.next : status;
	}

	function leave(state: number, status: number, retired: number): Exit {
		taken[status]!++;
		watch?.left(status, pcOf(state));
		return exitOf(words, state, status, retired);
	}

	/**
	 * Runs translated code for as long as one unit leads to the next. Answers what the last one came back with; or `notTranslated`.
	 * Everything in this loop is paid for each time guest code leaves a unit (calls and returns, mostly): measured, it costs as much as ten guest instructions.
	 */
	function translated(state: number, view: number): number {
		const s = state >> 2;
		const pcAt = s + pcWord;
		const budgetAt = s + (Header.budget >> 2);
		const fromAt = s + (Header.from >> 2);
		const modeAt = s + (Header.mode >> 2);
		/** Budget of which `left` knows: what is gone since has been done by translated code. */
		let given = Math.min(left, longestBudget);
		const spread = salt;
		let remaining = given;
		let instructions = 0;
		let status: number = notTranslated;
		let javaScript = 0;
		let javaScriptRuns = 0;
		let runs = 0;
		words[budgetAt] = given;
		for (;;) {
			const lo = words[pcAt]!;
			const hi = wide ? words[pcAt + 1]! : 0;
			const context = contextOf(s);
			const slot = slotOf(lo, hi, context, spread);
			const entry = entries[slot]!;
			if (entry === null || entry.lo !== lo || entry.hi !== hi || entry.context !== context || views[slot] !== view) break;
			const unit = entry.code;
			if (unit === null) break;
			if (jumps >= 0 && unit.links !== null && entry.link > 0) noteJump(lo, hi, words[modeAt]!, entry.link);
			status = unit.run(state, entry.label);
			const now = words[budgetAt]!;
			const done = remaining - now;
			remaining = now;
			runs++;
			if (unit.tier === "js") {
				javaScript += done;
				javaScriptRuns++;
				const behind = words[fromAt]!;
				if (behind !== 0) {
					words[fromAt] = 0;
					if (status === Status.next) jumped(state, entry, (behind - lo) | 0, view);
				}
			}
			entry.runs += 1 + (done >>> loopShift);
			if (entry.runs >= entry.ask) {
				left -= given - remaining;
				promote(state, entry, view);
				left += given - remaining;
			}
			if (status === Status.privileged && remaining > 0) {
				const quiet = quietHere(s, view);
				if (quiet === null) break;
				left -= given - remaining;
				instructions += given - remaining;
				const before = left;
				status = single(state, quiet);
				statistics.quiet++;
				remaining -= before - left;
				given = remaining;
				words[budgetAt] = remaining;
			}
			if (status !== Status.next) break;
			status = notTranslated;
		}
		left -= given - remaining;
		instructions += given - remaining;
		tiers.js.instructions += javaScript;
		tiers.js.runs += javaScriptRuns;
		tiers.wasm.instructions += instructions - javaScript;
		tiers.wasm.runs += runs - javaScriptRuns;
		return status;
	}

	/** The privileged instruction at pc, if it can be fetched; the run comes back after it where the machine has something to look at. */
	function privileged(state: number, view: number): number {
		if (left === 0) return Status.privileged;
		const entry = here(state, view);
		const one = entry === null ? null : places.single(state, entry);
		if (entry === null || one === null || typeof one === "number") return Status.privileged;
		if (one.quiet) {
			statistics.quiet++;
			return single(state, entry);
		}
		if (code.settled === undefined) return Status.privileged;
		const context = contextOf(state >> 2);
		const status = single(state, entry);
		if (status !== Status.next) return status;
		// else what was found out for this run may hold no more
		if (contextOf(state >> 2) === context && code.settled(state)) statistics.quiet++;
		else asked = true;
		return status;
	}

	/** A cold block, or what there is instead of one; translates it when it is due. Answers `Status.next`, or what `run` is to deal with. */
	function interpreted(state: number, view: number): number {
		if (helped) arrive();
		const entry = here(state, view);
		if (entry === null) return words[(state + Header.status) >> 2]!;
		if (entry.leave !== Status.next) return entry.leave;
		if (!entry.live) return single(state, entry);
		if (entry.code !== null || (entry.runs >= entry.ask && promote(state, entry, view))) return Status.next;
		entry.runs++;
		const block = places.cold(state, entry);
		if (block === null) return words[(state + Header.status) >> 2]!;
		if (block.count > left) return Status.budget;
		const status = cold.start(block.program, state);
		left -= cold.retired;
		tiers.interpret.instructions += cold.retired;
		tiers.interpret.runs++;
		if (block.jumps > 0 && status === Status.next) jumped(state, entry, block.jumps, view);
		return status;
	}

	/** Answers `Status.next`, or what `run` is to return with. */
	function round(state: number, view: number): number {
		let status = translated(state, view);
		if (status === notTranslated) {
			if (left === 0) return Status.next;
			status = interpreted(state, view);
		}
		if (status === Status.privileged) return privileged(state, view);
		if (status === Status.assist) {
			statistics.assists++;
			watch?.left(status, pcOf(state));
		} else if (status !== Status.budget) return status;
		if (left === 0) return Status.next;
		// one instruction with the full port: the one that asked for it, or one of the last of the budget, which no longer covers the block
		const place = here(state, view);
		if (place === null) return words[(state + Header.status) >> 2]!;
		if (place.leave !== Status.next) return place.leave;
		if (status === Status.assist && landmarks.assisted(place.pc, view === 0, tiers.wasm.instructions)) cache.forget(place.page);
		return single(state, place);
	}

	function run(state: number, wanted: number): Exit {
		if (helped) arrive();
		const view = code.view(state);
		salt = saltOf(view);
		words[(state + Header.mode) >> 2] = modeOf(view, contextOf(state >> 2));
		budget = wanted;
		left = wanted;
		asked = false;
		let status: number = Status.next;
		while (left > 0 && status === Status.next && !asked) status = round(state, view);
		const retired = budget - left;
		budget = 0;
		left = 0;
		if (status === Status.next && !asked) status = Status.budget;
		// a block that ends before such an instruction may have used the budget up: then that instruction is for the next run
		if (retired === wanted && (status === Status.privileged || status === Status.illegal)) status = Status.budget;
		return leave(state, status, retired);
	}

	return {
		run,
		stepOne(state) {
			const view = code.view(state);
			salt = saltOf(view);
			const entry = here(state, view);
			budget = 1;
			left = 1;
			const status = entry === null ? words[(state + Header.status) >> 2]! : single(state, entry);
			const retired = budget - left;
			budget = 0;
			left = 0;
			return leave(state, status, retired);
		},
		leave() {
			asked = true;
		},
		get progress() {
			return budget - left;
		},
		cache,
		statistics,
		keep,
	};
}

/** A number above 0 for each pair of a view and a context. */
function createModes(): (view: number, context: number) => number {
	/** By context: the numbers of views. */
	let modes = new Map<number, Map<number, number>>();
	let [known, made] = [0, 0];
	let [lastView, lastContext, last] = [-1, -1, 0];
	return (view, context) => {
		if (view === lastView && context === lastContext) return last;
		// numbers are never used twice, so entries of the jump table that are forgotten here count for nothing
		if (known >= mostModes) [modes, known] = [new Map(), 0];
		let views = modes.get(context);
		if (views === undefined) modes.set(context, (views = new Map()));
		let mode = views.get(view);
		if (mode === undefined) {
			mode = ++made;
			known++;
			views.set(view, mode);
		}
		[lastView, lastContext, last] = [view, context, mode];
		return mode;
	};
}
