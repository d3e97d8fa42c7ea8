/** Debian's packages in, a guest out: its kernel as it comes, an initramfs with busybox and the modules for virtio and ext4, a small disk. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { HostError } from "../../../jit/base/errors.ts";
import { debian } from "../../boards/debian.ts";
import type { BuiltGuest } from "../../host/node/guests.ts";
import { openApt, unpack } from "./apt.ts";
import { type ArchiveEntry, writeArchive } from "./cpio.ts";
import { collectModules } from "./modules.ts";
import { hasTool, runTool } from "./tools.ts";

const { suite, architecture, packages, modules, append, memory } = debian;
const diskMiB = 256;

const init = `#!/bin/busybox sh
/bin/busybox mkdir -p /proc /sys /dev /tmp /mnt
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t sysfs sysfs /sys
/bin/busybox mount -t devtmpfs devtmpfs /dev
/bin/busybox --install -s /bin
export PATH=/bin HOME=/ TERM=vt100 PS1='# '
for module in $(cat /modules/order); do insmod /modules/$module.ko; done
hostname doppel
ip link set lo up
echo
uname -srm
setsid cttyhack sh
poweroff -f
`;

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

function initramfs(busybox: Uint8Array, folder: string): Uint8Array {
	const found = collectModules(folder, modules);
	const entries: ArchiveEntry[] = [
		...["bin", "dev", "modules"].map((path) => ({ kind: "directory", path, mode: 0o755 }) as const),
		// for the messages of /init before /dev is there
		{ kind: "device", path: "dev/console", mode: 0o600, major: 5, minor: 1 },
		{ kind: "file", path: "init", mode: 0o755, data: encode(init) },
		{ kind: "file", path: "bin/busybox", mode: 0o755, data: busybox },
		{ kind: "file", path: "modules/order", mode: 0o644, data: encode(`${found.map(({ name }) => name).join("\n")}\n`) },
		...found.map(({ name, data }) => ({ kind: "file", path: `modules/${name}.ko`, mode: 0o644, data }) as const),
	];
	return writeArchive(entries);
}

/** An empty ext4 file system with one file, the same bytes each time. */
function disk(path: string, work: string): void {
	const root = join(work, "disk");
	rmSync(root, { recursive: true, force: true });
	mkdirSync(root);
	writeFileSync(join(root, "README"), "The disk of the guest that `npm run guest:debian` builds.\n");
	rmSync(path, { force: true });
	const id = "646f7070-656c-4000-8000-000000000001";
	const settings = `root_owner=0:0,hash_seed=${id},lazy_itable_init=0,lazy_journal_init=0`;
	runTool("mke2fs", ["-q", "-t", "ext4", "-U", id, "-L", "doppel", "-E", settings, "-d", root, path, `${diskMiB}M`], { env: { E2FSPROGS_FAKE_TIME: "1" } });
}

/** `say` is told of each step. Throws `HostError`. */
export function buildDebian(folder: string, o: { readonly mirror?: string | undefined; readonly say: (text: string) => void }): void {
	const work = join(folder, "work");
	mkdirSync(work, { recursive: true });
	o.say(`asking the mirror for suite ${suite}, ${architecture}`);
	const apt = openApt({ folder: join(work, "apt"), architecture, suite, mirror: o.mirror });
	const name = apt.firstDependency(packages.kernel);
	o.say(`fetching ${name} (some 110 MB)`);
	const kernelPackage = apt.download(name);
	o.say(`fetching ${packages.shell}`);
	const shellPackage = apt.download(packages.shell);

	o.say("unpacking");
	const [kernelFolder, shellFolder] = [join(work, "kernel"), join(work, "shell")];
	const kinds = ["fs", "net", "crypto", "lib", "drivers/virtio", "drivers/block", "drivers/net", "drivers/char/hw_random"];
	unpack(kernelPackage, kernelFolder, ["boot/vmlinu*", ...kinds.map((kind) => `usr/lib/modules/*/kernel/${kind}/*.ko*`)]);
	unpack(shellPackage, shellFolder, ["usr/bin/busybox"]);
	const boot = join(kernelFolder, "boot");
	const kernel = readdirSync(boot).find((file) => file.startsWith("vmlinu"));
	if (kernel === undefined) throw new HostError(`${kernelPackage}: holds no boot/vmlinu*: the package has changed`);

	o.say("building the initramfs");
	writeFileSync(join(folder, "kernel"), readFileSync(join(boot, kernel)));
	writeFileSync(join(folder, "initrd"), initramfs(new Uint8Array(readFileSync(join(shellFolder, "usr/bin/busybox"))), join(kernelFolder, "usr/lib/modules")));
	const drives: string[] = [];
	if (hasTool("mke2fs")) {
		o.say("building the disk");
		disk(join(folder, "disk.img"), work);
		drives.push("disk.img");
	} else o.say("no disk: mke2fs (e2fsprogs) is not on this system");
	const guest: BuiltGuest = { kernel: "kernel", initrd: "initrd", drives, append, memory };
	writeFileSync(join(folder, "guest.json"), `${JSON.stringify({ ...guest, from: name }, null, "\t")}\n`);
}
