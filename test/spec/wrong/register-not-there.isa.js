// expected: register-not-there.isa.js:5:24: rd can be register 5, but the file x has 5; limit it with where: `00000 rd`
isa("toy", { title: "Toy", unit: 8, address: 16 });
const x = registers("x", { count: 5, width: 8 });
operands({ rd: reg(x) });
instruction("op {rd}", "00000 rd", () => {});
