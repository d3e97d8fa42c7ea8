// expected: host-constructor.isa.js:2:14: arrays have no "constructor" in this language, or it is a method to be called: `constructor`
const c = [].constructor;
isa("toy", { title: "Toy", unit: 8, address: 16 });
