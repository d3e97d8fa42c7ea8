import { mkdtempSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { parseDevices } from "../../src/cli/run/devices.ts";
import { matchCards, parseNetdev } from "../../src/cli/run/netdevs.ts";
import { answerer, asker } from "../machine/net-guest.ts";
import { finish } from "../machine/rig.ts";
import { ethernet } from "../net/wire.ts";
import { doppel } from "./run-doppel.ts";

const folder = mkdtempSync(join(tmpdir(), "doppel-netdev-"));
/** Ends with the sum of the kinds of devices in the board's places. */
const kinds = `
	li t0, 0x10001000
	li t1, 8
	li a0, 0
each:
	lw t2, 8(t0)
	add a0, a0, t2
	li t3, 0x1000
	add t0, t0, t3
	addi t1, t1, -1
	bnez t1, each
	${finish}
`;
beforeAll(() => writeFileSync(join(folder, "kinds.s"), kinds));
const run = (...args: string[]) => doppel(["run", "kinds.s", ...args], { cwd: folder });

describe("--netdev", () => {
	it.each([
		["a network is off unless asked for", [], 0],
		["one has a card of its own", ["--netdev", "user"], 1],
		["two have two", ["--netdev", "user", "--netdev", "user,id=b", "--device", "virtio-net-device,netdev=b,mac=02:00:00:00:00:09"], 2],
		["it goes with other devices", ["--netdev", "user,restrict=on", "--device", "virtio-rng-device", "--device", "virtio-net"], 5],
	])("%s", async (_, args, code) => expect(await run(...args)).toMatchObject({ stdout: "", stderr: "", code }));

	const forms = {
		netdev: "write user[,id=ID][,restrict=on][,hostfwd=tcp:127.0.0.1:8080-:80]",
		socket: "write socket[,id=ID],listen=127.0.0.1:1234 or socket[,id=ID],connect=127.0.0.1:1234",
		forward: "write [tcp|udp]:[HOSTADDRESS]:HOSTPORT-[GUESTADDRESS]:GUESTPORT, such as tcp:127.0.0.1:8080-:80",
	};
	const forward = (text: string, says: string): [string[], string] => [
		["--netdev", `user,hostfwd=${text}`],
		`--netdev user,hostfwd=${text}: hostfwd=${text}: ${says}`,
	];
	it.each([
		[["--netdev", "tap"], "--netdev tap: is not one of user, socket"],
		[["--netdev", "socket"], `--netdev socket: ${forms.socket}`],
		[["--netdev", "socket,listen=1234"], `--netdev socket,listen=1234: ${forms.socket}`],
		[["--netdev", "socket,listen=:1,connect=:2"], `--netdev socket,listen=:1,connect=:2: ${forms.socket}`],
		[["--netdev", "socket,connect=host:1"], "--netdev socket,connect=host:1: host is not an address of four numbers, such as 127.0.0.1"],
		[["--netdev", "user,on"], `--netdev user,on: "on" is not KEY=VALUE: ${forms.netdev}`],
		[["--netdev", "user,net=10.0.0.0"], '--netdev user,net=10.0.0.0: "net" is not one of id, restrict, hostfwd'],
		[["--netdev", "user,restrict=yes"], "--netdev user,restrict=yes: restrict=yes is not one of restrict=on, restrict=off"],
		[["--netdev", "user,id=a,id=b"], "--netdev user,id=a,id=b: id is given twice"],
		[["--netdev", "user,id=a", "--netdev", "user,id=a"], "--netdev user,id=a: id=a is given twice"],
		forward("8080", forms.forward),
		forward("tcp:127.0.0.1:8080", forms.forward),
		forward("sctp::1-:2", forms.forward),
		forward("tcp:localhost:1-:2", "localhost is not an address of four numbers, such as 127.0.0.1"),
		forward("tcp::0-:2", "0 is not a port from 1 to 65535"),
		forward("tcp::65536-:2", "65536 is not a port from 1 to 65535"),
		forward("tcp::80-:http", "http is not a port from 1 to 65535"),
		forward("tcp::80-192.168.0.1:80", "192.168.0.1 is not in the guest's network 10.0.2.0/24"),
		[["--device", "virtio-net"], "--device virtio-net: there is no network for it: add --netdev user"],
		[["--netdev", "user,id=a", "--device", "virtio-net,netdev=b"], "--device virtio-net,netdev=b: there is no network for it: add --netdev user,id=b"],
		[
			["--netdev", "user,id=a", "--device", "virtio-net,netdev=a", "--device", "virtio-net-device,netdev=a"],
			"--device virtio-net-device,netdev=a: netdev=a has a card already",
		],
		[
			["--netdev", "user", "--device", "virtio-net,mac=01:00:00:00:00:00"],
			"--device virtio-net,mac=01:00:00:00:00:00: mac=01:00:00:00:00:00 is not a card's address, such as 52:54:00:12:34:56",
		],
		[["--device", "virtio-rng,max=1"], '--device virtio-rng,max=1: "max" is not one of its properties: it has none'],
	] as [string[], string][])("%j is refused in one line", (args, message) => {
		const of = (option: string): string[] => args.filter((_, i) => args[i - 1] === option);
		expect(() => matchCards(of("--netdev").map(parseNetdev), parseDevices(of("--device")).cards)).toThrow(message);
	});
	it("says that a port is in use", async () => {
		const server = createServer().listen(0, "127.0.0.1");
		await new Promise((done) => server.once("listening", done));
		const { port } = server.address() as { port: number };
		const ran = await run("--netdev", `user,hostfwd=tcp:127.0.0.1:${port}-:80`);
		server.close();
		expect(ran).toMatchObject({ stdout: "", stderr: `doppel: port forward tcp 127.0.0.1:${port}: the port is in use: take another\n`, code: 2 });
	});
	it("connects guests of two processes by a socket", async () => {
		const greeting = ethernet(0x88b5, Array(50).fill(7));
		writeFileSync(join(folder, "answers.s"), answerer({ times: 5 }));
		writeFileSync(join(folder, "asks.s"), asker({ frame: greeting, times: 5, at: 63 }));
		const server = createServer().listen(0, "127.0.0.1");
		await new Promise((done) => server.once("listening", done));
		const { port } = server.address() as { port: number };
		await new Promise((done) => server.close(done));
		const at = (program: string, how: string) => doppel(["run", program, "--netdev", `socket,${how}=127.0.0.1:${port}`, "--timeout", "50"], { cwd: folder });
		expect(await at("asks.s", "connect")).toMatchObject({
			stderr: `doppel: --netdev socket,connect=127.0.0.1:${port}: nobody listens there: start the one with listen= first\n`,
			code: 2,
		});
		const answers = at("answers.s", "listen");
		let asks = await at("asks.s", "connect");
		for (let i = 0; i < 50 && asks.code === 2; i++) asks = await at("asks.s", "connect");
		expect([asks, await answers]).toMatchObject([
			{ stderr: "", code: 25 },
			{ stderr: "", code: 5 },
		]);
	});
	it("listens on the loopback interface when no address is given, for the guest that DHCP knows", () => {
		expect(parseNetdev("user,hostfwd=::8080-:80,hostfwd=udp:0.0.0.0:53-10.0.2.9:5353")).toMatchObject({
			forwards: [
				{ protocol: "tcp", host: { address: 0x7f000001, port: 8080 }, guest: { address: 0x0a00020f, port: 80 } },
				{ protocol: "udp", host: { address: 0, port: 53 }, guest: { address: 0x0a000209, port: 5353 } },
			],
		});
		expect(parseNetdev("socket,listen=:1234")).toMatchObject({ how: "listen", at: { address: 0x7f000001, port: 1234 } });
	});
	it("gives cards that name no network to those that are left", () => {
		const netdevs = ["user,id=a", "user,id=b", "user,id=c"].map(parseNetdev);
		const { cards } = parseDevices(["virtio-net,mac=02:00:00:00:00:01", "virtio-net,netdev=a"]);
		expect([...matchCards(netdevs, cards).values()].map((card) => card?.mac?.[5])).toEqual([undefined, 1, undefined]);
	});
});
