// expected: macro-operand.isa.js:5:21: the line uses {rd}, which the macro does not have: `op {rd}`
isa("toy", { title: "Toy", unit: 8, address: 16 });
const x = registers("x", { count: 8, width: 8, zero: 0 });
operands({ rd: reg(x), rs: reg(x), imm: signed(8), off: relative(16) });
macro("twice {rs}", ["op {rd}", "op {rs}"]);
