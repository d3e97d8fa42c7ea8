import { expect, it } from "vitest";

it("runs on the Node that the project promises", () => {
	expect(Number(process.versions.node.split(".")[0])).toBeGreaterThanOrEqual(20);
});
