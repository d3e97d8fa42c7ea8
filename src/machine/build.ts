/** Board, definition, image and host parts in, a machine ready to run out. */
import { HostError } from "../../jit/base/errors.ts";
import { layOut } from "../../jit/base/layout.ts";
import { createCodeCache } from "../../jit/cache/cache.ts";
import { createDecoder } from "../../jit/decode/decoder.ts";
import { createDispatcher } from "../../jit/dispatch/dispatcher.ts";
import type { Dispatcher } from "../../jit/dispatch/parts.ts";
import { createJsEmitter } from "../../jit/emit/js/emit.ts";
import { createWasmEmitter } from "../../jit/emit/wasm/emit.ts";
import { createExecutor } from "../../jit/execute/executor.ts";
import type { Interpreter } from "../../jit/interpret/interpret.ts";
import type { Emitter } from "../../jit/ir/block.ts";

import { createLifter } from "../../jit/lift/lift.ts";
import { optimize } from "../../jit/opt/optimize.ts";
import { createConsole } from "../base/host.ts";
import { createRandom } from "../base/random.ts";
import { createTranscript } from "../base/transcript.ts";
import { createHtif } from "../devices/htif.ts";
import { createSemihosting } from "../devices/semihosting.ts";
import { createFetch } from "../hypervisor/code-access.ts";
import { createHypervisor } from "../hypervisor/hypervisor.ts";
import { createProcessor } from "../hypervisor/processor.ts";
import { createViews } from "../hypervisor/views.ts";
import { writeFdt } from "../load/fdt.ts";
import { amendFdt } from "../load/fdt-read.ts";
import { createBus } from "../memory/bus.ts";
import { createGuestMemory } from "../memory/guest-memory.ts";
import { createPorts } from "../memory/port.ts";
import { createTables } from "../memory/tables.ts";
import { createTranslation } from "../memory/translation.ts";
import { createWalks } from "../memory/walks.ts";
import { createClock } from "../time/clock.ts";
import { connectDevices } from "./devices.ts";
import { createMachine, type Machine } from "./machine.ts";
import type { MachineOptions } from "./options.ts";
import { checkImage, placeForTree } from "./place.ts";
import { createSystemPort, guestBytes } from "./services.ts";

const pageBytes = 4096;
/** Every guest's random generator starts alike, so that runs are alike. */
const treeSeed = 1;

/**
 * Throws `ImageError` when the image does not fit into RAM, `HostError` when the host has not enough memory, `SpecError` when board and definition do
 * not fit together.
 */
export function buildMachine(o: MachineOptions): Machine {
	const { board, isa, image } = o;
	const host = o.host ?? {};
	const layout = layOut(isa.cells);
	const count = o.processors ?? 1;
	if (count > board.mostProcessors) throw new HostError(`machine: ${count} processors: board "${board.name}" takes 1 to ${board.mostProcessors} (--smp)`);
	const memory = createGuestMemory({ stateBytes: layout.bytes, processors: count, ramBase: board.ram.base, ramBytes: o.ramBytes ?? board.ram.bytes });
	checkImage(image, memory, board.name);
	const { ram, words } = memory;
	const ending: { now: "exit" | "reset" | null; code: number } = { now: null, code: 0 };

	// What follows depends on what comes later: these are only called once everything is there.
	let dispatcher: Dispatcher | undefined;
	const leave = (): void => dispatcher?.leave();
	const finish = (what: "exit" | "reset", code: number): void => {
		ending.now ??= what;
		ending.code = code;
		leave();
	};
	const clock = createClock({ stepsPerTick: o.stepsPerTick, ahead: () => dispatcher?.progress ?? 0, timerSet: leave });
	const processors = memory.states.map((state, index) => createProcessor(isa, layout, words, index, state, leave));
	const at = new Map(processors.map((processor) => [processor.state, processor]));
	const plain = (state: number): boolean => at.get(state)!.plain;
	const view = (state: number): number => at.get(state)!.view;
	const translation = { asked: 0, filled: 0, switched: 0, flushed: 0 };
	const tables = createTables(memory, translation);
	const walks = createWalks(memory, tables.close);
	const cache = createCodeCache(ram, memory.memory, o.limits, tables.close);
	const buses = isa.memories.map(() => createBus());

	let walker: Interpreter | undefined;
	const args: [[number, number], [number, number], [number, number]] = [
		[0, 0],
		[0, 0],
		[0, 0],
	];
	const ask = (state: number, lo: number, hi: number, access: number, bytes: number) => {
		if (!isa.machine.translate) return { status: 0, lo, hi };
		args[0][0] = lo;
		args[0][1] = hi;
		args[1][0] = access;
		args[2][0] = bytes;
		return walker!.call("translate", state, args);
	};
	const views = createViews(isa, layout, words);
	const translator = createTranslation(ask, view, walks, translation);
	const { translate } = translator;
	const fetch = createFetch({ isa, memory, plain, view, translate, settled: (state) => hypervisor.settled(at.get(state)!) });
	/** Nothing that is remembered of translations counts any more; the processors look again before they go on. */
	const retranslate = (): void => {
		walks.clear();
		tables.flush();
		views.forget();
		for (const processor of processors) processor.dirty = true;
		leave();
	};
	/** The same, of these translations only. */
	const retire = (stale: readonly number[]): void => {
		const inForce = processors.map((processor) => processor.view);
		// numbers that are neither known nor in force never come back
		const found = stale.filter((one) => views.retire(one) || inForce.includes(one));
		if (found.length === 0) return;
		translation.flushed++;
		found.forEach(tables.retire);
		for (const processor of processors) if (found.includes(processor.view)) processor.dirty = true;
		leave();
	};
	const ports = createPorts({
		memory,
		buses,
		endian: isa.memories.map((space) => space.endian),
		addressBits: isa.addressBits,
		plain,
		...{ translate, tables, walks, retranslate, retire },
		forget(page) {
			translator.forget(page);
			tables.forget(page);
		},
		holds: cache.holds,
		invalidate: cache.written,
	});

	const transcript = createTranscript();
	const output = (byte: number): void => {
		transcript.put(byte);
		host.output?.(byte);
	};
	const timeSet = (): void => {
		for (const processor of processors) {
			processor.due = true;
			processor.dirty = true;
		}
		leave();
	};
	const console = createConsole(output, host.input);
	const bits = isa.addressBits > 32 ? 64 : 32;
	const rom = o.firmwareNext === undefined ? null : board.firmware({ bits, next: o.firmwareNext });
	const devices = connectDevices({
		board,
		bus: buses[0]!,
		clock,
		console,
		processors,
		finish,
		timeSet,
		rom,
		trace: o.trace,
		dma: { window: memory.window, write: ports.writeRam },
		virtio: o.virtio ?? [],
		epoch: o.epoch ?? 0,
	});
	const nanos = (): number => Math.floor((clock.ticks() / board.timebase) * 1e9);
	const top = Math.max(...image.segments.map((segment) => segment.address + segment.bytes));
	const heap = Math.ceil(top / 16) * 16;
	const semihosting = o.semihosting
		? createSemihosting({
				wordBytes: isa.addressBits > 32 ? 8 : 4,
				console,
				files: host.files ?? null,
				commandLine: o.bootArguments ?? "",
				finish,
				nanos,
				epoch: o.epoch ?? 0,
				heap: [heap, ram.base + ram.bytes, ram.base + ram.bytes, heap],
			})
		: null;
	const system = createSystemPort({
		retired: (state) => at.get(state)!.retired + (dispatcher?.progress ?? 0),
		clock: devices.time,
		// stores tell the cache of every byte they change, so fetches never see old code
		syncCode: () => {},
		// nor are translations ever old: stores to what they read are seen
		syncTranslation: () => {},
		semihosting,
		memory: (state) => guestBytes(memory, ports, state, plain(state)),
		ended: () => ending.now !== null,
	});
	const { routineAfter } = o.policy;
	const interpreter = createExecutor(isa, layout, { memory: memory.memory, port: ports.full, system }, routineAfter);
	walker = createExecutor(isa, layout, { memory: memory.memory, port: ports.physical, system }, routineAfter);

	const env = { memory: memory.memory, ram, port: ports.translated, jumps: memory.jumps };
	const decoder = createDecoder(isa);
	const lifter = createLifter(isa, decoder);
	const emitters: Emitter[] = [];
	if (o.policy.jsAfter < Number.POSITIVE_INFINITY) emitters.push(createJsEmitter(isa, layout, env));
	const wasm = o.policy.wasmAfter < Number.POSITIVE_INFINITY ? createWasmEmitter(isa, layout, env) : null;
	if (wasm) emitters.push(wasm);
	const passes = o.optimizer === false ? {} : { optimize };
	const clockParts = host.now ? { now: host.now } : {};
	const running: Dispatcher = createDispatcher({
		isa,
		layout,
		env,
		lifter,
		interpreter,
		code: fetch,
		policy: o.policy,
		emitters,
		cache,
		watch: o.watch,
		alone: count === 1,
		kept: o.kept,
		helper: wasm ? host.helper?.(wasm.setting) : undefined,
		...passes,
		...clockParts,
	});
	dispatcher = running;
	const hypervisor = createHypervisor({
		isa,
		layout,
		words,
		clock,
		time: devices.time,
		stepOf: devices.stepOf,
		interpreter,
		fetch,
		view: views.number,
		select: tables.select,
		stepOne: running.stepOne,
		stop: () => finish("exit", ending.code),
	});

	const tohost = image.symbols.find("tohost");
	if (tohost) {
		const htif = createHtif({
			tohost: tohost.value,
			fromhost: image.symbols.find("fromhost")?.value ?? -1,
			window: memory.window,
			write: ports.writeRam,
			console,
			finish,
			clock,
		});
		ports.watch(tohost.value, 8, htif.stored);
	}
	const boot = o.boot ?? {};
	const blob =
		o.deviceTree === null
			? new Uint8Array(0)
			: o.deviceTree !== undefined
				? amendFdt(o.deviceTree, { bootArguments: o.bootArguments ?? "", ...boot })
				: writeFdt(
						board.tree({
							bits,
							extensions: isa.extensions.map((extension) => extension.name),
							processors: count,
							ramBytes: ram.bytes,
							bootArguments: o.bootArguments ?? "",
							boot,
							seed: Array.from({ length: 8 }, createRandom(treeSeed).next),
						}),
					);
	const treeAt = placeForTree(image, memory, Math.ceil(blob.length / pageBytes) * pageBytes);
	return createMachine({
		...{ isa, layout, env, memory, image, processors, clock, cache, hypervisor, interpreter, devices, console, ports, ending, retranslate },
		translation,
		dispatcher: running,
		tree: treeAt < 0 ? null : { address: treeAt, blob },
		firmware: rom?.address ?? 0,
		stopAtReset: o.stopAtReset ?? false,
		transcript,
		rest: host.rest,
		pace: host.pace,
		close() {
			semihosting?.close();
			for (const part of o.virtio ?? []) {
				if (part.kind === "block") part.store.close();
				else if (part.kind === "net") part.cable.close();
				else if (part.kind === "9p") part.folder.closeAll();
			}
		},
	});
}
