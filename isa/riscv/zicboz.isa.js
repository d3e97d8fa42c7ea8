// @ts-check
// Zicboz: cache-block zero (CMO specification 1.0.0, chapter 2).
import { hart, illegalInstruction, Mode, x } from "./base.isa.js";
import { zeroing } from "./envcfg.isa.js";
import "./i.isa.js";

// Zeros for the block of 64 bytes that an address lies in.
extension("zicboz", "Cache-Block Zero Instructions");

// CBO.ZERO stores zeros to the block, as stores do; what fails names the address in rs1 (2.5.2). Whether the modes below M may is in menvcfg and senvcfg (2.4).
instruction(["cbo.zero ({rs1})", "cbo.zero 0({rs1})"], "000000000100 rs1 010 00000 0001111", ({ rs1 }) => {
	if (hart.mode == Mode.S && zeroing.zeroS == 0) illegalInstruction();
	if (hart.mode == Mode.U && zeroing.zeroU == 0) illegalInstruction();
	const address = x[rs1];
	store(address, constant(0, 8));
	const block = address & -64;
	for (const i of range(8)) store(block + 8 * i, constant(0, 64));
});
