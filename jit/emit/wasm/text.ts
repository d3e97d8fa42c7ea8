/** WebAssembly text of one node a line in, the same text with every expression that fits on a line on one line out. */

type Tree = string | Tree[];
const width = 120;

/** Nothing is changed but white space; functions and imports stay apart. */
export function foldText(text: string): string {
	const open: Tree[][] = [[]];
	for (const token of text.match(/"[^"]*"|[()]|[^\s()"]+/g) ?? []) {
		if (token === "(") open.push([]);
		else if (token === ")") {
			const done = open.pop()!;
			open.at(-1)!.push(done);
		} else open.at(-1)!.push(token);
	}
	return `${open[0]!.map((tree) => lines(tree, "").join("\n")).join("\n")}\n`;
}

function flat(tree: Tree): string {
	return typeof tree === "string" ? tree : `(${tree.map(flat).join(" ")})`;
}
/** A node that reads or computes; a sequence of statements never goes on one line. */
const isOneLine = (tree: Tree[]): boolean => !["module", "block", "loop", "then", "else"].includes(tree[0] as string) && !hasBody(tree);
const hasBody = (tree: Tree[]): boolean => tree[0] === "func" && tree.some((part) => typeof part !== "string" && part[0] !== "param" && part[0] !== "result");

function lines(tree: Tree, indent: string): string[] {
	const one = indent + flat(tree);
	if (typeof tree === "string" || (one.length <= width && isOneLine(tree) && tree.every((part) => typeof part === "string" || isFlat(part)))) return [one];
	// what belongs to the first line: the operation, its atoms, and a function's parameters and result
	const belongs = tree[0] === "func" ? ["param", "result"] : [];
	let head = 1;
	while (head < tree.length && (typeof tree[head] === "string" || belongs.includes(tree[head]![0] as string))) head++;
	const result = [`${indent}(${tree.slice(0, head).map(flat).join(" ")}`];
	for (const part of tree.slice(head)) result.push(...lines(part, `${indent}  `));
	result[result.length - 1] += ")";
	return result;
}
const isFlat = (tree: Tree): boolean => typeof tree === "string" || (isOneLine(tree) && tree.every(isFlat));
