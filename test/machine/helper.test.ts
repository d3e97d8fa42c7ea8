/** A helper's jobs that come too late: what became of the code meanwhile decides. The state at any moment is that of the interpreter in `test/engines/tiers.test.ts`. */
import { describe, expect, it } from "vitest";
import { createWorkOf, type Setting, workTogether } from "../../jit/emit/wasm/work.ts";
import type { Job } from "../../jit/ir/block.ts";
import type { Done, Helper } from "../../jit/ir/helper.ts";
import { policies } from "../../jit/tier/policy.ts";
import { base, finish, rig } from "./rig.ts";

/** Calls a function a thousand times a round, adds up in a0 what it answers; between rounds `between` happens. */
const program = (between: string): string => `
	li s1, 4
round: li s0, 1000
call: jal function
	add a0, a0, a1
	addi s0, s0, -1
	bnez s0, call
	${between}
	addi s1, s1, -1
	bnez s1, round
	li t0, 4096
	remu a0, a0, t0
	${finish}
	.balign 4096
function: li a1, 1
	ret`;
/** li a1, 2 */
const rewrite = `
	la t0, function
	li t1, 0x00200593
	sw t1, 0(t0)
	fence.i`;

/** Nothing is done before it is said so. */
function createHeldHelper(setting: Setting): Helper & { readonly jobs: { number: number; job: Job }[]; released: number } {
	const work = createWorkOf(setting);
	return {
		jobs: [],
		released: 0,
		submit(number, job) {
			this.jobs.push({ number, job });
			return true;
		},
		done(): Done | null {
			if (this.released === 0) return null;
			this.released--;
			const { number, job } = this.jobs.shift()!;
			return { number, made: workTogether(work, [job])[0]! };
		},
	};
}
async function held(between: string) {
	let helper: ReturnType<typeof createHeldHelper> | undefined;
	const policy = { ...policies.auto, wasmAfter: 10 };
	const { machine, label } = await rig(64, policy, program(between), { host: { helper: (setting) => (helper = createHeldHelper(setting)) } });
	return { machine, helper: helper!, page: (label("function") - base) / 4096 };
}
const units = (machine: Awaited<ReturnType<typeof held>>["machine"]) => machine.statistics.tiers.wasm.units;

describe("code that a helper translates while the guest runs", () => {
	it("is used from the moment it is there", async () => {
		const { machine, helper } = await held("");
		machine.run(2000);
		expect([helper.jobs.length > 0, units(machine)]).toEqual([true, 0]);
		const { instructions } = machine.statistics.tiers.interpret;
		helper.released = helper.jobs.length;
		expect(machine.run(1e6)).toEqual({ reason: "exit", code: 4000 });
		expect(units(machine)).toBeGreaterThan(0);
		expect(machine.statistics.tiers.interpret.instructions - instructions).toBeLessThan(2000);
	});
	it("is not waited for", async () => {
		const { machine, helper } = await held("");
		expect(machine.run(1e6)).toEqual({ reason: "exit", code: 4000 });
		expect([helper.jobs.length > 0, units(machine)]).toEqual([true, 0]);
	});
	it("is thrown away when the guest wrote to it meanwhile, and translated again", async () => {
		const { machine, helper } = await held(rewrite);
		machine.run(3000);
		const before = helper.jobs.length;
		machine.run(3000);
		helper.released = helper.jobs.length;
		expect(machine.run(1e6)).toEqual({ reason: "exit", code: (1000 + 3 * 2000) % 4096 });
		expect([before > 0, helper.released, helper.jobs.length > 0]).toEqual([true, 0, true]);
	});
	it("is thrown away when somebody else wrote to it", async () => {
		const { machine, helper, page } = await held("");
		machine.run(2000);
		const address = base + page * 4096;
		const done = machine.register("a0")![0];
		machine.cache.written(address, 4);
		machine.memory.window(address, 4)!.set([0x93, 0x05, 0x20, 0]);
		helper.released = helper.jobs.length;
		const { code } = machine.run(1e6) as { code: number };
		const possible = [done, done + 1].map((ones) => (ones + 2 * (4000 - ones)) % 4096);
		expect([done > 100, possible.includes(code)]).toEqual([true, true]);
	});
	it("is thrown away when its page's translations were meanwhile, and asked for again", async () => {
		const { machine, helper, page } = await held("");
		machine.run(2000);
		const before = helper.jobs.length;
		for (let one = 0; one <= page; one++) machine.cache.forget(one);
		helper.released = before;
		machine.run(100);
		expect([before > 0, units(machine), helper.released]).toEqual([true, 0, 0]);
		machine.run(2000);
		expect(helper.jobs.length).toBeGreaterThan(0);
		helper.released = helper.jobs.length;
		machine.run(2000);
		expect(units(machine)).toBeGreaterThan(0);
	});
});
