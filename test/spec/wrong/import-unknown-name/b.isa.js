import { b } from "./a.isa.js";
