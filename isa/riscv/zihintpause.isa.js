// @ts-check
// Zihintpause: pause hint (unprivileged manual, chapter 4).
import "./i.isa.js";

// For loops that wait for another processor.
extension("zihintpause", "Pause Hint");

// PAUSE lets the other processors go first. It is FENCE with predecessor set W and an empty successor set.
instruction("pause", "0000 0001 0000 00000 000 00000 0001111", () => yields());
