// expected: parameter-duplicate.isa.js:3:11: duplicate parameter: `N`
parameter("N", [1], 1);
parameter("N", [1], 1);
isa("toy", { title: "Toy", unit: 8, address: 16 });
