// expected: static-method.isa.js:3:1: an array has no method "sort": `list.sort()`
const list = [3, 1];
list.sort();
isa("toy", { title: "Toy", unit: 8, address: 16 });
