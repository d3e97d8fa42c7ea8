/** The last line of a test run: how many tests passed, failed and were skipped. */
import type { TestModule } from "vitest/node";
import type { Reporter } from "vitest/reporters";

export default class Counts implements Reporter {
	onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
		const counts = { passed: 0, failed: errors.length, skipped: 0, pending: 0 };
		for (const module of modules) {
			if (module.errors().length > 0) counts.failed++;
			for (const test of module.children.allTests()) counts[test.result().state]++;
		}
		const line = `${counts.passed} passed, ${counts.failed + counts.pending} failed, ${counts.skipped} skipped\n`;
		process.on("exit", () => process.stdout.write(line));
	}
}
