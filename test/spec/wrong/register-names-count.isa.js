// expected: register-names-count.isa.js:3:45: names for 2 registers; the file has 3: `[["a"], ["b"]]`
isa("toy", { title: "Toy", unit: 8, address: 16 });
registers("x", { count: 3, width: 8, names: [["a"], ["b"]] });
