/** Bytes in gzip's format in, the bytes inside out, by the host's own zlib. */
import { gunzipSync } from "node:zlib";
import { ImageError } from "../../../jit/base/errors.ts";

/** Throws `ImageError` when they are damaged or come to more than `limit` bytes. `what`: their name, for the message. */
export function gunzip(data: Uint8Array, limit: number, what: string): Uint8Array {
	try {
		return new Uint8Array(gunzipSync(data, { maxOutputLength: limit }));
	} catch (error) {
		const { code, message } = error as NodeJS.ErrnoException;
		if (code === "ERR_BUFFER_TOO_LARGE")
			throw new ImageError(`${what}: unpacks to more than ${limit} bytes, which is more than the RAM it is for: try a larger -m`);
		throw new ImageError(`${what}: gzip: ${message}: the file is damaged`);
	}
}
