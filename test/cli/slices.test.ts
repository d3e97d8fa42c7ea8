import { describe, expect, it } from "vitest";
import { createSlices } from "../../src/cli/run/slices.ts";

const rows: [what: string, took: readonly number[], scripted: boolean, instructions: number][] = [
	["begins with 65,536", [], false, 2 ** 16],
	["doubles while slices are short", [1, 1, 4], false, 2 ** 19],
	["stays while they take 5 to 20 ms", [1, 1, 10, 19], false, 2 ** 18],
	["halves when one was long", [1, 1, 1, 90], false, 2 ** 18],
	["never becomes shorter than at first", [90, 90], false, 2 ** 16],
	["never becomes longer than 2^26", Array(40).fill(0), false, 2 ** 26],
	["is a fixed count while a script types", [0, 0, 90], true, 2 ** 20],
];

describe("a slice of a run", () => {
	it.each(rows)("%s", (_, took, scripted, instructions) => {
		const slices = createSlices();
		took.forEach(slices.took);
		expect(slices.next(scripted)).toBe(instructions);
	});
});
