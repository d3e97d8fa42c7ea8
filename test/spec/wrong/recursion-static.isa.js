// expected: recursion-static.isa.js:2:18: calls nested deeper than 120: this recursion does not end: `f(n + 1)`
const f = (n) => f(n + 1);
f(0);
