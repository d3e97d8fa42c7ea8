// expected: parameter-not-allowed.isa.js:2:1: parameter XLEN = 48 (the usual value); one of 32, 64 expected: `parameter("XLEN", [32, 64], 48)`
parameter("XLEN", [32, 64], 48);
isa("toy", { title: "Toy", unit: 8, address: 16 });
