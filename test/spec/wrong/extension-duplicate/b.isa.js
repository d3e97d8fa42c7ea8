import "./a.isa.js";

extension("one", "One again");
