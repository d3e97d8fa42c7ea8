// @ts-check
// Zawrs: wait-on-reservation-set instructions (Zawrs specification 1.0).
import "./i.isa.js";

// Waits that end when somebody stores to what LR has reserved, when an interrupt is pending, or at any time.
extension("zawrs", "Wait-on-Reservation-Set");

// WRS.NTO: the other processors go first, which breaks the reservation; if there are none, it goes on at once. So it always ends soon, whatever TW says.
instruction("wrs.nto", "000000001101 00000 000 00000 1110011", () => yields());
// WRS.STO: the same, with a time limit, which is never reached.
instruction("wrs.sto", "000000011101 00000 000 00000 1110011", () => yields());
