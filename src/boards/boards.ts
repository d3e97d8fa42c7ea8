/** Every board we have; the first one that fits an image is taken. */
import type { Board } from "./board.ts";
import { virt } from "./virt.ts";

export const boards: readonly Board[] = [virt];
