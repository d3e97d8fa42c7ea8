// expected: javascript-try.isa.js:2:1: try is not part of the language: `try {} catch {}`
try {} catch {}
isa("toy", { title: "Toy", unit: 8, address: 16 });
