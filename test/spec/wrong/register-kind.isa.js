// expected: register-kind.isa.js:3:25: kind: "general" or "system" or "context" or "hidden" expected, this is the text "private": `"private"`
isa("toy", { title: "Toy", unit: 8, address: 16 });
state({ a: 8 }, { kind: "private" });
