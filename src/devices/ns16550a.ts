/** UART NS16550A (National Semiconductor data sheet PC16550D): console bytes in both directions, one interrupt wire. Characters take no time. */
import type { GuestConsole } from "../base/host.ts";
import type { Line } from "../base/line.ts";
import { createFifo } from "./kit/fifo.ts";
import { createRegisterBlock, type RegisterBlock, type Trace } from "./kit/registers.ts";

const Ier = { data: 1, thre: 2, line: 4, modem: 8 } as const;
const Iir = { none: 1, modem: 0, thre: 2, data: 4, line: 6, timeout: 12, fifos: 0xc0 } as const;
const Lsr = { data: 1, overrun: 2, thre: 0x20, temt: 0x40 } as const;
const Mcr = { out2: 8, loop: 0x10 } as const;
const triggers = [1, 4, 8, 14];

export interface Uart extends RegisterBlock {
	/** Input may be waiting at the console: take what fits. */
	poll(): void;
}

export function createNs16550a(o: { name: string; console: GuestConsole; irq: Line; trace?: Trace | undefined }): Uart {
	const received = createFifo(16);
	let fifos = false;
	let trigger = 1;
	/** The transmitter has become empty and nobody has looked since. */
	let emptied = false;
	let overrun = false;
	const dlab = (): boolean => (block.get("LCR") & 0x80) !== 0;
	const loop = (): boolean => (block.get("MCR") & Mcr.loop) !== 0;

	const cause = (): number => {
		const ier = block.get("IER");
		if (ier & Ier.line && overrun) return Iir.line;
		if (ier & Ier.data && received.length > 0) return fifos && received.length < trigger ? Iir.timeout : Iir.data;
		if (ier & Ier.thre && emptied) return Iir.thre;
		return Iir.none;
	};
	const update = (): void => o.irq.set(cause() !== Iir.none);
	const receive = (byte: number): void => {
		if (received.length >= (fifos ? 16 : 1)) overrun = true;
		else received.push(byte);
	};
	/** Every time the wire is driven may be an event for whoever listens: so only when something has happened. */
	const poll = (): void => {
		const before = received.length;
		while (!loop() && o.console.waiting > 0 && received.length < (fifos ? 16 : 1)) receive(o.console.take());
		if (received.length > before) update();
	};

	const block = createRegisterBlock({
		name: o.name,
		narrowest: 1,
		widest: 4,
		trace: o.trace,
		registers: [
			{ name: "DLL", offset: 0, bytes: 1, access: "rw", reset: 0x0c, doc: "divisor latch, low half; kept, without effect", when: dlab },
			{ name: "DLM", offset: 1, bytes: 1, access: "rw", doc: "divisor latch, high half", when: dlab },
			{
				name: "RBR",
				offset: 0,
				bytes: 1,
				access: "r",
				doc: "receiver buffer: the oldest byte received",
				read(kept) {
					const byte = received.shift();
					if (byte >= 0) block.set("RBR", byte);
					poll();
					update();
					return byte >= 0 ? byte : kept;
				},
			},
			{
				name: "THR",
				offset: 0,
				bytes: 1,
				access: "w",
				doc: "transmitter holding register: sent at once",
				written(value) {
					if (loop()) receive(value & 255);
					else o.console.put(value & 255);
					emptied = true;
					update();
				},
			},
			{
				name: "IER",
				offset: 1,
				bytes: 1,
				access: "rw",
				writable: 15,
				doc: "interrupt enable: data, transmitter empty, line status, modem status",
				written(value) {
					if (value & Ier.thre) emptied = true;
					update();
				},
			},
			{
				name: "IIR",
				offset: 2,
				bytes: 1,
				access: "r",
				doc: "interrupt identification; reading it acknowledges transmitter empty",
				read() {
					const now = cause();
					if (now === Iir.thre) {
						emptied = false;
						update();
					}
					return now | (fifos ? Iir.fifos : 0);
				},
			},
			{
				name: "FCR",
				offset: 2,
				bytes: 1,
				access: "w",
				doc: "FIFO control: enable, clear receiver, clear transmitter, trigger level",
				written(value) {
					if (fifos !== ((value & 1) !== 0) || value & 2) received.clear();
					fifos = (value & 1) !== 0;
					trigger = triggers[(value >> 6) & 3]!;
					poll();
					update();
				},
			},
			{ name: "LCR", offset: 3, bytes: 1, access: "rw", doc: "line control; bit 7 shows the divisor latch" },
			{ name: "MCR", offset: 4, bytes: 1, access: "rw", reset: Mcr.out2, writable: 31, doc: "modem control; bit 4 loops back", written: poll },
			{
				name: "LSR",
				offset: 5,
				bytes: 1,
				access: "r",
				doc: "line status: data ready, overrun, transmitter empty",
				read() {
					const now = Lsr.thre | Lsr.temt | (received.length > 0 ? Lsr.data : 0) | (overrun ? Lsr.overrun : 0);
					if (overrun) {
						overrun = false;
						update();
					}
					return now;
				},
			},
			{
				name: "MSR",
				offset: 6,
				bytes: 1,
				access: "r",
				doc: "modem status: DCD, DSR and CTS are there; MCR's bits when it loops back",
				read() {
					const mcr = block.get("MCR");
					return loop() ? ((mcr & 12) << 4) | ((mcr & 2) << 3) | ((mcr & 1) << 5) : 0xb0;
				},
			},
			{ name: "SCR", offset: 7, bytes: 1, access: "rw", doc: "scratch" },
		],
	});
	return {
		...block,
		poll,
		reset() {
			block.reset();
			received.clear();
			fifos = false;
			trigger = 1;
			emptied = false;
			overrun = false;
			update();
		},
		kept: () => [...block.kept(), fifos ? 1 : 0, trigger, emptied ? 1 : 0, overrun ? 1 : 0, ...received.bytes()],
	};
}
