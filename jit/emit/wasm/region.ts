/** A region in, one Wasm function `(state, label, stack) -> status` out: registers in locals between its entry, its calls and its exits. */
import { Header } from "../../base/layout.ts";
import { Status } from "../../base/status.ts";
import type { Region } from "../../ir/block.ts";
import { type Ahead, aheadOf, lookAhead } from "./ahead.ts";
import { createBlocks } from "./block.ts";
import type { Sibling } from "./control.ts";
import { asItIs, expecting } from "./expect.ts";
import { hold, Param } from "./held.ts";
import { type Node, type Nodes, unitParams } from "./nodes.ts";
import { planOf, type Surroundings } from "./plan.ts";
import { isApart } from "./restart.ts";

/** What a loop needs to do without checks, and the local that counts its turns with checks. */
interface Lap {
	readonly ahead: Ahead;
	readonly turns: number;
}

/** Adds the region to the module as a function of this name; `places` as in `Job`. Answers the blocks that it may be entered at. */
export function addRegion(
	nodes: Nodes,
	name: string,
	given: Region,
	around: Surroundings,
	places: readonly number[] | undefined,
	siblings: ReadonlyMap<number, Sibling>,
): readonly number[] {
	const expected = given.blocks.map((block) => (isApart(block, given.apart) ? asItIs(block) : expecting(block)));
	const region = { ...given, blocks: expected.map(({ block }) => block) };
	const { blocks, plain, apart } = region;
	const plan = planOf(region, around, places);
	const { shape, flow, entries } = plan;
	const held = hold(nodes, region, around, flow.cells);
	const { frame, budget } = held;
	const emitBlock = createBlocks({ nodes, held, plan, around, siblings, region, expected });
	/** by head */
	const loops = new Map<number, Lap | null>();

	/** Loads what the block that is entered needs; all blocks but the first one share what any of them needs. */
	function enter(): void {
		held.readBudget();
		if (held.table >= 0) frame.set(held.table, nodes.load("i32", 4, Header.table, frame.get(Param.state)));
		const [first, ...others] = entries.map((p) => flow.liveAt(p));
		const rest = [...new Set(others.flat())];
		const both = first!.filter((cell) => rest.includes(cell));
		for (const cell of both) frame.emit(held.read(cell));
		const more = rest.filter((cell) => !both.includes(cell)).map(held.read);
		const only = first!.filter((cell) => !both.includes(cell)).map(held.read);
		if (more.length > 0) frame.emit(nodes.if(frame.get(Param.label), nodes.block(null, more), only.length > 0 ? nodes.block(null, only) : 0));
		else for (const node of only) frame.emit(node);
	}

	/**
	 * The blocks from `first` to `last`, which the loop `head` (-1: the region) consists of. Its segments are blocks and inner loops; each but
	 * the first begins where a Wasm block ends, and the innermost Wasm block decides by the label where to begin.
	 */
	function level(first: number, last: number, head: number): Node[] {
		const starts: number[] = [];
		const isLoop = (p: number) => p !== head && shape.last[p]! >= 0;
		for (let p = first; p <= last; p = isLoop(p) ? shape.last[p]! + 1 : p + 1) starts.push(p);
		const begin = (p: number) => (p === first ? `i${p}` : `b${p}`);
		let code: Node[] = [];
		if (starts.length > 1 && (head >= 0 ? plan.chosen[head] : entries.length > 1)) {
			const labels = blocks.map((_, p) => begin(starts.filter((start) => start <= p).at(-1) ?? first));
			if (head >= 0) code.push(nodes.br(begin(first), nodes.binary("i32", "eq", frame.get(Param.label), nodes.i32(head))));
			code.push(nodes.switch(labels, frame.get(Param.label)));
			code = [nodes.block(begin(first), code)];
		}
		starts.forEach((start, k) => {
			const end = (starts[k + 1] ?? last + 1) - 1;
			if (k > 0) code = [nodes.block(begin(start), code)];
			const lap = isLoop(start) ? lapOf(start) : null;
			if (lap) code.push(nodes.set(lap.turns, nodes.i32(0)));
			if (isLoop(start)) code.push(nodes.loop(`l${start}`, nodes.block(null, level(start, end, start))));
			else code.push(...block(start));
		});
		return code;
	}

	function block(position: number): Node[] {
		const before = frame.open();
		lap(position);
		held.setDirty(flow.dirtyAt(position));
		const { pc, count } = blocks[position]!;
		if (count > 0) {
			const less = nodes.binary("i32", "sub", frame.get(budget), nodes.i32(count));
			frame.emit(held.setMark(pc, count, Status.budget));
			frame.emit(held.out("leave", nodes.rare(nodes.binary("i32", "lts", nodes.tee(budget, less, "i32"), nodes.i32(0)))));
		}
		emitBlock({ position, free: null });
		return frame.close(before);
	}

	/** null: there is no loop that may do without checks whose head is that block. */
	function lapOf(head: number): Lap | null {
		let known = loops.get(head);
		if (known === undefined) {
			const ahead = look(head);
			known = ahead && { ahead, turns: frame.fixed("i32", `turns${head}`) };
			loops.set(head, known);
		}
		return known;
	}
	function look(head: number): Ahead | null {
		const { calls, cases, known, targets } = plan;
		const last = shape.last[head]!;
		for (let p = head; p <= last; p++)
			if (!plain || isApart(blocks[p]!, apart) || calls[p] !== null || known[p] || cases[p]!.length > 1 || (p > head && shape.last[p]! >= 0)) return null;
		const within = targets.slice(head, last + 1).map((list) => list.filter((to) => to >= head && to <= last).map((to) => to - head));
		return last < head ? null : aheadOf(blocks.slice(head, last + 1), within, around.ram);
	}
	/** In front of a loop: after some turns with checks, as many as are possible without. */
	function lap(head: number): void {
		const loop = lapOf(head);
		if (!loop) return;
		const { ahead, turns } = loop;
		const away = `a${head}`;
		const before = frame.open();
		const more = nodes.tee(turns, nodes.binary("i32", "add", frame.get(turns), nodes.i32(1)), "i32");
		frame.emit(nodes.br(away, nodes.binary("i32", "leu", more, nodes.i32(ahead.patience))));
		frame.set(turns, nodes.i32(0));
		const left = frame.temporary("i32");
		lookAhead(nodes, frame, around.ram, ahead, budget, left, held.registers, away);
		const last = head + ahead.groups.length - 1;
		const free = { head, last, groups: ahead.groups, left };
		let code: Node[] = [];
		for (let p = head; p <= last; p++) {
			const outside = frame.open();
			held.setDirty(flow.dirtyAt(p));
			frame.set(budget, nodes.binary("i32", "sub", frame.get(budget), nodes.i32(blocks[p]!.count)));
			emitBlock({ position: p, free });
			const body = frame.close(outside);
			code = p === head ? body : [nodes.block(`f${p}`, code), ...body];
		}
		frame.emit(nodes.loop(`f${head}`, nodes.block(null, code)));
		frame.release(left);
		frame.flush();
		const all = frame.close(before);
		frame.emit(nodes.block(away, all));
	}

	const before = frame.open();
	enter();
	for (const node of level(0, blocks.length - 1, -1)) frame.emit(node);
	const body = held.withExits(frame.close(before));
	nodes.function(name, unitParams, "i32", frame.types, nodes.block(null, [...body, nodes.unreachable()], "i32"), frame.names);
	return entries;
}
