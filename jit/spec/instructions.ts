/** The declarations of instructions and assembly: instruction, alias, macro, modifier. Encodings and syntaxes are checked here, semantics later. */
import { argumentAt, func, Options, options, refuse, text, texts } from "./arguments.ts";
import { defineOn } from "./declare.ts";
import type { Draft, Head } from "./draft.ts";
import { parseEncoding } from "./encoding.ts";
import { checkNumbers, contextLimits, type OperandDraft, operandLimits } from "./limits.ts";
import { type At, isNumber } from "./operators.ts";
import { placeOf } from "./source.ts";
import { holes, operandNames, parseSyntax } from "./syntax.ts";
import { type Call, describe, Func, type Value } from "./values.ts";

/** Runs a function of the definition at some later time, with limits of its own. */
export type Later = (f: Func, args: readonly Value[], at: At) => Value;

const mostInstructions = 5000;
const mostEncodings = 256;
const mostLines = 20_000;

export function instructionDeclarations(draft: Draft, docOf: (call: Call) => string, later: Later): Map<string, Value> {
	const all = new Map<string, Value>();
	const define = defineOn(draft, all);
	define("instruction", 3, 4, (call, head) => instruction(draft, call, head, docOf(call)));
	define("alias", 2, 3, (call) => {
		const at = argumentAt(call, 0);
		const syntax = text(at, call.args[0], "the alias");
		const meaning = text(argumentAt(call, 1), call.args[1], "the meaning");
		const print = options(call, 2, ["print"]).flag("print", true);
		// twice in the alias is fine: `add {rd},{rd},{imm}` is one way to write c.addi
		const mine = holes(at, syntax);
		const other = holes(argumentAt(call, 1), meaning);
		for (const name of other) if (!mine.includes(name)) refuse(argumentAt(call, 1), `the meaning uses {${name}}, which the alias does not have`, meaning);
		for (const name of mine) if (!other.includes(name)) refuse(at, `the alias has {${name}}, which its meaning does not use`, syntax);
		if (draft.aliases.length >= mostLines) refuse(at, `more than ${mostLines} aliases`);
		draft.aliases.push({ syntax, meaning, print, extension: extensionOf(draft, call), at: placeOf(call.source, call.node) });
		return undefined;
	});
	define("macro", 2, 2, (call) => {
		const syntax = text(argumentAt(call, 0), call.args[0], "the macro");
		const operands = operandNames(argumentAt(call, 0), syntax);
		const body = call.args[1];
		const at = argumentAt(call, 1);
		const expand = body instanceof Func ? expander(body, at, later) : lines(at, body, operands);
		if (draft.macros.length >= mostLines) refuse(at, `more than ${mostLines} macros`);
		draft.macros.push({ syntax, operands, expand, at: placeOf(call.source, call.node) });
		return undefined;
	});
	define("modifier", 2, 2, (call) => {
		const name = text(argumentAt(call, 0), call.args[0], "the modifier's name");
		if (!/^[A-Za-z_]\w*$/.test(name)) return refuse(argumentAt(call, 0), "the modifier's name: letters, digits and _ expected", name);
		if (draft.modifiers.has(name)) return refuse(argumentAt(call, 0), "duplicate modifier", name);
		const at = argumentAt(call, 1);
		const f = func(at, call.args[1], "the modifier");
		draft.modifiers.set(name, (value, address) => {
			const result = later(f, [value, address], at);
			return isNumber(result) ? BigInt(result) : refuse(at, `the modifier %${name} gave ${describe(result)}, no number`);
		});
		return undefined;
	});
	return all;
}

/** The extension of the file that is being evaluated; a file that has said none is one by its own name. */
function extensionOf(draft: Draft, call: Call): string {
	const file = draft.module?.name ?? call.source.name;
	let extension = draft.extensions.get(file);
	if (!extension) {
		const name = file.replace(/^.*\//, "").replace(/\.isa\.js$/, "");
		extension = { name, title: "", doc: "", file, requires: [], at: { source: call.source, node: call.node } };
		draft.extensions.set(file, extension);
	}
	return extension.name;
}

function instruction(draft: Draft, call: Call, head: Head, doc: string): undefined {
	const given = texts(call, 0, "the syntax");
	const written = texts(call, 1, "the encoding");
	if (written.length > mostEncodings || given.length > mostEncodings)
		refuse(argumentAt(call, 1), `more than ${mostEncodings} encodings or syntaxes of one instruction`);
	const semantics = func(argumentAt(call, 2), call.args[2], "the semantics");
	const o = options(call, 3, ["where", "context"]);
	const first = given[0] as { text: string; at: At };

	const names = operandNames(first.at, first.text);
	const operands: OperandDraft[] = names.map((name) => {
		const kind = draft.operands.get(name);
		return kind ? { name, kind } : refuse(first.at, `unknown operand {${name}}; operands({ ${name}: ... }) declares it`, first.text);
	});
	const numberOf = (name: string, at: At, line: string): number => {
		const i = names.indexOf(name);
		return i >= 0 ? i : refuse(at, `the operand {${name}} is not in the first syntax`, line);
	};
	const syntaxes = given.map(({ text: line, at }) => {
		for (const name of names) if (!operandNames(at, line).includes(name)) refuse(at, `the operand {${name}} is missing from this syntax`, line);
		return parseSyntax(
			at,
			line,
			(name) => numberOf(name, at, line),
			(i) => (operands[i] as OperandDraft).kind.kind,
		);
	});
	const encodings = written.map(({ text: line, at }) =>
		parseEncoding(line, {
			at,
			unitBytes: head.unitBytes,
			endian: head.codeEndian,
			operands: operands.length,
			operand: (name) => {
				const i = names.indexOf(name);
				if (i < 0)
					return draft.operands.has(name)
						? refuse(at, `the operand "${name}" of the encoding is missing from the syntax ${JSON.stringify(first.text)}`, line)
						: null;
				return { number: i, bare: (operands[i] as OperandDraft).kind.bare };
			},
		}),
	);
	operands.forEach(({ name }, i) => {
		if (encodings.every((e) => e.widths[i] === 0)) refuse(first.at, `the operand {${name}} is in the syntax, but in no encoding`, first.text);
	});
	const where = operandLimits(new Options(o.at("where"), o.get("where"), null), operands, encodings);
	const context = contextLimits(new Options(o.at("context"), o.get("context"), null), draft);
	encodings.forEach((e, i) => {
		checkNumbers((written[i] as { at: At }).at, draft, operands, e, where);
	});
	if (draft.instructions.length >= mostInstructions) refuse({ source: call.source, node: call.node }, `more than ${mostInstructions} instructions`);
	draft.instructions.push({
		name: first.text.split(" ")[0]?.replace(/\{[^}]*\}/g, "") as string,
		extension: extensionOf(draft, call),
		operands: operands.map(({ name, kind: { kind } }, i) => ({ name, kind, width: kind.width || Math.max(...encodings.map((e) => e.widths[i] as number)) })),
		syntaxes,
		texts: given.map((g) => g.text),
		encodings,
		encodingsAt: written.map((e) => e.at),
		where,
		context,
		semantics,
		doc,
		at: { source: call.source, node: call.node },
	});
	return undefined;
}

function lines(at: At, body: Value, operands: readonly string[]): (values: Record<string, bigint | string>) => string[] {
	if (!Array.isArray(body) || body.length === 0) return refuse(at, "a macro is an array of lines or a function that returns one");
	const all = body.map((line) => text(at, line, "a line of the macro"));
	for (const line of all)
		for (const name of holes(at, line.trim())) if (!operands.includes(name)) refuse(at, `the line uses {${name}}, which the macro does not have`, line);
	return (values) => all.map((line) => line.replace(/\{([^{}]*)\}/g, (_, name: string) => String(Object.hasOwn(values, name) ? values[name] : "")));
}
function expander(f: Func, at: At, later: Later): (values: Record<string, bigint | string>) => string[] {
	return (values) => {
		const result = later(f, [new Map<string, Value>(Object.entries(values))], at);
		if (!Array.isArray(result)) return refuse(at, `the macro gave ${describe(result)}, no array of lines`);
		return result.map((line) => text(at, line as Value, "a line of the macro"));
	};
}
