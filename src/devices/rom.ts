/** Read-only memory on the bus: bytes in; reads see them, with zeros behind, and writes change nothing. */
import { createRegisterBlock, type RegisterBlock, type Trace } from "./kit/registers.ts";

export function createRom(o: { readonly name: string; readonly data: Uint8Array; readonly trace?: Trace | undefined }): RegisterBlock {
	const count = Math.ceil(o.data.length / 4);
	return createRegisterBlock({
		name: o.name,
		narrowest: 1,
		widest: 4,
		trace: o.trace,
		registers: [
			{
				name: "ROM",
				offset: 0,
				bytes: 4,
				access: "r",
				count,
				doc: "its bytes, four together",
				read: (_, i) => [0, 1, 2, 3].reduce((word, k) => word + (o.data[4 * i + k] ?? 0) * 2 ** (8 * k), 0),
			},
		],
	});
}
