// @ts-check
// Svpbmt: what bits 62:61 of a page table entry may be is part of the walk, in sv.isa.js (privileged manual 1.12, chapter 6).
import { XLEN } from "./base.isa.js";

// Entries say how memory is to be cached. There are no caches, so all that follows is which entries are reserved.
extension("svpbmt", "Page-Based Memory Types", { when: XLEN == 64 });
