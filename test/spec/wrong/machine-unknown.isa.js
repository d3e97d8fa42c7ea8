// expected: machine-unknown.isa.js:3:20: unknown option "restart"; there are step, reset, illegal, fault, translate, plain, enter, interrupt, wake, suspend, alarm: `() => {}`
isa("toy", { title: "Toy", unit: 8, address: 16 });
machine({ restart: () => {} });
