// expected: import-missing-file.isa.js:2:19: there is no file base.isa.js: `"./base.isa.js"`
import { x } from "./base.isa.js";

isa("toy", { title: "Toy", unit: 8, address: 16 });
