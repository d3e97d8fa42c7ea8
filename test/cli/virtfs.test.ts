import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { HostError } from "../../jit/base/errors.ts";
import { openFolders } from "../../src/cli/run/folders.ts";
import { doppel } from "./run-doppel.ts";

const folder = mkdtempSync(join(tmpdir(), "doppel-virtfs-"));
writeFileSync(join(folder, "file"), "text");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("--virtfs", () => {
	const form = "write local,path=DIR,mount_tag=NAME[,readonly=on]";
	it("opens folders by their tags, to write or to read only", () => {
		const parts = openFolders([`local,path=${folder},mount_tag=one`, `local,path=${folder},mount_tag=two,readonly=on,security_model=none,id=x`]);
		expect(parts.map((part) => part.kind === "9p" && [part.tag, part.folder.readOnly, part.folder.list("")])).toEqual([
			["one", false, ["file"]],
			["two", true, ["file"]],
		]);
		for (const part of parts) if (part.kind === "9p") part.folder.closeAll();
	});
	it.each([
		["path=x,mount_tag=t", `is not of the kind "local": ${form}`],
		["local,mount_tag=t", `names no path: ${form}`],
		["local,path=x", `names no mount_tag: ${form}`],
		["local,path=x,mount_tag=a b", "mount_tag=a b is no name of at most 31 letters"],
		[`local,path=x,mount_tag=${"t".repeat(32)}`, "is no name of at most 31 letters"],
		["local,path=x,mount_tag=t,security_model=passthrough", "security_model=passthrough is not one of security_model=none"],
		["local,path=x,mount_tag=t,colour=red", `"colour" is not one of path, mount_tag, readonly, security_model, id`],
	])("refuses %s", (text, problem) => {
		expect(() => openFolders([text])).toThrow(HostError);
		expect(() => openFolders([text])).toThrow(problem);
	});
	it("refuses the same tag twice, and what is no folder", () => {
		expect(() => openFolders([`local,path=${folder},mount_tag=t`, `local,path=${folder},mount_tag=t`])).toThrow("mount_tag=t is given twice");
		expect(() => openFolders([`local,path=${join(folder, "file")},mount_tag=t`])).toThrow("is no folder");
	});
	it("says in one line what is wrong", async () =>
		expect(await doppel(["run", "--virtfs", "local,path=/nowhere/at/all,mount_tag=t"])).toMatchObject({
			stderr: "doppel: /nowhere/at/all: no such file\n",
			code: 2,
		}));
});
