/** An ISA and a seed in, the interpreter and the executor that compiles at once on the same states out: what each does to state, port and machine, one after the other. */
import { Header, layOut, type StateLayout } from "../../jit/base/layout.ts";
import type { MemoryPort, SystemPort } from "../../jit/base/port.ts";
import { Status } from "../../jit/base/status.ts";
import { createExecutor } from "../../jit/execute/executor.ts";
import type { Interpreter } from "../../jit/interpret/interpret.ts";
import type { Block } from "../../jit/ir/block.ts";
import type { Isa, MachineFunction } from "../../jit/spec/isa.ts";
import type { Random } from "../ir/random.ts";

export type Halves = readonly [lo: number, hi: number];

const state = 256;
/** Guest memory repeats every this many bytes. */
const ramBytes = 2 ** 16;
const failures: readonly number[] = [Status.fault, Status.trap, Status.assist];

export interface Pair {
	readonly isa: Isa;
	/** Guest memory; what a run stores is taken back. */
	readonly ram: Uint8Array;
	/** How often each status came, of runs that were compared. */
	readonly statuses: Map<number, number>;
	/** Stores that the interpreter's runs made and that succeeded. */
	stores(): number;
	/** Runs both from the same cells; answers what differs, "" when nothing does. One access in `failing` fails (0: none). */
	block(block: Block, cells: readonly Halves[], failing: number): string;
	call(fn: MachineFunction, args: readonly Halves[], cells: readonly Halves[], failing: number): string;
}

export function createPair(isa: Isa, random: Random): Pair {
	const layout: StateLayout = layOut(isa.cells);
	const memory = new WebAssembly.Memory({ initial: 1 });
	const words = new Int32Array(memory.buffer);
	const bytes = new Uint8Array(memory.buffer, state, layout.bytes);
	const ram = new Uint8Array(ramBytes);
	const view = new DataView(ram.buffer);
	let log: (number | string)[] = [];
	let undo: (readonly [at: number, byte: number])[] = [];
	/** Which accesses of a run fail, and how. */
	let fails: readonly number[] = [];
	let accesses = 0;
	let stores = 0;

	const answer = (at: number): boolean => {
		const status = fails[accesses++] ?? Status.next;
		words[(at + Header.status) >> 2] = status;
		if (status === Status.fault) words[(at + Header.access) >> 2] = 0x101;
		if (status === Status.trap) words[(at + Header.causeLo) >> 2] = 77;
		return status === Status.next;
	};
	const place = (lo: number, bytes: number): number => Math.min(lo & (ramBytes - 1), ramBytes - bytes);
	const port: MemoryPort = {
		load(at, lo, hi, size, space, access) {
			log.push("load", lo, hi, size, space, access);
			if (!answer(at)) return 0;
			const from = place(lo, size);
			words[(at + Header.high) >> 2] = size === 8 ? view.getInt32(from + 4, true) : 0;
			return size === 1 ? ram[from]! : size === 2 ? view.getUint16(from, true) : view.getInt32(from, true);
		},
		store(at, lo, hi, size, space, valueLo, valueHi) {
			log.push("store", lo, hi, size, space, valueLo, valueHi);
			if (!answer(at)) return;
			const from = place(lo, size);
			for (let i = 0; i < size; i++) {
				undo.push([from + i, ram[from + i]!]);
				ram[from + i] = i < 4 ? valueLo >>> (8 * i) : valueHi >>> (8 * (i - 4));
			}
		},
	};
	const system: SystemPort = {
		retired: () => 2 ** 33 + 5,
		clock: () => 2 ** 40 + 12345,
		syncCode: () => log.push("syncCode"),
		syncTranslation: () => log.push("syncTranslation"),
		offers: (service) => service.length % 2 === 0,
		hostcall(_, service, a, b) {
			log.push("hostcall", service, ...a, ...b);
			return (a[0] & 1) === 0 ? [a[0] ^ -1, b[1]] : undefined;
		},
	};
	const parts = { memory, port, system };
	const [interpreted, compiled] = [createExecutor(isa, layout, parts, Number.POSITIVE_INFINITY), createExecutor(isa, layout, parts, 0)];
	const statuses = new Map<number, number>();

	/** One of them from the start: all that can be seen of it, as text. */
	const run = (executor: Interpreter, cells: readonly Halves[], once: (executor: Interpreter) => number | string): string => {
		words.fill(0, state >> 2, (state + layout.bytes) >> 2);
		cells.forEach(([lo, hi], i) => {
			words[(state + layout.offsets[i]!) >> 2] = lo;
			words[(state + layout.offsets[i]! + 4) >> 2] = hi;
		});
		log = [];
		undo = [];
		accesses = 0;
		const result = once(executor);
		for (const [at, byte] of undo.reverse()) ram[at] = byte;
		const changed = isa.cells.flatMap(({ name }, i) => {
			const at = (state + layout.offsets[i]!) >> 2;
			return words[at] === cells[i]![0] && words[at + 1] === cells[i]![1] ? [] : [`${name}=${words[at + 1]}:${words[at]}`];
		});
		return `${result}; ${changed.join(" ")}; header ${new Int32Array(bytes.slice(0, 64).buffer).join()}; ${log.join()}`;
	};
	const compare = (cells: readonly Halves[], failing: number, once: (executor: Interpreter) => number | string): string => {
		fails = Array.from({ length: 12 }, () => (failing > 0 && random.once(failing) ? random.pick(failures) : Status.next));
		const expected = run(interpreted, cells, once);
		const status = Number.parseInt(expected, 10);
		statuses.set(status, (statuses.get(status) ?? 0) + 1);
		stores += undo.length > 0 ? 1 : 0;
		const found = run(compiled, cells, once);
		return found === expected ? "" : `compiled: ${found}\ninterpreted: ${expected}`;
	};
	return {
		isa,
		ram,
		statuses,
		stores: () => stores,
		block: (block, cells, failing) => compare(cells, failing, (executor) => `${executor.run(block, state)}, retired ${executor.retired}`),
		call: (fn, args, cells, failing) =>
			compare(cells, failing, (executor) => {
				const { status, lo, hi } = executor.call(fn, state, args);
				return `${status}, ${hi}:${lo}`;
			}),
	};
}

/** Every cell random, zero in half of them; `set` says what some hold instead. */
export function randomCells(isa: Isa, random: Random, set: ReadonlyMap<string, Halves> = new Map()): Halves[] {
	const zero = new Set(isa.files.flatMap((file) => (file.zero >= 0 ? (file.places[file.zero] ?? []).map((part) => part.cell) : [])));
	return isa.cells.map(({ name, width }, i) => set.get(name) ?? (zero.has(i) || random.once(2) ? [0, 0] : random.bits(width)));
}
