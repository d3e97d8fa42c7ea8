// expected: static-text.isa.js:2:14: a count is 1000000; 0 to 65536 expected: `"x".repeat(1000000)`
const long = "x".repeat(1000000);
isa("toy", { title: "Toy", unit: 8, address: 16 });
