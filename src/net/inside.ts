/** The guest's side of a user network, as the protocols see it: whom frames go to, what addresses mean, what time it is. */
import type { Frame } from "../base/network.ts";
import type { Endpoint } from "./address.ts";

export interface Inside {
	/** The guest's card, as far as is known. */
	mac(): Uint8Array;
	/** Frames for the guest: all of them or none, when there is no room. */
	send(frames: readonly Frame[]): void;
	/** Milliseconds of the machine's time. */
	now(): number;
	/** The card takes frames that stand for several. */
	large(): boolean;
	/** What the host calls what the guest calls so; null: the guest may not reach it, or nobody does. */
	outside(endpoint: Endpoint): Endpoint | null;
	/** There is something to take. */
	wake(): void;
}
