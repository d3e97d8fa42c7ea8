// expected: static-steps.isa.js:2:61: the definition takes more than 5000000 steps to evaluate: `{}`
for (const i of range(60000)) for (const j of range(60000)) {}
isa("toy", { title: "Toy", unit: 8, address: 16 });
