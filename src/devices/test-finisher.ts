/** SiFive's test finisher: one written word ends the run. */
import type { Finish } from "./kit/finish.ts";
import { createRegisterBlock, type RegisterBlock, type Trace } from "./kit/registers.ts";

export function createTestFinisher(o: { name: string; finish: Finish; trace?: Trace | undefined }): RegisterBlock {
	return createRegisterBlock({
		name: o.name,
		narrowest: 2,
		widest: 4,
		trace: o.trace,
		registers: [
			{
				name: "FINISH",
				offset: 0,
				bytes: 4,
				access: "w",
				doc: "0x5555: pass; 0x3333: fail with the code in the high half; 0x7777: reset",
				written(value) {
					const what = value & 0xffff;
					if (what === 0x5555) o.finish("exit", 0);
					else if (what === 0x3333) o.finish("exit", value >>> 16);
					else if (what === 0x7777) o.finish("reset", 0);
				},
			},
		],
	});
}
