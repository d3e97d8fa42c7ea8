import a from "./a.isa.js";
