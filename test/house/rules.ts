/** Sources in, broken rules out: the rules of the house as functions, so that tests can show each of them failing. */
import { type Source, target } from "./source.ts";

/** Lower layers first; a file belongs to the longest prefix; it may import the prefixes listed (and its own). "*" is every layer before it. */
const layers: readonly [prefix: string, mayImport: readonly string[] | "*"][] = [
	["isa/", []],
	["jit/base/", ["jit/ir/op.ts"]],
	["jit/ir/", ["jit/base/", "jit/spec/isa.ts"]],
	["jit/spec/", ["jit/base/", "jit/ir/"]],
	["jit/decode/", ["jit/base/", "jit/ir/", "jit/spec/"]],
	["jit/lift/", ["jit/base/", "jit/ir/", "jit/spec/", "jit/decode/"]],
	["jit/opt/", ["jit/base/", "jit/ir/", "jit/spec/"]],
	["jit/interpret/", ["jit/base/", "jit/ir/", "jit/spec/", "jit/lift/"]],
	["jit/emit/js/", ["jit/base/", "jit/ir/", "jit/spec/", "jit/opt/", "jit/emit/"]],
	["jit/emit/wasm/", ["jit/base/", "jit/ir/", "jit/spec/", "jit/opt/", "jit/emit/"]],
	["jit/emit/", ["jit/base/", "jit/ir/", "jit/spec/", "jit/opt/"]],
	["jit/tier/", ["jit/base/", "jit/ir/", "jit/spec/"]],
	["jit/cache/", ["jit/base/", "jit/ir/", "jit/spec/", "jit/tier/"]],
	["jit/dispatch/", ["jit/"]],
	["jit/", ["jit/"]],
	["src/base/", ["jit/"]],
	["src/time/", ["jit/", "src/base/"]],
	["src/net/", ["jit/base/", "src/base/"]],
	["src/memory/", ["jit/", "src/base/", "src/time/"]],
	["src/devices/kit/", ["jit/base/", "src/base/", "src/time/", "src/memory/"]],
	["src/devices/", ["jit/base/", "src/base/", "src/time/", "src/memory/", "src/devices/kit/", "src/devices/device.ts"]],
	["src/hypervisor/", ["jit/", "src/base/", "src/time/", "src/memory/"]],
	["src/load/", ["jit/base/", "src/base/"]],
	["src/boards/", ["jit/base/", "src/base/", "src/time/", "src/memory/", "src/devices/", "src/load/", "src/hypervisor/"]],
	["src/machine/", ["jit/", "src/base/", "src/time/", "src/memory/", "src/devices/", "src/hypervisor/", "src/load/", "src/boards/"]],
	["src/debug/", ["jit/", "src/base/", "src/time/", "src/memory/", "src/devices/", "src/hypervisor/", "src/load/", "src/boards/", "src/machine/"]],
	["src/host/browser/", ["jit/", "src/", "!src/host/node/", "!src/cli/", "!src/web/"]],
	["src/host/node/", ["jit/", "src/", "!src/host/browser/", "!src/cli/", "!src/web/"]],
	["src/cli/", ["jit/", "src/", "!src/host/browser/", "!src/web/"]],
	["src/web/", ["jit/", "src/", "!src/host/node/", "!src/cli/"]],
	["bench/", ["jit/", "src/", "test/"]],
	["test/", ["jit/", "src/", "bench/"]],
];

const starts = (path: string, prefixes: readonly string[]): boolean => prefixes.some((p) => path.startsWith(p));
const belowHost = (path: string): boolean => starts(path, ["jit/", "src/"]) && !starts(path, ["src/host/", "src/cli/", "src/web/"]);

/** `isa <- jit <- src <- bench, test`, and inside them lower folders only. */
export function layerBreaks(sources: readonly Source[]): string[] {
	const out: string[] = [];
	for (const source of sources) {
		const layer = layers.filter(([prefix]) => source.path.startsWith(prefix)).sort((a, b) => b[0].length - a[0].length)[0];
		if (!layer) {
			out.push(`${source.path}: in no layer of test/house/rules.ts`);
			continue;
		}
		const [prefix, may] = layer;
		for (const { specifier, line } of source.imports) {
			if (!specifier.startsWith(".")) continue;
			const to = target(source.path, specifier);
			const no = (may as readonly string[]).filter((m) => m.startsWith("!")).map((m) => m.slice(1));
			if (to.startsWith(prefix) && !layers.some(([p]) => p.length > prefix.length && p.startsWith(prefix) && to.startsWith(p))) continue;
			if (!starts(to, may as readonly string[]) || starts(to, no)) out.push(`${source.path}:${line}: imports ${to}, which is not below ${prefix}`);
		}
	}
	return out;
}

/** A device does not import a device; a definition does not import another ISA's. */
export function siblingBreaks(sources: readonly Source[]): string[] {
	const out: string[] = [];
	const unit = (path: string): string | null => {
		const isa = /^isa\/([^/]+)\//.exec(path);
		if (isa) return `isa/${isa[1]}`;
		const device = /^src\/devices\/(?!kit\/|virtio\/|device\.ts|index\.ts)([^/]+?)(?:\.ts)?$/.exec(path);
		return device ? `src/devices/${device[1]}` : null;
	};
	for (const source of sources) {
		const from = unit(source.path);
		if (!from) continue;
		for (const { specifier, line } of source.imports) {
			const to = unit(target(source.path, specifier));
			if (to && to !== from) out.push(`${source.path}:${line}: ${from} imports ${to}`);
		}
	}
	return out;
}

/** Import cycles, each once, as the list of its files. Imports of types count too: a cycle of types is a knot for the reader all the same. */
export function cycles(sources: readonly Source[]): string[] {
	const edges = new Map(sources.map((s) => [s.path, s.imports.filter((i) => i.specifier.startsWith(".")).map((i) => target(s.path, i.specifier))]));
	const state = new Map<string, "open" | "done">();
	const stack: string[] = [];
	const out: string[] = [];
	const visit = (path: string): void => {
		if (!edges.has(path) || state.get(path) === "done") return;
		if (state.get(path) === "open") {
			out.push([...stack.slice(stack.indexOf(path)), path].join(" -> "));
			return;
		}
		state.set(path, "open");
		stack.push(path);
		for (const to of edges.get(path)!) visit(to);
		stack.pop();
		state.set(path, "done");
	};
	for (const source of sources) visit(source.path);
	return out;
}

/** Names that belong to one instruction set (or its manual). Whole words, in names, strings and comments. */
const isaNames =
	/(?<![a-z])(?:[Rr][Ii][Ss][Cc]-?[Vv]|RISCV|(?:rv|RV)(?:32|64)\w*|x86|X86|i[3-6]86|amd64|(?<!AL)ARM(?:v\d\w*)?|armv\d\w*|aarch64|AArch64|Thumb(?:-?2)?|mips32|mips64|mipsel|AVR|avr|[zZ]80|6502|[hH]art(?:id|Id)?|HART|[cC]srs?|CSRs?|mstatus|mepc|mtvec|mcause|mie|mip|mret|sret|satp|pmp\w*|PMP)(?![a-z])/;
/** `hart` and `csr` inside a longer camelCase or snake_case name count as well. */
const camel = (name: string): string => name.replace(/([a-z0-9])([A-Z])/g, "$1 $2").replace(/_/g, " ");

/** No name of an ISA in jit/ or in src/ outside boards/ and load/ (and the command line's and hosts' texts may not have them either). */
export function isaNameBreaks(sources: readonly Source[]): string[] {
	const out: string[] = [];
	for (const { path, identifiers, words } of sources) {
		if (!starts(path, ["jit/", "src/"]) || starts(path, ["src/boards/", "src/load/"])) continue;
		if (isaNames.test(camel(path))) out.push(`${path}: the file's name holds an ISA's name`);
		for (const { name, line } of identifiers) {
			const found = isaNames.exec(camel(name));
			if (found) out.push(`${path}:${line}: name ${name} (${found[0]})`);
		}
		for (const { text, line } of words) {
			const found = isaNames.exec(text);
			if (found) out.push(`${path}:${line}: "${found[0]}" in a text or comment`);
		}
	}
	return out;
}

/** Each package is imported in one folder only, and no package at all where none is named. */
export function packageBreaks(sources: readonly Source[]): string[] {
	const homes: Record<string, string> = { acorn: "jit/spec/", binaryen: "jit/emit/wasm/", commander: "src/cli/", esbuild: "src/cli/dev/" };
	const out: string[] = [];
	for (const { path, imports } of sources) {
		if (!starts(path, ["jit/", "src/"])) continue;
		for (const { specifier, line } of imports) {
			if (specifier.startsWith(".")) continue;
			if (specifier.startsWith("node:")) {
				if (!starts(path, ["src/host/node/", "src/cli/"])) out.push(`${path}:${line}: imports ${specifier}`);
			} else if (!homes[specifier]) out.push(`${path}:${line}: imports the package ${specifier}, which no folder owns`);
			else if (!path.startsWith(homes[specifier])) out.push(`${path}:${line}: imports ${specifier}, which belongs to ${homes[specifier]}`);
		}
	}
	return out;
}

/** Below host/: no wall clock, no unseeded random, no host objects, no mutable module state. */
export function hostBreaks(sources: readonly Source[]): string[] {
	const banned = new Set([
		"performance",
		"process",
		"window",
		"document",
		"navigator",
		"setTimeout",
		"setInterval",
		"setImmediate",
		"fetch",
		"Buffer",
		"console",
	]);
	const out: string[] = [];
	for (const { path, identifiers, mutable } of sources) {
		if (!belowHost(path) || path.endsWith(".d.ts")) continue;
		for (const { name, line, of } of identifiers) {
			if ((name === "random" && of === "Math") || (name === "Date" && of === null)) out.push(`${path}:${line}: ${of ? `${of}.` : ""}${name}`);
			else if (of === "globalThis" && banned.has(name)) out.push(`${path}:${line}: globalThis.${name}`);
		}
		for (const { name, line } of mutable) out.push(`${path}:${line}: mutable module state ${name}`);
	}
	return out;
}

/** The value at `share` (0..1) of the sorted list. */
export function quantile(values: readonly number[], share: number): number {
	const sorted = [...values].sort((a, b) => a - b);
	return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
