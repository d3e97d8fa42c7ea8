// expected: bit-count-empty-word.isa.js:5:19: an empty word in the encoding: `00000000 /`
isa("toy", { title: "Toy", unit: 8, address: 16 });
const x = registers("x", { count: 8, width: 8, zero: 0 });
operands({ rd: reg(x), rs: reg(x), imm: signed(8), off: relative(16) });
instruction("op", "00000000 / ", () => {});
