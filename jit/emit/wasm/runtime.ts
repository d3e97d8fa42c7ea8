/** The module that all units of an emitter share: functions of JavaScript and the table of units in, the Wasm functions that units import out. */
import { Header } from "../../base/layout.ts";
import type { Environment } from "../../base/port.ts";
import { floatImport } from "./float-import.ts";
import { lookUpPlace } from "./jump.ts";
import { type Imports, imported, type Node, typeOf, unitParams } from "./nodes.ts";
import type { Surroundings } from "./plan.ts";
import { Writer } from "./writer.ts";

/** What a word of the jump table (jumps.ts) says: the unit's slot, and the block to begin at above it. */
export const slotBits = 16;

type Run = (state: number, label: number, stack: number) => number;

export interface Runtime {
	/** For units: see `imported`. */
	readonly functions: Readonly<Record<keyof typeof imported, unknown>>;
	/** Does nothing and says `Status.next`: pc is where the caller put it. */
	readonly back: Run;
	/** Enters what a word says, and goes on to what the jump table has for pc for as long as units come back with `Status.next`. */
	readonly go: (state: number, word: number) => number;
}

const host = { load: imported.load, store: { params: 7, result: null }, float: imported.float } as const satisfies Imports;

export function createRuntime(around: Surroundings, { memory, port }: Environment, shared: boolean, table: WebAssembly.Table): Runtime {
	const nodes = new Writer(shared, host, true);
	const all = (name: keyof typeof host): Node[] => Array.from({ length: host[name].params }, (_, i) => nodes.get(i));
	const i32s = (name: keyof typeof imported) => new Array<"i32">(imported[name].params).fill("i32");
	const wrap = (name: keyof typeof imported, body: Node): void => {
		nodes.function(`${name} for units`, i32s(name), "i32", [], body);
		nodes.export(`${name} for units`, name);
	};
	wrap("load", nodes.call("load", all("load")));
	wrap("float", nodes.call("float", all("float")));
	wrap("store", nodes.block(null, [nodes.call("store", all("store")), nodes.load("i32", 4, Header.status, nodes.get(0))], "i32"));
	wrap("enter", nodes.callIndirect(nodes.get(3), [nodes.get(0), nodes.get(1), nodes.get(2)]));
	nodes.function("back", unitParams, "i32", [], nodes.i32(0));
	nodes.export("back");
	addGo(nodes, around);
	const imports = {
		memory,
		table,
		load: (state: number, lo: number, hi: number, bytes: number, space: number, access: number) => port.load(state, lo, hi, bytes, space, access),
		store: (state: number, lo: number, hi: number, bytes: number, space: number, valueLo: number, valueHi: number) =>
			port.store(state, lo, hi, bytes, space, valueLo, valueHi),
		float: floatImport(memory),
	};
	const { exports } = new WebAssembly.Instance(new WebAssembly.Module(nodes.encode()), { env: imports });
	return { functions: exports, back: exports.back, go: exports.go } as unknown as Runtime;
}

function addGo(nodes: Writer, around: Surroundings): void {
	const [state, word, status, pc] = [0, 1, 2, 3];
	const type = typeOf(around.isa.cells[0]!.width);
	const slot = nodes.binary("i32", "and", nodes.get(word), nodes.i32((1 << slotBits) - 1));
	const label = nodes.binary("i32", "shr", nodes.get(word), nodes.i32(slotBits));
	const enter = nodes.callIndirect(slot, [nodes.get(state), label, nodes.i32(0)]);
	let body = enter;
	if (around.jumps !== null) {
		const mode = nodes.load("i32", 4, Header.mode, nodes.get(state));
		const loop = [
			nodes.if(nodes.tee(status, enter), nodes.return(nodes.get(status))),
			nodes.set(pc, nodes.load(type, type === "i32" ? 4 : 8, around.layout.offsets[0]!, nodes.get(state))),
			...lookUpPlace(nodes, { jumps: around.jumps, type, pc, into: word, mode }),
			nodes.br("again", nodes.get(word)),
		];
		body = nodes.block(null, [nodes.loop("again", nodes.block(null, loop)), nodes.i32(0)], "i32");
	}
	nodes.function("go", ["i32", "i32"], "i32", ["i32", type], body);
	nodes.export("go");
}
