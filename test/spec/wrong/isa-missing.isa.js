// expected: isa-missing.isa.js:1:1: the definition never calls isa(...)
const XLEN = parameter("XLEN", [32, 64], 64);
