/** The board `virt`: memory map and device tree of QEMU's RISC-V virt machine, as far as its devices are here. */
import { hex } from "../base/hex.ts";
import { cells, cells64, type FdtNode, texts } from "../load/fdt.ts";
import { fwDynamicInfo } from "../load/fw-dynamic.ts";
import type { Board, TreeOptions } from "./board.ts";

const map = {
	rom: 0x1000,
	test: 0x100000,
	rtc: 0x101000,
	clint: 0x2000000,
	sswi: 0x2f00000,
	plic: 0xc000000,
	uart: 0x10000000,
	virtio: 0x10001000,
	ram: 0x80000000,
} as const;
const bytes = { rom: 0xf000, test: 0x1000, rtc: 0x1000, clint: 0x10000, sswi: 0x4000, plic: 0x600000, uart: 0x100, virtio: 0x1000 } as const;
const timebase = 10_000_000;
const sources = 96;
const uartSource = 10;
const rtcSource = 11;
/** Bytes that an instruction for cache blocks is about. */
const cacheBlock = 64;
/** Behind the ten words of QEMU's reset code. */
const firmwareAt = map.rom + 40;
/** Places for virtio devices, one after the other, with sources from 1 on. */
const virtioPlaces = 8;
/** Bits of mip, as the device tree numbers a processor's interrupts. */
const Interrupt = { supervisorSoftware: 1, software: 3, timer: 7, external: 11, supervisorExternal: 9 } as const;

/** `rv64imac_zicsr...`: single letters in the manual's order, `su` where there are those modes (as older QEMU has it), then the others, those of the privileged levels last (unprivileged manual, chapter "ISA Extension Naming Conventions"). */
export function isaString(bits: number, extensions: readonly string[]): string {
	const names = new Set(extensions.map((name) => name.toLowerCase()));
	const letters = [..."imafdqcbvh"].filter((letter) => names.has(letter)).join("") + (names.has("supervisor") ? "su" : "");
	const long = [...names].filter((name) => /^(z|s[sv])[a-z0-9]+$/.test(name));
	const order = (name: string): string => (name[0] === "z" ? `${"imafdqlcbkjtpvnh".indexOf(name[1]!).toString(16).padStart(2, "f")}${name}` : `s${name}`);
	return [`rv${bits}${letters}`, ...long.sort((a, b) => (order(a) < order(b) ? -1 : 1))].join("_");
}

const node = (name: string, properties: FdtNode["properties"], children: readonly FdtNode[] = []): FdtNode => ({ name, properties, children });
const at = (name: string, base: number): string => `${name}@${hex(base).slice(2)}`;

type Range = { readonly base: number; readonly bytes: number };
const rangeOf = (name: string, { base, bytes: length }: Range): FdtNode["properties"] => [
	[`${name}-start`, cells64(base)],
	[`${name}-end`, cells64(base + length)],
];
/** RAM that the guest's kernel is to leave alone, under the name that OpenSBI gives it. */
const reservation = (range: Range): FdtNode =>
	node(
		"reserved-memory",
		[
			["#address-cells", cells(2)],
			["#size-cells", cells(2)],
			["ranges", null],
		],
		[node(at("mmode_resv0", range.base), [["reg", cells64(range.base, range.bytes)]])],
	);

function tree(o: TreeOptions): FdtNode {
	const cpu = (i: number): number => 1 + 2 * i;
	const controller = (i: number): number => 2 + 2 * i;
	const plic = 1 + 2 * o.processors;
	const test = plic + 1;
	const all = Array.from({ length: o.processors }, (_, i) => i);
	const each = (...interrupts: number[]) => cells(...all.flatMap((i) => interrupts.flatMap((interrupt) => [controller(i), interrupt])));

	const cpus = node(
		"cpus",
		[
			["#address-cells", cells(1)],
			["#size-cells", cells(0)],
			["timebase-frequency", cells(timebase)],
		],
		[
			...all.map((i) =>
				node(
					at("cpu", i),
					[
						["phandle", cells(cpu(i))],
						["device_type", texts("cpu")],
						["reg", cells(i)],
						["status", texts("okay")],
						["compatible", texts("riscv")],
						["riscv,isa", texts(isaString(o.bits, o.extensions))],
						...["cbom", "cboz", "cbop"].flatMap((kind) =>
							o.extensions.includes(`zi${kind}`) ? [[`riscv,${kind}-block-size`, cells(cacheBlock)] as const] : [],
						),
						["mmu-type", texts(`riscv,${o.extensions.includes("sv") ? (o.bits === 64 ? "sv57" : "sv32") : "none"}`)],
					],
					[
						node("interrupt-controller", [
							["#interrupt-cells", cells(1)],
							["interrupt-controller", null],
							["compatible", texts("riscv,cpu-intc")],
							["phandle", cells(controller(i))],
						]),
					],
				),
			),
			node(
				"cpu-map",
				[],
				[
					node(
						"cluster0",
						[],
						all.map((i) => node(`core${i}`, [["cpu", cells(cpu(i))]])),
					),
				],
			),
		],
	);
	const soc = node(
		"soc",
		[
			["#address-cells", cells(2)],
			["#size-cells", cells(2)],
			["compatible", texts("simple-bus")],
			["ranges", null],
		],
		[
			node(at("rtc", map.rtc), [
				["interrupts", cells(rtcSource)],
				["interrupt-parent", cells(plic)],
				["reg", cells64(map.rtc, bytes.rtc)],
				["compatible", texts("google,goldfish-rtc")],
			]),
			node(at("serial", map.uart), [
				["interrupts", cells(uartSource)],
				["interrupt-parent", cells(plic)],
				["clock-frequency", cells(3686400)],
				["reg", cells64(map.uart, bytes.uart)],
				["compatible", texts("ns16550a")],
			]),
			node(at("test", map.test), [
				["phandle", cells(test)],
				["reg", cells64(map.test, bytes.test)],
				["compatible", texts("sifive,test1", "sifive,test0", "syscon")],
			]),
			...Array.from({ length: virtioPlaces }, (_, i) => i).map((i) =>
				node(at("virtio_mmio", map.virtio + i * bytes.virtio), [
					["interrupts", cells(1 + i)],
					["interrupt-parent", cells(plic)],
					["reg", cells64(map.virtio + i * bytes.virtio, bytes.virtio)],
					["compatible", texts("virtio,mmio")],
				]),
			),
			node(at("plic", map.plic), [
				["phandle", cells(plic)],
				["riscv,ndev", cells(sources)],
				["reg", cells64(map.plic, bytes.plic)],
				["interrupts-extended", each(Interrupt.external, Interrupt.supervisorExternal)],
				["interrupt-controller", null],
				["compatible", texts("sifive,plic-1.0.0", "riscv,plic0")],
				["#address-cells", cells(0)],
				["#interrupt-cells", cells(1)],
			]),
			node(at("clint", map.clint), [
				["interrupts-extended", each(Interrupt.software, Interrupt.timer)],
				["reg", cells64(map.clint, bytes.clint)],
				["compatible", texts("sifive,clint0", "riscv,clint0")],
			]),
			node(at("sswi", map.sswi), [
				["#interrupt-cells", cells(0)],
				["interrupt-controller", null],
				["interrupts-extended", each(Interrupt.supervisorSoftware)],
				["reg", cells64(map.sswi, bytes.sswi)],
				["compatible", texts("riscv,aclint-sswi")],
			]),
		],
	);
	const syscon = (name: string, value: number): FdtNode =>
		node(name, [
			["value", cells(value)],
			["offset", cells(0)],
			["regmap", cells(test)],
			["compatible", texts(`syscon-${name}`)],
		]);
	return node(
		"",
		[
			["#address-cells", cells(2)],
			["#size-cells", cells(2)],
			["compatible", texts("riscv-virtio")],
			["model", texts("riscv-virtio,qemu")],
		],
		[
			node("chosen", [
				...(o.boot.initrd ? rangeOf("linux,initrd", o.boot.initrd) : []),
				...(o.bootArguments ? [["bootargs", texts(o.bootArguments)] as const] : []),
				["rng-seed", cells(...o.seed)],
				["stdout-path", texts(`/soc/${at("serial", map.uart)}`)],
			]),
			...(o.boot.reserved ? [reservation(o.boot.reserved)] : []),
			syscon("poweroff", 0x5555),
			syscon("reboot", 0x7777),
			node(at("memory", map.ram), [
				["device_type", texts("memory")],
				["reg", cells64(map.ram, o.ramBytes)],
			]),
			cpus,
			soc,
		],
	);
}

export const virt: Board = {
	name: "virt",
	title: "RISC-V virt: RAM, NS16550A UART, CLINT and SSWI, PLIC, real-time clock, test finisher, 8 places for virtio devices, in QEMU's memory map",
	ram: { base: map.ram, bytes: 128 * 2 ** 20 },
	timebase,
	processors: [
		{ isa: "riscv", parameters: { XLEN: 64 }, machine: 243, bits: 64, endian: "little", payloadAlign: 2 ** 21, firmware: "sbi/sbi-rv64.elf" },
		{ isa: "riscv", parameters: { XLEN: 32 }, machine: 243, bits: 32, endian: "little", payloadAlign: 2 ** 22, firmware: "sbi/sbi-rv32.elf" },
	],
	mostProcessors: 8,
	devices: [
		{ kind: "rom", name: "rom", base: map.rom, bytes: bytes.rom },
		{ kind: "test-finisher", name: "test", base: map.test, bytes: bytes.test },
		{ kind: "clint", name: "clint", base: map.clint, bytes: bytes.clint, software: "machine-software", timer: "machine-timer" },
		{ kind: "sswi", name: "sswi", base: map.sswi, bytes: bytes.sswi, software: "supervisor-software" },
		{
			...{ kind: "plic", name: "plic", base: map.plic, bytes: bytes.plic },
			...{ sources, contexts: ["machine-external", "supervisor-external"], again: "event" },
		},
		{ kind: "ns16550a", name: "serial", base: map.uart, bytes: bytes.uart, interrupt: { controller: "plic", source: uartSource } },
		{ kind: "goldfish-rtc", name: "rtc", base: map.rtc, bytes: bytes.rtc, interrupt: { controller: "plic", source: rtcSource } },
		...Array.from({ length: virtioPlaces }, (_, i) => ({
			kind: "virtio-mmio" as const,
			name: `virtio${i}`,
			base: map.virtio + i * bytes.virtio,
			bytes: bytes.virtio,
			interrupt: { controller: "plic", source: 1 + i },
		})),
	],
	firmware: ({ bits, next }) => ({ address: firmwareAt, data: fwDynamicInfo({ bits, next }) }),
	tree,
	// as sbi/sbi.ld has it, and QEMU's OpenSBI
	firmwareBytes: 0x80000,
};
