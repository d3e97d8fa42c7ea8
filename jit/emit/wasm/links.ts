/** The table of functions that translated code calls each other by: units in, places out. */
import type { Links, Unit } from "../../ir/block.ts";
import { type Kit, Nodes, unitParams } from "./nodes.ts";

/** Most places; calls of what finds none go through the dispatcher. */
const most = 1 << 16;

export interface LinkTable extends Links {
	/** What modules import as `env.table`. */
	readonly functions: WebAssembly.Table;
}

export function createLinks(kit: Kit): LinkTable {
	const functions = new WebAssembly.Table({ element: "anyfunc", initial: 1024, maximum: most });
	const back = comesBack(kit, functions);
	functions.set(0, back);
	let used = 1;
	return {
		functions,
		reserve() {
			if (used === most) return -1;
			if (used === functions.length) functions.grow(used);
			functions.set(used, back);
			return used++;
		},
		bind: (place, unit) => functions.set(place, unit?.run ?? back),
	};
}

/** A function that does nothing and says `Status.next`: pc is where the caller put it. */
function comesBack(kit: Kit, table: WebAssembly.Table): Unit["run"] {
	const nodes = new Nodes(kit);
	nodes.function("back", unitParams, "i32", [], nodes.i32(0));
	nodes.export("back");
	const code = nodes.encode();
	nodes.dispose();
	const memory = new WebAssembly.Memory({ initial: 1, ...(kit.shared ? { maximum: 65536, shared: true } : {}) });
	const never = (): void => {};
	return new WebAssembly.Instance(new WebAssembly.Module(code), { env: { memory, table, load: never, store: never } }).exports.back;
}
