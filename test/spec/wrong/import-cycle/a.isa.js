// expected: import-cycle/b.isa.js:1:1: these files import each other: import-cycle/a.isa.js -> import-cycle/b.isa.js -> import-cycle/a.isa.js: `import { a } from "./a.isa.js";`
import { b } from "./b.isa.js";
export const a = b;
isa("toy", { title: "Toy", unit: 8, address: 16 });
