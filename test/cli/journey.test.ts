import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { doppel, root } from "./run-doppel.ts";

const readme = readFileSync(join(root, "README.md"), "utf8");
/** The text of the block that a reader would copy. */
function block(name: string): string {
	const found = new RegExp(`<!-- journey: ${name.replaceAll(".", "\\.")} -->\n\`\`\`\\w*\n([\\s\\S]*?)\`\`\``).exec(readme);
	if (!found) throw new Error(`README.md has no block "${name}"`);
	return found[1]!;
}

let folder = "";
beforeAll(() => {
	folder = mkdtempSync(join(tmpdir(), "doppel-journey-"));
	for (const name of ["popacc.isa.js", "count.s"]) writeFileSync(join(folder, name), block(name));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("an instruction of one's own, with the README's exact text", () => {
	it("the definition has five lines", () => expect(block("popacc.isa.js").trim().split("\n").length).toBe(5));

	it("the command runs it translated", async () => {
		const command = block("command").trim();
		expect(command).toMatch(/^npx doppel run /);
		const ran = await doppel(command.split(" ").slice(2), { cwd: folder });
		expect({ stdout: ran.stdout, code: ran.code }).toEqual({ stdout: "Y\n", code: 0 });
		const stats = JSON.parse((await doppel([...command.split(" ").slice(2, -1), "--stats=json"], { cwd: folder })).stderr);
		expect(stats.instructions).toBeGreaterThan(3_000_000);
		expect(stats.tiers.wasm.instructions / stats.instructions).toBeGreaterThan(0.99);
	});
	it.each(["interpret", "js", "auto"])("on %s as well", async (engine) => {
		expect(await doppel(["run", "count.s", "--extend", "popacc.isa.js", "--engine", engine], { cwd: folder })).toMatchObject({
			stdout: "Y\n",
			stderr: "",
			code: 0,
		});
	});
	it("on a processor of 32 bits as well", async () => {
		expect(await doppel(["run", "count.s", "--extend", "popacc.isa.js", "-p", "XLEN=32"], { cwd: folder })).toMatchObject({
			stdout: "Y\n",
			stderr: "",
			code: 0,
		});
	});
	it("disassembler, pages and explanation know it at once", async () => {
		expect((await doppel(["isa", "disasm", "0x0005850b", "--extend", "popacc.isa.js"], { cwd: folder })).stdout).toMatch(/popacc\s+a0,a1/);
		expect((await doppel(["isa", "docs", "xpop", "--extend", "popacc.isa.js"], { cwd: folder })).stdout).toContain("popacc {rd},{rs1}");
		const explained = await doppel(["isa", "explain", "popacc a0,a1", "--extend", "popacc.isa.js"], { cwd: folder });
		expect(explained.stdout).toContain("0x0005850b");
		expect(explained.stdout).toMatch(/i64\.popcnt/);
	});
	it("a mistake in it is one line with its place", async () => {
		writeFileSync(join(folder, "wrong.isa.js"), block("popacc.isa.js").replace("0000000 00000 rs1", "0001 rs1"));
		const ran = await doppel(["run", "count.s", "--extend", "wrong.isa.js"], { cwd: folder });
		expect(ran.code).toBe(2);
		expect(ran.stderr).toMatch(/^doppel: wrong\.isa\.js:3:\d+: [^\n]*\n$/);
	});
});
