import { expect, test } from "vitest";
import { SpecError } from "../../jit/base/errors.ts";
import { random } from "../decode/random.ts";
import { loadToy } from "./definitions.ts";
import { loaded, randomProgram } from "./random-program.ts";
import { runTemplate, shapeErrors, showTemplate } from "./template-run.ts";

const seed = Number(process.env.DOPPEL_SEED ?? 1);
const programs = Number(process.env.DOPPEL_COUNT ?? 1500);

test(`a template does what its text says, whatever ifs, returns, breaks, traps and jumps it has (seed ${seed}, ${programs} programs)`, () => {
	const next = random(seed);
	const below = (n: number) => next() % n;
	let ran = 0;
	for (let k = 0; k < programs; k++) {
		const program = randomProgram(below);
		let isa: ReturnType<typeof loadToy>;
		try {
			isa = loadToy(program.text);
		} catch (error) {
			// some programs have a path on which a variable has no value, or are too long
			if (error instanceof SpecError && /two arms|operations|without a value|evaluated always/.test(error.message)) continue;
			throw new Error(`program ${k}: ${error}\n${program.text}`);
		}
		const template = isa.instructions[0]?.template;
		if (!template) throw new Error("no instruction");
		const shown = () => `program ${k}\n${program.text}\n${showTemplate(isa, template).join("\n")}`;
		if (shapeErrors(template).length > 0) expect(shapeErrors(template), shown()).toEqual([]);
		for (let round = 0; round < 8; round++) {
			const before = [0, below(256), below(256), below(256), below(256), 0, 0];
			const [is, should] = [runTemplate(template, before, [], loaded), program.run(before)];
			if (JSON.stringify(is) !== JSON.stringify(should)) expect(is, shown()).toEqual(should);
		}
		ran++;
	}
	expect(ran).toBeGreaterThan(programs * 0.7);
});
