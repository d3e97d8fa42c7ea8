/** Names of Debian packages in, the packages' files out: by apt's own tools with a state of their own, so that the system's is neither read nor changed. */
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { HostError } from "../../../jit/base/errors.ts";
import { hasTool, runTool, runToolText } from "./tools.ts";

export interface AptOptions {
	/** Where apt's lists and packages are kept. */
	readonly folder: string;
	readonly architecture: string;
	readonly suite: string;
	/** Instead of the mirror that the system's own sources name. */
	readonly mirror?: string | undefined;
}

export interface Apt {
	/** The package that `name` depends on first: of a metapackage, what it stands for. */
	firstDependency(name: string): string;
	/** The paths of these packages and all they depend on, downloaded, in an order in which they can be unpacked; checked in the same way. */
	downloadAll(names: readonly string[]): string[];
	/** The path of the downloaded package; its signature chain has been checked by apt. */
	download(name: string): string;
}

const keyring = "/usr/share/keyrings/debian-archive-keyring.gpg";
const instead = "pass --mirror URL, or give files of your own to `doppel run --kernel FILE --initrd FILE`";

/** The first Debian mirror among the system's own sources. */
function systemMirror(): string {
	const found = runToolText("apt-get", ["indextargets", "--format", "$(REPO_URI) $(RELEASE) $(ORIGIN)", "Created-By: Packages"]);
	for (const line of found.split("\n")) {
		const [uri = "", release = "", origin] = line.split(" ");
		if (!release.includes("security") && (origin === "Debian" || /\/debian\/?$/.test(uri))) return uri;
	}
	throw new HostError(`apt: no source of this system is a Debian mirror: ${instead}`);
}

/** The system's own settings for fetching (a proxy, say), then ours on top. */
function configuration(o: AptOptions): string {
	const proxies = runToolText("apt-config", ["dump", "Acquire"])
		.split("\n")
		.filter((line) => /^Acquire::[\w-]+::(Proxy|Timeout|No-Cache|Verify-|Ca)/i.test(line));
	const own = [
		`APT::Architecture "${o.architecture}";`,
		`APT::Architectures { "${o.architecture}"; };`,
		'APT::Sandbox::User "root";',
		'Acquire::Languages "none";',
		'Dir::Etc::Parts "/dev/null";',
		'Dir::Etc::Main "/dev/null";',
		'Dir::Etc::SourceParts "/dev/null";',
		`Dir::Etc::SourceList "${join(o.folder, "sources.list")}";`,
		`Dir::State "${join(o.folder, "state")}";`,
		`Dir::State::status "${join(o.folder, "state/status")}";`,
		`Dir::Cache "${join(o.folder, "cache")}";`,
	];
	return [...proxies, ...own, ""].join("\n");
}

/** Fetches the lists. Throws `HostError` on a system without apt or Debian's keys. */
export function openApt(o: AptOptions): Apt {
	for (const tool of ["apt-get", "apt-cache", "dpkg-deb"]) {
		if (!hasTool(tool))
			throw new HostError(`${tool}: this system has none: give a kernel and an initramfs of your own to \`doppel run --kernel FILE --initrd FILE\``);
	}
	if (!existsSync(keyring)) throw new HostError(`${keyring}: no such file: install Debian's package debian-archive-keyring`);
	const packages = join(o.folder, "packages");
	for (const folder of ["state/lists/partial", "cache/archives/partial", "packages"]) mkdirSync(join(o.folder, folder), { recursive: true });
	const mirror = o.mirror ?? systemMirror();
	writeFileSync(join(o.folder, "sources.list"), `deb [signed-by=${keyring}] ${mirror} ${o.suite} main\n`);
	writeFileSync(join(o.folder, "state/status"), "");
	const config = join(o.folder, "apt.conf");
	writeFileSync(config, configuration(o));
	const env = { APT_CONFIG: config };
	runTool("apt-get", ["-q", "update", "--error-on=any"], { env });
	return {
		firstDependency(name) {
			const found = /Depends: (\S+)/.exec(runToolText("apt-cache", ["depends", name], { env }))?.[1];
			if (found === undefined) throw new HostError(`apt: package ${name} of ${o.suite} (${o.architecture}) depends on nothing: is it still a metapackage?`);
			return found;
		},
		downloadAll(names) {
			const install = ["install", "-q", "-y", "--no-install-recommends", ...names];
			const planned = runToolText("apt-get", ["-s", ...install], { env });
			runTool("apt-get", ["-d", ...install], { env });
			return [...planned.matchAll(/^Inst (\S+) \((\S+) .*\[(\S+)\]\)/gm)].map(([, name = "", version = "", architecture = ""]) =>
				join(o.folder, "cache/archives", `${name.replace(/:.*/, "")}_${version.replaceAll(":", "%3a")}_${architecture}.deb`),
			);
		},
		download(name) {
			const uri = runToolText("apt-get", ["download", "--print-uris", name], { env });
			const file = /^'[^']*' (\S+) /.exec(uri)?.[1];
			if (file === undefined) throw new HostError(`apt: package ${name} is not in ${o.suite} (${o.architecture})`);
			for (const old of readdirSync(packages)) if (old.startsWith(`${name}_`) && old !== file) rmSync(join(packages, old));
			const path = join(packages, file);
			if (!existsSync(path)) runTool("apt-get", ["-q", "download", name], { env, cwd: packages });
			return path;
		},
	};
}

/** The files of a package that `wanted` names (as patterns of tar), by their paths in it without the leading `./`. */
export function unpack(path: string, folder: string, wanted: readonly string[]): void {
	rmSync(folder, { recursive: true, force: true });
	mkdirSync(folder, { recursive: true });
	runTool("tar", ["-x", "-C", folder, "--no-same-owner", "--wildcards", ...wanted.map((name) => `./${name}`)], {
		input: runTool("dpkg-deb", ["--fsys-tarfile", path]),
	});
}
