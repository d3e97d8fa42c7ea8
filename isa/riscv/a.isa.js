// @ts-check
// A: atomic instructions (unprivileged manual, chapter 8). `aq` and `rl` order nothing more: every processor here keeps program order.
import { Cause, XLEN, x } from "./base.isa.js";
import "./i.isa.js";

// Load-reserved, store-conditional and atomic read-modify-write.
extension("a", "Standard Extension for Atomic Instructions");

operands({ aqrl: choice({ "": 0, ".rl": 1, ".aq": 2, ".aqrl": 3 }) });

// The reservation of LR: its address and the value it saw. SC succeeds when the address is the same, memory still holds that value,
// as in QEMU, and no other processor has run since: so no store has to look for reservations, and none goes unnoticed.
const lr = state({ reserved: 1, reservedAddress: XLEN, reservedValue: XLEN }, { kind: "hidden" });

machine({
	suspend: () => {
		lr.reserved = 0;
	},
});

/** All of these need their natural alignment (8.2, 8.4). */
const aligned = (address, width, cause) => {
	if ((address & (width / 8 - 1)) != 0) trap(cause, address);
};

for (const [suffix, funct3, width] of /** @type {[string, string, number][]} */ ([["w", "010", 32], ...(XLEN == 64 ? [["d", "011", 64]] : [])])) {
	// LR loads and reserves (8.2).
	instruction([`lr.${suffix}{aqrl} {rd},({rs1})`, `lr.${suffix}{aqrl} {rd},0({rs1})`], `00010 aqrl[1:0] 00000 rs1 ${funct3} rd 0101111`, ({ rd, rs1 }) => {
		const address = x[rs1];
		aligned(address, width, Cause.loadMisaligned);
		const value = sext(load(address, width), XLEN);
		lr.reserved = 1;
		lr.reservedAddress = address;
		lr.reservedValue = value;
		x[rd] = value;
	});

	// SC stores and gives 0 if the reservation holds, else gives 1 and touches no memory; the reservation is gone either way (8.2).
	instruction(
		[`sc.${suffix}{aqrl} {rd},{rs2},({rs1})`, `sc.${suffix}{aqrl} {rd},{rs2},0({rs1})`],
		`00011 aqrl[1:0] rs2 rs1 ${funct3} rd 0101111`,
		({ rd, rs1, rs2 }) => {
			const address = x[rs1];
			const value = bits(x[rs2], width - 1, 0);
			aligned(address, width, Cause.storeMisaligned);
			let failed = constant(1, XLEN);
			if (lr.reserved == 1 && lr.reservedAddress == address) {
				if (load(address, width, { access: "store" }) == bits(lr.reservedValue, width - 1, 0)) {
					store(address, value);
					failed = constant(0, XLEN);
				}
			}
			lr.reserved = 0;
			x[rd] = failed;
		},
	);

	// AMOs load the old value into rd and store the result of the operation (8.4). A failing load counts as a store.
	for (const [name, funct5, f] of /** @type {[string, string, Binary][]} */ ([
		["amoswap", "00001", (old, value) => value],
		["amoadd", "00000", (old, value) => old + value],
		["amoxor", "00100", (old, value) => old ^ value],
		["amoand", "01100", (old, value) => old & value],
		["amoor", "01000", (old, value) => old | value],
		["amomin", "10000", (old, value) => (s(old) < s(value) ? old : value)],
		["amomax", "10100", (old, value) => (s(old) > s(value) ? old : value)],
		["amominu", "11000", (old, value) => (u(old) < u(value) ? old : value)],
		["amomaxu", "11100", (old, value) => (u(old) > u(value) ? old : value)],
	])) {
		instruction(
			[`${name}.${suffix}{aqrl} {rd},{rs2},({rs1})`, `${name}.${suffix}{aqrl} {rd},{rs2},0({rs1})`],
			`${funct5} aqrl[1:0] rs2 rs1 ${funct3} rd 0101111`,
			({ rd, rs1, rs2 }) => {
				const address = x[rs1];
				const value = bits(x[rs2], width - 1, 0);
				aligned(address, width, Cause.storeMisaligned);
				const old = load(address, width, { access: "store" });
				store(address, f(old, value));
				x[rd] = sext(old, XLEN);
			},
		);
	}
}
