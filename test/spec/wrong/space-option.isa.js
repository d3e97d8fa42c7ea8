// expected: space-option.isa.js:3:41: unknown option "size"; there are index, width, missing: `16`
isa("toy", { title: "Toy", unit: 8, address: 16 });
space("io", { index: 4, width: 8, size: 16, missing: { read: () => trap(2), write: () => trap(2) } });
