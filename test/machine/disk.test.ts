import { describe, expect, it } from "vitest";
import { createMemoryStore } from "../../src/base/block-store.ts";
import { loadCode, mirror, mirrored } from "./disk-guest.ts";
import { type Bits, engines, rig } from "./rig.ts";

const pattern = (sectors: number) => Uint8Array.from({ length: 512 * sectors }, (_, i) => (i * 7 + (i >> 9)) & 255);

describe("a guest with a disk", () => {
	for (const bits of [32, 64] as Bits[])
		it(`rv${bits}: writes what it computes, in the same steps to the same state on every engine`, async () => {
			const runs = new Set<string>();
			for (const engine of engines) {
				const disk = pattern(32);
				const expected = mirrored(disk);
				const { machine } = await rig(bits, engine, mirror, { virtio: [{ kind: "block", store: createMemoryStore(disk) }] });
				expect(machine.run(1e7)).toEqual({ reason: "exit", code: 0 });
				expect(Buffer.compare(disk, expected)).toBe(0);
				runs.add(`${machine.retired} ${machine.hash()}`);
			}
			expect(runs.size).toBe(1);
		});
	it.each(engines)("S6: runs code that the disk has put over code that ran, on %s", async (engine) => {
		const disk = new Uint8Array(512);
		new DataView(disk.buffer).setUint32(0, 0x00200513, true);
		new DataView(disk.buffer).setUint32(4, 0x00008067, true);
		const { machine } = await rig(64, engine, loadCode, { virtio: [{ kind: "block", store: createMemoryStore(disk) }] });
		expect(machine.run(1e6)).toEqual({ reason: "exit", code: 12 });
	});
	it("gives the disk back when it is closed", async () => {
		let closed = 0;
		const store = { ...createMemoryStore(pattern(1)), close: () => void closed++ };
		const { machine } = await rig(64, "interpret", "j .", { virtio: [{ kind: "block", store }] });
		machine.close();
		expect(closed).toBe(1);
	});
	it("finds no more places than the board has", async () => {
		const nine = Array.from({ length: 9 }, () => ({ kind: "entropy" as const }));
		await expect(rig(64, "interpret", "j .", { virtio: nine })).rejects.toThrow(
			"board virt: has 8 places for virtio devices (drives and others), 9 are asked for",
		);
	});
});
