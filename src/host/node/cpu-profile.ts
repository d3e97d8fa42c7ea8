/** A stretch of this process in, where its time went out: V8's own samples, each with the source files and functions on the stack. */
import { readFileSync } from "node:fs";
import { Session } from "node:inspector";
import { SourceMap } from "node:module";
import { dirname, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** A function on the stack. `file`: from the project's folder on, "wasm" for WebAssembly, "" for V8's own and for generated code. */
export interface HostFrame {
	readonly file: string;
	readonly name: string;
}
export interface HostSample {
	/** The innermost first. */
	readonly frames: readonly HostFrame[];
	readonly micros: number;
}

const intervalMicros = 500;

/** Starts to look. The function that comes back stops it. Samples of the same stack are one. */
export function profileHost(root: string): () => HostSample[] {
	const session = new Session();
	session.connect();
	session.post("Profiler.enable");
	session.post("Profiler.setSamplingInterval", { interval: intervalMicros });
	session.post("Profiler.start");
	return () => {
		let samples: HostSample[] = [];
		session.post("Profiler.stop", (error, answer) => {
			if (!error) samples = samplesOf(answer.profile, root);
		});
		session.disconnect();
		return samples;
	};
}

interface Profile {
	readonly nodes: readonly {
		readonly id: number;
		readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number; readonly columnNumber: number };
		readonly children?: readonly number[] | undefined;
	}[];
	readonly samples?: readonly number[] | undefined;
	readonly timeDeltas?: readonly number[] | undefined;
}

function samplesOf({ nodes, samples = [], timeDeltas = [] }: Profile, root: string): HostSample[] {
	const fileOf = createFiles(root);
	const byId = new Map(nodes.map((node) => [node.id, node]));
	const parents = new Map(nodes.flatMap(({ id, children }) => (children ?? []).map((child): [number, number] => [child, id])));
	const micros = new Map<number, number>();
	// the time since the sample before is that of the sample before
	samples.forEach((id, i) => void micros.set(id, (micros.get(id) ?? 0) + Math.max(0, timeDeltas[i + 1] ?? 0)));
	return [...micros].map(([leaf, time]) => {
		const frames: HostFrame[] = [];
		for (let id: number | undefined = leaf; id !== undefined; id = parents.get(id)) {
			const { functionName, url, lineNumber, columnNumber } = byId.get(id)!.callFrame;
			frames.push({ name: functionName, file: fileOf(url, lineNumber, columnNumber) });
		}
		return { frames, micros: time };
	});
}

/** Places in scripts to files of the project: the build leaves a map beside each script. */
function createFiles(root: string): (url: string, line: number, column: number) => string {
	const maps = new Map<string, SourceMap | null>();
	const mapOf = (path: string): SourceMap | null => {
		let map = maps.get(path);
		if (map === undefined) {
			try {
				map = new SourceMap(JSON.parse(readFileSync(`${path}.map`, "utf8")));
			} catch {
				map = null;
			}
			maps.set(path, map);
		}
		return map;
	};
	return (url, line, column) => {
		if (url.startsWith("wasm:")) return "wasm";
		if (!url.startsWith("file:")) return "";
		const path = fileURLToPath(url);
		const map = mapOf(path);
		if (map === null) return relative(root, path);
		const found = map.findEntry(line, column);
		return "originalSource" in found ? relative(root, resolve(dirname(path), found.originalSource)) : "";
	};
}
