/** 9P transport device (virtio 1.2, section 5.9): messages of a guest's 9p file system in, answers from a shared folder out. */
import { encodeText } from "../../base/bytes.ts";
import { LinuxErrno, type SharedFolder } from "../../base/shared-folder.ts";
import { createFids } from "./9p-fids.ts";
import { messages } from "./9p-messages.ts";
import type { Answer, Session } from "./9p-session.ts";
import { createReader, join } from "./9p-wire.ts";
import type { VirtioDevice } from "./device.ts";

const Feature = { mountTag: 1 } as const;
const Type = { error: 7, version: 100 } as const;
/** Length, number and tag of every message. */
const headerBytes = 7;
/** Until a client has said how long its messages are. */
const firstMessageBytes = 8192;
/** An error's whole answer. */
const errorBytes = headerBytes + 4;

/** The folder belongs to the device. `tag`: what the guest mounts it by. */
export function createVirtio9p(o: { folder: SharedFolder; tag: string }): VirtioDevice {
	const session: Session = { folder: o.folder, fids: createFids(o.folder), messageBytes: 0, room: 0 };
	const counts = { requests: 0, errors: 0, moved: 0 };

	/** `message`: as its length says, from its number on. */
	const answer = (type: number, message: Uint8Array): Answer => {
		const make = Object.hasOwn(messages, type) ? messages[type] : undefined;
		if (!make) return -LinuxErrno.EOPNOTSUPP;
		const read = createReader(message);
		const act = make(read, session);
		if (!read.good() || (session.messageBytes === 0 && type !== Type.version)) return -LinuxErrno.EPROTO;
		return act();
	};
	const tag = encodeText(o.tag);
	return {
		id: 9,
		features: Feature.mountTag,
		queues: 1,
		config: join([[2, tag.length], tag]),
		serve(_, request) {
			if (request.given < headerBytes || request.room < errorBytes) return "broken";
			const header = createReader(request.read(0, headerBytes));
			const [size, type, number] = [header.u32(), header.u8(), header.u16()];
			const limit = session.messageBytes || firstMessageBytes;
			session.room = Math.min(request.room, limit) - headerBytes;
			let result: Answer = -LinuxErrno.EPROTO;
			if (size >= headerBytes && size <= Math.min(request.given, limit)) result = answer(type, request.read(headerBytes, size - headerBytes));
			let body = typeof result === "number" ? join([[4, -result]]) : join(result);
			let kind = typeof result === "number" ? Type.error : type + 1;
			if (body.length > session.room) {
				body = join([[4, LinuxErrno.EMSGSIZE]]);
				kind = Type.error;
			}
			counts.requests++;
			if (kind === Type.error) counts.errors++;
			const written = headerBytes + body.length;
			const moved = Math.min(size, request.given) + written;
			counts.moved += moved;
			request.write(0, join([[4, written], [1, kind], [2, number], body]));
			return { written, moved };
		},
		reset() {
			session.fids.clear();
			session.messageBytes = 0;
		},
		kept: () => [...Object.values(counts), session.fids.count, session.messageBytes],
	};
}
