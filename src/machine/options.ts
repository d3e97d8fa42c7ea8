/** What a machine is built from, and what a run of it comes to. */

import type { CacheLimits } from "../../jit/cache/cache.ts";
import type { Kept } from "../../jit/cache/kept.ts";
import type { DispatchWatch } from "../../jit/dispatch/parts.ts";
import type { Setting } from "../../jit/emit/wasm/work.ts";
import type { Helper } from "../../jit/ir/helper.ts";
import type { Isa } from "../../jit/spec/isa.ts";
import type { Policy } from "../../jit/tier/policy.ts";
import type { BlockStore } from "../base/block-store.ts";
import type { ByteSink, FileSystem } from "../base/host.ts";
import type { Cable } from "../base/network.ts";
import type { SharedFolder } from "../base/shared-folder.ts";
import type { Board, Boot } from "../boards/board.ts";
import type { Trace } from "../devices/kit/registers.ts";
import type { Image } from "../load/image.ts";

/** The host's part. Everything may be left out: then the guest has no such thing. */
export interface HostParts {
	/** Bytes of the guest's console. */
	readonly output?: ByteSink | undefined;
	/** Asked when the guest wants a byte and none was pushed; null: none now. */
	readonly input?: (() => Uint8Array | null) | undefined;
	/** Files for semihosting. */
	readonly files?: FileSystem | null | undefined;
	/** Somebody who translates to Wasm while the guest runs. */
	readonly helper?: ((setting: Setting) => Helper) | undefined;
	/** Milliseconds, for statistics only: never seen by the guest. */
	readonly now?: (() => number) | undefined;
	/**
	 * Asked at the start of a run: while all processors wait, time may jump up to this step of the clock; the run then comes back and says `waits`. Any step when left
	 * out. For machines that wait for the world outside.
	 */
	readonly pace?: ((now: number) => number) | undefined;
	/** Lets the host do other things while `console.expect` waits; told when the machine waits too. */
	readonly rest?: ((wait?: Wait) => Promise<void>) | undefined;
}

/** A virtio device in one of the board's places. A disk or shared folder belongs to the machine, which closes it. `seed`: 0 when left out. */
export type VirtioPart =
	| { readonly kind: "block"; readonly store: BlockStore; readonly id?: string }
	| { readonly kind: "9p"; readonly folder: SharedFolder; readonly tag: string }
	| { readonly kind: "entropy"; readonly seed?: number }
	| { readonly kind: "console" }
	/** A network card, which the machine takes off its cable when it is closed. Its address is QEMU's when left out. */
	| { readonly kind: "net"; readonly cable: Cable; readonly mac?: Uint8Array | undefined };

/** All processors wait: from this step of the clock to that one, which is Infinity when no timer is set. */
export interface Wait {
	readonly at: number;
	readonly next: number;
}

export interface MachineOptions {
	readonly board: Board;
	readonly isa: Isa;
	readonly image: Image;
	/** Bytes; the board's own when left out. */
	readonly ramBytes?: number | undefined;
	/** 1 when left out; at most the board's. */
	readonly processors?: number | undefined;
	/** The image starts with firmware, which is to go here next (0: nowhere). */
	readonly firmwareNext?: number | undefined;
	readonly policy: Policy;
	readonly host?: HostParts | undefined;
	/** Passed to the guest in the device tree and by semihosting. */
	readonly bootArguments?: string | undefined;
	/** What lies in RAM beside the program, for the device tree and firmware. */
	readonly boot?: Boot | undefined;
	/** Virtio devices, in the order of the board's places. */
	readonly virtio?: readonly VirtioPart[] | undefined;
	/** Instead of the board's own device tree; command line, initrd and what firmware keeps are written into it. null: none at all. */
	readonly deviceTree?: Uint8Array | null | undefined;
	/** Answer semihosting calls. */
	readonly semihosting?: boolean | undefined;
	/** Seconds since 1970 that the guest's clock starts at; 0 when left out, so that runs are alike. */
	readonly epoch?: number | undefined;
	/** See `createClock`. */
	readonly stepsPerTick?: number | undefined;
	readonly limits?: CacheLimits | undefined;
	/** A reset that the guest asks for ends the run instead of starting it again. */
	readonly stopAtReset?: boolean | undefined;
	/** Told of every access to a device's register. */
	readonly trace?: Trace | undefined;
	/** Translations from an earlier run of such a machine, and for later ones: see `Machine.keep`. */
	readonly kept?: Kept | undefined;
	/** Told of what is translated and what is not. */
	readonly watch?: DispatchWatch | undefined;
	/** Run every block as lifted, without passes: for comparing. */
	readonly optimizer?: boolean | undefined;
}

/**
 * Why `run` came back. `limit`: as many instructions as asked for are done. `exit`: the guest ended itself. `idle`: every processor waits and no timer
 * is set; only input can go on. `reset`: with `stopAtReset`. `waits`: with `pace`.
 */
export type RunResult =
	| { readonly reason: "limit" | "idle" | "reset" }
	| { readonly reason: "exit"; readonly code: number }
	| { readonly reason: "waits"; readonly wait: Wait };
