// expected: extension-requires.isa.js:3:1: extension one requires two, which is not there: `extension("one", "One", { requires: ["two"] })`
isa("toy", { title: "Toy", unit: 8, address: 16 });
extension("one", "One", { requires: ["two"] });
