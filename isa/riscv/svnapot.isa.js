// @ts-check
// Svnapot: what bit N of a page table entry means is part of the walk, in sv.isa.js (privileged manual 1.12, chapter 5).
import { XLEN } from "./base.isa.js";

// Sixteen pages of 4 KiB as one translation of 64 KiB.
extension("svnapot", "NAPOT Translation Contiguity", { when: XLEN == 64 });
