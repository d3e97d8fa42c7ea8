// expected: register-width.isa.js:3:12: the width of a is 65; 1 to 64 expected: `65`
isa("toy", { title: "Toy", unit: 8, address: 16 });
state({ a: 65 });
