/** Where firmware is to go next in, the words that OpenSBI's dynamic firmware finds that in out (OpenSBI, docs/firmware/fw_dynamic.md). */

/** "OSBI" */
const magic = 0x4942534f;
const version = 2;
/** Supervisor mode. */
const nextMode = 1;

/** Version 2 of `struct fw_dynamic_info`, its six words as wide as a register: magic, version, next address, next mode, options, preferred processor. */
export function fwDynamicInfo(o: { readonly bits: 32 | 64; readonly next: number }): Uint8Array {
	const bytes = o.bits / 8;
	const view = new DataView(new ArrayBuffer(6 * bytes));
	for (const [i, value] of [magic, version, o.next, nextMode, 0, 0].entries()) {
		view.setUint32(i * bytes, value % 2 ** 32, true);
		if (bytes === 8) view.setUint32(i * bytes + 4, Math.floor(value / 2 ** 32), true);
	}
	return new Uint8Array(view.buffer);
}
