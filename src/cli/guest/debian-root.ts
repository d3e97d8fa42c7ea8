/** Debian's packages in, a guest out that starts inside a whole Debian tree on a disk: compiler, perl, python, dpkg. Unpacked, not configured. */
import { appendFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { debian } from "../../boards/debian.ts";
import { type BuiltGuest, guestFolder } from "../../host/node/guests.ts";
import { openApt } from "./apt.ts";
import { type BuildOptions, buildDebian } from "./debian.ts";
import { makeDisk } from "./disk.ts";
import { runTool, runToolText } from "./tools.ts";

const { suite, architecture, root: wanted, append } = debian;
/** Not needed to run anything, and half of the files. */
const leftOut = ["doc", "man", "info", "locale", "lintian"].map((name) => `--exclude=./usr/share/${name}/*`);
const diskMiB = 768;

const hello = `#include <math.h>
#include <stdio.h>
int main(int argc, char **argv)
{
	printf("hello from %s, %.6f\\n", argv[0], sqrt(argc + 1));
	return 0;
}
`;

/** Puts a package's files into the tree and says so in dpkg's records, as the first half of its own installation does. */
function unpackInto(tree: string, path: string): void {
	const files = runTool("dpkg-deb", ["--fsys-tarfile", path]);
	const listed = new TextDecoder().decode(
		runTool("tar", ["-x", "-v", "-C", tree, "--no-same-owner", "--keep-directory-symlink", ...leftOut], { input: files }),
	);
	const control = runToolText("dpkg-deb", ["-f", path]);
	const field = (name: string): string => new RegExp(`^${name}: (.*)$`, "m").exec(control)?.[1] ?? "";
	const name = field("Multi-Arch") === "same" ? `${field("Package")}:${field("Architecture")}` : field("Package");
	const records = join(tree, "var/lib/dpkg");
	mkdirSync(join(records, "info"), { recursive: true });
	mkdirSync(join(records, "updates"), { recursive: true });
	const list = listed.split("\n").map((line) => line.slice(1).replace(/(?<=.)\/$/, ""));
	writeFileSync(join(records, "info", `${name}.list`), list.map((line, i) => (line === "/" && i === 0 ? "/." : line)).join("\n"));
	appendFileSync(join(records, "status"), `${control.trimEnd().replace("\n", "\nStatus: install ok unpacked\n")}\n\n`);
}

/** Kernel and initramfs are those of the guest `debian`, which is built when it is not there. `say` is told of each step. Throws `HostError`. */
export function buildDebianRoot(folder: string, o: BuildOptions): void {
	const plain = guestFolder("debian");
	if (!existsSync(join(plain, "guest.json"))) {
		mkdirSync(plain, { recursive: true });
		buildDebian(plain, o);
	}
	const work = join(folder, "work");
	const tree = join(work, "root");
	rmSync(tree, { recursive: true, force: true });
	mkdirSync(tree, { recursive: true });
	o.say(`asking the mirror for suite ${suite}, ${architecture}`);
	const apt = openApt({ folder: join(work, "apt"), architecture, suite, mirror: o.mirror });
	o.say(`fetching ${wanted.join(" ")} and what they need (some 90 MB)`);
	const packages = apt.downloadAll(wanted);
	o.say(`unpacking ${packages.length} packages`);
	// the links of the top folder come first
	const first = packages.filter((path) => basename(path).startsWith(`${wanted[0]}_`));
	for (const path of new Set([...first, ...packages])) unpackInto(tree, path);
	writeFileSync(join(tree, "root/hello.c"), hello);
	o.say("building the disk");
	makeDisk({ path: join(folder, "disk.img"), folder: tree, number: 3, label: "root", mebibytes: diskMiB });
	rmSync(tree, { recursive: true, force: true });
	const guest: BuiltGuest = { kernel: "../debian/kernel", initrd: "../debian/initrd", drives: ["disk.img"], append: `${append} tree=/dev/vda`, memory: "512M" };
	writeFileSync(join(folder, "guest.json"), `${JSON.stringify({ ...guest, from: `${suite}, ${packages.length} packages` }, null, "\t")}\n`);
}
