/** NAME=VALUE and a command in, that command run with the variable set out: what `env` does, on every system. */
import { spawnSync } from "node:child_process";

const [setting, command, ...args] = process.argv.slice(2);
const [name, value] = setting.split("=");
const { status } = spawnSync(command, args, { stdio: "inherit", env: { ...process.env, [name]: value }, shell: process.platform === "win32" });
process.exit(status ?? 1);
