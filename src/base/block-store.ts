/** What a disk keeps its sectors in; a store in memory, and one store laid over another. */

export const sectorBytes = 512;

/** Sectors by number. Lengths are whole sectors inside the store: callers check. Nothing throws: false says that the host could not. */
export interface BlockStore {
	readonly sectors: number;
	readonly readOnly: boolean;
	/** Fills `into` from `sector` on. */
	read(sector: number, into: Uint8Array): boolean;
	write(sector: number, data: Uint8Array): boolean;
	/** What was written lies where a power cut does not reach it. */
	flush(): boolean;
	close(): void;
}

/** A disk whose sectors are `bytes` (whole sectors; changed by writes). */
export function createMemoryStore(bytes: Uint8Array, o: { readOnly?: boolean } = {}): BlockStore {
	return {
		sectors: Math.floor(bytes.length / sectorBytes),
		readOnly: o.readOnly ?? false,
		read(sector, into) {
			into.set(bytes.subarray(sector * sectorBytes, sector * sectorBytes + into.length));
			return true;
		},
		write(sector, data) {
			bytes.set(data, sector * sectorBytes);
			return true;
		},
		flush: () => true,
		close: () => {},
	};
}

/** Copy on write: sectors are read from `base` until they are written; what is written goes to `top`, of the same size, and `base` stays as it is. */
export function createOverlay(base: BlockStore, top: BlockStore): BlockStore {
	const written = new Uint8Array(Math.ceil(base.sectors / 8));
	const has = (sector: number): boolean => ((written[sector >>> 3]! >>> (sector & 7)) & 1) !== 0;
	return {
		sectors: base.sectors,
		readOnly: false,
		read(sector, into) {
			const end = sector + into.length / sectorBytes;
			for (let from = sector; from < end; ) {
				let to = from + 1;
				while (to < end && has(to) === has(from)) to++;
				const part = into.subarray((from - sector) * sectorBytes, (to - sector) * sectorBytes);
				if (!(has(from) ? top : base).read(from, part)) return false;
				from = to;
			}
			return true;
		},
		write(sector, data) {
			if (!top.write(sector, data)) return false;
			for (let i = 0; i < data.length / sectorBytes; i++) written[(sector + i) >>> 3]! |= 1 << ((sector + i) & 7);
			return true;
		},
		flush: () => top.flush(),
		close() {
			base.close();
			top.close();
		},
	};
}
