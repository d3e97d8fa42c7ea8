// expected: memory-duplicate.isa.js:4:8: duplicate memory: `ports`
isa("toy", { title: "Toy", unit: 8, address: 16 });
memory("ports", { address: 8 });
memory("ports", { address: 8 });
