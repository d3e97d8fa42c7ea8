// Runs every built guest on QEMU's virt board with semihosting and writes what it printed and its exit code to expected.json.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const built = new URL("built/", import.meta.url).pathname;
const expected = {};
for (const name of readdirSync(built)
	.filter((f) => f.endsWith(".elf"))
	.sort()) {
	const cwd = mkdtempSync(join(tmpdir(), "doppel-guest-"));
	const qemu = name.includes("rv32") ? "qemu-system-riscv32" : "qemu-system-riscv64";
	const args = ["-M", "virt", "-bios", "none", "-semihosting-config", "enable=on,target=native"];
	const run = spawnSync(qemu, [...args, "-display", "none", "-serial", "none", "-monitor", "none", "-kernel", built + name], { cwd, timeout: 20_000 });
	expected[name] = { exit: run.status, output: run.stdout.toString() + run.stderr.toString() };
	rmSync(cwd, { recursive: true });
}
writeFileSync(new URL("expected.json", import.meta.url), `${JSON.stringify(expected, null, "\t")}\n`);
