/** How the tests run: every `*.test.ts` below test/, own last line. */
import { resolve } from "node:path";
import { defineConfig } from "vitest/config";

export default defineConfig({
	root: resolve(import.meta.dirname, ".."),
	cacheDir: resolve(import.meta.dirname, "../.build/vite"),
	test: {
		include: ["test/**/*.test.ts"],
		setupFiles: [resolve(import.meta.dirname, "support/pause-each.ts")],
		testTimeout: 120_000,
		hookTimeout: 120_000,
		reporters: ["default", resolve(import.meta.dirname, "reporter.ts")],
	},
});
