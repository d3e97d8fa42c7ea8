/** A seed in, a random template out: all that semantics may do, jumps and traps in arms of `if`s included. */
import { makeOp, type Op, type OpName } from "../../jit/ir/op.ts";
import type { Isa, Template } from "../../jit/spec/isa.ts";
import { shapeOf } from "../ir/bigint.ts";
import { Random } from "../ir/random.ts";

const pure: readonly OpName[] =
	"add sub mul divs remu and or xor not shl shr sar rotl rotr eq ne lts ltu les leu sext zext trunc select clz ctz popcount bswap mulhs".split(" ") as OpName[];

export function randomTemplate(seed: number, isa: Isa): Template {
	return new Maker(seed, isa).run();
}

class Maker {
	private readonly random: Random;
	private readonly ops: Op[] = [];
	private sight: number[] = [];
	private readonly isa: Isa;
	constructor(seed: number, isa: Isa) {
		this.random = new Random(seed);
		this.isa = isa;
	}

	run(): Template {
		this.statements(0);
		return { ops: this.ops, result: -1 };
	}

	private push(...o: Parameters<typeof makeOp>): number {
		const i = this.ops.push(makeOp(...o)) - 1;
		this.sight.push(i);
		return i;
	}
	private value(w: number): number {
		const { random, sight, ops } = this;
		for (let k = 0; k < 5 && sight.length; k++) {
			const v = random.pick(sight);
			if (ops[v].w === w) return v;
		}
		if (sight.length && random.once(2)) {
			const v = random.pick(sight);
			const from = ops[v].w;
			return from === w ? v : from > w ? this.push("trunc", w, v) : this.push(random.pick(["zext", "sext"]), w, v);
		}
		const files = this.isa.files.flatMap((f, i) => (f.width === w ? [i] : []));
		switch (random.below(6)) {
			case 0:
				return this.push("operand", w, -1, -1, -1, random.below(3));
			case 1:
				if (w === this.isa.addressBits) return this.push(random.pick(["pc", "next"]), w);
				break;
			case 2:
			case 3:
				if (files.length) return this.getFile(random.pick(files));
				break;
			case 4: {
				const cells = this.isa.cells.flatMap((c, i) => (i > 0 && c.width === w && c.kind !== "context" ? [i] : []));
				if (cells.length) return this.push("getreg", w, -1, -1, -1, random.pick(cells));
				break;
			}
			default:
		}
		const [lo, hi] = random.bits(w);
		return this.push("const", w, -1, -1, -1, lo, hi);
	}
	private index(file: number): number {
		const { random } = this;
		if (!random.once(4)) return this.push("operand", 4, -1, -1, -1, random.below(2));
		if (random.once(3)) return this.value(random.pick([3, 5]));
		return this.push("const", 5, -1, -1, -1, random.below(this.isa.files[file].places.length));
	}
	private getFile(file: number): number {
		return this.push("getfile", this.isa.files[file].width, this.index(file), -1, -1, file);
	}

	/** true: the last of them leaves */
	private statements(depth: number): boolean {
		const { random, isa, ops } = this;
		for (let k = 1 + random.below(depth ? 4 : 8); k > 0; k--) {
			switch (random.below(depth < 3 ? 11 : 9)) {
				case 0: {
					const file = random.below(isa.files.length);
					const index = this.index(file);
					ops.push(makeOp("setfile", 0, index, this.value(isa.files[file].width), -1, file));
					break;
				}
				case 1: {
					const cells = isa.cells.flatMap((c, i) => (i > 0 && c.kind !== "context" ? [i] : []));
					const cell = random.pick(cells);
					ops.push(makeOp("setreg", isa.cells[cell].width, this.value(isa.cells[cell].width), -1, -1, cell));
					break;
				}
				case 2: {
					const space = random.below(2);
					this.push("load", random.pick([8, 16, 32, 64]), this.address(space), -1, -1, space, 1);
					break;
				}
				case 3: {
					const space = random.below(2);
					const w = random.pick([8, 16, 32, 64]);
					const address = this.address(space);
					ops.push(makeOp("store", w, address, this.value(w), -1, space));
					break;
				}
				case 4:
					if (!depth && !random.once(10)) break;
					if (random.once(2)) {
						const cause = this.value(random.width());
						ops.push(makeOp("trap", 0, cause, this.value(random.width())));
					} else ops.push(makeOp("jump", 0, this.value(isa.addressBits)));
					return true;
				case 9:
				case 10:
					if (this.branch(depth)) return true;
					break;
				default: {
					const op = random.pick(pure);
					const shape = shapeOf(op, random.width(), random.width());
					const [a, b, c] = [shape.a, shape.b, shape.c].map((w) => (w ? this.value(w) : -1));
					this.push(op, shape.w, a, b, c);
				}
			}
		}
		return false;
	}
	private address(space: number): number {
		const w = this.isa.memories[space].address;
		if (w === 16 || this.random.once(10)) return this.value(w);
		return this.push("zext", w, this.value(16));
	}

	private branch(depth: number): boolean {
		const { random, ops } = this;
		ops.push(makeOp("if", 0, this.value(1)));
		const outer = this.sight;
		this.sight = [...outer];
		const left1 = random.once(5) ? false : this.statements(depth + 1);
		const first = this.sight;
		this.sight = [...outer];
		ops.push(makeOp("else", 0));
		const left2 = random.once(3) ? false : this.statements(depth + 1);
		const second = this.sight;
		ops.push(makeOp("end", 0));
		this.sight = outer;
		if (left1 && left2) return true;
		const made: number[] = [];
		for (let k = random.below(4); k > 0; k--) {
			const side = left1 ? second : first;
			if (!side.length) break;
			const v = side[Math.max(random.below(side.length), random.below(side.length))];
			const w = ops[v].w;
			const others = second.filter((x) => ops[x].w === w);
			if (left1) made.push(ops.push(makeOp("phi", w, -1, v)) - 1);
			else if (left2) made.push(ops.push(makeOp("phi", w, v, -1)) - 1);
			else if (others.length) made.push(ops.push(makeOp("phi", w, v, random.pick(others))) - 1);
		}
		this.sight.push(...made);
		return false;
	}
}
