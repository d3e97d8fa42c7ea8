// @ts-check
// Svadu: the walk sets A and D in memory, or raises a page fault, by menvcfg.ADUE; both are part of the walk, in sv.isa.js (Svadu specification 1.0).
import "./sv.isa.js";

// Hardware updating of the A and D bits, which software can switch off; the parameter SVADE says how it starts.
extension("svadu", "Hardware Updating of A/D Bits");
