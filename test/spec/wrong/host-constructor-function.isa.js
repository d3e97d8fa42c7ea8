// expected: host-constructor-function.isa.js:3:11: a function has no method "constructor": `f.constructor("return 1")`
const f = () => 1;
const c = f.constructor("return 1");
isa("toy", { title: "Toy", unit: 8, address: 16 });
