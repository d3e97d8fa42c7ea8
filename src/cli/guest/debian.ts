/** Debian's packages in, a guest out: its kernel as it comes, an initramfs with busybox and the modules for virtio and ext4, a small disk. */
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { HostError } from "../../../jit/base/errors.ts";
import { debian } from "../../boards/debian.ts";
import type { BuiltGuest } from "../../host/node/guests.ts";
import { openApt, unpack } from "./apt.ts";
import { type ArchiveEntry, writeArchive } from "./cpio.ts";
import { makeDisk } from "./disk.ts";
import { aliasTable, collectModules, dependencyTable } from "./modules.ts";
import { hasTool } from "./tools.ts";

const { suite, architecture, packages, modules, append, bootAppend, memory } = debian;
const diskMiB = 256;

/** Loads what the virtio devices of the machine ask for, a second time for those behind the buses that the first round brought, then a shell. */
const init = `#!/bin/busybox sh
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t sysfs sysfs /sys
/bin/busybox mount -t devtmpfs devtmpfs /dev
/bin/busybox --install -s /bin
export PATH=/bin HOME=/ TERM=vt100 PS1='# '
for round in 1 2; do
	sort -u $(find /sys/devices -name modalias) | grep virtio | while read alias; do modprobe -q "$alias"; done
done
hostname doppel
ip link set lo up
for card in /sys/class/net/eth*; do
	test -e $card && udhcpc -q -n -i \${card##*/} -s /bin/network
done
echo
uname -srm
# a serial line knows no size; the kernel hands size=COLUMNSxROWS of its command line on to us
: \${size:=80x24}
stty cols \${size%x*} rows \${size#*x}
# tree=DEVICE: the shell of the system that is there
if [ -n "$tree" ]; then
	mount -t ext4 "$tree" /mnt
	for dir in proc sys dev; do mount -o bind /$dir /mnt/$dir; done
	export HOME=/root PATH=/usr/sbin:/usr/bin
	/bin/setsid /bin/cttyhack /bin/chroot /mnt /bin/bash --norc
	for dir in proc sys dev .; do /bin/umount /mnt/$dir; done
else
	setsid cttyhack sh
fi
/bin/poweroff -f
`;

/** What U-Boot boots. */
const menu = `default debian
label debian
	kernel /kernel
	initrd /initrd
	append ${bootAppend}
`;

/** What the DHCP client calls with what it was given. */
const network = `#!/bin/busybox sh
ip link set $interface up
test "$1" = bound || exit 0
ip addr add $ip/$mask dev $interface
test -n "$router" && ip route add default via \${router%% *}
for server in $dns; do echo nameserver $server; done > /etc/resolv.conf
`;

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

/** `modulesFolder`: the package's, named after the kernel's release. */
function initramfs(busybox: Uint8Array, modulesFolder: string): Uint8Array {
	const found = collectModules(modulesFolder, modules);
	const at = `lib/modules/${basename(modulesFolder)}`;
	const file = (path: string, data: Uint8Array, mode = 0o644): ArchiveEntry => ({ kind: "file", path, mode, data });
	const folders = ["bin", "dev", "etc", "mnt", "proc", "sbin", "sys", "tmp", "lib", "lib/modules", at];
	return writeArchive([
		...folders.map((path) => ({ kind: "directory", path, mode: 0o755 }) as const),
		// for the messages of /init before /dev is there
		{ kind: "device", path: "dev/console", mode: 0o600, major: 5, minor: 1 },
		file("init", encode(init), 0o755),
		file("bin/busybox", busybox, 0o755),
		file("bin/network", encode(network), 0o755),
		// the kernel itself asks for modules by this name
		{ kind: "link", path: "sbin/modprobe", mode: 0o777, to: "/bin/busybox" },
		file(`${at}/modules.dep`, encode(dependencyTable(found))),
		file(`${at}/modules.alias`, encode(aliasTable(found))),
		...found.map((module) => file(`${at}/${module.file}`, module.data)),
	]);
}

/** A folder of that name in `work`, with nothing in it. */
function emptyFolder(work: string, name: string): string {
	const path = join(work, name);
	rmSync(path, { recursive: true, force: true });
	mkdirSync(path);
	return path;
}

/** A disk with one file, to write to; and one that U-Boot boots: kernel, initramfs and what its `distro_bootcmd` looks for. */
function disks(folder: string, work: string): void {
	const data = emptyFolder(work, "disk");
	writeFileSync(join(data, "README"), "The disk of the guest that `npm run guest:debian` builds.\n");
	makeDisk({ path: join(folder, "disk.img"), folder: data, number: 1, label: "doppel", mebibytes: diskMiB });
	const boot = emptyFolder(work, "boot");
	mkdirSync(join(boot, "extlinux"));
	writeFileSync(join(boot, "extlinux/extlinux.conf"), menu);
	for (const file of ["kernel", "initrd"]) copyFileSync(join(folder, file), join(boot, file));
	const bytes = statSync(join(boot, "kernel")).size + statSync(join(boot, "initrd")).size;
	makeDisk({ path: join(folder, "boot.img"), folder: boot, number: 2, label: "boot", mebibytes: Math.ceil(bytes / 2 ** 20) + 24, partition: true });
}

export interface BuildOptions {
	readonly mirror?: string | undefined;
	/** Told of each step. */
	readonly say: (text: string) => void;
}

/** Throws `HostError`. */
export function buildDebian(folder: string, o: BuildOptions): void {
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
	const modulesFolder = join(kernelFolder, "usr/lib/modules");
	const release = readdirSync(modulesFolder)[0]!;
	const shell = new Uint8Array(readFileSync(join(shellFolder, "usr/bin/busybox")));
	writeFileSync(join(folder, "initrd"), initramfs(shell, join(modulesFolder, release)));
	const drives: string[] = [];
	if (hasTool("mke2fs")) {
		o.say("building the disks");
		disks(folder, work);
		drives.push("disk.img");
	} else o.say("no disk: mke2fs (e2fsprogs) is not on this system");
	const guest: BuiltGuest = { kernel: "kernel", initrd: "initrd", drives, append, memory };
	writeFileSync(join(folder, "guest.json"), `${JSON.stringify({ ...guest, from: name }, null, "\t")}\n`);
}
