// expected: bit-count-unit.isa.js:3:19: the encoding has 24 bits; a multiple of 16 expected, the ISA's unit: `000000000000000000000000`
isa("toy", { title: "Toy", unit: 16, address: 16 });
instruction("op", "000000000000000000000000", () => {});
