// expected: import-outside.isa.js:2:30: files of an ISA import each other as './name.isa.js': `"node:fs"`
import { readFileSync } from "node:fs";

isa("toy", { title: "Toy", unit: 8, address: 16 });
