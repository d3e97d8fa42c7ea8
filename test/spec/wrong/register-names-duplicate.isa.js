// expected: register-names-duplicate.isa.js:3:45: duplicate register name "a": `[["a"], ["a"]]`
isa("toy", { title: "Toy", unit: 8, address: 16 });
registers("x", { count: 2, width: 8, names: [["a"], ["a"]] });
