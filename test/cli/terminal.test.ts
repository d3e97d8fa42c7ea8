import { describe, expect, it } from "vitest";
import { createFilter } from "../../src/cli/run/filter.ts";
import { createKeys } from "../../src/cli/run/keys.ts";

const latin = (text: string): number[] => [...text].map((c) => c.charCodeAt(0));
function filtered(bytes: readonly number[]): string {
	const out: number[] = [];
	const filter = createFilter((byte) => out.push(byte));
	for (const byte of bytes) filter(byte);
	return new TextDecoder().decode(Uint8Array.from(out));
}

describe("S11: a guest's bytes on a terminal", () => {
	it.each([
		["text and line control pass", latin("a\tb\r\n\x07\b"), "a\tb\r\n\x07\b"],
		["UTF-8 passes", [...new TextEncoder().encode("grün 猫 🐈")], "grün 猫 🐈"],
		["a colour is shown, not obeyed", latin("\x1b[31mred"), "^[[31mred"],
		["a window title does not reach the terminal", latin("\x1b]0;x\x07"), "^[]0;x\x07"],
		["the clipboard does not either", latin("\x1b]52;c;eA==\x1b\\"), "^[]52;c;eA==^[\\"],
		["a C1 control as a lone byte", [0x9b, 0x33, 0x31, 0x6d], "?31m"],
		["a C1 control in UTF-8", [0xc2, 0x9b, 0x33], "?3"],
		["an unfinished character before an escape", [0xe2, 0x82, 0x1b, 0x5b], "?^[["],
		["an overlong escape", [0xc0, 0x9b], "??"],
		["a delete", [0x7f], "^?"],
		["a NUL", [0], "^@"],
	])("%s", (_, bytes, expected) => expect(filtered(bytes)).toBe(expected));
	it("no byte below 32 but BEL, BS, TAB, LF, CR comes out, whatever goes in", () => {
		for (let first = 0; first < 256; first++) {
			for (let second = 0; second < 256; second++) {
				const out: number[] = [];
				const filter = createFilter((byte) => out.push(byte));
				for (const byte of [first, second, 0x1b, second, first]) filter(byte);
				expect(out.every((b) => b >= 32 || [7, 8, 9, 10, 13].includes(b))).toBe(true);
			}
		}
	});
});

describe("keys of the terminal", () => {
	const typed = (chunks: readonly string[]) => {
		const events: string[] = [];
		const keys = createKeys({ leave: () => events.push("leave"), help: () => events.push("help") });
		const sent = chunks.map((chunk) => String.fromCharCode(...keys.typed(Uint8Array.from(latin(chunk))))).join("");
		return [sent, ...events];
	};
	it.each([
		["what is typed reaches the guest", ["ls\r"], ["ls\r"]],
		["Ctrl-A x leaves", ["a\x01x"], ["a", "leave"]],
		["also in two pieces", ["\x01", "X"], ["", "leave"]],
		["Ctrl-A a sends Ctrl-A", ["\x01a"], ["\x01"]],
		["Ctrl-A Ctrl-A sends one", ["\x01\x01"], ["\x01"]],
		["Ctrl-A h explains", ["\x01h"], ["", "help"]],
		["any other key after Ctrl-A is swallowed", ["\x01qz"], ["z"]],
		["Ctrl-C is the guest's", ["\x03"], ["\x03"]],
	])("%s", (_, chunks, expected) => expect(typed(chunks)).toEqual(expected));
});
