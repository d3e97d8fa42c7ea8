import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { doppel } from "../cli/run-doppel.ts";
import { mirror, mirrored } from "../machine/disk-guest.ts";
import { command, missingOf } from "../support/command.ts";

const missing = missingOf(["qemu-system-riscv64", "qemu-system-riscv32"]);
const folder = mkdtempSync(join(tmpdir(), "doppel-disk-"));
const content = Uint8Array.from({ length: 512 * 64 }, (_, i) => (i * 5 + (i >> 8)) & 255);
writeFileSync(join(folder, "mirror.s"), mirror);

describe.skipIf(missing.length > 0)(`one guest, one disk, here and on QEMU${missing.length > 0 ? ` (skipped: there is no ${missing.join(", ")})` : ""}`, () => {
	it.each([32, 64])("rv%i: leaves the same image", async (bits) => {
		const name = `mirror${bits}.elf`;
		for (const who of ["ours", "theirs"]) writeFileSync(join(folder, `${who}.img`), content);
		const made = await doppel(["isa", "asm", "mirror.s", "-p", `XLEN=${bits}`, "--origin", "0x80000000", "-o", name], { cwd: folder });
		expect(made).toMatchObject({ stderr: "", code: 0 });
		const ours = await doppel(["run", name, "--drive", "file=ours.img"], { cwd: folder });
		const drive = ["-drive", "file=theirs.img,if=none,format=raw,id=x0", "-device", "virtio-blk-device,drive=x0,bus=virtio-mmio-bus.0"];
		const machine = ["-M", "virt", "-display", "none", "-serial", "none", "-bios", "none", "-global", "virtio-mmio.force-legacy=false"];
		const theirs = await command(`qemu-system-riscv${bits}`, [...machine, "-kernel", name, ...drive], { cwd: folder });
		expect([ours.code, theirs.code]).toEqual([0, 0]);
		const images = ["ours", "theirs"].map((who) => readFileSync(join(folder, `${who}.img`)));
		expect(Buffer.compare(images[0]!, images[1]!)).toBe(0);
		expect(Buffer.compare(images[0]!, mirrored(content))).toBe(0);
	});
});
