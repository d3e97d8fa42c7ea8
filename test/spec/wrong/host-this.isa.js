// expected: host-this.isa.js:2:14: this is not part of the language: `this`
const self = this;
isa("toy", { title: "Toy", unit: 8, address: 16 });
