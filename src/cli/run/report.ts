/** Counters of a run in, what `--stats` prints out: a short table, or one JSON object. */
import type { Machine } from "../../machine/machine.ts";

export interface Report {
	readonly isa: string;
	readonly board: string;
	readonly engine: string;
	/** retired by the guest */
	readonly instructions: number;
	/** by each processor */
	readonly processors: readonly number[];
	/** of host time in the run itself, and from the start of the process until it */
	readonly seconds: number;
	readonly startSeconds: number;
	/** millions of guest instructions a second */
	readonly mips: number;
	/** seconds of the guest's clock */
	readonly guestSeconds: number;
	readonly tiers: Record<
		string,
		{ readonly instructions: number; readonly share: number; readonly blocks: number; readonly units: number; readonly runs: number }
	>;
	/** milliseconds of translation by stage */
	readonly translation: Record<string, number>;
	readonly exits: Record<string, number>;
	readonly traps: number;
	readonly interrupts: number;
	/** instructions carried out alone by the interpreter, and how many of those translated code asked for */
	readonly singles: number;
	readonly assists: number;
	/** privileged instructions carried out without an exit */
	readonly quiet: number;
	/** units of an earlier run (--cache); tiers.wasm counts them too */
	readonly restored: number;
	/** units that were translated while the guest ran on; tiers.wasm counts them too */
	readonly helped: number;
	/**
	 * Translation of addresses: times the definition was asked, pages entered for translated code to look up, changes to another translation, times that all
	 * was forgotten because the guest changed its tables.
	 */
	readonly addresses: Readonly<Record<"asked" | "filled" | "switched" | "flushed", number>>;
	readonly refusals: Record<string, number>;
	readonly cache: Record<string, number>;
}

const used = <T extends Record<string, number>>(counts: T): Record<string, number> => Object.fromEntries(Object.entries(counts).filter(([, n]) => n > 0));
const rounded = (n: number, digits = 3): number => Number(n.toFixed(digits));

/** Takes what the machine counted. */
export function createReport(machine: Machine, o: { board: string; timebase: number; engine: string; seconds: number; startSeconds: number }): Report {
	const { statistics, counts } = machine;
	const instructions = machine.retired;
	const tiers = Object.fromEntries(
		Object.entries(statistics.tiers).map(([name, t]) => [name, { ...t, share: instructions === 0 ? 0 : rounded(t.instructions / instructions, 4) }]),
	);
	return {
		isa: machine.isa.variant,
		board: o.board,
		engine: o.engine,
		instructions,
		processors: machine.processors.map((processor) => processor.retired),
		seconds: rounded(o.seconds, 4),
		startSeconds: rounded(o.startSeconds, 4),
		mips: o.seconds > 0 ? rounded(instructions / o.seconds / 1e6, 2) : 0,
		guestSeconds: machine.clock.ticks() / o.timebase,
		tiers,
		translation: Object.fromEntries(Object.entries(statistics.millis).map(([stage, ms]) => [stage, rounded(ms, 2)])),
		exits: used(statistics.exits),
		traps: counts.traps,
		interrupts: counts.interrupts,
		singles: statistics.singles,
		assists: statistics.assists,
		quiet: statistics.quiet,
		restored: statistics.restored,
		helped: statistics.helped,
		addresses: { ...machine.translation },
		refusals: used(statistics.refusals),
		cache: { ...machine.cache.counters },
	};
}

const grouped = (n: number): string =>
	Math.round(n)
		.toString()
		.replace(/\B(?=(\d{3})+$)/g, ",");

/** The short table. */
export function tableOf(r: Report): string {
	const rows: [string, string][] = [
		["guest", `${r.isa} on ${r.board}`],
		[
			"instructions",
			`${grouped(r.instructions)} in ${r.seconds.toFixed(3)} s: ${r.mips.toFixed(1)} MIPS (engine ${r.engine}; ready after ${(1000 * r.startSeconds).toFixed(0)} ms)`,
		],
	];
	if (r.processors.length > 1) rows.push(["processors", r.processors.map((n, i) => `${i}: ${grouped(n)}`).join(", ")]);
	for (const [name, t] of Object.entries(r.tiers)) {
		if (t.instructions === 0 && t.blocks === 0) continue;
		rows.push([
			`on ${name}`,
			`${(100 * t.share).toFixed(1).padStart(5)} %  ${grouped(t.instructions)} instructions, ${grouped(t.blocks)} blocks${t.units > 0 ? ` in ${grouped(t.units)} units` : ""}`,
		]);
	}
	const stages = Object.entries(r.translation).filter(([, ms]) => ms > 0);
	if (stages.length > 0) rows.push(["translation", stages.map(([stage, ms]) => `${stage} ${ms.toFixed(1)} ms`).join(", ")]);
	if (r.restored > 0) rows.push(["from the cache", `${grouped(r.restored)} of the units`]);
	if (r.helped > 0) rows.push(["by another thread", `${grouped(r.helped)} of the units`]);
	rows.push([
		"exits",
		Object.entries(r.exits)
			.map(([kind, n]) => `${kind} ${grouped(n)}`)
			.join(", ") || "none",
	]);
	rows.push([
		"hypervisor",
		`${grouped(r.singles)} instructions alone (${grouped(r.quiet)} privileged ones without an exit, ${grouped(r.assists)} that translated code asked for), ${grouped(r.traps)} traps, ${grouped(r.interrupts)} interrupts; guest time ${r.guestSeconds.toFixed(3)} s`,
	]);
	const { asked, filled, switched, flushed } = r.addresses;
	if (asked > 0) {
		rows.push([
			"addresses",
			`${grouped(asked)} translated by the definition, ${grouped(filled)} pages entered for look-up, ${grouped(switched)} switches, ${grouped(flushed)} times forgotten`,
		]);
	}
	const refusals = Object.entries(r.refusals);
	if (refusals.length > 0) rows.push(["not translated", refusals.map(([why, n]) => `${why} ${grouped(n)}`).join(", ")]);
	const width = Math.max(...rows.map(([name]) => name.length));
	return `${rows.map(([name, text]) => `${name.padEnd(width)}  ${text}`).join("\n")}\n`;
}
