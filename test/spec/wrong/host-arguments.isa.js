// expected: host-arguments.isa.js:2:17: unknown name; nothing but the language and this definition can be named: `arguments`
const f = () => arguments;
f();
isa("toy", { title: "Toy", unit: 8, address: 16 });
