// expected: static-steps.isa.js:2:53: the definition takes more than 1500000 steps to evaluate: `60000`
for (const i of range(60000)) for (const j of range(60000)) {}
isa("toy", { title: "Toy", unit: 8, address: 16 });
