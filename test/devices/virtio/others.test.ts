import { describe, expect, it } from "vitest";
import { createConsole } from "../../../src/base/host.ts";
import { createVirtioConsole } from "../../../src/devices/virtio/console.ts";
import { createVirtioEntropy } from "../../../src/devices/virtio/entropy.ts";
import { createDriver, Register, ramBase, ringsOf } from "./driver.ts";

const data = ramBase + 0x8000;

describe("the virtio entropy device", () => {
	const bytesOf = (seed: number, times: number): string[] => {
		const driver = createDriver(createVirtioEntropy({ seed }));
		driver.start();
		return Array.from({ length: times }, () => {
			driver.chain([[data, 32, true]]);
			driver.offer(0);
			driver.pass(10_000);
			expect(driver.used().length).toBe(32);
			return Buffer.from(driver.ram.subarray(driver.at(data), driver.at(data) + 32)).toString("hex");
		});
	};
	it("gives other bytes each time, the same ones for the same seed", () => {
		expect(bytesOf(1, 4)).toEqual(bytesOf(1, 4));
		expect(new Set([...bytesOf(1, 4), ...bytesOf(2, 4)]).size).toBe(8);
	});
});

describe("the virtio console", () => {
	function terminal() {
		const out: number[] = [];
		const console = createConsole((byte) => out.push(byte));
		const device = createVirtioConsole({ console });
		const driver = createDriver(device);
		return { driver, device, console, out: () => String.fromCharCode(...out) };
	}
	const type = (console: ReturnType<typeof createConsole>, text: string): void => console.push(new TextEncoder().encode(text));

	it("prints what its transmit queue gives, in order", () => {
		const { driver, out } = terminal();
		driver.start();
		driver.ram.set(new TextEncoder().encode("hello, world"), driver.at(data));
		driver.chain(
			[
				[data, 7, false],
				[data + 7, 5, false],
			],
			ringsOf(1),
		);
		driver.offer(0, 1);
		driver.pass(10_000);
		expect([out(), driver.used(1)]).toEqual(["hello, world", { count: 1, length: 0 }]);
	});
	it("keeps a buffer until something is typed, then fills it as far as that goes", () => {
		const { driver, console } = terminal();
		driver.start();
		driver.chain([[data, 4, true]]);
		driver.offer(0);
		driver.pass(1_000_000);
		expect(driver.used().count).toBe(0);
		type(console, "abcdef");
		driver.mmio.poll();
		driver.pass(10_000);
		expect([driver.used(), Buffer.from(driver.ram.subarray(driver.at(data), driver.at(data) + 4)).toString()]).toEqual([{ count: 1, length: 4 }, "abcd"]);
		driver.offer(0);
		driver.pass(10_000);
		expect([driver.used(), Buffer.from(driver.ram.subarray(driver.at(data), driver.at(data) + 2)).toString()]).toEqual([{ count: 2, length: 2 }, "ef"]);
	});
	it("takes what is typed only while a driver runs it", () => {
		const { driver, device } = terminal();
		expect(device.active()).toBe(false);
		driver.start();
		expect(device.active()).toBe(true);
		driver.set(Register.status, 0);
		expect(device.active()).toBe(false);
	});
});
