// expected: host-require.isa.js:2:12: unknown name; nothing but the language and this definition can be named: `require`
const fs = require("fs");
isa("toy", { title: "Toy", unit: 8, address: 16 });
