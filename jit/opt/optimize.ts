/** A block in, the same block with fewer ops out: the passes in their order. */
import type { Block } from "../ir/block.ts";
import { dropDeadSets } from "./dead-set.ts";
import { dropDeadValues } from "./dead-value.ts";
import { mergeValues } from "./merge-values.ts";

/** A pass keeps what the block means at every place it can leave, and keeps it valid (`verifyBlock`). The block that came in stays as it is. */
export type Pass = (block: Block) => Block;

/** By name, in the order they run. */
export const passes: ReadonlyMap<string, Pass> = new Map([
	["merge-values", mergeValues],
	["dead-set", dropDeadSets],
	["dead-value", dropDeadValues],
]);

/** All passes. Constants were folded and registers forwarded when the block was lifted. */
export function optimize(block: Block): Block {
	let b = block;
	for (const pass of passes.values()) b = pass(b);
	return b;
}
