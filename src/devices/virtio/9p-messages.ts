/** Requests of 9P2000.L, the protocol of Linux' 9p file system, by number: their arguments in, the answer's body out. */
import { type FileTime, LinuxErrno } from "../../base/shared-folder.ts";
import {
	type Answer,
	change,
	create,
	finish,
	infoOf,
	longestName,
	open,
	qidAt,
	qidOf,
	readFolder,
	rename,
	type Session,
	walk,
	withFid,
	withName,
} from "./9p-session.ts";
import type { Part, Reader } from "./9p-wire.ts";

const { EBADF, EEXIST, EINVAL, EMSGSIZE, ENOENT, EOPNOTSUPP, EPERM } = LinuxErrno;

/** Arguments are read first; what comes back is called only when they were whole. */
type Message = (read: Reader, session: Session) => () => Answer;

const removeFolder = 0x200;
const lockSuccess = 0;
const unlocked = 2;
const mostNames = 16;
const leastMessage = 4096;
const mostMessage = 2 ** 18;
/** As Linux knows it. */
const magic = 0x01021997;
/** Every attribute but time of birth, generation and version. */
const basicAttributes = 0x7ff;
const noFid = 0xffffffff;

const timePart = ([seconds, nanos]: FileTime): Part[] => [
	[8, seconds],
	[8, nanos],
];

/** By the number of the request; its answer's is one more. */
export const messages: Readonly<Record<number, Message>> = {
	// Tstatfs
	8: (read, session) => {
		const number = read.u32();
		return () =>
			withFid(session, number, () => {
				const usage = session.folder.usage();
				if (typeof usage === "number") return usage;
				const sizes = [usage.blocks, usage.free, usage.available, usage.files, usage.freeFiles];
				return [[4, magic], [4, usage.blockBytes], ...sizes.map((size): Part => [8, size]), [8, 0], [4, longestName]];
			});
	},
	// Tlopen
	12: (read, session) => {
		const [number, flags] = [read.u32(), read.u32()];
		return () => withFid(session, number, (fid) => open(session, fid, flags));
	},
	// Tlcreate
	14: (read, session) => {
		const [number, name, flags, mode] = [read.u32(), read.text(), read.u32(), read.u32()];
		read.u32();
		return () => withFid(session, number, (fid) => withName(session, number, name, (path) => create(session, fid, path, flags, mode)));
	},
	// Tsymlink
	16: (read, session) => {
		const [number, name, target] = [read.u32(), read.text(), read.text()];
		read.u32();
		return () =>
			withName(session, number, name, (path) => {
				const code = session.folder.makeLink(path, target);
				return code < 0 ? code : qidAt(session, path);
			});
	},
	// Tmknod: devices, pipes and sockets of the host are not a guest's to make
	18: (read) => {
		read.u32();
		read.text();
		for (let i = 0; i < 4; i++) read.u32();
		return () => -EPERM;
	},
	// Trename
	20: (read, session) => {
		const [number, folder, name] = [read.u32(), read.u32(), read.text()];
		return () => withFid(session, number, (fid) => withName(session, folder, name, (to) => rename(session, fid.path, to)));
	},
	// Treadlink
	22: (read, session) => {
		const number = read.u32();
		return () =>
			withFid(session, number, (fid) => {
				const target = session.folder.readLink(fid.path);
				return typeof target === "number" ? target : [target];
			});
	},
	// Tgetattr
	24: (read, session) => {
		const number = read.u32();
		read.u64();
		return () =>
			withFid(session, number, (fid) => {
				const info = infoOf(session, fid);
				if (typeof info === "number") return info;
				const numbers: Part[] = [
					[4, info.mode],
					[4, info.user],
					[4, info.group],
					[8, info.links],
					[8, 0],
					[8, info.size],
					[8, 4096],
					[8, info.blocks],
				];
				const times = [info.accessed, info.modified, info.changed, [0, 0] as const].flatMap(timePart);
				return [[8, basicAttributes], ...qidOf(info), ...numbers, ...times, [8, 0], [8, 0]];
			});
	},
	// Tsetattr
	26: (read, session) => {
		const [number, valid, mode, user, group, size] = [read.u32(), read.u32(), read.u32(), read.u32(), read.u32(), read.u64()];
		const times: FileTime[] = [0, 1].map(() => [read.u64(), read.u64()]);
		return () => withFid(session, number, (fid) => change(session, fid, valid, mode, [user, group], size, times));
	},
	// Txattrwalk, Txattrcreate: there are no attributes beyond those of stat
	30: unsupportedOf(["u32", "u32", "text"]),
	32: unsupportedOf(["u32", "text", "u64", "u32"]),
	// Treaddir
	40: (read, session) => {
		const [number, from, count] = [read.u32(), read.u64(), read.u32()];
		return () => withFid(session, number, (fid) => readFolder(session, fid, from, Math.min(count, session.room - 4)));
	},
	// Tfsync; a client may leave out whether times count too
	50: (read, session) => {
		const number = read.u32();
		read.u32();
		return () => withFid(session, number, (fid) => (fid.handle < 0 ? [] : finish(session.folder.flush(fid.handle))));
	},
	// Tlock: there is one client, and it has looked after its own locks before it asks
	52: (read, session) => {
		const number = read.u32();
		read.u8();
		read.u32();
		read.u64();
		read.u64();
		read.u32();
		read.text();
		return () => withFid(session, number, () => [[1, lockSuccess]]);
	},
	// Tgetlock
	54: (read, session) => {
		const number = read.u32();
		read.u8();
		const [start, length, process, client] = [read.u64(), read.u64(), read.u32(), read.text()];
		return () => withFid(session, number, () => [[1, unlocked], [8, start], [8, length], [4, process], client]);
	},
	// Tlink
	70: (read, session) => {
		const [folder, number, name] = [read.u32(), read.u32(), read.text()];
		return () => withFid(session, number, (fid) => withName(session, folder, name, (to) => finish(session.folder.link(fid.path, to))));
	},
	// Tmkdir
	72: (read, session) => {
		const [number, name, mode] = [read.u32(), read.text(), read.u32()];
		read.u32();
		return () =>
			withName(session, number, name, (path) => {
				const code = session.folder.makeFolder(path, mode);
				return code < 0 ? code : qidAt(session, path);
			});
	},
	// Trenameat
	74: (read, session) => {
		const [fromFolder, from, toFolder, to] = [read.u32(), read.text(), read.u32(), read.text()];
		return () => withName(session, fromFolder, from, (old) => withName(session, toFolder, to, (path) => rename(session, old, path)));
	},
	// Tunlinkat
	76: (read, session) => {
		const [number, name, flags] = [read.u32(), read.text(), read.u32()];
		return () => withName(session, number, name, (path) => finish(session.folder.remove(path, (flags & removeFolder) !== 0 ? "folder" : "file")));
	},
	// Tversion: whatever was before is over
	100: (read, session) => {
		const [size, version] = [read.u32(), read.text()];
		return () => {
			session.fids.clear();
			session.messageBytes = 0;
			const known = version === "9P2000.L";
			if (size < leastMessage) return -EMSGSIZE;
			if (known) session.messageBytes = Math.min(size, mostMessage);
			return [[4, Math.min(size, mostMessage)], known ? version : "unknown"];
		};
	},
	// Tauth: nobody has to prove who they are
	102: unsupportedOf(["u32", "text", "text", "u32"]),
	// Tattach
	104: (read, session) => {
		const [number, authority] = [read.u32(), read.u32()];
		read.text();
		const name = read.text();
		read.u32();
		return () => {
			if (authority !== noFid) return -EINVAL;
			if (name !== "" && name !== "/") return -ENOENT;
			const code = session.fids.add(number, "");
			return code < 0 ? code : qidAt(session, "");
		};
	},
	// Tflush: requests are carried out one after the other, so the one that is meant is over
	108: (read) => {
		read.u16();
		return () => [];
	},
	// Twalk
	110: (read, session) => {
		const [number, newNumber, count] = [read.u32(), read.u32(), read.u16()];
		const names = Array.from({ length: Math.min(count, mostNames) }, () => read.text());
		return () => {
			if (count > mostNames) return -EINVAL;
			if (newNumber !== number && session.fids.get(newNumber)) return -EEXIST;
			return withFid(session, number, (fid) => walk(session, fid, newNumber, newNumber === number, names));
		};
	},
	// Tread
	116: (read, session) => {
		const [number, position, count] = [read.u32(), read.u64(), read.u32()];
		return () =>
			withFid(session, number, (fid) => {
				if (fid.handle < 0 || position > Number.MAX_SAFE_INTEGER - count) return -EBADF;
				const data = new Uint8Array(Math.min(count, session.room - 4));
				const length = session.folder.read(fid.handle, position, data);
				return length < 0 ? length : [[4, length], data.subarray(0, length)];
			});
	},
	// Twrite
	118: (read, session) => {
		const [number, position, data] = [read.u32(), read.u64(), read.data()];
		return () =>
			withFid(session, number, (fid) => {
				if (fid.handle < 0 || position > Number.MAX_SAFE_INTEGER - data.length) return -EBADF;
				const length = session.folder.write(fid.handle, position, data);
				return length < 0 ? length : [[4, length]];
			});
	},
	// Tclunk
	120: (read, session) => {
		const number = read.u32();
		return () => (session.fids.remove(number) ? [] : -EBADF);
	},
	// Tremove: the fid is gone whatever comes of it
	122: (read, session) => {
		const number = read.u32();
		return () =>
			withFid(session, number, (fid) => {
				const info = session.folder.info(fid.path);
				const code = typeof info === "number" ? info : session.folder.remove(fid.path, info.kind === "directory" ? "folder" : "file");
				session.fids.remove(number);
				return finish(code);
			});
	},
};

/** A request that is understood and never granted. */
function unsupportedOf(fields: readonly ("u32" | "u64" | "text")[]): Message {
	return (read) => {
		for (const field of fields) read[field]();
		return () => -EOPNOTSUPP;
	};
}
