/** --expect and --send in the order given, and a guest's console in; what is typed and when the run is over out. */
import { HostError } from "../../../jit/base/errors.ts";
import { type Dialogue, nameOf } from "../../machine/dialogue.ts";

/** One option of the command line. */
export type Step = { readonly expect: string } | { readonly send: string };

export interface Script {
	/** Takes all steps that can be taken now. True when something was typed. */
	advance(): boolean;
	/** All steps are taken. */
	readonly done: boolean;
	/** All steps are taken and the last one waited for a text: the run is over. */
	readonly over: boolean;
	/** What it waits for, and what came last instead: for messages. */
	waitsFor(): string;
}

const letters: Record<string, string> = { r: "\r", n: "\n", t: "\t", e: "\x1b", "0": "\0", "\\": "\\" };

/** `\r \n \t \e \0 \\ \xHH` are what they mean in C. Throws HostError for any other `\`, and for no text at all. */
export function plainText(option: string, text: string): string {
	if (text === "") throw new HostError(`${option}: the text is empty`);
	return text.replace(/\\(x[0-9a-fA-F]{2}|.|$)/gs, (whole, code: string) => {
		const plain = letters[code] ?? (code.length === 3 ? String.fromCharCode(Number.parseInt(code.slice(1), 16)) : undefined);
		if (plain === undefined) throw new HostError(`${option} ${text}: "${whole}" is not one of \\r \\n \\t \\e \\0 \\\\ \\xHH`);
		return plain;
	});
}

export function createScript(steps: readonly Step[], console: Pick<Dialogue, "send" | "seen" | "last">): Script {
	let at = 0;
	return {
		advance() {
			let typed = false;
			for (; at < steps.length; at++) {
				const step = steps[at]!;
				if ("send" in step) {
					console.send(step.send);
					typed = true;
				} else if (console.seen(step.expect) === null) break;
			}
			return typed;
		},
		get done() {
			return at === steps.length;
		},
		get over() {
			return steps.length > 0 && at === steps.length && "expect" in steps[at - 1]!;
		},
		waitsFor() {
			const step = steps[at];
			return `--expect ${step && "expect" in step ? nameOf(step.expect) : ""}: was not printed; the last line is ${JSON.stringify(console.last())}`;
		},
	};
}
