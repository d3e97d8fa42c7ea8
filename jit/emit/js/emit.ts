/** The JavaScript engine: a region in, one readable JavaScript function out, made with `new Function`. */
import * as halves from "../../base/halves.ts";
import type { StateLayout } from "../../base/layout.ts";
import type { Environment } from "../../base/port.ts";
import type { Emitter, Region, Unit } from "../../ir/block.ts";
import { evaluate } from "../../ir/evaluate.ts";
import type { Isa } from "../../spec/isa.ts";
import { floatHelpers } from "./float-helpers.ts";
import { nameCells } from "./names.ts";
import { unitText } from "./unit.ts";

/** `text`: the source, for people. */
export interface JsEmitter extends Emitter {
	text(region: Region): string;
}

/** What code calls that computes and nothing else. */
export function pureBindings(): Readonly<Record<string, unknown>> {
	return { ...halves, evaluate, out: new Int32Array(1) };
}

/** The function that `text` is, closed over what `names` name. */
export function makeFunction(text: string, names: readonly string[], bound: (name: string) => unknown): unknown {
	// the parentheses make V8 compile the function at once instead of looking over it first
	return new Function(...names, `"use strict";\nreturn (${text});`)(...names.map(bound));
}

/**
 * Code of this emitter is bound to `env` for good: the memory must not grow or be replaced. Where the host forbids code from strings
 * (a page's content security policy), `emit` throws an EvalError and `text` still works.
 */
export function createJsEmitter(isa: Isa, layout: StateLayout, env: Environment): JsEmitter {
	const setting = { isa, layout, ram: env.ram, names: nameCells(isa.cells) };
	const { buffer } = env.memory;
	const { offset, bytes, pageFlags } = env.ram;
	const view = <T>(View: new (b: ArrayBufferLike, at: number, length: number) => T, size: number) => new View(buffer, offset, Math.floor(bytes / size));
	const bindings: Readonly<Record<string, unknown>> = {
		...pureBindings(),
		port: env.port,
		i32: new Int32Array(buffer),
		ram8: view(Uint8Array, 1),
		ram16: view(Uint16Array, 2),
		ram32: view(Int32Array, 4),
		flags: new Uint8Array(buffer, pageFlags, Math.ceil(bytes / 4096)),
	};
	const float = floatHelpers();
	return {
		name: "js",
		emit(region: Region): Unit {
			const { text, helpers } = unitText(setting, region);
			const names = ["i32", ...helpers.filter((name) => name !== "i32")];
			const run = makeFunction(text, names, (name) => bindings[name] ?? float(name)) as Unit["run"];
			return { run, bytes: text.length };
		},
		text: (region) => unitText(setting, region).text,
	};
}
