/** The locals and the statements of a Wasm function under construction: types in, local numbers out; nodes in, a body out. */
import type { AnyType, Node, Nodes } from "./nodes.ts";

/** Fixed locals have names; temporary ones are used again when every holder has released them, at the next `flush`. */
export class Frame {
	readonly types: AnyType[] = [];
	readonly names: string[];
	readonly #params: number;
	readonly #free: Record<AnyType, number[]> = { i32: [], i64: [], f32: [], f64: [], v128: [] };
	readonly #holders = new Map<number, number>();
	#released: number[] = [];
	#body: Node[] = [];

	constructor(
		readonly nodes: Nodes,
		params: readonly string[],
	) {
		this.names = [...params];
		this.#params = params.length;
	}

	fixed(type: AnyType, name: string): number {
		this.types.push(type);
		this.names.push(name);
		return this.#params + this.types.length - 1;
	}
	typeOfLocal(local: number): AnyType {
		return local < this.#params ? "i32" : this.types[local - this.#params]!;
	}
	/** A temporary local with one holder. */
	temporary(type: AnyType): number {
		const local = this.#free[type].pop() ?? this.fixed(type, `t${this.names.length}`);
		this.#holders.set(local, 1);
		return local;
	}
	/** A temporary local for the operation that is being emitted only. */
	scratch(type: AnyType): number {
		const local = this.temporary(type);
		this.release(local);
		return local;
	}
	hold(local: number): void {
		const holders = this.#holders.get(local);
		if (holders !== undefined) this.#holders.set(local, holders + 1);
	}
	/** Has no effect on fixed locals. */
	release(local: number): void {
		const holders = this.#holders.get(local);
		if (holders === undefined) return;
		this.#holders.set(local, holders - 1);
		if (holders === 1) this.#released.push(local);
	}
	/** No node that is still to be placed reads a released local. */
	flush(): void {
		for (const local of this.#released) {
			this.#holders.delete(local);
			this.#free[this.typeOfLocal(local)].push(local);
		}
		this.#released = [];
	}

	emit(node: Node): void {
		this.#body.push(node);
	}
	set(local: number, value: Node): void {
		this.emit(this.nodes.set(local, value));
	}
	get(local: number): Node {
		return this.nodes.get(local, this.typeOfLocal(local));
	}
	/** Directs what is emitted from now on into a list of its own; returns the list so far. */
	open(body: Node[] = []): Node[] {
		const before = this.#body;
		this.#body = body;
		return before;
	}
	/** Ends what `open` began: returns what was emitted since. */
	close(before: Node[]): Node[] {
		return this.open(before);
	}
}
