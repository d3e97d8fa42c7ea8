/** `npm run bench float`: nanoseconds an operation of floating point, exact and on the host's proven path, in alternating rounds; prints a table in Markdown. */
import { add, div, type FloatOut, fma, mul, sqrt } from "../jit/base/float/float.ts";
import { add32, add64, div32, div64, fma32, fma64, mul32, mul64, sqrt32, sqrt64 } from "../jit/base/float/host.ts";

type Fast = (a: number, b: number, c: number, old: number) => number;
type Exact = (out: FloatOut, w: number, lo: Int32Array, hi: Int32Array, i: number) => void;

const exact: Record<string, Exact> = {
	add: (out, w, lo, hi, i) => add(out, w, lo[i]!, hi[i]!, lo[i + 1]!, hi[i + 1]!, 0),
	mul: (out, w, lo, hi, i) => mul(out, w, lo[i]!, hi[i]!, lo[i + 1]!, hi[i + 1]!, 0),
	div: (out, w, lo, hi, i) => div(out, w, lo[i]!, hi[i]!, lo[i + 1]!, hi[i + 1]!, 0),
	sqrt: (out, w, lo, hi, i) => sqrt(out, w, lo[i]!, hi[i]!, 0),
	fma: (out, w, lo, hi, i) => fma(out, w, lo[i]!, hi[i]!, lo[i + 1]!, hi[i + 1]!, lo[i + 2]!, hi[i + 2]!, 0),
};
const fast: Record<string, Fast> = {
	add64: (a, b, _c, old) => add64(a, b, old),
	mul64: (a, b, _c, old) => mul64(a, b, old),
	div64: (a, b, _c, old) => div64(a, b, old),
	sqrt64: (a, _b, _c, old) => sqrt64(a, old),
	fma64,
	add32: (a, b, _c, old) => add32(a, b, old),
	mul32: (a, b, _c, old) => mul32(a, b, old),
	div32: (a, b, _c, old) => div32(a, b, old),
	sqrt32: (a, _b, _c, old) => sqrt32(a, old),
	fma32,
};

/** A function of its own each time, so that what is measured is compiled for one operation, as in generated code. */
const loopExact = (name: string, w: number): ((n: number) => number) => {
	const { lo, hi } = operands(w);
	const out: FloatOut = { lo: 0, hi: 0, flags: 0 };
	return new Function(
		"f",
		"out",
		"lo",
		"hi",
		`return (n) => { let x = 0; for (let i = 0; i < n; i++) { f(out, ${w}, lo, hi, i & 1023); x ^= out.lo; } return x; } // ${name}`,
	)(exact[name], out, lo, hi);
};
const loopFast = (name: string, w: number, old: number): ((n: number) => number) => {
	const { values } = operands(w);
	return new Function(
		"f",
		"v",
		`return (n) => { let x = 0; for (let i = 0; i < n; i++) { const k = i & 1023; x += f(v[k], v[k + 1], v[k + 2], ${old}); } return x; } // ${name}`,
	)(fast[name + w], values);
};

/** Ordinary positive numbers from 1/1000 to 1000, repeatable. */
function operands(w: number): { values: Float64Array; lo: Int32Array; hi: Int32Array } {
	const values = Float64Array.from({ length: 1027 }, (_, i) => {
		const x = 10 ** ((((i * 7919) % 1021) / 1021) * 6 - 3);
		return w === 32 ? Math.fround(x) : x;
	});
	const words = new Int32Array(values.buffer);
	if (w === 32) return { values, lo: new Int32Array(Float32Array.from(values).buffer), hi: new Int32Array(1027) };
	return { values, lo: Int32Array.from(values, (_, i) => words[2 * i]!), hi: Int32Array.from(values, (_, i) => words[2 * i + 1]!) };
}

const count = 100_000;
const time = (f: (n: number) => number): number => {
	const start = process.cpuUsage();
	f(count);
	const { user, system } = process.cpuUsage(start);
	return ((user + system) * 1000) / count;
};
const median = (list: number[]): string => list.sort((a, b) => a - b)[list.length >> 1]!.toFixed(1);

console.log(
	`Node ${process.version}, ${process.arch}; ns of processor time an operation, medians of 15 alternating rounds of ${count}, an empty loop with its call included\n`,
);
console.log("| operation | exact | host, inexact raised before | host, proving that it is exact (or that it is not) |\n| --- | --- | --- | --- |");
for (const w of [64, 32])
	for (const name of Object.keys(exact)) {
		const loops = [loopExact(name, w), loopFast(name, w, 1), loopFast(name, w, 0)];
		const times = loops.map((): number[] => []);
		for (let round = 0; round < 18; round++)
			loops.forEach((loop, i) => {
				const t = time(loop);
				if (round >= 3) times[i]!.push(t);
			});
		console.log(`| ${name}${w} | ${times.map(median).join(" | ")} |`);
	}
