// expected: javascript-switch.isa.js:2:1: switch is not part of the language: `switch (1) {}`
switch (1) {}
isa("toy", { title: "Toy", unit: 8, address: 16 });
