// expected: isa-twice.isa.js:3:1: one isa() only; this definition has one already: `isa("toy", { title: "Toy", unit: 8, address: 16 })`
isa("toy", { title: "Toy", unit: 8, address: 16 });
isa("toy", { title: "Toy", unit: 8, address: 16 });
