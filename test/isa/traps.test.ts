import { describe, expect, it } from "vitest";
import { createRiscv } from "./riscv.ts";

describe.each([32, 64] as const)("traps and interrupts of RV%i", (xlen) => {
	const top = 1n << BigInt(xlen - 1);

	it("starts in M mode at the entry with the hart's number and the device tree in a0 and a1", () => {
		const p = createRiscv(xlen);
		p.set("s3", 7);
		p.set("mtvec", 1);
		p.call("reset", 2n, 0x8000n, 0x9000n);
		expect([p.get("pc"), p.get("a0"), p.get("a1"), p.get("mhartid"), p.get("mode"), p.get("s3"), p.get("mtvec")]).toEqual([
			0x8000n,
			2n,
			0x9000n,
			2n,
			3n,
			0n,
			0n,
		]);
	});

	it.each([
		["an exception goes to the base, in vectored mode too", 0x2001n, 2n, 0x2000n],
		["an interrupt goes to the base in direct mode", 0x2000n, top | 7n, 0x2000n],
		["an interrupt goes to its slot in vectored mode", 0x2001n, top | 11n, 0x202cn],
	])("%s", (_, mtvec, cause, target) => {
		const p = createRiscv(xlen);
		p.set("mtvec", mtvec);
		p.set("pc", 0x1234);
		p.set("mode", 0);
		p.set("MIE", 1);
		p.call("enter", cause, 0x55n);
		expect([p.get("pc"), p.get("mepc"), p.get("mcause"), p.get("mtval")]).toEqual([target, 0x1234n, cause, 0x55n]);
		expect([p.get("mode"), p.get("MPP"), p.get("MIE"), p.get("MPIE")]).toEqual([3n, 0n, 0n, 1n]);
	});

	it.each([
		["none is pending", 0, 0xfff, 3, 1, 0n],
		["none is enabled", 0x888, 0, 3, 1, 0n],
		["M mode has them off", 0x888, 0x888, 3, 0, 0n],
		["external before software before timer", 0x888, 0x888, 3, 1, top | 11n],
		["software before timer", 0x088, 0x888, 3, 1, top | 3n],
		["timer alone", 0x888, 0x080, 3, 1, top | 7n],
		["U mode cannot turn them off", 0x080, 0x080, 0, 0, top | 7n],
	])("takes the right interrupt: %s", (_, mip, mie, mode, MIE, wanted) => {
		const p = createRiscv(xlen);
		for (const [name, value] of Object.entries({ mip, mie, mode, MIE })) p.set(name, value);
		expect(p.call("interrupt")).toEqual({ value: wanted });
	});

	it("wakes for an enabled interrupt even when M mode has interrupts off", () => {
		const p = createRiscv(xlen);
		p.set("mip", 0x80);
		expect(p.call("wake")).toEqual({ value: 0n });
		p.set("mie", 0x80);
		expect(p.call("wake")).toEqual({ value: 1n });
	});

	it("has the three wires of the machine's interrupts", () => {
		const { isa } = createRiscv(xlen).bare;
		expect([...isa.lines].map(([name, { cell, bit }]) => [name, isa.cells[cell]!.name, bit])).toEqual([
			["machine-software", "mip", 3],
			["machine-timer", "mip", 7],
			["machine-external", "mip", 11],
		]);
	});

	it.each([
		[0n, 0n, 1n],
		[1n, 0n, 5n],
		[2n, 0n, 7n],
		[0n, 1n, 0n],
		[1n, 1n, 4n],
		[2n, 1n, 6n],
	])("reports a failed access %i of kind %i as exception %i", (access, kind, cause) => {
		expect(createRiscv(xlen).call("fault", access, kind, 0x123n)).toEqual({ cause, of: 0x123n });
	});

	it("comes back from a trap where it was", () => {
		const p = createRiscv(xlen);
		p.set("mtvec", 0x2000);
		p.set("pc", 0x1500);
		p.set("mode", 0);
		p.call("enter", 8n, 0n);
		expect(p.run("mret")).toEqual({ kind: "done" });
		expect([p.get("pc"), p.get("mode")]).toEqual([0x1500n, 0n]);
	});
});
