/** What the host's multiply-add does: nothing in, whether it may be used out. */
import type { AnyType, FloatType, Node, Nodes } from "./nodes.ts";
import { Writer } from "./writer.ts";

/** a, b, c whose a * b + c rounded twice is 0, and rounded once is what the product loses: -2^-60 and 2^-24. */
const probes: Readonly<Record<FloatType, readonly [a: number, b: number, c: number, once: number]>> = {
	f64: [1 + 2 ** -30, 1 - 2 ** -30, -1, -(2 ** -60)],
	f32: [1 + 2 ** -12, 1 - 2 ** -12, -1, -(2 ** -24)],
};

/**
 * Whether the host has multiply-add (Wasm's relaxed SIMD, where each host may round once or twice) and rounds once, in both formats: then it is IEEE 754's
 * fusedMultiplyAdd wherever its result is normal and finite. Without it, sums and products without error do (float-functions.ts).
 */
export function hostFuses(): boolean {
	return (Object.keys(probes) as FloatType[]).every((type) => {
		const [a, b, c, once] = probes[type];
		const writer = new Writer(false);
		const params: AnyType[] = [type, type, type];
		const get = (local: number): Node => writer.get(local);
		for (const negated of [false, true]) writer.function(`${negated}`, params, type, [], multiplyAdd(writer, type, negated, [get(0), get(1), get(2)]));
		for (const negated of [false, true]) writer.export(`${negated}`);
		const code = writer.encode();
		if (!WebAssembly.validate(code)) return false;
		const memory = new WebAssembly.Memory({ initial: 1 });
		const made = new WebAssembly.Instance(new WebAssembly.Module(code), { env: { memory } }).exports as Record<
			"false" | "true",
			(...numbers: number[]) => number
		>;
		return made.false(a, b, c) === once && made.true(a, b, -c) === -once;
	});
}

/** Of numbers: they go as vectors. */
export function multiplyAdd(nodes: Nodes, type: FloatType, negated: boolean, [a, b, c]: readonly [Node, Node, Node]): Node {
	return nodes.first(type, nodes.multiplyAdd(type, negated, nodes.splat(type, a), nodes.splat(type, b), nodes.splat(type, c)));
}

/** The same, found out when it is first asked for: it takes 1.5 ms, and most programs never multiply and add. */
export function askHostFuses(): () => boolean {
	let known: boolean | undefined;
	return () => {
		known ??= hostFuses();
		return known;
	};
}
