/** A pattern and a value in, new variables in a scope out: `const { a, b = 1, ...rest } = value` and parameters. */
import type { Expression, Pattern } from "acorn";
import { evaluate, propertyKey, use } from "./evaluate.ts";
import { items } from "./methods.ts";
import { textOf } from "./operators.ts";
import { fail } from "./source.ts";
import { Binding, describe, Func, type Scope, type Value } from "./values.ts";
import { tick, type World } from "./world.ts";

/** The level of variables made now. */
const level = (world: World): number => (world.code ? world.code.depth : -1);

export function declare(world: World, scope: Scope, name: string, value: Value, constant: boolean): void {
	scope.add(new Binding(name, value instanceof Func && !value.name ? new Func(value.node, value.scope, name) : value, constant, level(world)));
}

export function bindPattern(world: World, scope: Scope, pattern: Pattern, value: Value, constant: boolean): undefined {
	const at = { source: scope.source, node: pattern };
	switch (pattern.type) {
		case "Identifier":
			declare(world, scope, pattern.name, value, constant);
			return;
		case "AssignmentPattern":
			bindPattern(world, scope, pattern.left, value === undefined ? evaluate(world, scope, pattern.right) : value, constant);
			return;
		case "ArrayPattern": {
			const list = items(world, at, value);
			tick(world, scope.source, pattern, list.length >> 3);
			pattern.elements.forEach((element, i) => {
				if (element?.type === "RestElement") bindPattern(world, scope, element.argument, list.slice(i), constant);
				else if (element)
					bindPattern(world, scope, element, list[i] === undefined ? undefined : use(world, { source: scope.source, node: element }, list[i]), constant);
			});
			return;
		}
		case "ObjectPattern": {
			if (!(value instanceof Map)) return fail(scope.source, pattern, `an object expected, this is ${describe(value)}`);
			const map = value as ReadonlyMap<string, Value>;
			tick(world, scope.source, pattern, map.size >> 3);
			const taken = new Set<string>();
			for (const property of pattern.properties) {
				if (property.type === "RestElement") {
					bindPattern(world, scope, property.argument, new Map([...map].filter(([key]) => !taken.has(key))), constant);
					continue;
				}
				const key = propertyKey(world, scope, property.computed, property.key as Expression);
				taken.add(key);
				if (!map.has(key) && property.value.type !== "AssignmentPattern") {
					const there = textOf(at, [...map.keys()].slice(0, 12).join(", "));
					return fail(scope.source, property, `there is no ${JSON.stringify(key)} here${there ? `, only ${there}` : ""}`);
				}
				bindPattern(world, scope, property.value, map.has(key) ? use(world, { source: scope.source, node: property }, map.get(key)) : undefined, constant);
			}
			return;
		}
		default:
			fail(scope.source, pattern, "a name expected");
	}
}
