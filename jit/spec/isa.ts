/** The checked definition: all that the language said about an ISA, as data. Made by `jit/spec`, read by everyone else. */
import type { Cell } from "../base/layout.ts";
import type { Op } from "../ir/op.ts";

/** A place in a definition, for errors and docs. Lines and columns count from 1. */
export interface Place {
	readonly file: string;
	readonly line: number;
	readonly column: number;
}

/** Semantics with holes (template ops). `result`: index of the op that is the value of the function, or -1. */
export interface Template {
	readonly ops: readonly Op[];
	readonly result: number;
}

/** Bits of a cell: how a view or a file's register is kept. */
export interface CellSlice {
	readonly cell: number;
	readonly low: number;
	readonly width: number;
	readonly write: "merge" | "zext" | "sext";
}

/** `places[i]`: the parts of register i, most significant first; null: a hole, reads 0 and ignores writes. `zero`: the index that reads 0, or -1 (it has a cell all the same, always 0). */
export interface RegisterFile {
	readonly name: string;
	readonly width: number;
	readonly zero: number;
	readonly places: readonly (readonly CellSlice[] | null)[];
	/** names[i][0] is the preferred one */
	readonly names: readonly (readonly string[])[];
}

export interface MemorySpace {
	readonly name: string;
	readonly address: number;
	readonly endian: "little" | "big";
}

export interface SpaceEntry {
	readonly index: number;
	readonly name: string;
	/** parameterless; has a result */
	readonly read: Template | null;
	/** operand 0: the value */
	readonly write: Template | null;
	readonly doc: string;
	readonly at: Place;
}
export interface IndexedSpace {
	readonly name: string;
	readonly index: number;
	readonly width: number;
	readonly entries: ReadonlyMap<number, SpaceEntry>;
	/** operand 0: the index; of the write, operand 1: the value */
	readonly missing: { readonly read: Template; readonly write: Template };
}

/** How an operand is shown, and how its encoded number becomes the value that semantics see. `width` of that value in bits. */
export type OperandKind =
	| { readonly kind: "reg"; readonly file: number; readonly plus: number; readonly times: number; readonly width: number }
	| { readonly kind: "signed" | "unsigned"; readonly show: "dec" | "hex"; readonly scale: number; readonly width: number }
	| { readonly kind: "relative"; readonly plus: number; readonly scale: number; readonly width: number }
	/** width 0: as wide as encoded */
	| { readonly kind: "choice"; readonly names: ReadonlyMap<string, number>; readonly width: 0 }
	| { readonly kind: "table"; readonly values: readonly number[]; readonly show: "dec" | "hex"; readonly width: number }
	| { readonly kind: "space"; readonly space: number; readonly width: number };

/** A run of an operand's bits in an encoding. Bit numbers of the instruction count from bit 0 of its first byte in memory: byte k holds bits 8k..8k+7. Never crosses a 32-bit boundary of those. */
export interface FieldSlice {
	/** number of the operand in its instruction */
	readonly operand: number;
	readonly from: number;
	/** lowest bit of the operand's encoded number it holds */
	readonly to: number;
	readonly width: number;
}

/** One encoding. mask and value, byte by byte in memory order: a byte b matches when (b & mask[i]) === value[i]. */
export interface Encoding {
	readonly text: string;
	readonly bytes: number;
	readonly mask: readonly number[];
	readonly value: readonly number[];
	readonly fields: readonly FieldSlice[];
	/** width in bits of each operand's encoded number, by its number in the instruction; 0 if it does not occur */
	readonly widths: readonly number[];
}

/** A limit on an encoded operand (by number) or a context cell (by cell). */
export interface Limit {
	readonly subject: number;
	readonly values: readonly number[];
	/** true: none of the values; false: one of them */
	readonly not: boolean;
}

/** Literal text and operand numbers, alternating as needed. The mnemonic is what stands before the first space. */
export type Syntax = readonly (string | number)[];

/** Derived from the semantics. */
export interface Effects {
	readonly traps: boolean;
	readonly readsPc: boolean;
	readonly endsBlock: boolean;
	readonly privileged: boolean;
	readonly loads: boolean;
	readonly stores: boolean;
	readonly setsContext: boolean;
}

export interface InstructionSpec {
	/** position in Isa.instructions */
	readonly id: number;
	/** the first word of the first syntax, without operands */
	readonly name: string;
	readonly extension: string;
	readonly operands: readonly { readonly name: string; readonly kind: OperandKind }[];
	readonly syntaxes: readonly Syntax[];
	readonly encodings: readonly Encoding[];
	readonly where: readonly Limit[];
	readonly context: readonly Limit[];
	/** `machine.step` is already wrapped around it */
	readonly template: Template;
	readonly effects: Effects;
	readonly doc: string;
	/** the text of the semantics as written */
	readonly source: string;
	readonly at: Place;
}

export interface Alias {
	/** Text with {operand} holes, both */
	readonly syntax: string;
	readonly meaning: string;
	readonly print: boolean;
	readonly extension: string;
	readonly at: Place;
}

export interface Macro {
	readonly syntax: string;
	readonly operands: readonly string[];
	/** values: numbers as bigint, everything else as the text that was written */
	readonly expand: (values: Record<string, bigint | string>) => string[];
	readonly at: Place;
}

export type MachineFunction = "reset" | "illegal" | "fault" | "translate" | "plain" | "enter" | "interrupt" | "wake" | "suspend" | "alarm";

export interface Isa {
	readonly name: string;
	readonly title: string;
	/** name and the parameters' values, for keys and messages: "demo WIDTH=64" */
	readonly variant: string;
	readonly parameters: Readonly<Record<string, number>>;
	readonly unitBytes: number;
	readonly maxBytes: number;
	readonly codeEndian: "little" | "big";
	readonly addressBits: number;
	readonly extensions: readonly { readonly name: string; readonly title: string; readonly doc: string; readonly file: string }[];
	/** cell 0 is pc */
	readonly cells: readonly Cell[];
	/** context cells with their place in the context word: word = sum of value << shift */
	readonly contexts: readonly { readonly cell: number; readonly shift: number; readonly width: number }[];
	readonly files: readonly RegisterFile[];
	/** named places for debuggers, fixtures and messages: every register and view, parts most significant first */
	readonly names: ReadonlyMap<string, readonly CellSlice[]>;
	/** memories[0] is the main space */
	readonly memories: readonly MemorySpace[];
	readonly spaces: readonly IndexedSpace[];
	readonly instructions: readonly InstructionSpec[];
	readonly aliases: readonly Alias[];
	readonly macros: readonly Macro[];
	readonly modifiers: ReadonlyMap<string, (value: bigint, at: bigint) => bigint>;
	/** parameters of each are operands 0, 1, 2... of its template */
	readonly machine: Readonly<Partial<Record<MachineFunction, Template>>>;
	/** The cells that machine functions read, where that was found out before: see `cellsRead`. */
	readonly reads?: Readonly<Partial<Record<MachineFunction, readonly number[]>>>;
	/** `edge`: a wire that only sets its bit */
	readonly lines: ReadonlyMap<string, { readonly cell: number; readonly bit: number; readonly edge: boolean }>;
	readonly services: readonly string[];
	readonly debugView: { readonly architecture: string; readonly features: ReadonlyMap<string, readonly (readonly [name: string, cell: number])[]> } | null;
}
