/** Code at an address in, ways out from there to where its function returns: calls stepped over, branches taken as it suits. */
import { Status } from "../../../jit/base/status.ts";
import type { Block } from "../../../jit/ir/block.ts";
import { returnAddress } from "../../../jit/ir/calls.ts";
import { isBlock } from "../../../jit/lift/lift.ts";
import type { Look } from "./look.ts";

/** `block`: null where an instruction is left out (a privileged one). `to`: where the way goes on; null: its end, an indirect jump. */
export interface Step {
	readonly block: Block | null;
	readonly to: number | null;
}
export type Path = readonly Step[];

export interface Paths {
	/** The shortest ways, shortest first. */
	from(pc: number): readonly Path[];
	/** Parts of the rest of a function, up to `end`, that end in indirect jumps: for where `from` finds nothing. */
	rest(pc: number, end: number): readonly Path[];
	/** Does a call stand in front of that address? Then where it leads to, or `Infinity` when that is not known; else null. */
	callBefore(pc: number): number | null;
}

/** Blocks of a function without branches that a way leads through, instead of over the call: such as save registers for their callers. */
const mostStraight = 4;
/** Blocks that are looked at from one address on, and ways that are tried. */
const mostBlocks = 300;
const mostPaths = 4;
/** Things that are remembered; when there are more, all are forgotten. */
const mostThings = 1 << 16;

interface Node {
	readonly pc: number;
	readonly from: Node | null;
	/** How it was reached from there. */
	readonly steps: Path;
}

/** `begins`: is a function known to begin there? Code that would run on into one comes from a call that does not return. */
export function createPaths(look: Look, begins: (pc: number) => boolean): Paths {
	const blocks = new Map<string, Block | null>();
	const found = new Map<string, readonly Path[]>();
	const calls = new Map<string, number | null>();
	/** One page at different addresses, or another page at the same, is other code. */
	const key = (pc: number): string => `${pc} ${look.physical(pc)} ${look.context()}`;

	function remembered<T>(map: Map<string, T>, name: string, make: () => T): T {
		const known = map.get(name);
		if (known !== undefined) return known;
		if (map.size >= mostThings) map.clear();
		const made = make();
		map.set(name, made);
		return made;
	}
	/** Instructions before the one in the block at which a function begins; 0: there is none. */
	function before({ ops, pc }: Block): number {
		let at = pc;
		for (const { op, b, c } of ops) {
			if (op !== "insn") continue;
			if (c > 0 && begins(at)) return c;
			at += b;
		}
		return 0;
	}
	/** The block there, at most to where a function begins; null: the first instruction is privileged, or there is none. */
	const blockAt = (pc: number): Block | null =>
		remembered(blocks, key(pc), () => {
			const whole = look.lifter.block(look.code, pc, look.context());
			const count = isBlock(whole) ? before(whole) : 0;
			const block = count > 0 ? look.lifter.block(look.code, pc, look.context(), count) : whole;
			return isBlock(block) ? block : null;
		});
	/** Where a block that is no call goes when traps are answered; an empty list where it ends. */
	function next({ end, pc, bytes }: Block): number[] {
		if (end.kind === "jump") return [end.to];
		if (end.kind === "branch") return end.then === end.else ? [end.then] : [end.else, end.then];
		if (end.kind === "leave") return end.status === Status.privileged ? [end.pc] : [];
		return end.kind === "none" ? [pc + bytes] : [];
	}
	/** The address behind a privileged instruction that goes on there. */
	function behind(pc: number): number | null {
		const single = look.lifter.single(look.code, pc, look.context());
		if (!isBlock(single)) return null;
		const after = pc + single.bytes;
		return (single.end.kind === "jump" && single.end.to === after) || single.end.kind === "none" ? after : null;
	}
	function pathTo(node: Node, last: Block): Path {
		const parts: Path[] = [[{ block: last, to: null }]];
		for (let at = node; at.from !== null; at = at.from) parts.push(at.steps);
		return parts.reverse().flat();
	}
	/** From a call to where it returns: over the function, or through it where that is short and straight. */
	function call(block: Block, back: number): Path {
		const over = [{ block, to: back }];
		if (block.end.kind !== "jump") return over;
		const through: Step[] = [{ block, to: block.end.to }];
		for (let at = block.end.to; through.length <= mostStraight; ) {
			const part = blockAt(at);
			if (part === null || returnAddress(part) !== null) return over;
			if (part.end.kind === "indirect") return [...through, { block: part, to: back }];
			if (part.end.kind !== "jump") return over;
			at = part.end.to;
			through.push({ block: part, to: at });
		}
		return over;
	}
	function search(pc: number): Path[] {
		const paths: Path[] = [];
		const seen = new Set([pc]);
		const queue: Node[] = [{ pc, from: null, steps: [] }];
		/** `on`: to what stands behind. */
		const visit = (from: Node, to: number, on: boolean, steps: Path): void => {
			if (seen.has(to) || (on && begins(to))) return;
			seen.add(to);
			queue.push({ pc: to, from, steps });
		};
		for (let k = 0; k < queue.length && k < mostBlocks && paths.length < mostPaths; k++) {
			const node = queue[k]!;
			const block = blockAt(node.pc);
			if (block === null) {
				const after = behind(node.pc);
				if (after !== null) visit(node, after, true, [{ block: null, to: after }]);
				continue;
			}
			const back = returnAddress(block);
			if (back !== null) visit(node, back, true, call(block, back));
			else if (block.end.kind === "indirect") paths.push(pathTo(node, block));
			else for (const to of next(block)) visit(node, to, to === block.pc + block.bytes, [{ block, to }]);
		}
		return paths;
	}
	/** Where the call leads that ends in front of `back`, as the last of so many instructions; the first ends at `end` at the latest. */
	function callOf(back: number, end: number, count: number): number | null {
		const { unitBytes, maxBytes } = look;
		for (let at = end - unitBytes; at >= back - count * maxBytes && look.physical(at) >= 0; at -= unitBytes) {
			const block = look.lifter.block(look.code, at, look.context(), count);
			if (!isBlock(block) || block.count !== count || block.bytes !== back - at || returnAddress(block) !== back) continue;
			if (block.end.kind === "jump") return block.end.to;
			if (count === 1) return Number.POSITIVE_INFINITY;
		}
		return null;
	}
	return {
		from: (pc) => remembered(found, key(pc), () => search(pc)),
		rest(pc, end) {
			const paths: Path[] = [];
			for (let at = pc, k = 0; at < end && k < mostBlocks; k++) {
				const block = blockAt(at);
				if (block?.end.kind === "indirect" && returnAddress(block) === null) paths.push([{ block, to: null }]);
				const after = block ? at + block.bytes : behind(at);
				if (after === null) break;
				at = after;
			}
			return paths;
		},
		callBefore: (pc) =>
			remembered(calls, key(pc), () => {
				const one = callOf(pc, pc, 1);
				if (one !== Number.POSITIVE_INFINITY) return one;
				// an address is often made by the instruction before the call
				const two = callOf(pc, pc - look.unitBytes, 2);
				return two === null ? one : two;
			}),
	};
}
