/** Questions as bytes in, QEMU's answers out. */
import { spawn } from "node:child_process";
import { join } from "node:path";

const program = join(import.meta.dirname, "built/oracle.elf");

export function ask(cases: Uint8Array): Promise<DataView> {
	const child = spawn("qemu-riscv64", ["-cpu", "rv64,Zfh=true", program], { timeout: 60_000, stdio: "pipe" });
	const out: Buffer[] = [];
	const err: Buffer[] = [];
	child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
	child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
	child.stdin.on("error", () => {});
	child.stdin.end(cases);
	return new Promise((done, failed) => {
		child.on("error", failed);
		child.on("close", (code) => {
			const bytes = Uint8Array.from(Buffer.concat(out));
			if (code === 0 && bytes.length === cases.length / 2) done(new DataView(bytes.buffer));
			else failed(new Error(`the oracle ended with ${code} after ${bytes.length} bytes: ${Buffer.concat(err)}`));
		});
	});
}
