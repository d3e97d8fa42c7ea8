// expected: host-globalthis.isa.js:2:1: unknown name; nothing but the language and this definition can be named: `globalThis`
globalThis.x = 1;
isa("toy", { title: "Toy", unit: 8, address: 16 });
