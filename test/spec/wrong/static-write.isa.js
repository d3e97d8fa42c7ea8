// expected: static-write.isa.js:3:1: static values cannot be written: `limits[0]`
const limits = [1, 2, 3];
limits[0] = 2;
isa("toy", { title: "Toy", unit: 8, address: 16 });
