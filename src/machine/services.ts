/** Services that a guest may ask of whoever runs the machine, by name: semihosting now; guest memory as the guest sees it. */
import { Header } from "../../jit/base/layout.ts";
import { Access, type SystemPort } from "../../jit/base/port.ts";
import { Status } from "../../jit/base/status.ts";
import type { GuestBytes, Semihosting } from "../devices/semihosting.ts";
import type { GuestMemory } from "../memory/guest-memory.ts";
import type { Ports } from "../memory/port.ts";

/** A low and a high word as an unsigned number; exact below 2^53. */
const unsigned = (lo: number, hi: number): number => (hi >>> 0) * 2 ** 32 + (lo >>> 0);

/** Guest memory as the guest itself would access it, with its translation and protection: byte by byte through the full port, or at once where nothing is translated. */
export function guestBytes(memory: GuestMemory, ports: Pick<Ports, "full" | "writeRam">, state: number, plain: boolean): GuestBytes {
	const { words } = memory;
	const port = ports.full;
	const failed = (): boolean => {
		const bad = words[(state + Header.status) >> 2] !== Status.next;
		words[(state + Header.status) >> 2] = Status.next;
		return bad;
	};
	return {
		read(address, length) {
			if (length > memory.ram.bytes) return null;
			const window = plain ? memory.window(address, length) : null;
			if (window) return window.slice();
			const out = new Uint8Array(length);
			for (let i = 0; i < length; i++) {
				const at = address + i;
				out[i] = port.load(state, at | 0, Math.floor(at / 2 ** 32) | 0, 1, 0, Access.load);
				if (failed()) return null;
			}
			return out;
		},
		write(address, data) {
			if (plain && ports.writeRam(address, data)) return true;
			for (let i = 0; i < data.length; i++) {
				const at = address + i;
				port.store(state, at | 0, Math.floor(at / 2 ** 32) | 0, 1, 0, data[i]!, 0);
				if (failed()) return false;
			}
			return true;
		},
	};
}

export interface ServiceParts {
	readonly retired: (state: number) => number;
	readonly clock: () => number;
	readonly syncCode: () => void;
	readonly syncTranslation: (state: number) => void;
	readonly semihosting: Semihosting | null;
	readonly memory: (state: number) => GuestBytes;
	/** Has the guest just ended its run? */
	readonly ended: () => boolean;
}

export function createSystemPort(o: ServiceParts): SystemPort {
	return {
		retired: o.retired,
		clock: o.clock,
		syncCode: o.syncCode,
		syncTranslation: o.syncTranslation,
		offers: (service) => service === "semihosting" && o.semihosting !== null,
		hostcall(state, service, a, b) {
			if (service !== "semihosting" || !o.semihosting) return [-1, -1];
			const answer = o.semihosting.call(o.memory(state), unsigned(a[0], 0), unsigned(b[0], b[1]));
			if (o.ended()) return undefined;
			return [answer | 0, Math.floor(answer / 2 ** 32) | 0];
		},
	};
}
