import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createServer as createHttpServer, get, type IncomingMessage, type ServerResponse } from "node:http";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { guestFolder } from "../../src/host/node/guests.ts";
import { doppel } from "../cli/run-doppel.ts";
import { answerer, asker } from "../machine/net-guest.ts";
import { ethernet } from "../net/wire.ts";
import { command, missingOf } from "../support/command.ts";

const long = Boolean(process.env.DOPPEL_LONG);
const mebibytes = long ? 100 : 4;
const seconds = long ? 2400 : 900;
/** Not all alike, and not of the length of anything. */
const data = Buffer.from(Uint8Array.from({ length: mebibytes * 2 ** 20 - 3 }, (_, i) => (i * 31 + (i >>> 8) * 7 + (i >>> 16)) & 255));
const sha = createHash("sha256").update(data).digest("hex");

async function freePort(): Promise<number> {
	const server = createServer().listen(0, "127.0.0.1");
	await new Promise((done) => server.once("listening", done));
	const { port } = server.address() as AddressInfo;
	await new Promise((done) => server.close(done));
	return port;
}
/** What a client of the host gets through a forward. */
const fetchSha = (port: number, path: string): Promise<string> =>
	new Promise((done, failed) => {
		get({ host: "127.0.0.1", port, path }, (response) => {
			const hash = createHash("sha256");
			response.on("data", (chunk: Buffer) => hash.update(chunk));
			response.on("end", () => done(hash.digest("hex")));
			response.on("error", failed);
		}).on("error", failed);
	});

describe("a cable to QEMU", () => {
	it("connects a guest of ours with one of QEMU's: the same program, the same card", async (ctx) => {
		const missing = missingOf(["qemu-system-riscv64"]);
		if (missing.length > 0) return ctx.skip(`${missing} is not on this machine`);
		const folder = mkdtempSync(join(tmpdir(), "doppel-cable-"));
		const port = await freePort();
		writeFileSync(join(folder, "asks.s"), asker({ frame: ethernet(0x88b5, Array(50).fill(7)), times: 5, at: 63 }));
		writeFileSync(join(folder, "answers.s"), answerer({ times: 5 }));
		const made = ["isa", "asm", "answers.s", "--isa", "riscv", "-p", "XLEN=64", "--origin", "0x80000000", "-o", "answers.elf"];
		expect(await doppel(made, { cwd: folder })).toMatchObject({ stderr: "", code: 0 });
		const card = ["-netdev", `socket,id=n,listen=127.0.0.1:${port}`, "-device", "virtio-net-device,netdev=n,bus=virtio-mmio-bus.0"];
		const machine = ["-M", "virt", "-bios", "none", "-kernel", "answers.elf", "-display", "none", "-serial", "none", "-monitor", "none"];
		const answers = command("qemu-system-riscv64", [...machine, "-global", "virtio-mmio.force-legacy=false", ...card], { cwd: folder, timeout: 60_000 });
		const asks = () => doppel(["run", "asks.s", "--netdev", `socket,connect=127.0.0.1:${port}`, "--timeout", "50"], { cwd: folder });
		let ours = await asks();
		// QEMU does not listen yet
		for (let i = 0; i < 50 && ours.code === 2; i++) ours = await asks();
		expect([ours, await answers]).toMatchObject([
			{ stderr: "", code: 25 },
			{ stderr: "", code: 5 },
		]);
	});
});

describe("Linux, as Debian builds it, with a network", () => {
	it(
		`has an address by DHCP, fetches a page from the host and ${mebibytes} MiB, and the host fetches them from it`,
		async (ctx) => {
			if (!existsSync(join(guestFolder("debian"), "guest.json"))) return ctx.skip("the guest was not built: npm run guest:debian");
			if (!readFileSync(join(guestFolder("debian"), "initrd")).includes("bin/network"))
				return ctx.skip("the guest was built before it had a network: npm run guest:debian");
			const forward = await freePort();
			const fetched: string[] = [];
			const pages: Record<string, (request: IncomingMessage, response: ServerResponse) => void> = {
				"/page": (_, response) => response.end("hello from the host\n"),
				"/data": (_, response) => response.end(data),
				// the guest serves now: answered when the host has fetched everything
				"/ready": (_, response) =>
					void Promise.allSettled([fetchSha(forward, "/small"), fetchSha(forward, "/data")]).then((got) => {
						fetched.push(...got.map((one) => (one.status === "fulfilled" ? one.value : String(one.reason))));
						response.end("thanks\n");
					}),
			};
			const server = createHttpServer((request, response) => (pages[request.url ?? ""] ?? ((_, other) => other.writeHead(404).end()))(request, response));
			await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
			const host = `http://10.0.2.2:${(server.address() as AddressInfo).port}`;
			const commands = [
				"ip -4 addr show eth0 | grep inet",
				"cat /etc/resolv.conf",
				"ping -q -c 2 10.0.2.2 | grep loss",
				`wget -q -O - ${host}/page`,
				`wget -q -O /dev/null ${host}/none`,
				"wget -q -O /dev/null http://10.0.2.2:1/",
				"mkdir /www",
				`wget -q -O /www/data ${host}/data`,
				"sha256sum /www/data",
				"echo small > /www/small",
				"httpd -h /www",
				`wget -q -O - ${host}/ready`,
				"exit",
			];
			const ran = await doppel(
				[
					...[
						"run",
						"--guest",
						"debian",
						"-m",
						long ? "512M" : "256M",
						"--append",
						"console=ttyS0 quiet",
						"--netdev",
						`user,hostfwd=tcp:127.0.0.1:${forward}-:80`,
					],
					...["--expect", "\\n# ", "--send", `stty -echo; ${commands.join("; ")}\\n`, "--timeout", `${seconds}`],
				],
				{ timeout: 1000 * seconds + 60_000 },
			);
			server.close();
			expect([ran.stderr, ran.code]).toEqual(["", 0]);
			const printed = ran.stdout.replace(/\r/g, "");
			expect(printed).toContain("inet 10.0.2.15/24");
			expect(printed).toContain("nameserver 10.0.2.3");
			expect(printed).toContain("2 packets transmitted, 2 packets received, 0% packet loss");
			expect(printed).toContain("hello from the host\n");
			expect(printed).toContain("wget: server returned error: HTTP/1.1 404 Not Found");
			expect(printed).toContain("wget: can't connect to remote host (10.0.2.2): Connection refused");
			expect(printed).toContain(`${sha}  /www/data`);
			expect(printed).toContain("thanks\n");
			expect(fetched).toEqual([createHash("sha256").update("small\n").digest("hex"), sha]);
		},
		1000 * seconds + 120_000,
	);
});
