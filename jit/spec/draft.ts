/** The definition while its files are being evaluated: what the declarations have said so far. */
import type { Cell } from "../base/layout.ts";
import type { Alias, CellSlice, Encoding, Limit, MachineFunction, Macro, MemorySpace, OperandKind, RegisterFile, SpaceEntry, Syntax } from "./isa.ts";
import type { At } from "./operators.ts";
import type { Source } from "./source.ts";
import type { Func, KindValue } from "./values.ts";

/** The ISA's own line; before it nothing else may be declared. */
export interface Head {
	readonly name: string;
	readonly title: string;
	readonly unitBytes: number;
	readonly endian: "little" | "big";
	readonly codeEndian: "little" | "big";
	readonly addressBits: number;
	readonly at: At;
}
export interface InstructionDraft {
	readonly name: string;
	readonly extension: string;
	readonly operands: readonly { readonly name: string; readonly kind: OperandKind; readonly width: number }[];
	readonly syntaxes: readonly Syntax[];
	readonly texts: readonly string[];
	readonly encodings: readonly Encoding[];
	readonly encodingsAt: readonly At[];
	readonly where: readonly Limit[];
	readonly context: readonly Limit[];
	readonly semantics: Func;
	readonly doc: string;
	readonly at: At;
}
export interface SpaceDraft {
	readonly name: string;
	readonly index: number;
	readonly width: number;
	readonly read: Func;
	readonly write: Func;
	readonly entries: Map<number, EntryDraft>;
	readonly names: Set<string>;
	readonly at: At;
}
export interface EntryDraft extends Omit<SpaceEntry, "read" | "write" | "at"> {
	readonly read: Func | null;
	readonly write: Func | null;
	readonly at: At;
}
export interface ExtensionDraft {
	readonly name: string;
	readonly title: string;
	readonly doc: string;
	readonly file: string;
	readonly requires: readonly string[];
	readonly at: At;
}

export interface Draft {
	head: Head | null;
	/** the file whose declarations are being made */
	module: Source | null;
	readonly parameters: Map<string, number>;
	/** what was asked for; a parameter takes its value from here */
	readonly asked: ReadonlyMap<string, number>;
	/** by file; a file without an extension() call gets one of its own name when it declares an instruction */
	readonly extensions: Map<string, ExtensionDraft>;
	readonly cells: Cell[];
	readonly files: RegisterFile[];
	readonly names: Map<string, readonly CellSlice[]>;
	readonly memories: MemorySpace[];
	readonly spaces: SpaceDraft[];
	readonly operands: Map<string, KindValue>;
	readonly instructions: InstructionDraft[];
	readonly aliases: Alias[];
	readonly macros: Macro[];
	readonly modifiers: Map<string, (value: bigint, at: bigint) => bigint>;
	readonly machine: Map<MachineFunction | "step", { readonly run: Func; readonly at: At }>;
	readonly lines: Map<string, { readonly cell: number; readonly bit: number; readonly edge: boolean }>;
	readonly services: string[];
	debugView: { readonly architecture: string; readonly features: ReadonlyMap<string, readonly (readonly [name: string, cell: number])[]> } | null;
}

export function newDraft(asked: ReadonlyMap<string, number>): Draft {
	return {
		head: null,
		module: null,
		parameters: new Map(),
		asked,
		extensions: new Map(),
		cells: [],
		files: [],
		names: new Map(),
		memories: [],
		spaces: [],
		operands: new Map(),
		instructions: [],
		aliases: [],
		macros: [],
		modifiers: new Map(),
		machine: new Map(),
		lines: new Map(),
		services: [],
		debugView: null,
	};
}

/** Thrown by `extension(..., { when: false })`, caught where the file is evaluated. */
export const leftOut = Symbol("left out");
