// expected: host-process.isa.js:2:1: unknown name; nothing but the language and this definition can be named: `process`
process.exit(1);
isa("toy", { title: "Toy", unit: 8, address: 16 });
