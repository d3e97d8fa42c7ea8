// expected: host-eval.isa.js:2:1: unknown name; nothing but the language and this definition can be named: `eval`
eval("1");
isa("toy", { title: "Toy", unit: 8, address: 16 });
