/** The four kinds of errors. Message form: what, value, limit or place: likely cause or next step. The command line prints that one line and exits 2. */

/** A definition or a board is wrong. `place` reads file:line:column. */
export class SpecError extends Error {
	override name = "SpecError";
	constructor(
		readonly file: string,
		readonly line: number,
		readonly column: number,
		readonly text: string,
		readonly problem: string,
	) {
		super(`${file}:${line}:${column}: ${problem}${text ? `: \`${text}\`` : ""}`);
	}
}

/** A file from outside is not what it should be. */
export class ImageError extends Error {
	override name = "ImageError";
}

/** A resource of the host is missing or refused, or the command line asks for what there is not. */
export class HostError extends Error {
	override name = "HostError";
}

/** doppel is wrong. */
export class Bug extends Error {
	override name = "Bug";
}
