import { describe, expect, it } from "vitest";
import { type Engine, engines, policies } from "../../jit/tier/policy.ts";
import { pause } from "../support/pause.ts";
import { buildDebian, notBuilt } from "./debian.ts";

const slice = 1e8;
/** A little more than it takes to come to the shell, which is then idle. */
const most = 18;

/** The state after every 10^8 instructions, until nothing can go on. */
async function states(engine: Engine, count: number): Promise<string[]> {
	const machine = await buildDebian({ policy: policies[engine] });
	const seen: string[] = [];
	for (let ended = false; !ended && seen.length < count; ) {
		// in pieces, so that whoever runs the tests hears of this one
		for (let done = 0; !ended && done < slice; done += slice / 10) {
			ended = machine.run(slice / 10).reason !== "limit";
			await pause();
		}
		seen.push(`${machine.retired} ${machine.pc().toString(16)} ${machine.hash()}`);
	}
	machine.close();
	return seen;
}

describe("D1: Debian's kernel boots alike", () => {
	let first: Promise<string[]> | undefined;
	it("the state after every 10^8 instructions up to its shell is that of another run", { timeout: 1_200_000 }, async (ctx) => {
		if (notBuilt) return ctx.skip(notBuilt);
		first ??= states("auto", most);
		const wanted = await first;
		expect(wanted.length).toBeGreaterThan(10);
		expect(await states("auto", most)).toEqual(wanted);
	});
	it.for(engines.filter((engine) => engine !== "auto"))(
		"after the first 10^8 instructions it is the same on %s",
		{ timeout: 1_200_000 },
		async (engine, ctx) => {
			if (notBuilt) return ctx.skip(notBuilt);
			first ??= states("auto", most);
			expect(await states(engine, 1)).toEqual((await first).slice(0, 1));
		},
	);
});
