// expected: host-import.isa.js:2:12: import() is not part of the language: `import("fs")`
const fs = import("fs");
isa("toy", { title: "Toy", unit: 8, address: 16 });
