/** How a device ends the run: an exit with a code, or a reset. */

/** `code`: the exit code the guest asks for; 0 for a reset. */
export type Finish = (what: "exit" | "reset", code: number) => void;
