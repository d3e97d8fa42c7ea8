/** A loop of a region in, out how to see for how many turns in a row it needs no check: its accesses move by known distances, RAM is so large, and the budget lasts so long. */
import { type DirectRam, pageShift } from "../../base/port.ts";
import type { Block } from "../../ir/block.ts";
import { type Op, opTable } from "../../ir/op.ts";
import type { Frame } from "./frame.ts";
import { type Group, type Groups, groupsOf, originOf } from "./groups.ts";
import { type Node, type Nodes, type Type, typeOf } from "./nodes.ts";
import { halves } from "./port.ts";
import type { Registers } from "./values.ts";

/** Accesses at a distance from what a register is at the start of a turn, which is so many bytes further on in the next turn. */
interface Walk {
	readonly group: Group;
	readonly cell: number;
	readonly type: Type;
	readonly distance: number;
	/** Bytes, or the register that says how many: one that the loop does not set. */
	readonly stride: number | Steps;
}
interface Steps {
	readonly cell: number;
}
export interface Ahead {
	/** By block, from the head of the loop on: its accesses. */
	readonly groups: readonly Groups[];
	readonly walks: readonly Walk[];
	/** Instructions of a turn at most. */
	readonly count: number;
	/** Turns with checks before it is worth a look. */
	readonly patience: number;
}

/** Looking ahead costs about as much as so many instructions, and as many for each walk; it should be paid for by turns, each of which saves some for each walk. */
const price = 16;
const saved = 4;
/** No loop over fewer turns than that. */
const fewest = 3;
/** No loop of more blocks or instructions: there are two of it. */
const mostBlocks = 12;
const mostInstructions = 200;
const pageBytes = 1 << pageShift;
/** No loop that moves faster. */
const mostStride = 1 << 20;

/** How much larger cells are than at the start of the turn, 0 where nothing is said; null: nobody knows. */
type Moved = ReadonlyMap<number, number | Steps | null>;
const movedBy = (moved: Moved, cell: number): number | Steps | null => moved.get(cell) ?? (moved.has(cell) ? null : 0);
const isSame = (a: number | Steps | null, b: number | Steps | null): boolean =>
	a === b || (a !== null && b !== null && typeof a !== "number" && typeof b !== "number" && a.cell === b.cell);

/** What is so on both ways. */
function meet(a: Moved | undefined, b: Moved): Moved {
	if (a === undefined) return b;
	return new Map([...a.keys(), ...b.keys()].map((cell) => [cell, isSame(movedBy(a, cell), movedBy(b, cell)) ? movedBy(a, cell) : null]));
}

/** The cell that a value was read from before the block set it, or -1. */
function cellOf(ops: readonly Op[], value: number): number {
	const { op, lo } = ops[value]!;
	return op !== "getreg" || ops.some((one, i) => i < value && one.op === "setreg" && one.lo === lo) ? -1 : lo;
}

/** `fixed`: is it a cell that the loop does not set? */
function behind({ ops }: Block, before: Moved, fixed: (cell: number) => boolean): Moved {
	const after = new Map(before);
	for (const { op, lo, a } of ops) {
		if (op !== "setreg") continue;
		const { base, distance } = originOf(ops, a, false);
		const moved = movedBy(before, lo);
		const sum = ops[base]!;
		if (cellOf(ops, base) === lo && ops[a]!.w === ops[base]!.w && typeof moved === "number") after.set(lo, moved + distance);
		else if (sum.op === "add" && moved === 0 && distance === 0) {
			const cells = [sum.a, sum.b].map((value) => cellOf(ops, value));
			const by = cells[0] === lo ? cells[1]! : cells[1] === lo ? cells[0]! : -1;
			after.set(lo, by >= 0 && fixed(by) ? { cell: by } : null);
		} else after.set(lo, null);
	}
	return after;
}

/**
 * `loop`: the blocks from its head on; `targets`: where each goes, as places in `loop`. null: something in it may leave it whatever the turn, or goes to places that nobody knows
 * before, or it holds another loop.
 */
export function aheadOf(loop: readonly Block[], targets: readonly (readonly number[])[], ram: DirectRam): Ahead | null {
	const total = loop.reduce((sum, { count }) => sum + count, 0);
	if (loop.length > mostBlocks || total > mostInstructions || loop.some(({ count }) => count === 0)) return null;
	const groups = loop.map((block) => groupsOf(block, ram, true, 1));
	if (groups.every(({ size }) => size === 0)) return null;
	const free = ({ op }: Op, i: number, of: Groups): boolean => (op === "load" || op === "store" ? of.has(i) : op !== "trap" && opTable[op].effect !== "system");
	if (!loop.every(({ ops }, p) => ops.every((op, i) => free(op, i, groups[p]!)))) return null;
	const written = new Set(loop.flatMap(({ ops }) => ops.flatMap(({ op, lo }) => (op === "setreg" ? [lo] : []))));
	const moved: (Moved | undefined)[] = loop.map((_, p) => (p === 0 ? new Map() : undefined));
	const counts = loop.map(({ count }) => count);
	let turn: Moved | undefined;
	for (let p = 0; p < loop.length; p++) {
		if (moved[p] === undefined) return null;
		const after = behind(loop[p]!, moved[p]!, (cell) => !written.has(cell));
		for (const to of targets[p]!) {
			if (to > p) {
				moved[to] = meet(moved[to], after);
				counts[to] = Math.max(counts[to]!, counts[p]! + loop[to]!.count);
			} else if (to === 0) turn = meet(turn, after);
			else return null;
		}
	}
	if (turn === undefined) return null;
	const walks: Walk[] = [];
	for (let p = 0; p < loop.length; p++) {
		const { ops } = loop[p]!;
		for (const group of new Set([...groups[p]!.values()].map((member) => member.group))) {
			const cell = cellOf(ops, group.base);
			const distance = movedBy(moved[p]!, cell);
			const stride = movedBy(turn, cell);
			if (cell < 0 || typeof distance !== "number" || stride === null) return null;
			if (typeof stride !== "number" ? group.stores : Math.abs(stride) > mostStride) return null;
			if (typeof stride === "number" && group.stores && (Math.abs(stride) >= pageBytes / 4 || stride % 2 ** group.align !== 0)) return null;
			walks.push({ group, cell, type: typeOf(ops[group.base]!.w), distance, stride });
		}
	}
	const count = Math.max(...counts);
	return { groups, walks, count, patience: Math.ceil((price * (1 + walks.length)) / Math.min(count, saved * walks.length)) };
}

/** Statements that set `turns` to how many turns need no check, or go to `away` where they are few. */
export function lookAhead(
	nodes: Nodes,
	frame: Frame,
	ram: DirectRam,
	{ walks, count }: Ahead,
	budget: number,
	turns: number,
	registers: Registers,
	away: string,
): void {
	const at = frame.temporary("i32");
	const room = frame.temporary("i32");
	/** An operation with a number that is known. */
	const by = (operation: "add" | "and" | "divu" | "gtu" | "ltu" | "shr", node: Node, number: number): Node =>
		nodes.binary("i32", operation, node, nodes.i32(number));
	const to = (most: number): Node => nodes.binary("i32", "sub", nodes.i32(most), frame.get(at));
	frame.set(turns, by("divu", frame.get(budget), count));
	const limitTo = (way: Node, stride: number): void => limit(Math.abs(stride) === 1 ? way : by("divu", way, Math.abs(stride)));
	/** So many turns behind the first one. */
	const limit = (more: Node): void => {
		frame.set(room, by("add", more, 1));
		frame.set(turns, nodes.select(nodes.binary("i32", "ltu", frame.get(room), frame.get(turns)), frame.get(room), frame.get(turns)));
	};
	for (const { group, cell, type, distance, stride } of walks) {
		const furthest = ram.bytes - group.bytes;
		const offset = frame.scratch(type);
		const start = nodes.number(type, ...halves(distance + group.from - ram.base));
		const tee = nodes.tee(offset, nodes.binary(type, "add", frame.get(registers.get(cell)!), start), type);
		frame.emit(nodes.br(away, nodes.binary(type, "gtu", tee, nodes.number(type, ...halves(furthest)))));
		frame.set(at, type === "i64" ? nodes.wrap(frame.get(offset)) : frame.get(offset));
		if (typeof stride !== "number") {
			const steps = registers.get(stride.cell)!;
			const wide = frame.typeOfLocal(steps) === "i64" ? "i64" : "i32";
			const least = nodes.binary(wide, "sub", frame.get(steps), nodes.number(wide, 1, 0));
			// upwards, and not too far
			frame.emit(nodes.br(away, nodes.binary(wide, "gtu", least, nodes.number(wide, mostStride, 0))));
			limit(nodes.binary("i32", "divu", to(furthest), wide === "i64" ? nodes.wrap(frame.get(steps)) : frame.get(steps)));
			continue;
		}
		if (stride > 0) limitTo(to(furthest), stride);
		if (stride < 0) limitTo(frame.get(at), stride);
		if (group.stores) {
			const { from, end } = group.stores;
			const last = pageBytes - (end - from);
			if (group.align > 0) frame.emit(nodes.br(away, by("and", frame.get(at), 2 ** group.align - 1)));
			if (from !== group.from) frame.set(at, by("add", frame.get(at), from - group.from));
			frame.emit(nodes.br(away, nodes.load("i32", 1, ram.pageFlags, by("shr", frame.get(at), pageShift))));
			frame.set(at, by("and", frame.get(at), pageBytes - 1));
			frame.emit(nodes.br(away, by("gtu", frame.get(at), last)));
			if (stride > 0) limitTo(to(last), stride);
			if (stride < 0) limitTo(frame.get(at), stride);
		}
		frame.flush();
	}
	frame.emit(nodes.br(away, by("ltu", frame.get(turns), fewest)));
	for (const local of [at, room]) frame.release(local);
	frame.flush();
}
