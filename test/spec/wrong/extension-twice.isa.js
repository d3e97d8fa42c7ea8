// expected: extension-twice.isa.js:4:1: one extension() a file; this file has one already: `extension("two", "Two")`
isa("toy", { title: "Toy", unit: 8, address: 16 });
extension("one", "One");
extension("two", "Two");
