/** A prepared template and an instruction (or a machine function's parameters) in, ops appended to a block out. */
import { Bug } from "../base/errors.ts";
import { Builder } from "../ir/builder.ts";
import type { IndexedSpace, Isa, Template } from "../spec/isa.ts";
import { Cells, type ReadyFile, readyFiles } from "./cells.ts";
import { type IfStep, Kind, type Prepared, prepare, type Step } from "./prepare.ts";

/** How a list of steps ended. */
export const Ended = { open: 0, jumped: 1, trapped: 2 } as const;

/** What holes are filled with. */
interface Frame {
	/** by op number of the template: the value in the block */
	readonly map: Int32Array;
	/** values of operands (as numbers, or as values in the block); null: operands stay (functions) */
	readonly numbers: readonly number[] | null;
	readonly values: readonly number[] | null;
}

/** Prepared templates of an ISA, made when first needed; shared by all lifts. */
export class Library {
	readonly files: readonly ReadyFile[];
	private readonly prepared = new WeakMap<Template, Prepared>();
	readonly isa: Isa;
	/** cells of a block that is done, to be used again: making them took longer than lifting a short block */
	private spare: Cells | null = null;
	private readonly maps: Int32Array[] = [];
	constructor(isa: Isa) {
		this.isa = isa;
		this.files = readyFiles(isa);
	}
	takeCells(builder: Builder): Cells {
		const cells = this.spare ?? new Cells(this.isa, builder);
		this.spare = null;
		cells.reset(builder);
		return cells;
	}
	giveCells(cells: Cells): void {
		this.spare = cells;
	}
	/** A map with room for `size` values; the caller gives it back. What is in it is of no meaning. */
	takeMap(size: number): Int32Array {
		const map = this.maps.pop();
		return map && map.length >= size ? map : new Int32Array(Math.max(64, 2 * size));
	}
	giveMap(map: Int32Array): void {
		this.maps.push(map);
	}
	get(template: Template): Prepared {
		let p = this.prepared.get(template);
		if (!p) {
			p = prepare(template);
			this.prepared.set(template, p);
		}
		return p;
	}
}

/** Appends instructions to one block (or function). */
export class Instantiator {
	readonly b = new Builder();
	readonly cells: Cells;
	/** Values of `pc`, `next`, `raw` where they are values (functions); -1: numbers, below. */
	private pcValue = -1;
	private rawOperand = -1;
	private pc = 0;
	private next = 0;
	private raw = 0;
	private readonly library: Library;
	private readonly isa: Isa;

	constructor(library: Library) {
		this.library = library;
		this.isa = library.isa;
		this.cells = library.takeCells(this.b);
	}

	/** One guest instruction. Its register writes are pending in `cells` until `commit`; pc is there (cell 0) if it jumps. */
	instruction(template: Template, numbers: readonly number[], pc: number, next: number, raw: number): number {
		this.pc = pc;
		this.next = next;
		this.raw = raw;
		this.cells.current[0] = -1;
		const p = this.library.get(template);
		const map = this.library.takeMap(p.size);
		const ended = this.run(p.steps, { map, numbers, values: null });
		this.library.giveMap(map);
		return ended;
	}

	/** The block is done: nothing may be appended any more. */
	release(): void {
		this.library.giveCells(this.cells);
	}

	/** A machine function: parameters stay `operand` ops, `raw` is the one numbered `rawOperand`, `pc` and `next` are the state's pc. Answers the value of its result or -1. */
	machineFunction(template: Template, rawOperand: number): { ended: number; result: number } {
		this.pcValue = this.cells.read(0);
		this.rawOperand = rawOperand;
		const p = this.library.get(template);
		const frame: Frame = { map: new Int32Array(p.size).fill(-1), numbers: null, values: null };
		const ended = this.run(p.steps, frame);
		return { ended, result: ended !== Ended.trapped && p.result >= 0 ? frame.map[p.result] : -1 };
	}

	private pcNumber(n: number): number {
		return this.pcValue >= 0 ? this.pcValue : this.b.number(this.isa.addressBits, n);
	}
	/** The value a cell has, for merging: pc without a jump is the next instruction's. */
	private readCell(cell: number): number {
		if (cell !== 0) return this.cells.read(cell);
		const v = this.cells.current[0];
		return v >= 0 ? v : this.pcNumber(this.next);
	}

	private run(steps: readonly Step[], frame: Frame): number {
		const { b, cells } = this;
		const { map } = frame;
		for (let k = 0; k < steps.length; k++) {
			const s = steps[k];
			// the numbers of `Kind`: literals become a jump table
			switch (s.kind) {
				case 0: // pure
					map[s.index] = b.pure(s.op, s.w, map[s.a], s.b < 0 ? -1 : map[s.b], s.c < 0 ? -1 : map[s.c]);
					break;
				case 21: // float
					map[s.index] = b.push(s.op, s.w, map[s.a], s.b < 0 ? -1 : map[s.b], s.c < 0 ? -1 : map[s.c], s.lo, s.hi, s.d < 0 ? -1 : map[s.d]);
					break;
				case 1: // constant
					map[s.index] = b.constant(s.w, s.lo, s.hi);
					break;
				case 10: // operand
					map[s.index] = this.operand(s, frame);
					break;
				case 4: // getfileOperand
					map[s.index] = this.getFile(s, frame, s.x);
					break;
				case 7: // setfileOperand
					this.setFile(s, frame, s.x);
					break;
				case 2: // getreg
					map[s.index] = s.lo === 0 ? this.pcNumber(this.pc) : cells.read(s.lo);
					break;
				case 3: // setreg
					cells.write(s.lo, map[s.a]);
					break;
				case 5: // getfileNumber
					map[s.index] = cells.getFile(this.library.files[s.lo], s.x);
					break;
				case 8: // setfileNumber
					cells.setFile(this.library.files[s.lo], s.x, map[s.b]);
					break;
				case 6: // getfileValue
					map[s.index] = this.getIndexed(s, map[s.a]);
					break;
				case 9: // setfileValue
					this.setIndexed(s, map[s.a], map[s.b]);
					break;
				case 11: // pc
					map[s.index] = this.pcNumber(this.pc);
					break;
				case 12: // next
					map[s.index] = this.pcNumber(this.next);
					break;
				case 13: // raw
					map[s.index] = this.rawOperand >= 0 ? b.push("operand", s.w, -1, -1, -1, this.rawOperand) : b.number(s.w, this.raw);
					break;
				case 17: // alias
					map[s.index] = map[s.a];
					break;
				case 15: // jump
					cells.write(0, map[s.a]);
					return Ended.jumped;
				case 16: // trap
					b.push("trap", 0, map[s.a], map[s.b]);
					return Ended.trapped;
				case 14: {
					// if
					const ended = this.choice(s as IfStep, frame);
					if (ended !== Ended.open) return ended;
					break;
				}
				case 18: // getspace
				case 19: {
					// setspace
					const ended = this.space(s, frame);
					if (ended === Ended.trapped) return ended;
					break;
				}
				default:
					map[s.index] = b.push(s.op, s.w, s.a < 0 ? -1 : map[s.a], s.b < 0 ? -1 : map[s.b], -1, s.lo, s.hi);
			}
		}
		return Ended.open;
	}

	private operand(s: Step, frame: Frame): number {
		if (frame.values) return frame.values[s.lo];
		if (frame.numbers) return this.b.number(s.w, frame.numbers[s.lo]);
		return this.b.push("operand", s.w, -1, -1, -1, s.lo);
	}

	private getFile(s: Step, frame: Frame, operand: number): number {
		if (frame.numbers) return this.cells.getFile(this.library.files[s.lo], frame.numbers[operand] & s.y);
		return this.getIndexed(s, frame.values ? frame.values[operand] : this.b.push("operand", 32, -1, -1, -1, operand));
	}
	private setFile(s: Step, frame: Frame, operand: number): void {
		if (frame.numbers) this.cells.setFile(this.library.files[s.lo], frame.numbers[operand] & s.y, frame.map[s.b]);
		else this.setIndexed(s, frame.values ? frame.values[operand] : this.b.push("operand", 32, -1, -1, -1, operand), frame.map[s.b]);
	}
	/** A register whose number may be a value: then a chain of selects over the whole file. */
	private getIndexed(s: Step, index: number): number {
		const { b, cells } = this;
		const file = this.library.files[s.lo];
		const op = b.ops[index];
		if (op.op === "const") return cells.getFile(file, op.lo);
		let value = b.number(file.file.width, 0);
		for (let i = 0; i < file.file.places.length; i++)
			value = b.select(file.file.width, b.pure("eq", 1, index, b.number(op.w, i)), cells.getFile(file, i), value);
		return value;
	}
	private setIndexed(s: Step, index: number, value: number): void {
		const { b, cells } = this;
		const file = this.library.files[s.lo];
		const op = b.ops[index];
		if (op.op === "const") {
			cells.setFile(file, op.lo, value);
			return;
		}
		for (let i = 0; i < file.file.places.length; i++) {
			// whole cells are selected: a write may change more of a cell than the register
			const touched = i === file.file.zero ? [] : [...new Set(file.file.places[i]?.map((part) => part.cell))];
			const before = touched.map((cell) => cells.read(cell));
			const here = b.pure("eq", 1, index, b.number(op.w, i));
			cells.setFile(file, i, value);
			touched.forEach((cell, k) => {
				cells.write(cell, b.select(this.isa.cells[cell].width, here, cells.read(cell), before[k]));
			});
		}
	}

	/** An entry of an indexed space, or what the space does where there is none. */
	private space(s: Step, frame: Frame): number {
		const index = frame.map[s.a];
		const op = this.b.ops[index];
		const space = this.isa.spaces[s.lo] as IndexedSpace;
		if (op.op !== "const") throw new Bug(`${this.isa.name}: the index of ${space.name} is not known when lifting; the definition should have refused it`);
		const entry = space.entries.get(op.lo);
		const reads = s.kind === Kind.getspace;
		const own = reads ? entry?.read : entry?.write;
		const template = own ?? (reads ? space.missing.read : space.missing.write);
		const value = reads ? [] : [frame.map[s.b]];
		const p = this.library.get(template);
		const inner: Frame = { map: new Int32Array(p.size), numbers: null, values: own ? value : [index, ...value] };
		const ended = this.run(p.steps, inner);
		if (reads && ended !== Ended.trapped) frame.map[s.index] = p.result >= 0 ? inner.map[p.result] : this.b.number(s.w, 0);
		return ended;
	}

	private choice(s: IfStep, frame: Frame): number {
		const { b } = this;
		const { map } = frame;
		const condition = map[s.a];
		const known = b.ops[condition];
		if (known.op === "const") {
			const ended = this.run(known.lo ? s.yes : s.no, frame);
			if (ended === Ended.open) this.take(s, frame, known.lo ? "a" : "b");
			return ended;
		}
		if (s.speculative) return this.unconditional(s, frame, condition);
		if (s.noTraps && !s.yesTraps) {
			b.push("if", 0, b.pure("not", 1, condition));
			const mark = this.cells.log.length;
			this.run(s.no, frame);
			this.cells.undo(mark, true);
			b.push("else", 0);
			b.push("end", 0);
			const ended = this.run(s.yes, frame);
			if (ended === Ended.open) this.take(s, frame, "a");
			return ended;
		}
		return this.conditional(s, frame, condition);
	}
	/** Only one arm gets to the end: its values are the phis'. */
	private take(s: IfStep, frame: Frame, side: "a" | "b"): void {
		for (let k = 0; k < s.phis.length; k++) frame.map[s.phiIndex[k]] = s.phis[k][side] < 0 ? -1 : frame.map[s.phis[k][side]];
	}

	/** Both arms done, whatever differs selected. */
	private unconditional(s: IfStep, frame: Frame, condition: number): number {
		const { b, cells, isa } = this;
		const mark = cells.log.length;
		const first = this.run(s.yes, frame);
		const writes1 = cells.undo(mark, false);
		const values1 = s.phis.map((phi) => frame.map[phi.a]);
		const mark2 = cells.log.length;
		const second = this.run(s.no, frame);
		const writes2 = cells.undo(mark2, false);
		const width = (cell: number): number => (cell === 0 ? isa.addressBits : isa.cells[cell].width);
		for (const [cell, v] of writes1) cells.write(cell, b.select(width(cell), condition, v, writes2.get(cell) ?? this.readCell(cell)));
		for (const [cell, v] of writes2) if (!writes1.has(cell)) cells.write(cell, b.select(width(cell), condition, this.readCell(cell), v));
		s.phis.forEach((phi, k) => {
			frame.map[s.phiIndex[k]] = b.select(phi.w, condition, values1[k], frame.map[phi.b]);
		});
		return first === Ended.open && second === Ended.open ? Ended.open : Ended.jumped;
	}

	/** A real `if`. What only the second arm writes must have been read before the `if`: when that shows, all is done once more. */
	private conditional(s: IfStep, frame: Frame, condition: number): number {
		const { b, cells } = this;
		const fallThrough = this.readCell(0);
		const start = b.ops.length;
		const mark = cells.log.length;
		b.push("if", 0, condition);
		const first = this.run(s.yes, frame);
		const writes1 = cells.undo(mark, true);
		const values1 = s.phis.map((phi) => (phi.a < 0 ? -1 : frame.map[phi.a]));
		b.push("else", 0);
		if (first === Ended.trapped) {
			b.push("end", 0);
			const ended = this.run(s.no, frame);
			if (ended === Ended.open) this.take(s, frame, "b");
			return ended;
		}
		const second = this.run(s.no, frame);
		const merge = new Map<number, [number, number]>();
		if (second === Ended.trapped) {
			cells.undo(mark, true);
			for (const [cell, v] of writes1) merge.set(cell, [v, -1]);
		} else {
			for (const [cell, v] of writes1) merge.set(cell, [v, cell !== 0 ? cells.read(cell) : cells.current[0] >= 0 ? cells.current[0] : fallThrough]);
			const writes2 = cells.undo(mark, true);
			const missing = [...writes2.keys()].filter((cell) => !writes1.has(cell) && cell !== 0 && cells.current[cell] < 0);
			if (missing.length) {
				b.ops.length = start;
				for (const cell of missing) cells.read(cell);
				return this.conditional(s, frame, condition);
			}
			for (const [cell, v] of writes2) if (!writes1.has(cell)) merge.set(cell, [cell === 0 ? fallThrough : cells.current[cell], v]);
		}
		b.push("end", 0);
		this.join(s, frame, condition, start, merge, values1, second === Ended.trapped);
		return first === Ended.jumped || second === Ended.jumped ? Ended.jumped : Ended.open;
	}

	private join(
		s: IfStep,
		frame: Frame,
		condition: number,
		start: number,
		merge: ReadonlyMap<number, readonly [number, number]>,
		values1: readonly number[],
		secondTrapped: boolean,
	): void {
		const { b, cells, isa } = this;
		const pairs: { w: number; v1: number; v2: number; value: number; done: (v: number) => void }[] = [];
		for (const [cell, [v1, v2]] of merge)
			pairs.push({ w: cell === 0 ? isa.addressBits : isa.cells[cell].width, v1, v2, value: -1, done: (v) => cells.write(cell, v) });
		s.phis.forEach((phi, k) => {
			pairs.push({
				w: phi.w,
				v1: values1[k],
				v2: secondTrapped ? -1 : frame.map[phi.b],
				value: -1,
				done: (v) => {
					frame.map[s.phiIndex[k]] = v;
				},
			});
		});
		const outside = (v: number): boolean => v < 0 || v < start || b.isConstant(v);
		// phis stand directly after the end, so they come first
		for (const p of pairs) if (!(outside(p.v1) && outside(p.v2))) p.value = b.push("phi", p.w, p.v1, p.v2);
		const here = (v: number): number => (v >= start ? b.constant(b.ops[v].w, b.ops[v].lo, b.ops[v].hi) : v);
		for (const p of pairs) {
			if (p.value < 0) p.value = p.v2 < 0 ? here(p.v1) : p.v1 === p.v2 ? here(p.v1) : b.select(p.w, condition, here(p.v1), here(p.v2));
			p.done(p.value);
		}
	}
}
