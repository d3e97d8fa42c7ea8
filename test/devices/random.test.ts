import { describe, expect, it } from "vitest";
import { createMemoryStore } from "../../src/base/block-store.ts";
import { createConsole } from "../../src/base/host.ts";
import { createLine } from "../../src/base/line.ts";
import { createRandom } from "../../src/base/random.ts";
import { createClint } from "../../src/devices/clint.ts";
import { createGoldfishRtc } from "../../src/devices/goldfish-rtc.ts";
import type { RegisterBlock } from "../../src/devices/kit/registers.ts";
import { createNs16550a } from "../../src/devices/ns16550a.ts";
import { createPlic } from "../../src/devices/plic.ts";
import { createRom } from "../../src/devices/rom.ts";
import { createSswi } from "../../src/devices/sswi.ts";
import { createTestFinisher } from "../../src/devices/test-finisher.ts";
import { createVirtio9p } from "../../src/devices/virtio/9p.ts";
import { createVirtioBlock } from "../../src/devices/virtio/block.ts";
import { createVirtioConsole } from "../../src/devices/virtio/console.ts";
import type { VirtioDevice } from "../../src/devices/virtio/device.ts";
import { createVirtioEntropy } from "../../src/devices/virtio/entropy.ts";
import { createVirtioMmio } from "../../src/devices/virtio/mmio.ts";
import { createVirtioNet } from "../../src/devices/virtio/net.ts";
import { emptyFolder, fullCable, testClock } from "./parts.ts";

const cases = Number(process.env.DOPPEL_CASES ?? 10_000);
const seed = Number(process.env.DOPPEL_SEED ?? 1);

/** A virtio device with RAM behind it, of which its registers may name any part. */
const virtio = (what: string, device: () => VirtioDevice | null): [string, number, () => { device: RegisterBlock; stir: (n: number) => void }] => [
	`virtio ${what}`,
	0x1000,
	() => {
		const ram = new Uint8Array(2 ** 16);
		const window = (address: number, length: number) => (address + length <= ram.length ? ram.subarray(address, address + length) : null);
		const write = (address: number, data: Uint8Array) => {
			window(address, data.length)?.set(data);
			return window(address, data.length) !== null;
		};
		const { clock, pass } = testClock();
		const block = createVirtioMmio({ name: what, device: device(), irq: createLine(), dma: { window, write }, clock });
		return {
			device: block,
			stir(n) {
				ram[n & 0xffff] = n >>> 16;
				block.poll();
				pass(n & 0xfff);
			},
		};
	},
];
const virtioDevices: Record<string, () => VirtioDevice | null> = {
	block: () => createVirtioBlock({ store: createMemoryStore(new Uint8Array(8192)), id: "disk" }),
	"9p": () => createVirtio9p({ folder: emptyFolder(), tag: "share" }),
	entropy: () => createVirtioEntropy({ seed: 1 }),
	console() {
		const console = createConsole(() => {});
		console.push(Uint8Array.of(1, 2, 3));
		return createVirtioConsole({ console });
	},
	net: () => createVirtioNet({ cable: fullCable(), mac: Uint8Array.of(2, 0, 0, 0, 0, 1), time: { now: () => 0, alarm: () => () => {} } }),
	"place with nothing in it": () => null,
};

/** Each with the size of its region; `stir` does what else may happen to it. */
const devices: [what: string, bytes: number, make: () => { device: RegisterBlock; stir: (n: number) => void }][] = [
	[
		"ns16550a",
		0x100,
		() => {
			const console = createConsole(() => {});
			const device = createNs16550a({ name: "serial", console, irq: createLine() });
			return {
				device,
				stir(n) {
					console.push(Uint8Array.of(n, n >> 8));
					device.poll();
				},
			};
		},
	],
	[
		"clint",
		0x10000,
		() => {
			const { clock, pass } = testClock();
			return { device: createClint({ name: "clint", clock, software: [createLine()], timer: [createLine()] }), stir: (n) => pass(n & 0xffff) };
		},
	],
	[
		"plic",
		0x600000,
		() => {
			const device = createPlic({ name: "plic", sources: 96, contexts: [createLine()], again: "event" });
			return { device, stir: (n) => device.source(1 + (n % 96)).set((n & 0x1000) !== 0) };
		},
	],
	["sswi", 0x4000, () => ({ device: createSswi({ name: "sswi", software: [createLine(), createLine()] }), stir: () => {} })],
	["rom", 0xf000, () => ({ device: createRom({ name: "rom", data: Uint8Array.of(1, 2, 3, 4, 255) }), stir: () => {} })],
	[
		"goldfish-rtc",
		0x1000,
		() => {
			const { clock, pass } = testClock();
			const device = createGoldfishRtc({ name: "rtc", clock, timebase: 10_000_000, epoch: 1_000_000_000, irq: createLine() });
			return { device, stir: (n) => pass(n & 0xffff) };
		},
	],
	...Object.entries(virtioDevices).map(([what, device]) => virtio(what, device)),
	["test-finisher", 0x1000, () => ({ device: createTestFinisher({ name: "test", finish: () => {} }), stir: () => {} })],
];

describe("S3: a device whose registers are accessed at random", () => {
	for (const [what, bytes, make] of devices) {
		it(`${what}: answers every access with an unsigned number that fits, resets included`, () => {
			const random = createRandom(seed);
			const { device, stir } = make();
			let accepted = 0;
			for (let i = 0; i < cases; i++) {
				const size = [1, 2, 4][random.below(3)]!;
				const spec = device.registers[random.below(device.registers.length)]!;
				const near = spec.offset + random.below(spec.count ?? 1) * (spec.stride ?? spec.bytes) + random.below(5);
				const offset = random.below(2) ? near : random.below(bytes);
				if (!device.accepts(offset, size)) continue;
				accepted++;
				if (random.below(2)) device.write(offset, size, random.below(2 ** (8 * size)));
				else {
					const value = device.read(offset, size);
					expect(Number.isInteger(value) && value >= 0 && value < 2 ** (8 * size), `seed ${seed}, case ${i}: ${size} bytes at ${offset}: ${value}`).toBe(true);
				}
				if (random.below(8) === 0) stir(random.next());
				if (random.below(500) === 0) device.reset();
			}
			expect(accepted).toBeGreaterThan(cases / 10);
		});
		it(`${what}: a reset leaves what a new one has, whatever was before`, () => {
			const random = createRandom(seed + 1);
			const [used, fresh] = [make(), make()];
			for (let i = 0; i < 1000; i++) {
				const spec = used.device.registers[random.below(used.device.registers.length)]!;
				used.device.write(spec.offset, 4, random.next());
				used.device.read(spec.offset, 4);
			}
			used.device.reset();
			const seen = (device: RegisterBlock) =>
				device.registers.filter((spec) => spec.access !== "w").map((spec) => [spec.name, device.read(spec.offset, spec.bytes)]);
			expect(seen(used.device)).toEqual(seen(fresh.device));
		});
		it(`${what}: every register has a name, a place in its region and a line of documentation, and shares none by accident`, () => {
			const { device } = make();
			const ends = device.registers.map((spec) => spec.offset + ((spec.count ?? 1) - 1) * (spec.stride ?? spec.bytes) + spec.bytes);
			expect(Math.max(...ends)).toBeLessThanOrEqual(bytes);
			expect(device.registers.filter((spec) => !spec.doc || !/^[A-Z][A-Z0-9_]*$/.test(spec.name))).toEqual([]);
			const always = device.registers
				.filter((spec) => !spec.when)
				.flatMap((spec) => (spec.access === "rw" ? [`r${spec.offset}`, `w${spec.offset}`] : [spec.access + spec.offset]));
			expect(new Set(always).size).toBe(always.length);
		});
	}
});
