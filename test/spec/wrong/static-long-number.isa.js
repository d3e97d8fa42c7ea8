// expected: static-long-number.isa.js:2:11: a number past 2^53 is written as a bigint, with an n at its end: `18446744073709551615`
const n = 18446744073709551615;
isa("toy", { title: "Toy", unit: 8, address: 16 });
