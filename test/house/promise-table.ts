/** Titles of the tests in, the text of test/README.md out. */
import ts from "typescript";
import { promises } from "../promises.ts";
import { filesBelow, readSource } from "./source.ts";

export interface Titled {
	readonly file: string;
	readonly title: string;
}

/** The titles of `it(...)`, `test(...)` and `describe(...)` (also with `.each`, `.skipIf`, `.runIf`, `.for`) of a file; those of `.skip` and `.todo` are left out. */
export function titlesOf(path: string, text?: string): Titled[] {
	const out: Titled[] = [];
	const file = ts.createSourceFile(path, text ?? readSource(path).text, ts.ScriptTarget.Latest, true);
	const visit = (node: ts.Node): void => {
		if (ts.isCallExpression(node)) {
			const callee = node.expression.getText(file);
			const first = node.arguments[0];
			if (/^(it|test|describe)\b/.test(callee) && /\.(skip|todo)\b(?!If)/.test(callee)) return;
			if (/^(it|test|describe)\b/.test(callee) && first && (ts.isStringLiteralLike(first) || ts.isTemplateExpression(first))) {
				const title = ts.isStringLiteralLike(first) ? first.text : first.getText(file).slice(1, -1);
				out.push({ file: path, title });
			}
		}
		ts.forEachChild(node, visit);
	};
	visit(file);
	return out;
}

/** The promises' ids that a title begins with: "C5, C6: ..." names two. */
export function idsOf(title: string): string[] {
	const head = /^((?:[A-Z]\d+)(?:,\s*[A-Z]\d+)*)\b(?:\s*[:(-]|\s)/.exec(title);
	return head ? head[1]!.split(/,\s*/) : [];
}

/** Every titled test of the project. */
export function allTitles(): Titled[] {
	return filesBelow("test", [".test.ts"]).flatMap((path) => titlesOf(path));
}

/** The whole page. */
export function promisePage(titles: readonly Titled[]): string {
	const rows = promises.map(({ id, promise, oracle, ordinary }) => {
		const tests = titles.filter((t) => idsOf(t.title).includes(id));
		const files = [...new Set(tests.map((t) => t.file))].map((file) => {
			const names = tests
				.filter((t) => t.file === file)
				.map((t) =>
					t.title
						.replace(/^[A-Z]\d+(, [A-Z]\d+)*:?\s*/, "")
						.replaceAll("|", "\\|")
						.replaceAll("\n", " "),
				);
			return `[${file.replace(/^test\//, "")}](${file.replace(/^test\//, "")}): ${names.join("; ")}`;
		});
		return `| ${id} | ${promise} | ${oracle} | ${ordinary} | ${files.length > 0 ? files.join("<br>") : "*pending*"} |`;
	});
	const kept = promises.filter((p) => titles.some((t) => idsOf(t.title).includes(p.id))).length;
	return `# test: what is promised, and which tests keep it

\`npm test\` runs everything; its last line counts passed, failed and skipped tests. A test whose oracle (QEMU, the cross compilers) is not on the machine is skipped and
says so. Folders are named after what they test; \`house/\` keeps the rules of the design, \`fixtures/\` runs the instruction fixtures (\`isa/*/test/*.ins\`) on every engine.
Random tests print their seed; \`DOPPEL_COUNT\` multiplies their counts for a long run.

This page is generated: \`npm run promises\` rewrites it, and a test fails when it is out of date. A test keeps a promise when its title begins with the promise's
id. ${kept} of ${promises.length} promises have running tests.

| # | promise | oracle | ordinary run | tests |
|---|---|---|---|---|
${rows.join("\n")}
`;
}
