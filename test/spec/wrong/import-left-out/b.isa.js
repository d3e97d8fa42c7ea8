import "./c.isa.js";

extension("b", "B", { when: false });
export const v = 1;
