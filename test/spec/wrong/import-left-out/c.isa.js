isa("toy", { title: "Toy", unit: 8, address: 16 });
