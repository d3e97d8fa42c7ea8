// expected: operand-kind.isa.js:3:15: operand n: an operand kind such as reg(x) or signed(32) expected, this is the number 8: `8`
isa("toy", { title: "Toy", unit: 8, address: 16 });
operands({ n: 8 });
