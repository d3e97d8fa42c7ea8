// expected: machine-execute-twice.isa.js:4:52: execute() is called twice on one path (in op): `execute()`
isa("toy", { title: "Toy", unit: 8, address: 16 });
const r = state({ a: 8, b: 8, sp: 16, f: 1 });
machine({ step: (execute) => { execute(); if (r.f) execute(); } });
instruction("op", "00000000", () => { r.a = 1; });
