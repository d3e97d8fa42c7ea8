import { a } from "./a.isa.js";
export const b = a;
