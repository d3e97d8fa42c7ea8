import { describe, expect, it } from "vitest";
import { createConsole } from "../../src/base/host.ts";
import { createLine } from "../../src/base/line.ts";
import { createNs16550a } from "../../src/devices/ns16550a.ts";

/** Register offsets by the data sheet's names. */
const R = { RBR: 0, THR: 0, DLL: 0, IER: 1, DLM: 1, IIR: 2, FCR: 2, LCR: 3, MCR: 4, LSR: 5, MSR: 6, SCR: 7 } as const;
type Step = ["w", keyof typeof R, number] | ["r", keyof typeof R, number] | ["push", string] | ["irq", boolean] | ["out", string];

function uart() {
	const out: number[] = [];
	const console = createConsole((byte) => out.push(byte));
	const irq = createLine();
	const device = createNs16550a({ name: "serial", console, irq });
	return { out, console, irq, device };
}

const cases: [what: string, ...steps: Step[]][] = [
	["starts idle: transmitter empty, nothing received, no interrupt", ["r", "LSR", 0x60], ["r", "IIR", 1], ["r", "MSR", 0xb0], ["r", "LCR", 0], ["irq", false]],
	["sends what is written to THR", ["w", "THR", 0x68], ["w", "THR", 0x69], ["out", "hi"], ["r", "LSR", 0x60]],
	["hands over input in order", ["push", "ab"], ["r", "LSR", 0x61], ["r", "RBR", 0x61], ["r", "RBR", 0x62], ["r", "LSR", 0x60]],
	[
		"shows the divisor latch while LCR bit 7 is set",
		["r", "RBR", 0],
		["w", "LCR", 0x83],
		["r", "DLL", 0x0c],
		["w", "DLL", 1],
		["w", "DLM", 2],
		["r", "DLL", 1],
		["r", "DLM", 2],
		["w", "LCR", 3],
		["r", "IER", 0],
		["out", ""],
	],
	[
		"interrupts for input when IER says so",
		["push", "x"],
		["irq", false],
		["w", "IER", 1],
		["irq", true],
		["r", "IIR", 4],
		["r", "RBR", 0x78],
		["irq", false],
		["r", "IIR", 1],
	],
	[
		"interrupts for an empty transmitter until IIR is read",
		["w", "IER", 2],
		["irq", true],
		["r", "IIR", 2],
		["irq", false],
		["w", "THR", 65],
		["irq", true],
		["r", "IIR", 2],
		["r", "IIR", 1],
	],
	["names input before the empty transmitter", ["push", "x"], ["w", "IER", 3], ["r", "IIR", 4], ["r", "RBR", 0x78], ["r", "IIR", 2]],
	[
		"says in IIR that the FIFOs are on, and that input waits below the trigger",
		["w", "FCR", 0xc1],
		["w", "IER", 1],
		["push", "x"],
		["r", "IIR", 0xcc],
		["irq", true],
	],
	["names the trigger level when it is reached", ["w", "FCR", 0x41], ["w", "IER", 1], ["push", "abcd"], ["r", "IIR", 0xc4]],
	["clears its receiver on request", ["w", "FCR", 1], ["push", "abc"], ["w", "FCR", 3], ["r", "LSR", 0x60]],
	["loops back when MCR says so", ["w", "MCR", 0x10], ["w", "THR", 7], ["out", ""], ["r", "RBR", 7], ["w", "MCR", 0x1f], ["r", "MSR", 0xf0]],
	[
		"counts what does not fit as an overrun, once",
		["w", "MCR", 0x10],
		["w", "THR", 1],
		["w", "THR", 2],
		["r", "LSR", 0x63],
		["r", "LSR", 0x61],
		["r", "RBR", 1],
	],
	["keeps the scratch register", ["w", "SCR", 0xa5], ["r", "SCR", 0xa5]],
	["keeps only the low bits of IER", ["w", "IER", 0xff], ["r", "IER", 0x0f]],
];

describe("NS16550A", () => {
	for (const [what, ...steps] of cases)
		it(what, () => {
			const { out, console, irq, device } = uart();
			for (const [i, step] of steps.entries()) {
				const place = `step ${i}: ${step.join(" ")}`;
				if (step[0] === "w") device.write(R[step[1]], 1, step[2]);
				else if (step[0] === "r") expect(device.read(R[step[1]], 1), place).toBe(step[2]);
				else if (step[0] === "push") {
					console.push(new TextEncoder().encode(step[1]));
					device.poll();
				} else if (step[0] === "irq") expect(irq.level, place).toBe(step[1]);
				else expect(String.fromCharCode(...out), place).toBe(step[1]);
			}
		});
	it("loses no input however much waits", () => {
		const { console, device } = uart();
		const bytes = Uint8Array.from({ length: 1000 }, (_, i) => i);
		console.push(bytes);
		device.poll();
		const got: number[] = [];
		while (device.read(R.LSR, 1) & 1) got.push(device.read(R.RBR, 1));
		expect(got).toEqual([...bytes]);
	});
	it("answers a wide access with the one register there", () => {
		const { device, out } = uart();
		expect(device.read(R.LSR, 4)).toBe(0x60);
		device.write(R.THR, 4, 0x12345641);
		expect(out).toEqual([0x41]);
	});
	it("is as new after a reset", () => {
		const { device, irq, console } = uart();
		console.push(Uint8Array.of(1, 2));
		device.write(R.FCR, 1, 1);
		device.write(R.IER, 1, 3);
		device.write(R.LCR, 1, 0x80);
		device.reset();
		expect([irq.level, device.read(R.IIR, 1), device.read(R.LCR, 1)]).toEqual([false, 1, 0]);
	});
});
