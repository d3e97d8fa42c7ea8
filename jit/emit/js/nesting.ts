/** `if`s of a list of ops in, nested lines of JavaScript with their phis as locals out. */
import type { Op } from "../../ir/op.ts";
import { type Arms, armsOf } from "../shared/region.ts";
import { bare, type Values } from "./values.ts";

export interface Nesting {
	/** Writes a line, indented as deep as `if`s are open. */
	readonly line: (text: string) => void;
	/** The `if` at op `i`, the `else` and the `end` of the innermost one that is open. */
	open(values: Values, i: number): void;
	other(values: Values): void;
	close(values: Values): void;
}

/** `instead`: text that gives a phi its value at the end of its first or second arm, where that is not the value it names; else null. */
export function createNesting(
	ops: readonly Op[],
	write: (text: string) => void,
	instead: (phi: number, second: boolean) => string | null = () => null,
): Nesting {
	const arms = armsOf({ ops });
	const opened: { arms: Arms; second: boolean }[] = [];
	let indent = "";
	const line = (text: string): void => write(indent + text);
	const assign = (values: Values): void => {
		const { arms: at, second } = opened[opened.length - 1]!;
		for (const p of at.phis) {
			const from = second ? ops[p]!.b : ops[p]!.a;
			if (from < 0 || !values.used(p)) continue;
			const other = instead(p, second);
			if (other !== null) line(`v${p} = ${other};`);
			else if (values.wide(p)) {
				const [lo, hi] = values.halves(from);
				line(`v${p}_lo = ${lo}; v${p}_hi = ${hi};`);
			} else line(`v${p} = ${bare(values.text(from))};`);
		}
	};
	return {
		line,
		open(values, i) {
			const condition = values.condition(ops[i]!.a);
			values.open();
			const here = arms.get(i)!;
			for (const p of here.phis) {
				if (!values.used(p)) continue;
				const { lo, hi } = values.own(p);
				line(values.wide(p) ? `let ${lo} = 0, ${hi} = 0;` : `let ${lo} = 0;`);
			}
			line(`if (${bare(condition)}) {`);
			opened.push({ arms: here, second: false });
			indent += "\t";
		},
		other(values) {
			assign(values);
			values.close(true);
			opened[opened.length - 1]!.second = true;
			indent = indent.slice(1);
			line("} else {");
			indent += "\t";
		},
		close(values) {
			assign(values);
			values.close(false);
			opened.pop();
			indent = indent.slice(1);
			line("}");
		},
	};
}
