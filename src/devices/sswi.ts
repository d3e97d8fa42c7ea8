/** Supervisor software interrupts (ACLINT specification 1.0-rc4, chapter 4): a write to a processor's register in, a pulse on its wire out. */
import type { Line } from "../base/line.ts";
import { createRegisterBlock, type RegisterBlock, type Trace } from "./kit/registers.ts";

/** `software`: one wire a processor; it is pulsed, never held. */
export function createSswi(o: { readonly name: string; readonly software: readonly Line[]; readonly trace?: Trace | undefined }): RegisterBlock {
	return createRegisterBlock({
		name: o.name,
		narrowest: 4,
		widest: 4,
		trace: o.trace,
		registers: [
			{
				name: "SETSSIP",
				offset: 0,
				bytes: 4,
				access: "rw",
				count: o.software.length,
				writable: 0,
				doc: "written with bit 0 set: software interrupt of a processor; reads 0",
				written(value, cpu) {
					if ((value & 1) === 0) return;
					o.software[cpu]!.set(true);
					o.software[cpu]!.set(false);
				},
			},
		],
	});
}
