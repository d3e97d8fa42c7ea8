// expected: trap-outside.isa.js:3:1: trap() means something only in semantics: `trap(1)`
isa("toy", { title: "Toy", unit: 8, address: 16 });
trap(1);
