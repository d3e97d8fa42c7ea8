/** Reads and writes of cells in, values out: what each register holds now (forwarded), what is in the state (committed), and how to take it all back. */
import type { Builder } from "../ir/builder.ts";
import type { CellSlice, Isa, RegisterFile } from "../spec/isa.ts";

/** A register file made ready: the cell of register i when it is one whole cell, else -1. */
export interface ReadyFile {
	readonly file: RegisterFile;
	readonly whole: Int32Array;
}

export function readyFiles(isa: Isa): ReadyFile[] {
	return isa.files.map((file) => ({
		file,
		whole: Int32Array.from(file.places, (place, i) => {
			const part = place?.length === 1 ? place[0] : null;
			return part && i !== file.zero && part.low === 0 && part.width === isa.cells[part.cell].width ? part.cell : -1;
		}),
	}));
}

/** Cell 0, pc, holds the address to go on at, once a jump has set it. */
export class Cells {
	/** op whose value a cell holds now; -1: as in the state, not read yet */
	readonly current: Int32Array;
	/** op whose value the state holds; -1: not known */
	private readonly committed: Int32Array;
	/** cells written by this instruction */
	private readonly dirty: number[] = [];
	private readonly isDirty: Uint8Array;
	/** (cell, value before; the cell negated - 1 for a read) to take back */
	readonly log: number[] = [];
	private b: Builder;
	private readonly isa: Isa;

	constructor(isa: Isa, builder: Builder) {
		this.isa = isa;
		this.b = builder;
		this.current = new Int32Array(isa.cells.length).fill(-1);
		this.committed = new Int32Array(isa.cells.length).fill(-1);
		this.isDirty = new Uint8Array(isa.cells.length);
	}

	/** As new, for another block. */
	reset(builder: Builder): void {
		this.b = builder;
		this.current.fill(-1);
		this.committed.fill(-1);
		this.isDirty.fill(0);
		this.dirty.length = 0;
		this.log.length = 0;
	}

	/** The state holds this value at the start. */
	assume(cell: number, value: number): void {
		this.current[cell] = value;
		this.committed[cell] = value;
	}

	read(cell: number): number {
		const v = this.current[cell];
		return v >= 0 ? v : this.fetch(cell);
	}
	private fetch(cell: number): number {
		const v = this.b.push("getreg", this.isa.cells[cell].width, -1, -1, -1, cell);
		this.log.push(-1 - cell, -1);
		this.current[cell] = v;
		this.committed[cell] = v;
		return v;
	}
	write(cell: number, value: number): void {
		this.log.push(cell, this.current[cell]);
		this.current[cell] = value;
		if (!this.isDirty[cell]) {
			this.isDirty[cell] = 1;
			this.dirty.push(cell);
		}
	}

	/** Takes back all since `mark` (a length of `log`). `reads`: also what was only read (its value goes out of sight). Answers cells written and their last values. */
	undo(mark: number, reads: boolean): Map<number, number> {
		const written = new Map<number, number>();
		const log = this.log;
		for (let k = log.length - 2; k >= mark; k -= 2) {
			const cell = log[k];
			if (cell >= 0) {
				if (!written.has(cell)) written.set(cell, this.current[cell]);
				this.current[cell] = log[k + 1];
			} else if (reads) {
				this.current[-1 - cell] = -1;
				this.committed[-1 - cell] = -1;
			}
		}
		if (reads) log.length = mark;
		else {
			let to = mark;
			for (let k = mark; k < log.length; k += 2)
				if (log[k] < 0) {
					log[to++] = log[k];
					log[to++] = log[k + 1];
				}
			log.length = to;
		}
		return written;
	}

	/** The instruction is complete: appends its register writes. `pc` too, for functions. */
	commit(pc: boolean): void {
		const { dirty, current, committed, b } = this;
		for (const cell of dirty) {
			this.isDirty[cell] = 0;
			const v = current[cell];
			if (v < 0 || (cell === 0 && !pc) || this.alike(v, committed[cell])) continue;
			b.push("setreg", this.isa.cells[cell].width, v, -1, -1, cell);
			committed[cell] = v;
		}
		dirty.length = 0;
		this.log.length = 0;
	}
	private alike(v: number, w: number): boolean {
		if (v === w) return true;
		if (w < 0) return false;
		const x = this.b.ops[v];
		const y = this.b.ops[w];
		return x.op === "const" && y.op === "const" && x.lo === y.lo && x.hi === y.hi;
	}

	readPart(part: CellSlice): number {
		const v = this.read(part.cell);
		const width = this.isa.cells[part.cell].width;
		if (part.width === width) return v;
		const { b } = this;
		return b.pure("trunc", part.width, part.low ? b.pure("shr", width, v, b.number(8, part.low)) : v);
	}
	writePart(part: CellSlice, value: number): void {
		const width = this.isa.cells[part.cell].width;
		if (part.width === width) {
			this.write(part.cell, value);
			return;
		}
		const { b } = this;
		const extended = b.pure(part.write === "sext" ? "sext" : "zext", width, value);
		const placed = part.low ? b.pure("shl", width, extended, b.number(8, part.low)) : extended;
		if (part.write !== "merge") {
			this.write(part.cell, placed);
			return;
		}
		const hole = b.pure("not", width, b.pure("shl", width, b.pure("zext", width, b.constant(part.width, -1, -1)), b.number(8, part.low)));
		this.write(part.cell, b.pure("or", width, b.pure("and", width, this.read(part.cell), hole), placed));
	}

	/** Register `i` of a file; holes, the zero register and registers that do not exist read 0. */
	getFile(f: ReadyFile, i: number): number {
		const whole = f.whole[i] ?? -1;
		if (whole >= 0) return this.read(whole);
		const { file } = f;
		const parts = i === file.zero ? null : file.places[i];
		const { b } = this;
		if (!parts) return b.number(file.width, 0);
		let value = -1;
		for (const part of parts) {
			const v = b.pure("zext", file.width, this.readPart(part));
			value = value < 0 ? v : b.pure("or", file.width, b.pure("shl", file.width, value, b.number(8, part.width)), v);
		}
		return value;
	}
	setFile(f: ReadyFile, i: number, value: number): void {
		const whole = f.whole[i] ?? -1;
		if (whole >= 0) {
			this.write(whole, value);
			return;
		}
		const { file } = f;
		const parts = i === file.zero ? null : file.places[i];
		if (!parts) return;
		const { b } = this;
		let low = file.width;
		for (const part of parts) {
			low -= part.width;
			this.writePart(part, b.pure("trunc", part.width, low ? b.pure("shr", file.width, value, b.number(8, low)) : value));
		}
	}
}
