import { describe, expect, it } from "vitest";
import { windowBytes } from "../../src/net/tcp.ts";
import { createRig, type Rig } from "./rig.ts";
import { gateway, guestAddress, names, number32, type Seen, type Tcp, tcp, text } from "./wire.ts";

const bytes = (value: string): Uint8Array => Uint8Array.from(text(value));
const mine = 1000;
type Sent = Partial<Omit<Tcp, "fromPort" | "toPort">>;
const segment = (rig: Rig, s: Sent): void => rig.send(tcp({ fromPort: 4000, toPort: 80, seq: mine, flags: "A", ...s }));
/** What counts of each frame. */
const brief = (seen: readonly (Seen | null)[]) => seen.map((one) => one && [one.flags, one.seq! - base, one.ack, Buffer.from(one.payload).toString("latin1")]);
let base = 0;

/** A connection that the guest asked for, and the host has; both sides' numbers start at 1 from here: `base` and `mine`. */
function opened(o: Parameters<typeof createRig>[0] & { scale?: number; window?: number; most?: number } = {}): Rig {
	const rig = createRig(o);
	segment(rig, { flags: "S", most: o.most ?? 1460, ...(o.scale === undefined ? {} : { scale: o.scale }) });
	rig.host({ kind: "connected", id: rig.calls()[0]!.id });
	base = rig.take()[0]!.seq!;
	segment(rig, { seq: mine + 1, ack: base + 1, window: o.window ?? 65535 });
	rig.take();
	rig.calls();
	return rig;
}
const fromHost = (rig: Rig, value: string | Uint8Array): void => rig.host({ kind: "data", id: 0, bytes: typeof value === "string" ? bytes(value) : value });
const forward = { protocol: "tcp", host: { address: 0x7f000001, port: 8080 }, guest: { address: number32(guestAddress), port: 80 } } as const;

describe("a connection that a guest asks for", () => {
	it("is opened at the host first, and answered when the host has it", () => {
		const rig = createRig();
		segment(rig, { flags: "S", most: 1400, scale: 7 });
		segment(rig, { flags: "S", most: 1400, scale: 7 });
		expect([rig.calls(), rig.take()]).toEqual([[{ what: "connect", id: 0, to: { address: 0x7f000001, port: 80 } }], []]);
		rig.host({ kind: "connected", id: 0 });
		expect(rig.take()).toMatchObject([
			{ from: gateway, fromPort: 80, to: guestAddress, toPort: 4000, flags: "SA", ack: mine + 1, most: 1460, scale: 3, window: 65535 },
		]);
	});
	it("does not scale windows for a guest that does not", () => {
		const rig = createRig();
		segment(rig, { flags: "S" });
		rig.host({ kind: "connected", id: 0 });
		expect(rig.take()[0]).not.toHaveProperty("scale");
	});
	it("is refused when the host cannot have it", () => {
		const rig = createRig();
		segment(rig, { flags: "S" });
		rig.host({ kind: "failed", id: 0 });
		expect(rig.take()).toMatchObject([{ flags: "RA", seq: 0, ack: mine + 1 }]);
		segment(rig, { flags: "S", seq: 5 });
		expect(rig.calls().map(({ what }) => what)).toEqual(["connect", "close", "connect"]);
	});
	it.each([
		["to a neighbour", "10.0.2.77"],
		["to the loopback interface", "127.0.0.1"],
		["to everybody", "255.255.255.255"],
		["to the names' address at another port", names],
	])("%s is refused at once", (_, to) => {
		const rig = createRig();
		rig.send(tcp({ fromPort: 4000, toPort: 80, seq: mine, flags: "S" }, { to }));
		expect([rig.calls(), rig.take()]).toMatchObject([[], [{ from: to, flags: "RA", ack: mine + 1 }]]);
	});
	it("is refused when there are too many", () => {
		const rig = createRig();
		for (let port = 1; port <= 300; port++) rig.send(tcp({ fromPort: port, toPort: 80, seq: 1, flags: "S" }));
		expect([rig.calls().length, rig.take().filter(({ flags }) => flags === "RA").length]).toEqual([256, 44]);
	});
	it("is answered again when the answer was lost, and given up after ten times", () => {
		const rig = createRig();
		segment(rig, { flags: "S" });
		rig.host({ kind: "connected", id: 0 });
		expect(rig.take().length).toBe(1);
		segment(rig, { flags: "S" });
		expect(rig.take().map(({ flags }) => flags)).toEqual(["SA"]);
		let seen = "";
		for (let i = 0; i < 1000; i++) {
			rig.pass(100);
			for (const { flags } of rig.take()) seen += `${flags} `;
		}
		expect(seen).toBe(`${"SA ".repeat(10)}RA `);
		expect(rig.calls().at(-1)).toEqual({ what: "close", id: 0 });
	});
	it("survives what the host says before the guest has answered", () => {
		const rig = createRig();
		segment(rig, { flags: "S" });
		rig.host({ kind: "connected", id: 0 }, { kind: "data", id: 0, bytes: bytes("220 hello") });
		const [answer, ...more] = rig.take();
		expect(more).toEqual([]);
		segment(rig, { seq: mine + 1, ack: answer!.seq! + 1 });
		expect(rig.take().map(({ payload }) => Buffer.from(payload).toString())).toEqual(["220 hello"]);
	});
});

describe("a connection from the host through a forward", () => {
	const accepted = { kind: "accepted", id: 0, connection: 2 ** 31, from: { address: 0x7f000001, port: 50000 } } as const;
	it("is offered to the guest as coming from the router, again when nobody answers", () => {
		const rig = createRig({ forwards: [forward] });
		rig.host(accepted);
		const [syn] = rig.take();
		expect(syn).toMatchObject({ from: gateway, fromPort: 50000, to: guestAddress, toPort: 80, flags: "S", most: 1460, scale: 3 });
		rig.pass(700);
		expect(rig.take()).toMatchObject([{ flags: "S", seq: syn!.seq }]);
		const answer = { fromPort: 80, toPort: 50000, seq: mine, ack: (syn!.seq! + 1) >>> 0 };
		rig.send(tcp({ ...answer, flags: "SA", scale: 2, most: 1000 }));
		expect(rig.take()).toMatchObject([{ flags: "A", seq: syn!.seq! + 1, ack: mine + 1 }]);
		rig.host({ kind: "data", id: 2 ** 31, bytes: new Uint8Array(1500) });
		expect(rig.take().map(({ payload }) => payload.length)).toEqual([1000, 500]);
	});
	it("ends when the guest refuses", () => {
		const rig = createRig({ forwards: [forward] });
		rig.host(accepted);
		const [syn] = rig.take();
		rig.send(tcp({ fromPort: 80, toPort: 50000, seq: 0, ack: syn!.seq! + 1, flags: "RA" }));
		expect(rig.calls()).toEqual([{ what: "close", id: 2 ** 31 }]);
	});
	it("has a port of its own when the guest knows another connection by it", () => {
		const rig = createRig({ forwards: [forward] });
		rig.host(accepted, { ...accepted, connection: 2 ** 31 + 1 });
		expect(rig.take().map(({ fromPort }) => fromPort)).toEqual([50000, 49152]);
	});
	it("keeps the address of a peer elsewhere", () => {
		const rig = createRig({ forwards: [forward] });
		rig.host({ ...accepted, from: { address: number32("192.168.7.7"), port: 1234 } });
		expect(rig.take()).toMatchObject([{ from: "192.168.7.7", fromPort: 1234 }]);
	});
});

describe("what a guest sends", () => {
	it("goes to the host in order, and is acknowledged in a moment, at once when it is much", () => {
		const rig = opened();
		segment(rig, { seq: mine + 1, ack: base + 1, payload: bytes("GET ") });
		segment(rig, { seq: mine + 5, ack: base + 1, payload: bytes("/") });
		expect(rig.calls()).toMatchObject([
			{ what: "write", bytes: bytes("GET ") },
			{ what: "write", bytes: bytes("/") },
		]);
		expect(rig.take()).toEqual([]);
		rig.pass(1);
		expect(brief(rig.take())).toEqual([["A", 1, mine + 6, ""]]);
		rig.pass(10);
		expect(rig.take()).toEqual([]);
		for (const at of [6, 1466]) segment(rig, { seq: mine + at, ack: base + 1, payload: new Uint8Array(1460) });
		expect(brief(rig.take())).toEqual([["A", 1, mine + 6 + 2920, ""]]);
	});
	it("is acknowledged with the answer when that is quick", () => {
		const rig = opened();
		segment(rig, { seq: mine + 1, ack: base + 1, payload: bytes("?") });
		fromHost(rig, "!");
		expect(brief(rig.take())).toEqual([["PA", 1, mine + 2, "!"]]);
		rig.pass(10);
		expect(rig.take()).toEqual([]);
	});
	it.each([
		["too early", { seq: mine + 2, payload: bytes("later") } as Sent, ""],
		["from long ago", { seq: mine - 500, payload: bytes("old") }, ""],
		["old and new in one", { seq: mine - 2, payload: bytes("xxxnew") }, "new"],
		["nothing, from before: are you there?", { seq: mine }, ""],
		["an acknowledgement of what was never sent", { seq: mine + 1, ack: 99, payload: bytes("x") } as Sent, ""],
		["SYN again", { flags: "S", seq: mine }, ""],
		["a reset that does not fit", { flags: "R", seq: mine + 2 }, ""],
	])("%s: is answered with what is expected next", (_, sent, passed) => {
		const rig = opened();
		segment(rig, { ...sent, ack: base + (sent.ack ?? 1) });
		expect(rig.calls().map(({ bytes }) => Buffer.from(bytes ?? []).toString())).toEqual(passed ? [passed] : []);
		rig.pass(1);
		expect(brief(rig.take())).toEqual([["A", 1, mine + 1 + passed.length, ""]]);
	});
	it.each([
		["a damaged segment", (frame: Uint8Array) => frame.map((byte, i) => (i === 54 ? byte ^ 1 : byte))],
		["one whose header is longer than it", (frame: Uint8Array) => frame.map((byte, i) => (i === 46 ? 0xf0 : byte))],
		["one without a whole header", (frame: Uint8Array) => frame.subarray(0, 40)],
	])("%s is dropped", (_, spoil) => {
		const rig = opened();
		rig.send(Uint8Array.from(spoil(tcp({ fromPort: 4000, toPort: 80, seq: mine + 1, ack: base + 1, flags: "A", payload: bytes("x") }))));
		expect([rig.calls(), rig.take()]).toEqual([[], []]);
	});
	it("beyond the window is cut off; the window closes while the host is slow, and opens again by itself", () => {
		const rig = opened({ scale: 0 });
		let seq = mine + 1;
		let window = 0;
		for (let i = 0; i < 400; i++) {
			segment(rig, { seq, ack: base + 1, payload: new Uint8Array(1000) });
			rig.pass(1);
			const last = rig.take().at(-1)!;
			seq = last.ack!;
			window = last.window! * 8;
		}
		const written = rig.calls().reduce((sum, { bytes }) => sum + (bytes?.length ?? 0), 0);
		expect([written, seq - mine - 1, window]).toEqual([windowBytes, windowBytes, 0]);
		rig.host({ kind: "written", id: 0, count: 1000 });
		expect(rig.take()).toEqual([]);
		rig.host({ kind: "written", id: 0, count: windowBytes - 1000 });
		expect(rig.take()).toMatchObject([{ flags: "A", ack: seq, window: windowBytes / 8 }]);
	});
	it("has a window without scale that opens again too", () => {
		const rig = opened();
		const most = windowBytes - 1000;
		let sent = 0;
		for (let seq = mine + 1; sent < most; sent += 1000, seq += 1000) segment(rig, { seq, ack: base + 1, payload: new Uint8Array(Math.min(1000, most - sent)) });
		rig.pass(1);
		expect(rig.take().at(-1)).toMatchObject({ window: 1000 });
		rig.host({ kind: "written", id: 0, count: 40_000 });
		expect(rig.take()).toMatchObject([{ window: 41_000 }]);
	});
	it("up to its end ends the host's side; the host may go on", () => {
		const rig = opened();
		segment(rig, { seq: mine + 1, ack: base + 1, flags: "FA", payload: bytes("bye") });
		expect(rig.calls().map(({ what }) => what)).toEqual(["write", "end"]);
		expect(brief(rig.take())).toEqual([["A", 1, mine + 5, ""]]);
		fromHost(rig, "more");
		expect(brief(rig.take())).toEqual([["PA", 1, mine + 5, "more"]]);
		rig.host({ kind: "end", id: 0 });
		expect(brief(rig.take())).toEqual([["FA", 5, mine + 5, ""]]);
		segment(rig, { seq: mine + 5, ack: base + 6 });
		rig.pass(2500);
		// nothing is left of it
		segment(rig, { seq: mine + 5, ack: base + 6 });
		expect(brief(rig.take())).toEqual([["R", 6, 0, ""]]);
	});
	it("as a reset ends it at the host", () => {
		const rig = opened();
		segment(rig, { flags: "R", seq: mine + 1 });
		expect(rig.calls()).toEqual([{ what: "close", id: 0 }]);
	});
	it.each([
		["an acknowledgement", { flags: "A", seq: 7, ack: 9 }, ["R", 9, 0]],
		["data", { flags: "PA", seq: 7, ack: 9, payload: bytes("xyz") }, ["R", 9, 0]],
		["FIN without ACK", { flags: "F", seq: 7 }, ["RA", 0, 8]],
		["SYN and FIN", { flags: "FS", seq: 7 }, ["RA", 0, 9]],
	])("without a connection, %s, is refused", (_, sent, [flags, seq, ack]) => {
		const rig = createRig();
		segment(rig, sent);
		expect(rig.take()).toMatchObject([{ flags, seq, ack }]);
	});
	it("without a connection, as a reset, is left alone", () => {
		const rig = createRig();
		segment(rig, { flags: "R", seq: 7 });
		expect(rig.take()).toEqual([]);
	});
});

describe("what the host sends", () => {
	it("goes to the guest in segments that it takes, and is told to be taken as it is acknowledged", () => {
		const rig = opened({ most: 500 });
		fromHost(rig, new Uint8Array(1200));
		expect(rig.take().map(({ payload }) => payload.length)).toEqual([500, 500, 200]);
		segment(rig, { seq: mine + 1, ack: base + 1 + 700 });
		segment(rig, { seq: mine + 1, ack: base + 1 + 1200 });
		expect(rig.calls()).toEqual([
			{ what: "taken", id: 0, count: 700 },
			{ what: "taken", id: 0, count: 500 },
		]);
	});
	it("fits the guest's window, and goes on as that opens", () => {
		const rig = opened({ window: 2000 });
		fromHost(rig, new Uint8Array(5000));
		expect(rig.take().map(({ payload }) => payload.length)).toEqual([1460]);
		segment(rig, { seq: mine + 1, ack: base + 1 + 1460, window: 3000 });
		expect(rig.take().map(({ payload }) => payload.length)).toEqual([1460, 1460]);
	});
	it("asks a closed window with a byte, as long as the guest answers, and is told when it opens", () => {
		const rig = opened({ window: 0 });
		fromHost(rig, "abc");
		segment(rig, { seq: mine + 1, ack: base + 1, window: 0 });
		expect(rig.take()).toEqual([]);
		for (let i = 0; i < 30; i++) {
			rig.pass(9000);
			const seen = rig.take();
			expect(new Set(brief(seen).map((one) => one![3]))).toEqual(new Set(["a"]));
			segment(rig, { seq: mine + 1, ack: base + 1, window: 0 });
		}
		segment(rig, { seq: mine + 1, ack: base + 1, window: 1000 });
		expect(brief(rig.take())).toEqual([["PA", 1, mine + 1, "abc"]]);
	});
	it("comes again after a while, less and less often, until the guest is taken to be gone", () => {
		const rig = opened();
		fromHost(rig, "abc");
		const at: number[] = [];
		for (let i = 0; i < 1000; i++, rig.pass(100)) for (const { flags } of rig.take()) at.push(flags === "PA" ? rig.state.now : -1);
		expect(at.length).toBe(12);
		expect(at.at(-1)).toBe(-1);
		const gaps = at.slice(1, -1).map((time, i) => time - at[i]!);
		expect([...gaps].sort((a, b) => a - b)).toEqual(gaps);
	});
	it("comes again at once from where the guest says three times that it waits", () => {
		const rig = opened();
		fromHost(rig, new Uint8Array(4000).fill(65));
		expect(rig.take().length).toBe(3);
		for (let i = 0; i < 2; i++) segment(rig, { seq: mine + 1, ack: base + 1 });
		expect(rig.take()).toEqual([]);
		segment(rig, { seq: mine + 1, ack: base + 1 });
		expect(rig.take().map(({ seq }) => seq! - base - 1)).toEqual([0, 1460, 2920]);
	});
	it("ends after the last byte, and the end comes again until it is acknowledged", () => {
		const rig = opened();
		rig.host({ kind: "data", id: 0, bytes: bytes("abc") }, { kind: "end", id: 0 });
		expect(brief(rig.take())).toEqual([["FPA", 1, mine + 1, "abc"]]);
		rig.pass(700);
		expect(brief(rig.take())).toEqual([["FPA", 1, mine + 1, "abc"]]);
		segment(rig, { seq: mine + 1, ack: base + 4 });
		rig.pass(700);
		expect(brief(rig.take())).toEqual([["FA", 4, mine + 1, ""]]);
		segment(rig, { seq: mine + 1, ack: base + 5 });
		segment(rig, { seq: mine + 1, ack: base + 5, flags: "FA" });
		expect(brief(rig.take())).toEqual([["A", 5, mine + 2, ""]]);
		// that answer was lost
		segment(rig, { seq: mine + 1, ack: base + 5, flags: "FA" });
		expect(brief(rig.take())).toEqual([["A", 5, mine + 2, ""]]);
		segment(rig, { flags: "S", seq: 77 });
		expect(rig.calls().at(-1)).toMatchObject({ what: "connect", id: 1 });
	});
	it("is broken off for the guest when it breaks", () => {
		const rig = opened();
		fromHost(rig, "abc");
		rig.take();
		rig.host({ kind: "failed", id: 0 });
		expect(brief(rig.take())).toEqual([["RA", 4, mine + 1, ""]]);
	});
	it("takes turns with other connections", () => {
		const rig = createRig();
		for (const fromPort of [1, 2]) {
			rig.send(tcp({ fromPort, toPort: 80, seq: 0, flags: "S", most: 1000 }));
			rig.host({ kind: "connected", id: fromPort - 1 });
			rig.send(tcp({ fromPort, toPort: 80, seq: 1, ack: rig.take()[0]!.seq! + 1, flags: "A" }));
		}
		rig.take();
		rig.host({ kind: "data", id: 0, bytes: new Uint8Array(3000) }, { kind: "data", id: 1, bytes: new Uint8Array(3000) });
		expect(rig.take().map(({ toPort }) => toPort)).toEqual([1, 2, 1, 2, 1, 2]);
	});
	it("goes in frames that stand for several to a card that takes them", () => {
		const rig = opened({ large: true, scale: 7, window: 2000, most: 1400 });
		fromHost(rig, new Uint8Array(200_000));
		expect(rig.take().map(({ payload, segment }) => [payload.length, segment])).toEqual([
			[64240, 1400],
			[64240, 1400],
			[64240, 1400],
			[7280, 1400],
		]);
	});
});
