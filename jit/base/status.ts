/** Status: how translated code, the interpreter and the memory port say why they came back; small integers, because generated code returns them. */

export const Status = {
	/** pc (and context cells) name the next block; also: the memory port succeeded. */
	next: 0,
	/** The budget does not cover the block at pc. */
	budget: 1,
	/** The instruction at pc is privileged: the hypervisor has to carry it out. */
	privileged: 2,
	/** The instruction at pc traps: cause and value are in the header. */
	trap: 3,
	/** A memory access of the instruction at pc failed: access and address are in the header. */
	fault: 4,
	/** The instruction at pc must be interpreted (MMIO, a store to a page that holds code): nothing of it has happened. */
	assist: 5,
	/** The bytes at pc are no instruction. */
	illegal: 6,
	/** The processor waits for an interrupt. */
	wait: 7,
	/** Whoever runs the machine was asked to stop it. */
	stop: 8,
	/** The processor lets others go first. */
	yield: 9,
} as const;
export type Status = (typeof Status)[keyof typeof Status];

/** The name of each status, by its number, for reports. */
export const statusNames: readonly string[] = Object.keys(Status);
