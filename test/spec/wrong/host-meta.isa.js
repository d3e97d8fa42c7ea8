// expected: host-meta.isa.js:2:13: import.meta is not part of the language: `import.meta`
const url = import.meta.url;
isa("toy", { title: "Toy", unit: 8, address: 16 });
