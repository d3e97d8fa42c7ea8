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

	it("has the three wires of the machine's interrupts and two of the supervisor's", () => {
		const { isa } = createRiscv(xlen).bare;
		expect([...isa.lines].map(([name, { cell, bit }]) => [name, isa.cells[cell]!.name, bit])).toEqual([
			["machine-software", "mip", 3],
			["machine-timer", "mip", 7],
			["machine-external", "mip", 11],
			["supervisor-external", "seip", 0],
			["supervisor-software", "mip", 1],
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

	it.each([
		["an exception that is given away, from U mode", { mode: 0, medeleg: 0x100 }, 8n, "s"],
		["and from S mode", { mode: 1, medeleg: 0x2000, SIE: 1 }, 13n, "s"],
		["not from M mode", { mode: 3, medeleg: 0x2000 }, 13n, "m"],
		["not one that is kept", { mode: 0, medeleg: 0x2000 }, 8n, "m"],
		["an interrupt that is given away", { mode: 1, mideleg: 0x222 }, top | 9n, "s"],
		["not by the bit of an exception", { mode: 1, medeleg: 0xffff }, top | 5n, "m"],
	])("goes to S mode with %s", (_, registers, cause, to) => {
		const p = createRiscv(xlen);
		for (const [name, value] of Object.entries({ pc: 0x1234, mtvec: 0x3000, stvec: 0x2001, MPP: 2, ...registers })) p.set(name, value);
		p.call("enter", cause, 0x55n);
		const [base, code] = to === "s" ? [0x2000n, cause & (top - 1n)] : [0x3000n, 0n];
		expect([p.get("pc"), p.get(`${to}epc`), p.get(`${to}cause`), p.get(`${to}tval`)]).toEqual([cause >= top ? base + 4n * code : base, 0x1234n, cause, 0x55n]);
		const [mode, sie] = [registers.mode, "SIE" in registers ? registers.SIE : 0];
		const wanted = to === "s" ? { mode: 1n, SPP: BigInt(mode), SIE: 0n, SPIE: BigInt(sie), MPP: 2n } : { mode: 3n, MPP: BigInt(mode) };
		expect(Object.fromEntries(Object.keys(wanted).map((name) => [name, p.get(name)]))).toEqual(wanted);
	});

	it.each([
		["M mode's before S mode's, whatever their numbers", { mip: 0xaaa, mideleg: 0x222, SIE: 1 }, 11n],
		["external before software before timer", { mip: 0x222, mideleg: 0x222, SIE: 1 }, 9n],
		["software before timer", { mip: 0x022, mideleg: 0x222, SIE: 1 }, 1n],
		["by the wire alone", { seip: 1, mideleg: 0x222, SIE: 1 }, 9n],
		["none in S mode when SIE is off", { mip: 0x222, mideleg: 0x222 }, null],
		["always in U mode", { mip: 0x020, mideleg: 0x222, mode: 0 }, 5n],
		["none of its own in M mode", { mip: 0x222, mideleg: 0x222, mode: 3, MIE: 1, SIE: 1 }, null],
		["in M mode when they are kept there", { mip: 0x222, mode: 3, MIE: 1 }, 9n],
		["in S mode for M mode when they are kept there", { mip: 0x020 }, 5n],
	])("takes the right interrupt of S mode: %s", (_, registers, code) => {
		const p = createRiscv(xlen);
		for (const [name, value] of Object.entries({ mode: 1, mie: 0xaaa, ...registers })) p.set(name, value);
		expect(p.call("interrupt")).toEqual({ value: code === null ? 0n : top | code });
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
