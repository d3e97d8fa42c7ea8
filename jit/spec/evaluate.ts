/** An expression and the names it sees in, its value out: static parts are computed, guest parts become ops of the template being built. */
import type { CallExpression, Expression, Literal, MemberExpression, ObjectExpression, Pattern, SpreadElement, Super } from "acorn";
import { Bits } from "./bits.ts";
import { diverged } from "./code.ts";
import { merge } from "./merge.ts";
import { count, element, items, method } from "./methods.ts";
import { type At, binary, condition, isNumber, textOf, toBits, unary } from "./operators.ts";
import { type AnyNode, fail, type Node, type Source } from "./source.ts";
import { Builtin, describe, FileValue, Func, Pseudo, Register, type Scope, SpaceValue, Unusable, type Value } from "./values.ts";
import { array, callBuiltin, tick, type World } from "./world.ts";

/** The value of an expression. Throws SpecError, or `diverged` where the path traps. */
export function evaluate(world: World, scope: Scope, node: Expression | Super): Value {
	tick(world, scope.source, node);
	if (node.type === "Literal") return literal(scope.source, node);
	const at: At = { source: scope.source, node };
	switch (node.type) {
		case "Identifier":
			return use(world, at, lookUp(scope, node).value);
		case "TemplateLiteral": {
			let text = node.quasis[0]?.value.cooked ?? "";
			node.expressions.forEach((e, i) => {
				text += textOf({ source: scope.source, node: e }, evaluate(world, scope, e)) + (node.quasis[i + 1]?.value.cooked ?? "");
			});
			return text.length > 65_536 ? fail(scope.source, node, "a text of more than 65536 characters") : text;
		}
		case "ArrayExpression": {
			const list: Value[] = [];
			for (const item of node.elements) {
				if (!item) return fail(scope.source, node, "an array with a hole");
				if (item.type === "SpreadElement") list.push(...spread(world, scope, item));
				else list.push(evaluate(world, scope, item));
			}
			return array(world, at, list);
		}
		case "ObjectExpression":
			return object(world, scope, node);
		case "ArrowFunctionExpression":
		case "FunctionExpression":
			if (node.async || node.generator) return fail(scope.source, node, "async functions and generators are not part of the language");
			return new Func(node, scope, node.type === "FunctionExpression" ? (node.id?.name ?? "") : "");
		case "ParenthesizedExpression":
			return evaluate(world, scope, node.expression);
		case "UnaryExpression":
			return unary(world.code, at, node.operator, evaluate(world, scope, node.argument));
		case "BinaryExpression": {
			if (node.left.type === "PrivateIdentifier") return fail(scope.source, node, "private names are not part of the language");
			const a = evaluate(world, scope, node.left);
			return binary(world.code, at, node.operator, a, evaluate(world, scope, node.right));
		}
		case "LogicalExpression":
			return logical(world, scope, node.operator, node.left, node.right);
		case "ConditionalExpression":
			return conditional(world, scope, at, node.test, node.consequent, node.alternate);
		case "MemberExpression":
			return member(world, scope, at, node);
		case "CallExpression":
			return callExpression(world, scope, at, node);
		case "AssignmentExpression": {
			const target = node.left;
			if (node.operator === "=") {
				const value = evaluate(world, scope, node.right);
				assign(world, scope, target, value, node.right);
				return value;
			}
			const operator = node.operator.slice(0, -1);
			if (operator === "&&" || operator === "||" || operator === "??") return fail(scope.source, node, `${node.operator} is not part of the language`);
			if (target.type !== "Identifier" && target.type !== "MemberExpression") return fail(scope.source, target, "a variable or register expected");
			const old = evaluate(world, scope, target);
			const value = binary(world.code, at, operator, old, evaluate(world, scope, node.right));
			assign(world, scope, target, value, node);
			return value;
		}
		case "UpdateExpression": {
			const old = evaluate(world, scope, node.argument);
			const value = binary(world.code, at, node.operator === "++" ? "+" : "-", old, 1);
			assign(world, scope, node.argument as Pattern, value, node);
			return node.prefix ? value : old;
		}
	}
	return fail(scope.source, node, `${nameOf(node)} is not part of the language`);
}

const names: Readonly<Partial<Record<string, string>>> = {
	AwaitExpression: "await",
	ChainExpression: "?.",
	ClassExpression: "class",
	ImportExpression: "import()",
	MetaProperty: "import.meta",
	NewExpression: "new",
	SequenceExpression: "the comma operator",
	TaggedTemplateExpression: "a tagged template",
	ThisExpression: "this",
	YieldExpression: "yield",
	Super: "super",
};
const nameOf = (node: AnyNode): string => names[node.type] ?? node.type;

function literal(source: Source, node: Literal): Value {
	const value = node.value;
	if (node.bigint != null) return BigInt(node.bigint);
	if (typeof value === "number") {
		if (Number.isSafeInteger(value)) return value;
		if (!Number.isInteger(value)) return fail(source, node, "static numbers are whole numbers");
		return fail(source, node, "a number past 2^53 is written as a bigint, with an n at its end");
	}
	if (typeof value === "string" || typeof value === "boolean" || value === null) return value;
	return fail(source, node, "regular expressions are not part of the language");
}

function lookUp(scope: Scope, node: { name: string } & Node) {
	return scope.find(node.name) ?? fail(scope.source, node, "unknown name; nothing but the language and this definition can be named");
}

/** What reading a name or a member gives: inside semantics a register gives its value. */
export function use(world: World, at: At, value: Value): Value {
	if (typeof value !== "object") return value;
	if (value instanceof Unusable) return fail(at.source, at.node, value.problem);
	if (value instanceof Pseudo) return value.read(at.source, at.node);
	return value instanceof Register && world.code ? world.state.read(value) : value;
}

function spread(world: World, scope: Scope, node: SpreadElement): readonly Value[] {
	return items(world, { source: scope.source, node: node.argument }, evaluate(world, scope, node.argument));
}

function object(world: World, scope: Scope, node: ObjectExpression): Value {
	const map = new Map<string, Value>();
	for (const property of node.properties) {
		if (property.type === "SpreadElement") {
			const from = evaluate(world, scope, property.argument);
			if (!(from instanceof Map)) return fail(scope.source, property, `an object expected, this is ${describe(from)}`);
			for (const [key, value] of from as ReadonlyMap<string, Value>) map.set(key, use(world, { source: scope.source, node: property }, value));
			tick(world, scope.source, property, from.size);
			continue;
		}
		if (property.kind !== "init") return fail(scope.source, property, "get and set are not part of the language");
		const key = propertyKey(world, scope, property.computed, property.key);
		const value = evaluate(world, scope, property.value);
		map.set(key, value instanceof Func && !value.name ? new Func(value.node, value.scope, key) : value);
	}
	return map;
}
/** The name of a property as written, or as computed. */
export function propertyKey(world: World, scope: Scope, computed: boolean, key: Expression | AnyNode): string {
	if (!computed && key.type === "Identifier") return key.name;
	const value = evaluate(world, scope, key as Expression);
	return textOf({ source: scope.source, node: key }, value);
}

function logical(world: World, scope: Scope, operator: string, left: Expression, right: Expression): Value {
	const a = evaluate(world, scope, left);
	if (operator === "??") return a === null || a === undefined ? evaluate(world, scope, right) : a;
	const c = condition({ source: scope.source, node: left }, a);
	if (typeof c === "boolean") {
		if (c !== (operator === "&&")) return a;
		return evaluate(world, scope, right);
	}
	const code = world.code as NonNullable<World["code"]>;
	const before = code.writes;
	const b = guarded(() => evaluate(world, scope, right));
	if (b === diverged || code.writes !== before) {
		return fail(scope.source, right, `the right side of ${operator} is evaluated always, so it must not trap, jump or write; use if`);
	}
	return code.pure(operator === "&&" ? "and" : "or", 1, c, toBits(code, { source: scope.source, node: right }, b, 1));
}
function guarded(run: () => Value): Value | typeof diverged {
	try {
		return run();
	} catch (error) {
		if (error !== diverged) throw error;
		return diverged;
	}
}

function conditional(world: World, scope: Scope, at: At, test: Expression, then: Expression, other: Expression): Value {
	const c = condition({ source: scope.source, node: test }, evaluate(world, scope, test));
	if (typeof c === "boolean") return evaluate(world, scope, c ? then : other);
	const code = world.code as NonNullable<World["code"]>;
	const first = code.openArm();
	const second = code.openArm();
	const a = code.inArm(first, () => evaluate(world, scope, then));
	const b = code.inArm(second, () => evaluate(world, scope, other));
	const pick = code.join(c, first, second, (p, x, y) => merge(code, p, x, y));
	const value = first.dead ? b : second.dead ? a : merge(code, pick, a, b);
	return value instanceof Unusable ? fail(at.source, at.node, value.problem) : value;
}

function member(world: World, scope: Scope, at: At, node: MemberExpression): Value {
	const self = evaluate(world, scope, node.object);
	const key = memberKey(world, scope, node);
	const keyAt: At = { source: scope.source, node: node.property };
	if (self instanceof FileValue || self instanceof SpaceValue) {
		if (self instanceof FileValue && key === "length") return self.places.length;
		if (world.code) return world.state.readAt(keyAt, self, key);
		if (self instanceof SpaceValue) return fail(scope.source, node, `the space ${self.name} can be read only in semantics`);
		const i = count(keyAt, key, "a register's number");
		if (i >= self.places.length) return fail(scope.source, node.property, `the register file ${self.name} has ${self.places.length} registers`);
		return self.places[i] as Value;
	}
	if (self instanceof Map) return use(world, at, property(keyAt, self, key));
	if (Array.isArray(self) || typeof self === "string") return use(world, at, element(keyAt, self as readonly Value[] | string, key));
	return fail(scope.source, node, `${describe(self)} has no members`);
}
function memberKey(world: World, scope: Scope, node: MemberExpression): Value {
	if (node.optional) return fail(scope.source, node, "?. is not part of the language");
	if (node.computed) return evaluate(world, scope, node.property as Expression);
	return node.property.type === "Identifier" ? node.property.name : fail(scope.source, node, "private names are not part of the language");
}
/** `object.key`; a missing one is an error that lists what there is. */
function property(at: At, self: ReadonlyMap<string, Value>, key: Value): Value {
	const name = isNumber(key) ? String(key) : key instanceof Bits && key.known !== null ? String(key.known) : key;
	if (typeof name !== "string") return fail(at.source, at.node, `the name of a member must be static, this is ${describe(key)}`);
	if (self.has(name)) return self.get(name);
	const there = [...self.keys()].slice(0, 12).join(", ");
	return fail(
		at.source,
		at.node,
		`there is no ${JSON.stringify(name)} here${there ? `, only ${there}${self.size > 12 ? ", ..." : ""}` : ": the object is empty"}`,
	);
}

function callExpression(world: World, scope: Scope, at: At, node: CallExpression): Value {
	if (node.optional) return fail(scope.source, node, "?. is not part of the language");
	let callee: Value;
	const target = node.callee;
	if (target.type === "MemberExpression" && target.object.type !== "Super") {
		const self = evaluate(world, scope, target.object);
		const key = memberKey(world, scope, target);
		if (!(self instanceof Map)) {
			if (typeof key === "string" && !(self instanceof FileValue)) return method(world, at, self, key, argumentsOf(world, scope, node));
			callee = Array.isArray(self) ? element(at, self, key) : undefined;
		} else callee = property({ source: scope.source, node: target.property }, self, key);
	} else callee = evaluate(world, scope, target);
	if (!(callee instanceof Func) && !(callee instanceof Builtin)) return fail(scope.source, target, `a function expected, this is ${describe(callee)}`);
	const args = argumentsOf(world, scope, node);
	if (callee instanceof Func) return world.call(callee, args, at);
	const spreads = node.arguments.some((a) => a.type === "SpreadElement");
	return callBuiltin(world, callee, { args, nodes: spreads ? [] : node.arguments, node, source: scope.source });
}
function argumentsOf(world: World, scope: Scope, node: CallExpression): Value[] {
	const args: Value[] = [];
	for (const argument of node.arguments) {
		if (argument.type === "SpreadElement") args.push(...spread(world, scope, argument));
		else args.push(evaluate(world, scope, argument));
	}
	return args;
}

/** Writes a variable, a register, a register of a file or an entry of a space. */
export function assign(world: World, scope: Scope, target: Pattern, value: Value, from: Node): undefined {
	const source: Source = scope.source;
	const valueAt: At = { source, node: from };
	const code = world.code;
	if (target.type === "Identifier") {
		const binding = lookUp(scope, target);
		if (binding.value instanceof Register && binding.constant && code) world.state.write(valueAt, binding.value, value);
		else if (binding.constant) return fail(source, target, `${target.name} is a constant`);
		else if (!code) binding.value = value;
		else if (binding.level < 0) fail(source, target, `${target.name} is static; semantics cannot change it`);
		else code.assign(binding, value);
		return;
	}
	if (target.type !== "MemberExpression") return fail(source, target, "an assignment to several variables at once is not part of the language");
	const self = evaluate(world, scope, target.object);
	const key = memberKey(world, scope, target);
	const keyAt: At = { source, node: target.property };
	if (self instanceof FileValue || self instanceof SpaceValue) {
		if (!code) return fail(source, target, "a register can be written only in semantics");
		world.state.writeAt(keyAt, self, key, valueAt, value);
		return;
	}
	const place = self instanceof Map ? property(keyAt, self, key) : Array.isArray(self) ? element(keyAt, self, key) : undefined;
	if (!(place instanceof Register)) return fail(source, target, "static values cannot be written");
	if (!code) return fail(source, target, "a register can be written only in semantics");
	world.state.write(valueAt, place, value);
}
