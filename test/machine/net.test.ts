import { describe, expect, it } from "vitest";
import { createTogether, turnSteps } from "../../src/machine/together.ts";
import { createHub } from "../../src/net/hub.ts";
import { createNat } from "../../src/net/nat.ts";
import type { Sockets } from "../../src/net/sockets.ts";
import { arp, ethernet, gateway } from "../net/wire.ts";
import { answerer, asker } from "./net-guest.ts";
import { type Bits, type Engine, engines, rig } from "./rig.ts";

const nothing = (): void => {};
const noSockets: Sockets = {
	...{ connect: nothing, write: nothing, taken: nothing, end: nothing, close: nothing, bind: nothing, sendTo: nothing, shut: nothing },
	events: () => [],
	resolver: null,
};
const times = 20;
const greeting = ethernet(0x88b5, Array(50).fill(7));
/** 1 + 3 + 5 + ... */
const odd = times * times;

describe("a guest with a network card", () => {
	for (const bits of [32, 64] as Bits[])
		it(`rv${bits}: learns whose card the router's address is in, in the same steps to the same state on every engine`, async () => {
			const runs = new Set<string>();
			for (const engine of engines) {
				const cable = createNat({ sockets: noSockets });
				// the sixth byte of the router's address, as the answer's sender
				const program = asker({ frame: Uint8Array.from([...arp(1, gateway), 0]), times: 10, at: 11 });
				const { machine } = await rig(bits, engine, program, { virtio: [{ kind: "net", cable }] });
				expect(machine.run(1e7)).toEqual({ reason: "exit", code: 10 * 2 });
				runs.add(`${machine.retired} ${machine.hash()}`);
			}
			expect(runs.size).toBe(1);
		});
	it("waits for the world outside no longer than it may, and goes on when something arrives", async () => {
		const hub = createHub();
		const allowed = { until: 0 };
		const program = asker({ frame: greeting, times: 1, at: 63 });
		const { machine } = await rig(64, "js", program, { virtio: [{ kind: "net", cable: hub.port() }], host: { pace: () => allowed.until } });
		const end = hub.port();
		const first = machine.run(1e6);
		expect(first).toEqual({ reason: "waits", wait: { at: machine.clock.steps(), next: Number.POSITIVE_INFINITY } });
		allowed.until = 5e6;
		expect([machine.run(1e6).reason, machine.clock.steps()]).toEqual(["waits", 5e6]);
		end.send({ bytes: Uint8Array.from(greeting, (byte, i) => (i === 63 ? 42 : byte)), segment: 0, checksum: null });
		// the card takes its time
		expect(machine.run(1e6).reason).toBe("waits");
		allowed.until = 6e6;
		expect(machine.run(1e6)).toEqual({ reason: "exit", code: 42 });
	});
	it("is taken off its cable when the machine is closed", async () => {
		let closed = 0;
		const cable = { ...createHub().port(), close: () => void closed++ };
		const { machine } = await rig(64, "interpret", "j .", { virtio: [{ kind: "net", cable }] });
		machine.close();
		expect(closed).toBe(1);
	});
});

describe("two guests on a hub in one process", () => {
	/** Runs them in calls of these steps, and says how they ended and in what state. */
	async function talk(of: [Engine, Engine], steps: number) {
		const [hub, together] = [createHub(), createTogether()];
		const start = async (engine: Engine, program: string) =>
			(await rig(64, engine, program, { virtio: [{ kind: "net", cable: hub.port() }], host: { pace: together.pace } })).machine;
		const machines = [await start(of[0], answerer({ times })), await start(of[1], asker({ frame: greeting, times, at: 63 }))];
		let results = together.run(machines, steps);
		for (let i = 0; i < 1000 && results.includes(null); i++) results = together.run(machines, steps);
		return { results, states: machines.map((machine) => `${machine.clock.steps()} ${machine.hash()}`) };
	}
	it("reach each other, and come to the same states on every engine, in however many calls they are run", async () => {
		const first = await talk(["interpret", "interpret"], turnSteps);
		expect(first.results).toEqual([
			{ reason: "exit", code: times },
			{ reason: "exit", code: odd },
		]);
		for (const [engines, steps] of [
			[["js", "wasm"], 5 * turnSteps],
			[["wasm", "interpret"], 1e7],
		] as [[Engine, Engine], number][])
			expect(await talk(engines, steps)).toEqual(first);
	});
	it("do not keep each other when one waits for ever or traps for ever", async () => {
		const [hub, together] = [createHub(), createTogether()];
		const port = () => ({ virtio: [{ kind: "net", cable: hub.port() } as const], host: { pace: together.pace } });
		const waits = await rig(64, "js", answerer({ times: 1 }), port());
		const traps = await rig(64, "js", "csrw mtvec, zero\n\tecall", port());
		expect(together.run([waits.machine, traps.machine], 1e5)).toEqual([null, null]);
		expect(waits.machine.clock.steps()).toBe(1e5);
	});
});
