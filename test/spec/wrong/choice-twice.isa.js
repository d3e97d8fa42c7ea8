// expected: choice-twice.isa.js:3:34: "eq" and "z" are both 0: `0`
isa("toy", { title: "Toy", unit: 8, address: 16 });
operands({ c: choice({ eq: 0, z: 0 }) });
