// @ts-check
// Svinval: address-translation cache invalidation in steps (privileged manual 1.12, chapter 7).
import { hart, illegalInstruction, Mode } from "./base.isa.js";
import { virtualized } from "./supervisor.isa.js";

// SFENCE.VMA in parts, so that many pages take one pair of fences.
extension("svinval", "Fine-Grained Address-Translation Cache Invalidation");

const notForUsers = () => {
	if (hart.mode == Mode.U) illegalInstruction();
};

// SINVAL.VMA does what SFENCE.VMA does, between the two fences below. TVM forbids it in S mode (7).
instruction("sinval.vma {rs1},{rs2}", "0001011 rs2 rs1 000 00000 1110011", () => {
	notForUsers();
	virtualized();
	syncTranslation();
});
// SFENCE.W.INVAL: stores before it are seen by the invalidations after it. Every processor here keeps program order (7).
instruction("sfence.w.inval", "0001100 00000 00000 000 00000 1110011", () => notForUsers());
// SFENCE.INVAL.IR: invalidations before it are seen by what comes after it (7).
instruction("sfence.inval.ir", "0001100 00001 00000 000 00000 1110011", () => notForUsers());
alias("sinval.vma", "sinval.vma zero,zero", { print: false });
