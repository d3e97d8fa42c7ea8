// expected: static-power.isa.js:2:11: ** by 100000; 0 to 4096 expected: `2n ** 100000n`
const n = 2n ** 100000n;
isa("toy", { title: "Toy", unit: 8, address: 16 });
