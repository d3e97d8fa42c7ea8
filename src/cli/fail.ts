/** Errors in; one line on stderr and exit code 2 out. Never a stack trace, unless doppel itself is wrong and DOPPEL_DEBUG is set. */
import { Bug, HostError, ImageError, SpecError } from "../../jit/base/errors.ts";

/** The exit code of everything that is not the guest's own. */
export const failed = 2;

/** The one line for an error. */
export function lineOf(error: unknown): string {
	const message = (error instanceof Error ? error.message : String(error)).replace(/\s*\n\s*/g, " ").trim();
	if (error instanceof SpecError || error instanceof ImageError || error instanceof HostError) return `doppel: ${message}`;
	const known = error instanceof Bug ? message : `${error instanceof Error ? error.name : "error"}: ${message}`;
	return `doppel: this is a mistake in doppel, please report it: ${known}`;
}

/** Prints the line and leaves. */
export function fail(error: unknown): never {
	try {
		process.stderr.write(`${lineOf(error)}\n`);
		if (process.env["DOPPEL_DEBUG"] && error instanceof Error) process.stderr.write(`${error.stack}\n`);
	} catch {
		// nobody listens any more
	}
	process.exit(failed);
}

/** From now on every way of failing ends in `fail`: also a reader of our output that goes away. */
export function catchAll(): void {
	process.on("uncaughtException", fail);
	process.on("unhandledRejection", fail);
	for (const [name, stream] of [
		["stdout", process.stdout],
		["stderr", process.stderr],
	] as const) {
		stream.on("error", (error: NodeJS.ErrnoException) => {
			if (error.code === "EPIPE" && name === "stderr") process.exit(failed);
			fail(new HostError(error.code === "EPIPE" ? `${name}: whoever read it has closed it` : `${name}: ${error.message}`));
		});
	}
}
