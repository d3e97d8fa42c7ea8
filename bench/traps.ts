/** `npm run bench traps`: prints what each kind of exit costs, as a table in Markdown. */
import { loadIsa } from "../jit/spec/load.ts";
import { readDefinitions } from "../src/host/node/definitions.ts";
import { measureTraps } from "./exits.ts";

const isa = loadIsa(readDefinitions("riscv"), { parameters: { XLEN: 64 } });
console.log("| what a guest does (RV64, engine js) | ns | exits | instructions alone |\n| --- | --- | --- | --- |");
for (const r of measureTraps(isa, "js")) console.log(`| ${r.name} | ${r.nanos.toFixed(0)} | ${r.exits.toFixed(0)} | ${r.singles.toFixed(0)} |`);
