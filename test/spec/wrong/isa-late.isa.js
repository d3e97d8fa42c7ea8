// expected: isa-late.isa.js:2:1: isa(...) must be called before state(): `state({ a: 8 })`
state({ a: 8 });
isa("toy", { title: "Toy", unit: 8, address: 16 });
