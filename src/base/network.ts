/** What a network card and the network at the other end of its cable say to each other. */

/** An Ethernet frame, from the destination's address on and without the check sequence. Never changed once it is made. */
export interface Frame {
	readonly bytes: Uint8Array;
	/** Not 0: the frame stands for several TCP segments with so many bytes of payload each, all but the last. */
	readonly segment: number;
	/** The checksum at `start + offset` covers what follows `start`, and holds only the pseudo header's part yet; null: all checksums are whole. */
	readonly checksum: { readonly start: number; readonly offset: number } | null;
}

export const plainFrame = (bytes: Uint8Array): Frame => ({ bytes, segment: 0, checksum: null });

/** The longest frame without a tag: header and 1500 bytes. */
export const frameBytes = 1514;
/** The longest that stands for several: header and the longest IP packet. */
export const largeFrameBytes = 14 + 65535;

/** A card as its network sees it. */
export interface Card {
	readonly mac: Uint8Array;
	/** The driver takes frames that stand for several, and checksums that are not whole. */
	large(): boolean;
	/** `receive` has something again. */
	wake(): void;
	/** Milliseconds of the machine's own time. */
	now(): number;
	/** A timer in that time: call what it answers with milliseconds from now, or Infinity for never. */
	alarm(fire: () => void): (millis: number) => void;
}

/** The end of a cable that a card is put on: one card, once. Nothing of it throws. */
export interface Cable {
	/** It takes and gives frames that stand for several, and checksums that are not whole. */
	readonly large: boolean;
	attach(card: Card): void;
	/** Card to network. */
	send(frame: Frame): void;
	/** Network to card: taken one by one as the card has room, so that nothing is made that nobody takes. Null: nothing now. */
	receive(): Frame | null;
	/** Outside input may have arrived: called between runs only. */
	poll(): void;
	/** Numbers that tell one state from another, for fingerprints. */
	kept(): number[];
	close(): void;
}
