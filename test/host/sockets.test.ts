import { createHash } from "node:crypto";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { createPace } from "../../src/host/node/pace.ts";
import { openSockets } from "../../src/host/node/sockets.ts";
import { createNat } from "../../src/net/nat.ts";
import type { Forward } from "../../src/net/sockets.ts";
import { plugIn } from "../net/rig.ts";
import { guestAddress, names, number32, type Seen, tcp, text, udp } from "../net/wire.ts";

const loopback = 0x7f000001;
const guest = number32(guestAddress);
const closing: (() => void)[] = [];
afterEach(() => {
	for (const close of closing.splice(0)) close();
});

/** A network on the host's own sockets, and a card on it. */
async function network(o: { forwards?: Forward[]; resolver?: { address: number; port: number } } = {}) {
	let woken = (): void => {};
	const { forwards = [] } = o;
	const sockets = await openSockets({ ...o, wake: () => woken() });
	const cable = createNat({ sockets, forwards });
	closing.push(() => cable.close());
	const card = plugIn(cable);
	return {
		...{ ...card, cable, sockets },
		/** Until the network has a frame of this kind, at most ten seconds. */
		async frame(wanted: (seen: Seen) => boolean = () => true): Promise<Seen> {
			const end = Date.now() + 10_000;
			while (Date.now() < end) {
				await new Promise((done) => setImmediate(done));
				cable.poll();
				for (let seen = card.takeOne(); seen; seen = card.takeOne()) if (wanted(seen)) return seen;
				await new Promise<void>((done) => {
					woken = done;
					setTimeout(done, 20);
				});
			}
			throw new Error("no such frame");
		},
	};
}
type Net = Awaited<ReturnType<typeof network>>;

const serve = async (each: (socket: Socket) => void, half = true): Promise<number> => {
	const server = createServer({ allowHalfOpen: half }, each).listen(0, "127.0.0.1");
	closing.push(() => server.close());
	await once(server, "listening");
	return (server.address() as AddressInfo).port;
};
const sha = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
const bytesOf = (length: number): Buffer => Buffer.from(Uint8Array.from({ length }, (_, i) => (i * 31 + (i >> 8) * 7) & 255));

/** A guest's end: everything of `data` out as windows allow, everything in until the other side ends. */
async function talk(net: Net, ports: { mine: number; theirs: number }, data: Uint8Array, syn: Seen | null): Promise<Uint8Array> {
	const at = { fromPort: ports.mine, toPort: ports.theirs };
	const first = 5000;
	if (syn) net.send(tcp({ ...at, seq: first, ack: (syn.seq! + 1) >>> 0, flags: "SA", scale: 4, most: 1460 }));
	else net.send(tcp({ ...at, seq: first, flags: "S", scale: 4, most: 1460 }));
	const answer = syn ?? (await net.frame(({ flags }) => flags === "SA"));
	let expected = (answer.seq! + 1) >>> 0;
	const [got, start] = [[] as Uint8Array[], first + 1];
	let [sent, limit, ended, acked] = [0, answer.window!, false, 0];
	const send = (flags: string, payload: Uint8Array): void => net.send(tcp({ ...at, seq: (start + sent) >>> 0, ack: expected, flags, window: 16000, payload }));
	while (!ended || acked < data.length + 1) {
		while (sent < data.length && sent < limit) {
			const piece = data.subarray(sent, Math.min(sent + 1460, limit));
			send("A", piece);
			sent += piece.length;
		}
		const last = sent === data.length;
		send(last ? "FA" : "A", new Uint8Array(0));
		if (last) sent++;
		const seen = await net.frame(({ seq, flags }) => seq === expected && !flags!.includes("S"));
		acked = (seen.ack! - start) | 0;
		limit = Math.max(limit, acked + seen.window! * 8);
		got.push(seen.payload);
		expected = (expected + seen.payload.length + (seen.flags!.includes("F") ? 1 : 0)) >>> 0;
		if (seen.flags!.includes("F")) ended = true;
	}
	send("A", new Uint8Array(0));
	return Buffer.concat(got);
}

describe("a guest's network on the host's sockets", () => {
	it("brings a megabyte to a server, and one back", async () => {
		const [up, down] = [bytesOf(2 ** 20 + 17), bytesOf(2 ** 20 + 5).reverse()];
		const got: Buffer[] = [];
		const port = await serve((socket) => {
			socket.on("data", (chunk) => got.push(chunk));
			socket.end(down);
		});
		const back = await talk(await network(), { mine: 4000, theirs: port }, up, null);
		expect([sha(back), sha(Buffer.concat(got))]).toEqual([sha(down), sha(up)]);
	});
	it("brings a client of the host to the guest through a forward", async () => {
		const net = await network({ forwards: [{ protocol: "tcp", host: { address: loopback, port: 0 }, guest: { address: guest, port: 80 } }] });
		const [up, down] = [bytesOf(300_000), bytesOf(200_001).reverse()];
		const client = connect({ host: "127.0.0.1", port: net.sockets.ports[0]!, allowHalfOpen: true });
		const got: Buffer[] = [];
		client.on("data", (chunk: Buffer) => got.push(chunk));
		client.end(down);
		const ended = once(client, "end");
		const syn = await net.frame(({ flags }) => flags === "S");
		const back = await talk(net, { mine: 80, theirs: syn.fromPort! }, up, syn);
		await ended;
		expect([sha(back), sha(Buffer.concat(got))]).toEqual([sha(down), sha(up)]);
	});
	it("does not read more of a server than the guest takes", async () => {
		let written = 0;
		const port = await serve((socket) => {
			const more = (): void => {
				while (socket.write(new Uint8Array(65536), () => (written += 65536)));
				socket.once("drain", more);
			};
			more();
			socket.on("error", () => {});
		});
		const net = await network();
		net.send(tcp({ fromPort: 1, toPort: port, seq: 1, flags: "S" }));
		const answer = await net.frame();
		net.send(tcp({ fromPort: 1, toPort: port, seq: 2, ack: (answer.seq! + 1) >>> 0, flags: "A", window: 0 }));
		for (let i = 0; i < 30; i++) {
			net.cable.poll();
			await new Promise((done) => setTimeout(done, 10));
		}
		const before = written;
		for (let i = 0; i < 30; i++) {
			net.cable.poll();
			await new Promise((done) => setTimeout(done, 10));
		}
		// what the system's own buffers hold, and no more
		expect([written, written < 2 ** 24]).toEqual([before, true]);
	});
	it("refuses a connection that nobody listens for", async () => {
		const server = createServer().listen(0, "127.0.0.1");
		await once(server, "listening");
		const { port } = server.address() as AddressInfo;
		await new Promise((done) => server.close(done));
		const net = await network();
		net.send(tcp({ fromPort: 4000, toPort: port, seq: 1, flags: "S" }));
		expect(await net.frame()).toMatchObject({ flags: "RA", ack: 2 });
	});
	it.each([
		["the server", 1],
		["the guest", 2],
	])("breaks off for the other side when %s does", async (_, what) => {
		const happened: string[] = [];
		let close = (): void => {};
		const closed = new Promise<void>((done) => {
			close = done;
		});
		const port = await serve((socket) => {
			socket.on("error", (error: NodeJS.ErrnoException) => happened.push(error.code!));
			socket.on("data", (chunk) => (chunk[0] === 1 ? socket.resetAndDestroy() : socket.write("ok")));
			socket.on("close", close);
		});
		const net = await network();
		const at = { fromPort: 4000, toPort: port };
		net.send(tcp({ ...at, seq: 1, flags: "S" }));
		const ack = ((await net.frame()).seq! + 1) >>> 0;
		net.send(tcp({ ...at, seq: 2, ack, flags: "A", payload: [what] }));
		if (what === 1) await net.frame(({ flags }) => flags === "RA");
		else {
			await net.frame(({ payload }) => payload.length > 0);
			net.send(tcp({ ...at, seq: 3, ack, flags: "R" }));
		}
		await closed;
		expect(happened).toEqual(what === 1 ? [] : ["ECONNRESET"]);
	});
	it("carries datagrams to a server and the resolver, and their answers", async () => {
		const server = createSocket("udp4").bind(0, "127.0.0.1");
		closing.push(() => server.close());
		await once(server, "listening");
		server.on("message", (bytes, { port }) => server.send(Buffer.from(bytes).reverse(), port, "127.0.0.1"));
		const { port } = server.address();
		const net = await network({ resolver: { address: loopback, port } });
		net.send(udp(4000, port, text("abc")));
		expect(await net.frame()).toMatchObject({ from: "10.0.2.2", fromPort: port, toPort: 4000, payload: Uint8Array.from(text("cba")) });
		net.send(udp(4001, 53, text("xyz"), { to: names }));
		expect(await net.frame()).toMatchObject({ from: names, fromPort: 53, toPort: 4001, payload: Uint8Array.from(text("zyx")) });
	});
	it("carries datagrams through a forward", async () => {
		const net = await network({ forwards: [{ protocol: "udp", host: { address: loopback, port: 0 }, guest: { address: guest, port: 9 } }] });
		const client = createSocket("udp4").bind(0, "127.0.0.1");
		closing.push(() => client.close());
		await once(client, "listening");
		const answered = once(client, "message");
		client.send("ping", net.sockets.ports[0]!, "127.0.0.1");
		const seen = await net.frame();
		net.send(udp(9, seen.fromPort!, [...seen.payload].reverse()));
		expect(String((await answered)[0])).toBe("gnip");
	});
	it("S10: listens on no port that it was not asked for, and on none once it is closed", async () => {
		const { sockets, cable } = await network({ forwards: [{ protocol: "tcp", host: { address: loopback, port: 0 }, guest: { address: guest, port: 80 } }] });
		const port = sockets.ports[0]!;
		cable.close();
		await new Promise((done) => setTimeout(done, 20));
		const client = connect({ host: "127.0.0.1", port });
		const [error] = (await once(client, "error")) as [NodeJS.ErrnoException];
		expect([sockets.ports.length, error.code]).toEqual([1, "ECONNREFUSED"]);
	});
});

describe("a pace", () => {
	it("lets time pass as fast as the host's does, and small waits at once", async () => {
		const pace = createPace({ stepsPerSecond: 1e6 });
		await pace.rest({ at: 100, next: 600 });
		expect(pace.pace(100)).toBe(600);
		const from = performance.now();
		let at = 600;
		while (at < 50_600) {
			await pace.rest({ at, next: 50_600 });
			at = pace.pace(at);
		}
		const took = performance.now() - from;
		expect(at).toBe(50_600);
		expect(took).toBeGreaterThan(45);
	});
	it("ends a wait when something happens, with the time that passed until then", async () => {
		const pace = createPace({ stepsPerSecond: 1e6 });
		const resting = pace.rest({ at: 0, next: Number.POSITIVE_INFINITY });
		setTimeout(pace.wake, 3);
		await resting;
		expect(pace.pace(0)).toBeLessThan(1e6);
		expect(pace.pace(0)).toBeGreaterThanOrEqual(1000);
	});
});
