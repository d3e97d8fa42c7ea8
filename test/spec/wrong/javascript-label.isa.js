// expected: javascript-label.isa.js:2:1: a label is not part of the language: `loop: for (const i of range(2)) break loop;`
loop: for (const i of range(2)) break loop;
isa("toy", { title: "Toy", unit: 8, address: 16 });
