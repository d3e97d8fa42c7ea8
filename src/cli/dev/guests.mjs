/** Builds the guest that comes with doppel; only needed after a change of its source. Needs gcc-riscv64-unknown-elf. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { root } from "./newer.mjs";

const folder = join(root, "src/cli/guest");
const flags =
	"-O2 -march=rv64imac_zicsr -mabi=lp64 -mcmodel=medany -ffreestanding -nostdlib -Wall -Wextra -fno-stack-protector -Wl,--build-id=none -Wl,-z,max-page-size=4096 -Wl,--no-warn-rwx-segments -s";
const args = [...flags.split(" "), `-ffile-prefix-map=${folder}=.`, "-T", join(folder, "guest.ld"), join(folder, "guest.c"), "-o", join(folder, "guest.elf")];
const { status, error } = spawnSync("riscv64-unknown-elf-gcc", args, { stdio: "inherit" });
if (error) process.stderr.write(`riscv64-unknown-elf-gcc: ${error.message}: install gcc-riscv64-unknown-elf\n`);
process.exit(status ?? 1);
