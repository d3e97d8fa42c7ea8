// expected: modifier-duplicate.isa.js:6:10: duplicate modifier: `lo`
isa("toy", { title: "Toy", unit: 8, address: 16 });
const x = registers("x", { count: 8, width: 8, zero: 0 });
operands({ rd: reg(x), rs: reg(x), imm: signed(8), off: relative(16) });
modifier("lo", (value, at) => value);
modifier("lo", (value, at) => value);
