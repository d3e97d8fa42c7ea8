// expected: host-constructor-object.isa.js:3:13: there is no "constructor" here: the object is empty: `constructor`
const o = {};
const c = o.constructor;
isa("toy", { title: "Toy", unit: 8, address: 16 });
