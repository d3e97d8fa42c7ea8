import { describe, expect, it } from "vitest";
import { bytesOf, codeOf, countOf, oneOf, settingOf } from "../../src/cli/values.ts";

describe("values of options", () => {
	it.each([
		["512M", 512 * 2 ** 20],
		["64", 64 * 2 ** 20],
		["1g", 2 ** 30],
		["128k", 2 ** 17],
		["0x8000000", 2 ** 27],
		["16MiB", 2 ** 24],
	])("a size %s is %i bytes", (text, bytes) => expect(bytesOf("-m", text)).toBe(bytes));
	it.each(["", "M", "-1", "0", "1T", "5G", "1.5G", "NaN", "1e3"])("a size %j is refused", (text) =>
		expect(() => bytesOf("-m", text)).toThrow(`-m ${text}: is not a size`),
	);
	it.each([
		["1000", 1000],
		["1e6", 1_000_000],
		["10_000", 10_000],
		["0x10", 16],
	])("a count %s is %i", (text, count) => expect(countOf("-n", text)).toBe(count));
	it.each(["", "-1", "1.5", "ten", "1e99", "99999999999999999999"])("a count %j is refused", (text) =>
		expect(() => countOf("-n", text)).toThrow("is not a whole number"),
	);
	it("a name that is not one of a list is answered with the list", () =>
		expect(() => oneOf("--engine", "qemu", ["js", "wasm"])).toThrow("--engine qemu: is not one of js, wasm"));
	it("a setting is a name and a number", () => {
		expect(settingOf("-p", "XLEN=32")).toEqual(["XLEN", 32]);
		expect(() => settingOf("-p", "XLEN")).toThrow("-p XLEN: is not NAME=NUMBER");
	});
	it("code is a number in the code's byte order, or bytes in memory order", () => {
		expect([...codeOf("0x00c58533", "little")]).toEqual([0x33, 0x85, 0xc5, 0]);
		expect([...codeOf("00c58533", "big")]).toEqual([0, 0xc5, 0x85, 0x33]);
		expect([...codeOf("33 85 c5 00", "little")]).toEqual([0x33, 0x85, 0xc5, 0]);
		expect([...codeOf("0x4501 0x00c58533", "little")]).toEqual([1, 0x45, 0x33, 0x85, 0xc5, 0]);
		expect(() => codeOf("0xzz", "little")).toThrow('"0xzz": is not an instruction in hexadecimal');
	});
});
