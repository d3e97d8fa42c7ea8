// expected: host-math.isa.js:2:11: unknown name; nothing but the language and this definition can be named: `Math`
const r = Math.random();
isa("toy", { title: "Toy", unit: 8, address: 16 });
