/** Virtio devices in, a machine of this process that runs Debian's kernel (`npm run guest:debian`) at its prompt out. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Policy, policies } from "../../jit/tier/policy.ts";
import { chooseAll } from "../../src/cli/run/choose.ts";
import { guestFolder, readGuest } from "../../src/host/node/guests.ts";
import { buildMachine } from "../../src/machine/build.ts";
import type { Machine } from "../../src/machine/machine.ts";
import type { VirtioPart } from "../../src/machine/options.ts";

export const prompt = "\n# ";
/** Why tests with it are skipped; null: it is there. */
export const notBuilt = existsSync(join(guestFolder("debian"), "guest.json")) ? null : "the guest was not built: npm run guest:debian";

/** Instructions until something is printed, for all that these tests do. */
export const patience = 2e10;

export interface Shell {
	readonly machine: Machine;
	/** Types a command; answers what was printed up to the next prompt, without the echo of a command of one line. */
	run(command: string): Promise<string>;
}

export interface DebianOptions {
	readonly virtio?: readonly VirtioPart[];
	readonly processors?: number;
	readonly policy?: Policy;
	/** In the place of the guest's own. */
	readonly initrd?: string;
}

/** Before its first instruction. */
export async function buildDebian(o: DebianOptions): Promise<Machine> {
	const { kernel, initrd: own } = readGuest("debian");
	const ramBytes = 2 ** 28;
	const { image, board, isa, boot, firmwareNext } = await chooseAll(kernel, { kernel, initrd: o.initrd ?? own, ramBytes });
	const rest = (): Promise<void> => new Promise((done) => setImmediate(done));
	return buildMachine({
		...{ board, isa, image, boot, firmwareNext, ramBytes, processors: o.processors, virtio: o.virtio ?? [] },
		policy: o.policy ?? policies.auto,
		bootArguments: "console=ttyS0 quiet size=999x24",
		host: { rest },
	});
}

/** At the first prompt of its shell. */
export async function bootDebian(o: DebianOptions): Promise<Shell> {
	const machine = await buildDebian(o);
	await machine.console.expect(prompt, { instructions: patience });
	return {
		machine,
		async run(command) {
			machine.console.send(`${command}\n`);
			const printed = await machine.console.expect(prompt, { instructions: patience });
			return printed.slice(printed.indexOf("\n") + 1, -prompt.length).replaceAll("\r", "");
		},
	};
}
