import { describe, expect, it } from "vitest";
import { createTranscript, transcriptBytes } from "../../src/base/transcript.ts";
import { engines, finish, rig } from "./rig.ts";

/** Asks for a name, greets it, and ends with the count of its letters. */
const greeter = `
	li s0, 0x10000000
	la s1, ask
	jal print
	la s2, name
	li s3, 0
read:	lbu t0, 5(s0)
	andi t0, t0, 1
	beqz t0, read
	lbu t0, 0(s0)
	li t1, 13
	beq t0, t1, greet
	sb t0, 0(s2)
	addi s2, s2, 1
	addi s3, s3, 1
	j read
greet:	la s1, hello
	jal print
	la s1, name
	jal print
	mv a0, s3
	${finish}
print:	lbu t0, 0(s1)
	beqz t0, printed
	sb t0, 0(s0)
	addi s1, s1, 1
	j print
printed: ret
ask:	.asciz "who is there? "
hello:	.asciz "\\nhello, "
name:	.zero 64
`;

describe("the console of a machine, for tests", () => {
	it.each(engines)("waits for what the guest prints and types what a person would, on %s", async (engine) => {
		const { machine } = await rig(64, engine, greeter);
		expect(await machine.console.expect("there? ")).toBe("who is there? ");
		machine.console.send("Grace\r");
		expect(await machine.console.expect(/hello, \w+e/)).toBe("\nhello, Grace");
		expect(machine.console.ended).toEqual({ reason: "exit", code: 5 });
	});
	it("comes to the same state on every engine", async () => {
		const hashes = new Set<string>();
		for (const engine of engines) {
			const { machine } = await rig(64, engine, greeter);
			await machine.console.expect("there?");
			machine.console.send("Ada\r");
			await machine.console.expect("Ada");
			hashes.add(machine.hash());
		}
		expect(hashes.size).toBe(1);
	});
	it.each([
		["a text that does not come", "li a0, 3\nj .\n", 5000, 'console: "login:" was not printed: within 5000 instructions; the last line is ""'],
		["a guest that ends", `li a0, 3\n${finish}`, 5000, 'console: "login:" was not printed: the guest ended with code 3; the last line is ""'],
		["a guest that waits for ever", "wfi\nj .\n", 5000, 'console: "login:" was not printed: the guest waits for ever; the last line is ""'],
	])("says what is missing: %s", async (_, text, instructions, message) => {
		const { machine } = await rig(64, "js", text);
		await expect(machine.console.expect("login:", { instructions })).rejects.toThrow(message);
	});
});

describe("a transcript", () => {
	const printed = (text: string) => {
		const transcript = createTranscript();
		for (const byte of new TextEncoder().encode(text)) transcript.put(byte);
		return transcript;
	};
	it("gives each match once, with what came before it", () => {
		const transcript = printed("one two one two");
		expect([transcript.take("one"), transcript.take("one"), transcript.take("one")]).toEqual(["one", " two one", null]);
	});
	it("finds UTF-8 as text", () => expect(printed("grün 猫").take("猫")).not.toBeNull());
	it("finds a global or sticky expression as if it were neither", () => expect(printed("a1b2").take(/\d/gy)).toBe("a1"));
	it("keeps the last bytes of a guest that prints for ever, and no more", () => {
		const transcript = printed("first");
		for (let i = 0; i < 3 * transcriptBytes; i++) transcript.put(46);
		for (const byte of new TextEncoder().encode("end")) transcript.put(byte);
		expect(transcript.take("first")).toBeNull();
		expect(transcript.take("end")!.length).toBeLessThanOrEqual(2 * transcriptBytes);
	});
	it("names the last line that says something", () => expect(printed("one\r\ntwo\r\n\r\n").last()).toBe("two"));
});
