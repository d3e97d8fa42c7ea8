/**
 * A processor in, its call stack out, whatever the instruction set and without tables of frames: a copy of the processor runs ahead to where the function returns,
 * and what it returns to, when a call stands in front of it, is the caller.
 */
import { Status } from "../../../jit/base/status.ts";
import type { Processor } from "../../hypervisor/processor.ts";
import type { Look, Saved } from "./look.ts";
import { createPaths, type Path } from "./paths.ts";

export interface Unwinder {
	/** Addresses, the innermost first: the one that runs, then return addresses. */
	stack(processor: Processor): number[];
	/** Where functions begin, as calls that were met say. */
	readonly functions: ReadonlySet<number>;
}

/** Where a function lies: first address, and that behind the last. */
export interface Extent {
	readonly start: number;
	readonly end: number;
}

/** Frames of a stack that are looked for. */
export const mostFrames = 100;
const mostFunctions = 1 << 16;

/** Equal registers go the same way: what was stored meanwhile lies behind them. */
const equal = (a: Saved, b: Saved): boolean => a.registers.every((byte, i) => byte === b.registers[i]);

/** `functionAt`: the function that an address lies in, as symbols say; null: not known. */
export function createUnwinder(look: Look, functionAt: (pc: number) => Extent | null): Unwinder {
	const functions = new Set<number>();
	const paths = createPaths(look, (pc) => functions.has(pc) || functionAt(pc)?.start === pc);

	/** Follows a way on the copy; the address that its last jump goes to, or null. */
	function follow(path: Path): number | null {
		for (const { block, to } of path) {
			if (block !== null) {
				const status = look.run(block);
				const { kind } = block.end;
				if (status !== Status.next && kind !== "none" && kind !== "leave") return null;
			}
			if (to === null) break;
			look.setPc(to);
		}
		return look.pc();
	}
	/**
	 * Where a way comes to an address behind a call; best a call of the very function (`own`), else of any: there are jumps to the end of another function, and
	 * switches that look like returns. The copy is then in the caller.
	 */
	function caller(ways: readonly (() => readonly Path[])[], own: Extent | null, saved: Saved): number | null {
		let second: { readonly to: number; readonly there: Saved } | null = null;
		for (const way of ways) {
			for (const path of way()) {
				const to = follow(path);
				const called = to === null ? null : paths.callBefore(to);
				// a function that calls itself through a pointer is rarer than a switch with an arm behind such a call
				const arm = called === Number.POSITIVE_INFINITY && own !== null && to! > own.start && to! < own.end;
				if (to !== null && called !== null && !arm) {
					if (called < Number.POSITIVE_INFINITY && functions.size < mostFunctions) functions.add(called);
					if (own === null || called === own.start) return to;
					second ??= { to, there: look.save() };
				}
				look.restore(saved);
			}
		}
		if (second !== null) look.restore(second.there);
		return second?.to ?? null;
	}
	return {
		functions,
		stack(processor) {
			look.at(processor);
			const stack = [look.pc()];
			let before: Saved | null = null;
			while (stack.length < mostFrames) {
				const pc = look.pc();
				const saved = look.save();
				if (look.physical(pc) < 0) break;
				if (before !== null && equal(before, saved)) {
					// a function that never returns, and what happens to stand behind it
					while (stack.length > 1 && stack[stack.length - 2] === pc) stack.pop();
					break;
				}
				before = saved;
				const own = functionAt(stack.length === 1 ? pc : pc - 1);
				const to = caller([() => paths.from(pc), () => (own === null ? [] : paths.rest(pc, own.end))], own, saved);
				if (to === null) break;
				stack.push(to);
			}
			return stack;
		},
	};
}
