// expected: host-function.isa.js:2:11: unknown name; nothing but the language and this definition can be named: `Function`
const f = Function("return 1");
isa("toy", { title: "Toy", unit: 8, address: 16 });
