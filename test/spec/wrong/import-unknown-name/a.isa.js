// expected: import-unknown-name/b.isa.js:1:10: ./a.isa.js exports no b; there are a: `b`
isa("toy", { title: "Toy", unit: 8, address: 16 });
export const a = 1;
