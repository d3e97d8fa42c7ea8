import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Random } from "../ir/random.ts";
import { command } from "../support/command.ts";
import { root } from "./run-doppel.ts";

describe("V8's code for the program, kept from an earlier start", () => {
	let folder = "";
	let code = "";
	const start = () => command(process.execPath, [join(folder, ".build/doppel.js"), "isa", "list", "riscv"], { cwd: folder });
	beforeAll(async () => {
		folder = mkdtempSync(join(tmpdir(), "doppel-boot-"));
		for (const name of readdirSync(join(root, ".build"))) {
			if (name === "doppel.js" || name === "package.json" || name.startsWith("program-")) cpSync(join(root, ".build", name), join(folder, ".build", name));
		}
		symlinkSync(join(root, "isa"), join(folder, "isa"));
		await start();
		const files = readdirSync(join(folder, ".build/code"));
		expect(files).toHaveLength(1);
		code = join(folder, ".build/code", files[0]!);
	});
	afterAll(() => rmSync(folder, { recursive: true, force: true }));

	it("changes nothing, whole, damaged anywhere, cut short or empty, and is made again", { timeout: 100_000 }, async () => {
		const whole = readFileSync(code);
		const random = new Random(1);
		const flipped = (): Buffer => {
			const bytes = Buffer.from(whole);
			const at = random.below(bytes.length);
			bytes[at] = bytes[at]! ^ (1 << random.below(8));
			return bytes;
		};
		const wanted = await start();
		expect(wanted).toMatchObject({ code: 0, stderr: "" });
		for (const bytes of [...Array.from({ length: 8 }, flipped), whole.subarray(0, 1000), whole.subarray(0, whole.length - 1), Buffer.alloc(0)]) {
			writeFileSync(code, bytes);
			expect(await start()).toEqual(wanted);
			expect(readFileSync(code).equals(bytes)).toBe(false);
		}
	});
});
