// expected: macro-lines.isa.js:5:18: a macro is an array of lines or a function that returns one: `3`
isa("toy", { title: "Toy", unit: 8, address: 16 });
const x = registers("x", { count: 8, width: 8, zero: 0 });
operands({ rd: reg(x), rs: reg(x), imm: signed(8), off: relative(16) });
macro("nothing", 3);
