// expected: table-short.isa.js:4:23: n can be encoded as 3, but its table has 3 values; limit it with where: `000000 n[1:0]`
isa("toy", { title: "Toy", unit: 8, address: 16 });
operands({ n: table(8, [1, 2, 4]) });
instruction("op {n}", "000000 n[1:0]", () => {});
