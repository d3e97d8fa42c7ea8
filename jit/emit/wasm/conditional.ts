/** `if`, `else` and `end` ops of a block in, Wasm's `if` out: arms nest, and end in the values of their phis. */
import type { Op } from "../../ir/op.ts";
import type { Arms } from "../shared/region.ts";
import type { Frame } from "./frame.ts";
import { type Node, type Nodes, typeOf } from "./nodes.ts";
import type { Values } from "./values.ts";

export class Conditional {
	readonly #open: { condition: Node; before: Node[]; first: Node[] | null; phis: readonly { op: Op; local: number; index: number }[] }[] = [];
	constructor(
		readonly nodes: Nodes,
		readonly frame: Frame,
		readonly values: Values,
		readonly ops: readonly Op[],
	) {}

	if(at: number, arms: Arms): void {
		this.values.beforeArms();
		const live = arms.phis.filter((phi) => this.values.isLive(phi));
		const phis = live.map((index) => ({ op: this.ops[index]!, local: this.frame.temporary(typeOf(this.ops[index]!.w)), index }));
		const condition = this.values.use(this.ops[at]!.a);
		this.#open.push({ condition, before: this.frame.open(), first: null, phis });
	}
	#finish(arm: "a" | "b"): void {
		for (const { op, local } of this.#open.at(-1)!.phis) if (op[arm] >= 0) this.frame.set(local, this.values.use(op[arm]));
	}
	else(): void {
		this.#finish("a");
		this.#open.at(-1)!.first = this.frame.open();
	}
	end(): void {
		this.#finish("b");
		const { condition, before, first, phis } = this.#open.pop()!;
		const second = this.frame.close(before);
		this.frame.emit(this.nodes.if(condition, this.nodes.block(null, first!), second.length > 0 ? this.nodes.block(null, second) : 0));
		for (const { index, local } of phis) this.values.placed(index, local);
	}
}
