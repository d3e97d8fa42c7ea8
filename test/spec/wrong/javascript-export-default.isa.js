// expected: javascript-export-default.isa.js:2:1: export default and export * are not part of the language; export names: `export default 1;`
export default 1;
isa("toy", { title: "Toy", unit: 8, address: 16 });
