import { createHash } from "node:crypto";
import { existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { openSharedFolder } from "../../src/host/node/shared-folder.ts";
import { Random } from "../ir/random.ts";
import { bootDebian, notBuilt } from "./debian.ts";

const outer = mkdtempSync(join(tmpdir(), "doppel-share-"));
const at = (name: string): string => join(outer, "share", name);
afterAll(() => rmSync(outer, { recursive: true, force: true }));
const sum = (bytes: Uint8Array): string => createHash("md5").update(bytes).digest("hex");

describe.skipIf(notBuilt !== null)(`a folder of the host in Debian's kernel${notBuilt === null ? "" : ` (skipped: ${notBuilt})`}`, () => {
	it("is mounted, read, written and searched; nothing outside is reached, and one that is read-only stays as it is", { timeout: 3_600_000 }, async () => {
		mkdirSync(at("many"), { recursive: true });
		mkdirSync(join(outer, "fixed"));
		const random = new Random(1);
		const large = Uint8Array.from({ length: 3_000_000 }, () => random.below(256));
		writeFileSync(at("large"), large);
		for (let i = 0; i < 500; i++) writeFileSync(at(`many/file-${i}`), `${i}\n`);
		writeFileSync(join(outer, "secret"), "secret\n");
		symlinkSync("../secret", at("out"));
		symlinkSync("large", at("inner"));
		writeFileSync(join(outer, "fixed/file"), "fixed\n");

		const { run, machine } = await bootDebian({
			virtio: [
				{ kind: "9p", folder: openSharedFolder(join(outer, "share"), { readOnly: false }), tag: "share" },
				{ kind: "9p", folder: openSharedFolder(join(outer, "fixed"), { readOnly: true }), tag: "fixed" },
			],
		});
		expect(await run("mkdir /share /fixed; for tag in share fixed; do mount -t 9p -o trans=virtio,version=9p2000.L $tag /$tag; done; cat /fixed/file")).toBe(
			"fixed",
		);
		expect(await run("cd /share; md5sum large inner; ls many | wc -l; cat many/* | md5sum; find . -type f | wc -l")).toBe(
			[`${sum(large)}  large`, `${sum(large)}  inner`, "500", `${sum(Buffer.from(lines()))}  -`, "501"].join("\n"),
		);
		expect(await run("cat out; cat /share/../share/out; ls -l out | sed 's/.*-> //'")).toMatch(
			/can't open 'out': No such file.*\n.*No such file.*\n\.\.\/secret$/,
		);
		expect(
			await run(
				"mkdir -p new/deep; cp large new/deep/copy; echo one > new/a; echo two >> new/a; ln -s a new/link; mv new/a new/b; chmod 600 new/b; cat new/b; sync",
			),
		).toBe("one\ntwo");
		expect(sum(readFileSync(at("new/deep/copy")))).toBe(sum(large));
		expect([readdirSync(at("new")).sort(), readlinkSync(at("new/link")), lstatSync(at("new/b")).mode & 0o777]).toEqual([["b", "deep", "link"], "a", 0o600]);
		// a file that gets shorter, then has no name any more while it is open
		expect(await run("truncate -s 3 new/b; wc -c < new/b; exec 3< new/b; rm new/b; cat <&3; exec 3<&-; echo")).toBe("3\none");
		expect(await run("rm -r many new/deep; ls -1; touch /fixed/other 2>&1 | sed 's/.*: //'; rm -f /fixed/file 2>&1 | sed 's/.*: //'")).toBe(
			"inner\nlarge\nnew\nout\nRead-only file system\nRead-only file system",
		);
		expect([existsSync(at("many")), readdirSync(join(outer, "fixed")), readFileSync(join(outer, "secret"), "latin1")]).toEqual([false, ["file"], "secret\n"]);
		expect(await run("cd /; umount /share /fixed; dmesg | grep -iE '9p.*(error|fail|bug)'")).toBe("");
		machine.close();
	});
});

/** What `cat many/*` gives: names in the order of their characters. */
function lines(): string {
	return Array.from({ length: 500 }, (_, i) => i)
		.sort((a, b) => (`file-${a}` < `file-${b}` ? -1 : 1))
		.map((i) => `${i}\n`)
		.join("");
}
