// expected: static-array.isa.js:2:20: the count of range is 1000000; 0 to 65536 expected: `1000000`
const many = range(1000000);
isa("toy", { title: "Toy", unit: 8, address: 16 });
