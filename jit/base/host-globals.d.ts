/** The few globals that every host has (node, browser, worker) and that ECMAScript's own library types leave out: all that the core may use of a host. */

declare namespace WebAssembly {
	class Memory {
		constructor(o: { initial: number; maximum?: number; shared?: boolean });
		readonly buffer: ArrayBuffer;
		grow(pages: number): number;
	}
	class Table {
		constructor(o: { initial: number; maximum?: number; element: "anyfunc" | "externref" }, value?: unknown);
		readonly length: number;
		get(index: number): any;
		set(index: number, value?: unknown): void;
		grow(by: number, value?: unknown): number;
	}
	class Global {
		constructor(o: { value: "i32" | "i64" | "f32" | "f64"; mutable?: boolean }, value?: number | bigint);
		value: any;
	}
	class Module {
		constructor(bytes: ArrayBufferView | ArrayBuffer);
	}
	type Imports = Record<string, Record<string, unknown>>;
	class Instance {
		constructor(module: Module, imports?: Imports);
		readonly exports: Record<string, any>;
	}
	class CompileError extends Error {}
	class LinkError extends Error {}
	class RuntimeError extends Error {}
	function compile(bytes: ArrayBufferView | ArrayBuffer): Promise<Module>;
	function validate(bytes: ArrayBufferView | ArrayBuffer): boolean;
}
