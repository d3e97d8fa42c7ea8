/** Block device (virtio 1.2, section 5.2): requests in, sectors of a store read and written. */
import { type BlockStore, sectorBytes } from "../../base/block-store.ts";
import type { VirtioDevice } from "./device.ts";
import { maxQueueSize, type Request } from "./queue.ts";

const Feature = { segmentMax: 1 << 2, readOnly: 1 << 5, blockSize: 1 << 6, flush: 1 << 9, discard: 1 << 13, writeZeroes: 1 << 14 } as const;
const Type = { in: 0, out: 1, flush: 4, getId: 8, discard: 11, writeZeroes: 13 } as const;
const Status = { ok: 0, ioError: 1, unsupported: 2 } as const;
const headerBytes = 16;
const idBytes = 20;
/** One piece of a discard or write-zeroes request: sector, count, flags. */
const rangeBytes = 16;
const maxRanges = 16;
/** So many sectors in one of those pieces: 4 MiB, so that zeros without data cost no more than data does. */
const maxRangeSectors = 8192;
/** Bytes between store and RAM at a time. */
const pieceBytes = 65536;
const Range = { unmap: 1 } as const;

function configOf(store: BlockStore): Uint8Array {
	const config = new Uint8Array(60);
	const view = new DataView(config.buffer);
	view.setUint32(0, store.sectors, true);
	view.setUint32(4, Math.floor(store.sectors / 2 ** 32), true);
	// a chain holds the header and the status too
	view.setUint32(12, maxQueueSize - 2, true);
	view.setUint32(20, sectorBytes, true);
	view.setUint16(34, 1, true);
	view.setUint32(36, maxRangeSectors, true);
	view.setUint32(40, maxRanges, true);
	view.setUint32(44, 1, true);
	view.setUint32(48, maxRangeSectors, true);
	view.setUint32(52, maxRanges, true);
	view.setUint8(56, 1);
	return config;
}

/** `id`: what GET_ID answers, at most 20 bytes of ASCII. */
export function createVirtioBlock(o: { store: BlockStore; id: string }): VirtioDevice {
	const { store } = o;
	let taken = (): number => 0;
	const counts = { requests: 0, read: 0, written: 0, errors: 0 };
	const inside = (sector: number, bytes: number): boolean => bytes % sectorBytes === 0 && sector + bytes / sectorBytes <= store.sectors;

	const readSectors = (request: Request, sector: number): boolean => {
		const length = request.room - 1;
		if (!inside(sector, length)) return false;
		const piece = new Uint8Array(Math.min(length, pieceBytes));
		for (let at = 0; at < length; at += pieceBytes) {
			const part = piece.subarray(0, Math.min(pieceBytes, length - at));
			if (!store.read(sector + at / sectorBytes, part)) return false;
			request.write(at, part);
		}
		counts.read += length;
		return true;
	};
	const writeSectors = (request: Request, sector: number): boolean => {
		const length = request.given - headerBytes;
		if (store.readOnly || !inside(sector, length)) return false;
		for (let at = 0; at < length; at += pieceBytes) {
			if (!store.write(sector + at / sectorBytes, request.read(headerBytes + at, Math.min(pieceBytes, length - at)))) return false;
		}
		counts.written += length;
		return true;
	};
	const zero = (sector: number, count: number): boolean => {
		const zeros = new Uint8Array(Math.min(count * sectorBytes, pieceBytes));
		for (let at = 0; at < count * sectorBytes; at += pieceBytes) {
			if (!store.write(sector + at / sectorBytes, zeros.subarray(0, Math.min(pieceBytes, count * sectorBytes - at)))) return false;
		}
		counts.written += count * sectorBytes;
		return true;
	};
	/** A discard is a hint: it is checked, and the sectors stay as they are. Zeros are written. */
	const ranges = (request: Request, zeros: boolean): number => {
		const length = request.given - headerBytes;
		if (store.readOnly || length === 0 || length % rangeBytes !== 0 || length > maxRanges * rangeBytes) return Status.ioError;
		const bytes = request.read(headerBytes, length);
		const view = new DataView(bytes.buffer, bytes.byteOffset, length);
		for (let at = 0; at < length; at += rangeBytes) {
			const sector = view.getUint32(at + 4, true) * 2 ** 32 + view.getUint32(at, true);
			const count = view.getUint32(at + 8, true);
			if ((view.getUint32(at + 12, true) & ~(zeros ? Range.unmap : 0)) !== 0) return Status.unsupported;
			if (count > maxRangeSectors || !inside(sector, count * sectorBytes)) return Status.ioError;
			if (zeros && !zero(sector, count)) return Status.ioError;
		}
		return Status.ok;
	};
	const outcome = (done: boolean): number => (done ? Status.ok : Status.ioError);
	const carryOut: Record<number, (request: Request, sector: number) => number> = {
		[Type.in]: (request, sector) => outcome(readSectors(request, sector)),
		[Type.out]: (request, sector) => outcome(writeSectors(request, sector)),
		[Type.flush]: () => outcome(store.flush()),
		[Type.getId](request) {
			const id = Uint8Array.from({ length: idBytes }, (_, i) => (i < o.id.length ? o.id.charCodeAt(i) & 0x7f : 0));
			request.write(0, id.subarray(0, Math.min(idBytes, request.room - 1)));
			return Status.ok;
		},
		[Type.discard]: (request) => ranges(request, false),
		[Type.writeZeroes]: (request) => ranges(request, true),
	};
	return {
		id: 2,
		features: Feature.segmentMax | Feature.blockSize | Feature.flush | (store.readOnly ? Feature.readOnly : Feature.discard | Feature.writeZeroes),
		queues: 1,
		config: configOf(store),
		serve(_, request) {
			if (request.given < headerBytes || request.room < 1) return "broken";
			const header = request.read(0, headerBytes);
			const view = new DataView(header.buffer, header.byteOffset, headerBytes);
			const sector = view.getUint32(12, true) * 2 ** 32 + view.getUint32(8, true);
			const moved = counts.read + counts.written;
			const type = view.getUint32(0, true);
			let status = carryOut[type]?.(request, sector) ?? Status.unsupported;
			// a driver that cannot ask for a flush is told that data is written when it is safe (5.2.6.2)
			if (status === Status.ok && (type === Type.out || type === Type.writeZeroes) && (taken() & Feature.flush) === 0) status = outcome(store.flush());
			counts.requests++;
			if (status !== Status.ok) counts.errors++;
			// the status is the last byte of the room; a reader is told that all before it is valid too
			request.write(request.room - 1, Uint8Array.of(status));
			return { written: request.room, moved: headerBytes + counts.read + counts.written - moved };
		},
		connect(_, __, takenFeatures) {
			taken = takenFeatures;
		},
		reset: () => {},
		kept: () => Object.values(counts),
	};
}
