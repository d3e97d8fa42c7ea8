// expected: extension-duplicate/b.isa.js:3:11: duplicate extension; it is also in extension-duplicate/a.isa.js: `one`
isa("toy", { title: "Toy", unit: 8, address: 16 });
extension("one", "One");
