// expected: isa-unit.isa.js:2:34: a unit of 12 bits; 8, 16 or 32 expected: `12`
isa("toy", { title: "Toy", unit: 12, address: 16 });
