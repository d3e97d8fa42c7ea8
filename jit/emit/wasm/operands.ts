/** What pure operations need of the block around them: the contract between building a node and knowing where values live. */
import type { Op } from "../../ir/op.ts";
import type { Frame } from "./frame.ts";
import type { Node, Nodes } from "./nodes.ts";

export interface Operands {
	readonly nodes: Nodes;
	readonly frame: Frame;
	readonly ops: readonly Op[];
	/** A node for the next use of value i. */
	use(i: number): Node;
	/** A node for the next time somebody asks for the flags that floating-point op i raised. */
	raised(i: number): Node;
}
