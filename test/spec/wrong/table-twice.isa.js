// expected: table-twice.isa.js:3:24: a value stands twice in the table: `[1, 2, 1]`
isa("toy", { title: "Toy", unit: 8, address: 16 });
operands({ n: table(8, [1, 2, 1]) });
