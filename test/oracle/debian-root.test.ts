import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { guestFolder } from "../../src/host/node/guests.ts";
import { doppel } from "../cli/run-doppel.ts";

const seconds = 3000;
const prompt = "\\n# ";
/** What is typed, and what must be printed for it. */
const steps: readonly (readonly [command: string, printed: RegExp])[] = [
	["dpkg -l | grep -c ^iU; dpkg -l gcc | tail -1", /^(6|7|8)\d\r?\niU +gcc +4:14\S+ +riscv64 /m],
	["dpkg -S /usr/bin/gcc-14", /^gcc-14: \/usr\/bin\/gcc-14/m],
	['perl -e \'printf("%s %.9f %s\\n", 6 * 7, sqrt(2), join(",", sort { $b <=> $a } 3, 10, 7));\'', /^42 1\.414213562 10,7,3/m],
	["python3 -c 'import math; print(2**100, math.pi, sorted({3, 1, 2}))'", /^1267650600228229401496703205376 3\.141592653589793 \[1, 2, 3\]/m],
	["cd /root && gcc -O2 hello.c -o hello -lm && ./hello a b", /^hello from \.\/hello, 2\.000000/m],
	["sync; cat /proc/mounts | grep -c vda; sha256sum /root/hello.c | cut -c 1-64", /^1\r?\n[0-9a-f]{64}/m],
];

describe("a Debian tree on a disk", () => {
	it(
		"runs what is in it: dpkg, perl, python, and what its gcc makes",
		async (ctx) => {
			if (!existsSync(join(guestFolder("debian-root"), "guest.json"))) return ctx.skip("the guest was not built: npm run guest:debian-root");
			if (!process.env["DOPPEL_LONG"]) return ctx.skip("takes minutes: DOPPEL_LONG=1");
			const typed = steps.flatMap(([command]) => ["--send", `${command.replaceAll("\\", "\\\\")}\\n`, "--expect", prompt]);
			const ran = await doppel(["run", "--guest", "debian-root", "--expect", prompt, ...typed, "--send", "exit\\n", "--timeout", `${seconds}`], {
				timeout: 1000 * seconds + 60_000,
			});
			expect([ran.stderr, ran.code]).toEqual(["", 0]);
			for (const [, printed] of steps) expect(ran.stdout).toMatch(printed);
			expect(ran.stdout).not.toMatch(/Oops|Segmentation fault|Illegal instruction|EXT4-fs error/);
		},
		1000 * seconds + 120_000,
	);
});
