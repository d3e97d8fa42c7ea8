import { describe, expect, it } from "vitest";
import { instructionPart, referencePage } from "../../jit/decode/reference.ts";
import type { InstructionSpec } from "../../jit/spec/isa.ts";
import { small } from "./toy.ts";

const isa = small();
const named = (name: string) => isa.instructions.find((i) => i.name === name) as InstructionSpec;

describe("the reference page", () => {
	it("draws an encoding under its bit numbers, and says what the operands are", () => {
		expect(instructionPart(isa, named("beq"))).toBe(`### \`beq\`

\`\`\`
beq {rs1},{rs2},{offset}
\`\`\`

| 31:25 | 24:20 | 19:15 | 14:12 | 11:7 | 6:0 |
| --- | --- | --- | --- | --- | --- |
| \`offset[12\\|10:5]\` | \`rs2[4:0]\` | \`rs1[4:0]\` | \`000\` | \`offset[4:1\\|11]\` | \`1100011\` |

* \`rs1\`: register of \`x\`, \`r0\` to \`r31\`
* \`rs2\`: register of \`x\`, \`r0\` to \`r31\`
* \`offset\`: address within 13 signed bits of pc

No effects besides registers. Defined in \`toy.isa.js\`, line 1.`);
	});

	const said: [title: string, name: string, text: string][] = [
		["limits", "c.addi", "Only where `rd` is not 0."],
		["choices", "swap", "* `order`: one of nothing (0), `.rl` (1), `.aq` (2), `.aqrl` (3)"],
		["tables", "scale", "* `power`: one of 1, 2, 4, 8"],
		["single bits", "c.addi", "| 15:13 | 12 | 11:7 | 6:2 | 1:0 |"],
	];
	for (const [title, name, text] of said) it(`shows ${title}`, () => expect(instructionPart(isa, named(name))).toContain(text));

	it("has every instruction once, the aliases, the macros and the registers", () => {
		const page = referencePage(isa);
		for (const { name } of isa.instructions) expect(page.split(`### \`${name}\`\n`)).toHaveLength(2);
		expect(page).toContain("| `mv {rd},{rs1}` | `addi {rd},{rs1},0` | yes |");
		expect(page).toContain("* `la {rd},{symbol}`");
		expect(page).toContain("| 0 | `r0`, `x0` | reads 0 |");
	});
});
