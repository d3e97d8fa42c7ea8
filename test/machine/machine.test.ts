import { describe, expect, it, vi } from "vitest";
import { HostError, ImageError } from "../../jit/base/errors.ts";
import { policies } from "../../jit/tier/policy.ts";
import { chooseBoard } from "../../src/boards/board.ts";
import { boards } from "../../src/boards/boards.ts";
import { virt } from "../../src/boards/virt.ts";
import { loadElf } from "../../src/load/elf.ts";
import { type FdtNode, texts, writeFdt } from "../../src/load/fdt.ts";
import { loadRaw } from "../../src/load/raw.ts";
import { buildMachine } from "../../src/machine/build.ts";
import { makeElf } from "../load/make-elf.ts";
import { type Bits, base, build, engines, finish, isaOf, ramBytes, rig, runAlike } from "./rig.ts";

const widths: readonly Bits[] = [32, 64];

describe("a machine starts", () => {
	it("at the entry, with the processor's number and the device tree in a0 and a1", async () => {
		for (const bits of widths) {
			const { machine, register } = await rig(bits, "interpret", "x: j x");
			const { tree } = machine;
			expect([machine.pc(), register("a0"), register("a1")]).toEqual([base, 0, tree!.address]);
			expect(Buffer.from(machine.memory.window(tree!.address, 4)!).toString("hex")).toBe("d00dfeed");
			expect(Buffer.from(tree!.blob).includes(`rv${bits}imafdc`)).toBe(true);
		}
	});
	it("with the device tree below the end of RAM at a multiple of 2 MiB, as QEMU's, but clear of the image", () => {
		const at = (ramBytes: number, address: number, bytes: number) =>
			buildMachine({ board: virt, isa: isaOf(64), image: loadRaw(new Uint8Array(bytes), address), policy: policies.interpret, ramBytes }).tree?.address;
		expect(at(128 * 2 ** 20, base, 16)).toBe(0x87e00000);
		expect(at(128 * 2 ** 20, base + 126 * 2 ** 20, 16)).toBe(0x87c00000);
		expect(at(2 ** 20, base, 16)).toBe(base + 2 ** 20 - 4096);
		expect(at(2 ** 20, base, 2 ** 20)).toBe(undefined);
	});
	it("with a device tree that was given instead", async () => {
		const node = (name: string, properties: FdtNode["properties"], children: readonly FdtNode[] = []): FdtNode => ({ name, properties, children });
		const tree = (arguments_: readonly string[]): Uint8Array =>
			writeFdt(
				node(
					"",
					[["model", texts("other")]],
					[
						node(
							"chosen",
							arguments_.map((text) => ["bootargs", texts(text)] as const),
						),
					],
				),
			);
		const { machine } = await rig(64, "interpret", "x: j x", { deviceTree: tree([]), bootArguments: "quiet" });
		expect(machine.memory.window(machine.tree!.address, machine.tree!.blob.length)!.slice()).toEqual(tree(["quiet"]));
	});
	it("S9: with a command line that is only text", async () => {
		const bootArguments = "*/process.exit()// __proto__=`$" + "{1}";
		const { machine } = await rig(64, "js", `li a0, 0\n${finish}`, { bootArguments });
		expect(Buffer.from(machine.tree!.blob).includes(`${bootArguments}\0`)).toBe(true);
		expect(machine.run(100)).toEqual({ reason: "exit", code: 0 });
	});
});

describe("an image that does not fit the machine is refused in one line", () => {
	const raw = (address: number, bytes: number) => loadRaw(new Uint8Array(bytes), address);
	const make = (image: ReturnType<typeof loadRaw>) => () => buildMachine({ board: virt, isa: isaOf(64), image, policy: policies.interpret });
	const cases: [what: string, image: ReturnType<typeof loadRaw>, message: string][] = [
		[
			"behind RAM",
			raw(0x9f000000, 4096),
			'raw: segment 0 at 0x9f000000 (4096 bytes) lies outside RAM 0x80000000-0x88000000; board "virt" has 128 MiB, try -m 512M',
		],
		[
			"across the end of RAM",
			raw(0x87fffff0, 32),
			'raw: segment 0 at 0x87fffff0 (32 bytes) lies outside RAM 0x80000000-0x88000000; board "virt" has 128 MiB, try -m 256M',
		],
		["below RAM", raw(0, 16), 'raw: segment 0 at 0x0 (16 bytes) lies outside RAM 0x80000000-0x88000000; board "virt" has 128 MiB: link it for 0x80000000'],
		[
			"with an entry elsewhere",
			{ ...raw(base, 16), entry: 4 },
			'raw: entry 0x4 lies outside RAM 0x80000000-0x88000000; board "virt" has 128 MiB: link it for 0x80000000',
		],
	];
	for (const [what, image, message] of cases) it(what, () => expect(make(image)).toThrow(new ImageError(message)));
	it("for another processor", () => {
		const image = loadElf(makeElf({ machine: 40, bits: 32, segments: [{ address: base, data: Uint8Array.of(1) }] }));
		expect(() => chooseBoard(boards, image)).toThrow(
			new ImageError(
				'ELF: machine 40 (32 bits, little-endian) is for none of our processors: board "virt" takes machine 243 with 64 bits or machine 243 with 32 bits',
			),
		);
	});
	it("for a board that is not there", () =>
		expect(() => chooseBoard(boards, { format: "raw", hints: null }, { name: "vrit" })).toThrow(
			new HostError('board: "vrit" is not known: try one of virt (see "doppel boards")'),
		));
	it("but a raw image takes the width asked for", () => {
		const pick = (bits?: number) => chooseBoard(boards, { format: "raw", hints: null }, { bits }).processor.bits;
		expect([pick(), pick(64), pick(32)]).toEqual([64, 64, 32]);
		expect(() => pick(16)).toThrow(new HostError('board: "virt" has no processor of 16 bits: it takes machine 243 with 64 bits or machine 243 with 32 bits'));
	});
});

describe("a guest ends its run", () => {
	for (const bits of widths)
		for (const code of [0, 1, 77, 65535])
			it(`rv${bits}: through the test finisher with ${code}`, async () => {
				const { outcome } = await runAlike(bits, `li a0, ${code}\n${finish}`, 1000);
				expect(outcome.result).toEqual({ reason: "exit", code });
			});
	for (const engine of engines)
		for (const bits of widths)
			it(`rv${bits}, ${engine}: through HTIF, by the tohost symbol of its ELF file, after a character on its console`, async () => {
				const put = bits === 64 ? "li t1, 0x0101000000000041\nsd t1, 0(t0)" : "li t1, 0x41\nsw t1, 0(t0)\nli t1, 0x01010000\nsw t1, 4(t0)";
				const end = bits === 64 ? "sd t1, 0(t0)" : "sw t1, 0(t0)\nsw zero, 4(t0)";
				const { bytes, symbols } = build(bits, `la t0, tohost\n${put}\nli t1, ${42 * 2 + 1}\n${end}\nx: j x\n.align 6\ntohost: .space 8\nfromhost: .space 8`);
				const named = ["tohost", "fromhost"].map((name) => ({ name, value: symbols.get(name)! }));
				const evil = ["*/process.exit()//", "__proto__"].map((name) => ({ name, value: base }));
				const out: number[] = [];
				const image = loadElf(makeElf({ bits, segments: [{ address: base, data: bytes }], symbols: [...evil, ...named] }));
				const machine = buildMachine({ board: virt, isa: isaOf(bits), image, policy: policies[engine], ramBytes, host: { output: (byte) => out.push(byte) } });
				expect(machine.run(1000)).toEqual({ reason: "exit", code: 42 });
				expect(out).toEqual([0x41]);
				expect(machine.memory.window(symbols.get("fromhost")!, 8)![7]).toBe(1);
			});
	it("by a reset, which starts it again with its image as it was, devices and all", async () => {
		// the first run changes its data and the second one must not see that; a counter outside the image is cleared as well
		const text = `la t0, data\nlw s0, 0(t0)\nli t1, 5\nsw t1, 0(t0)\nli t2, 0x80010000\nlw s1, 0(t2)\nsw t1, 0(t2)\nli t3, 0x10000000\nlbu s2, 7(t3)\nsb t1, 7(t3)\nli t4, 0x7777\nli t5, 0x100000\nsw t4, 0(t5)\nx: j x\n.align 2\ndata: .word 3`;
		const { machine, register } = await rig(64, "js", text, { stopAtReset: true });
		expect(machine.run(1000)).toEqual({ reason: "reset" });
		machine.reset();
		expect(machine.run(1000)).toEqual({ reason: "reset" });
		expect([register("s0"), register("s1"), register("s2")]).toEqual([3, 0, 0]);
	});
});

describe("S10: a machine built without host parts", () => {
	it("runs, and touches no clock, no randomness, no console and no file", async () => {
		const call = (operation: number) => `li a0, ${operation}\nslli zero, zero, 0x1f\nebreak\nsrai zero, zero, 7\n`;
		const text = `li t0, 0x10000000\nsb t0, 0(t0)\nlbu s1, 5(t0)\nla a1, open\n${call(1)}mv s2, a0\n${call(0x11)}mv s3, a0\n${call(7)}mv s4, a0\nli a0, 8\n${finish}\n.align 3\nopen: .dword name, 4, 1\nname: .byte 120, 0`;
		for (const engine of ["interpret", "js"] as const) {
			const forbidden = [
				vi.spyOn(Date, "now"),
				vi.spyOn(performance, "now"),
				vi.spyOn(Math, "random"),
				vi.spyOn(process.stdout, "write"),
				vi.spyOn(process.stderr, "write"),
				vi.spyOn(globalThis, "setTimeout"),
				vi.spyOn(globalThis, "fetch"),
			];
			const machine = buildMachine({
				board: virt,
				isa: isaOf(64),
				image: loadRaw(build(64, text).bytes, base),
				policy: policies[engine],
				ramBytes,
				semihosting: true,
			});
			const result = machine.run(1000);
			const calls = forbidden.map((spy) => spy.mock.calls.length);
			for (const spy of forbidden) spy.mockRestore();
			expect([engine, result, calls]).toEqual([engine, { reason: "exit", code: 8 }, forbidden.map(() => 0)]);
			const low = (name: string) => machine.register(name)![0];
			expect([low("s1"), low("s2"), low("s3"), low("s4")]).toEqual([0x60, -1, 0, -1]);
		}
	});
});

describe("a machine's memory", () => {
	it("is changed from outside in RAM only", async () => {
		const { machine } = await rig(64, "interpret", "x: j x");
		expect([machine.write(base + 0x1000, Uint8Array.of(1)), machine.write(base + ramBytes, Uint8Array.of(1)), machine.write(0, Uint8Array.of(1))]).toEqual([
			true,
			false,
			false,
		]);
	});
	it("and its registers make its hash", async () => {
		const hashes = new Set<string>();
		const { machine } = await rig(64, "interpret", "x: addi s0, s0, 1\nj x");
		hashes.add(machine.hash());
		machine.write(base + ramBytes - 1, Uint8Array.of(1));
		hashes.add(machine.hash());
		machine.run(1);
		hashes.add(machine.hash());
		expect(hashes.size).toBe(3);
		expect(machine.register("nothing")).toBe(null);
	});
});
