/** Statements and calls: lists of statements in, what becomes of the path out; dynamic `if`s become arms, early returns and breaks included. */
import type { BlockStatement, Expression, ForOfStatement, ForStatement, FunctionDeclaration, IfStatement, Pattern, Statement } from "acorn";
import { bindPattern, declare } from "./bind.ts";
import { Bits } from "./bits.ts";
import type { Code, Pick } from "./code.ts";
import { evaluate } from "./evaluate.ts";
import { merge, tooMany } from "./merge.ts";
import { items } from "./methods.ts";
import { type At, condition } from "./operators.ts";
import { type AnyNode, fail } from "./source.ts";
import { Binding, Builtin, Func, Scope, Unusable, type Value } from "./values.ts";
import { callBuiltin, staticCondition, tick, type World } from "./world.ts";

/** A jump out of statements that some paths have taken. `target`: the call or loop it leaves (or goes on with). */
interface Exit {
	readonly target: object;
	/** true: every path that is still alive */
	readonly when: true | Bits;
	readonly value: Value;
}
/** Where control is after statements. `live`: it goes on behind them: always, never, or when this bit is 1. */
interface Outcome {
	readonly live: boolean | Bits;
	readonly exits: readonly Exit[];
}
const normal: Outcome = { live: true, exits: [] };

/** What `return`, `break` and `continue` mean at a place. */
interface Targets {
	readonly call: object | null;
	readonly loop: { readonly next: object; readonly out: object } | null;
}

const staticDepth = 120;
const semanticDepth = 64;
const staticRounds = 65_536;
const semanticRounds = 256;

/** Runs a list of statements (of a module: with neither call nor loop around). */
export function run(world: World, scope: Scope, list: readonly AnyNode[], targets: Targets, from = 0): Outcome {
	if (from === 0) for (const node of list) if (node.type === "FunctionDeclaration") declareFunction(world, scope, node);
	for (let i = from; i < list.length; i++) {
		const node = list[i] as AnyNode;
		if (node.type === "IfStatement") {
			const c = test(world, scope, node);
			if (c instanceof Bits) {
				const outcome = fork(world, scope, node, c, targets, () => run(world, scope, list, targets, i + 1));
				if (outcome.rest) return outcome;
				if (outcome.live !== true) return after(world, outcome, () => run(world, scope, list, targets, i + 1));
				continue;
			}
			const branch = c ? node.consequent : node.alternate;
			if (!branch) continue;
			const outcome = statement(world, scope, branch, targets);
			if (outcome.live !== true) return after(world, outcome, () => run(world, scope, list, targets, i + 1));
			continue;
		}
		const outcome = statement(world, scope, node, targets);
		if (outcome.live !== true) return after(world, outcome, () => run(world, scope, list, targets, i + 1));
	}
	return normal;
}

function declareFunction(world: World, scope: Scope, node: Extract<AnyNode, { type: "FunctionDeclaration" }>): void {
	if (node.async || node.generator) fail(scope.source, node, "async functions and generators are not part of the language");
	const name = node.id?.name ?? "";
	declare(world, scope, name, new Func(node as FunctionDeclaration, scope, name), true);
}

function statement(world: World, scope: Scope, node: AnyNode, targets: Targets): Outcome {
	const at: At = { source: scope.source, node };
	tick(world, scope.source, node);
	world.statements.push(at);
	try {
		return one(world, scope, node, at, targets);
	} finally {
		world.statements.pop();
	}
}

function one(world: World, scope: Scope, node: AnyNode, at: At, targets: Targets): Outcome {
	switch (node.type) {
		case "ExpressionStatement":
			evaluate(world, scope, node.expression);
			return normal;
		case "VariableDeclaration":
			if (node.kind === "var") return fail(scope.source, node, "var is not part of the language; use const or let");
			for (const d of node.declarations) bindPattern(world, scope, d.id, d.init ? evaluate(world, scope, d.init) : undefined, node.kind === "const");
			return normal;
		case "FunctionDeclaration":
		case "EmptyStatement":
			return normal;
		case "BlockStatement":
			return run(world, new Scope(scope, scope.source), (node as BlockStatement).body, targets);
		case "IfStatement":
			return run(world, scope, [node], targets);
		case "ReturnStatement": {
			if (!targets.call) return fail(scope.source, node, "return outside a function");
			return { live: false, exits: [{ target: targets.call, when: true, value: node.argument ? evaluate(world, scope, node.argument) : undefined }] };
		}
		case "BreakStatement":
		case "ContinueStatement": {
			if (node.label) return fail(scope.source, node, "labels are not part of the language");
			if (!targets.loop) return fail(scope.source, node, "break and continue stand in a loop");
			return { live: false, exits: [{ target: node.type === "BreakStatement" ? targets.loop.out : targets.loop.next, when: true, value: undefined }] };
		}
		case "ForOfStatement":
			return forOf(world, scope, node, at, targets);
		case "ForStatement":
			return forCount(world, scope, node, at, targets);
		case "WhileStatement":
		case "DoWhileStatement":
			return fail(scope.source, node, "an unbounded loop; use for (let i = 0; i < 8; i++) or for (const x of array)");
		case "ForInStatement":
			return fail(scope.source, node, "for..in is not part of the language; use for..of Object.keys(...)");
	}
	return fail(scope.source, node, `${names[node.type] ?? node.type} is not part of the language`);
}
const names: Readonly<Partial<Record<string, string>>> = {
	ClassDeclaration: "class",
	DebuggerStatement: "debugger",
	LabeledStatement: "a label",
	SwitchStatement: "switch",
	ThrowStatement: "throw",
	TryStatement: "try",
	WithStatement: "with",
};

function test(world: World, scope: Scope, node: IfStatement): boolean | Bits {
	return condition({ source: scope.source, node: node.test }, evaluate(world, scope, node.test));
}

/** A dynamic `if`. When one arm leaves and the other goes on, the rest of the list is built inside the latter (`rest` is then set). */
function fork(world: World, scope: Scope, node: IfStatement, c: Bits, targets: Targets, rest: () => Outcome): Outcome & { readonly rest: boolean } {
	const code = world.code as Code;
	const arms = [code.openArm(), code.openArm()] as const;
	const bodies: readonly (Statement | null | undefined)[] = [node.consequent, node.alternate];
	const build = (k: 0 | 1): Outcome => {
		const body = bodies[k];
		return code.inArm(arms[k], () => (body ? statement(world, scope, body, targets) : normal)) ?? dead;
	};
	let a = build(0);
	let b = build(1);
	let nested = false;
	const goOn = (k: 0 | 1, outcome: Outcome): Outcome => {
		nested = true;
		return code.inArm(arms[k], () => (outcome.live === true ? rest() : after(world, outcome, rest))) ?? dead;
	};
	if (a.live === false && a.exits.length > 0 && b.live !== false) b = goOn(1, b);
	else if (b.live === false && b.exits.length > 0 && a.live !== false) a = goOn(0, a);
	const pick = code.join(c, arms[0], arms[1], (p, x, y) => merge(code, p, x, y));
	return { ...(arms[0].dead ? b : arms[1].dead ? a : joined(code, pick, a, b)), rest: nested };
}
/** Of a path that trapped. */
const dead: Outcome = { live: false, exits: [] };

function joined(code: Code, pick: Pick, a: Outcome, b: Outcome): Outcome {
	const one = code.constant(1, 1);
	const zero = code.constant(0, 1);
	const bit = (v: boolean | Bits): Bits => (v === true ? one : v === false ? zero : v);
	const exits: Exit[] = [];
	for (const target of new Set([...a.exits, ...b.exits].map((e) => e.target))) {
		const x = a.exits.find((e) => e.target === target);
		const y = b.exits.find((e) => e.target === target);
		const when = x?.when === true && y?.when === true ? true : pick.both(bit(x?.when ?? false), bit(y?.when ?? false));
		exits.push({
			target,
			when,
			value: x && y ? merge(code, pick, x.value, y.value) : x ? shown(code, pick, x.value, true) : shown(code, pick, y?.value, false),
		});
	}
	const live = a.live === b.live ? a.live : pick.both(bit(a.live), bit(b.live));
	return { live: live instanceof Bits && live.op === "const" ? live.lo !== 0 : live, exits };
}
/** A value made in one arm, seen from behind the `if`. */
function shown(code: Code, pick: Pick, value: Value, first: boolean): Value {
	if (value instanceof Bits) return pick.one(value, first);
	if (tooMany(code) && typeof value === "object") return new Unusable("the arms of ifs give too many different values");
	if (Array.isArray(value)) return value.map((v) => shown(code, pick, v, first));
	if (value instanceof Map) return new Map([...(value as ReadonlyMap<string, Value>)].map(([k, v]) => [k, shown(code, pick, v, first)]));
	return value;
}

/** What follows statements that only some paths reach the end of. */
function after(world: World, outcome: Outcome, rest: () => Outcome): Outcome {
	if (!(outcome.live instanceof Bits)) return outcome.live ? rest() : outcome;
	const code = world.code as Code;
	const first = code.openArm();
	const second = code.openArm();
	const r = code.inArm(first, rest) ?? dead;
	const pick = code.join(outcome.live, first, second, (p, x, y) => merge(code, p, x, y));
	if (first.dead) return { live: false, exits: outcome.exits.length === 1 ? outcome.exits.map((e) => ({ ...e, when: true })) : outcome.exits };
	return joined(code, pick, r, { live: false, exits: outcome.exits });
}

/** Turns the exits to one target into going on. */
function arrive(code: Code | null, outcome: Outcome, target: object): Outcome {
	const exit = outcome.exits.find((e) => e.target === target);
	if (!exit) return outcome;
	const exits = outcome.exits.filter((e) => e !== exit);
	if (exits.length === 0 || exit.when === true || outcome.live === true) return { live: true, exits };
	return { live: outcome.live === false ? exit.when : (code as Code).pure("or", 1, outcome.live, exit.when), exits };
}

function forOf(world: World, scope: Scope, node: ForOfStatement, at: At, targets: Targets): Outcome {
	if (node.await) return fail(scope.source, node, "await is not part of the language");
	const list = items(world, { source: scope.source, node: node.right }, evaluate(world, scope, node.right));
	limitRounds(world, at, list.length);
	if (node.left.type !== "VariableDeclaration" || node.left.kind === "var") return fail(scope.source, node.left, "const or let expected");
	const pattern = node.left.declarations[0]?.id as Pattern;
	const constant = node.left.kind === "const";
	const loop = { next: {}, out: {} };
	const round = (i: number): Outcome => {
		const inner = new Scope(scope, scope.source);
		bindPattern(world, inner, pattern, list[i], constant);
		return arrive(world.code, statement(world, inner, node.body, { ...targets, loop }), loop.next);
	};
	const rounds = (i: number): Outcome => {
		for (let k = i; k < list.length; k++) {
			const outcome = round(k);
			if (outcome.live !== true) return after(world, outcome, () => rounds(k + 1));
		}
		return normal;
	};
	return arrive(world.code, rounds(0), loop.out);
}

function forCount(world: World, scope: Scope, node: ForStatement, at: At, targets: Targets): Outcome {
	if (!node.test) return fail(scope.source, node, "an unbounded loop: for needs a condition");
	const check = node.test;
	if (node.init && (node.init.type !== "VariableDeclaration" || node.init.kind === "var")) return fail(scope.source, node.init, "let expected");
	const first = new Scope(scope, scope.source);
	if (node.init) statement(world, first, node.init, targets);
	const loop = { next: {}, out: {} };
	const rounds = (start: Scope, count: number): Outcome => {
		let inner = start;
		for (let k = count; ; k++) {
			limitRounds(world, at, k);
			if (!staticCondition({ source: scope.source, node: check }, evaluate(world, inner, check), "the condition of a loop")) return normal;
			const outcome = arrive(world.code, statement(world, new Scope(inner, scope.source), node.body, { ...targets, loop }), loop.next);
			const step = (): Scope => {
				const following = new Scope(scope, scope.source);
				for (const old of inner.bindings) {
					following.add(new Binding(old.name, old.value, old.constant, world.code ? world.code.depth : -1));
				}
				if (node.update) evaluate(world, following, node.update);
				return following;
			};
			if (outcome.live !== true) return after(world, outcome, () => rounds(step(), k + 1));
			inner = step();
		}
	};
	return arrive(world.code, rounds(first, 0), loop.out);
}

function limitRounds(world: World, at: At, n: number): void {
	const most = world.code ? semanticRounds : staticRounds;
	if (n > most) fail(at.source, at.node, `a loop of more than ${most} rounds`);
}

/** Calls a function of the definition: in semantics its body is inlined. */
export function callFunction(world: World, callee: Func | Builtin, args: readonly Value[], at: At): Value {
	if (callee instanceof Builtin) return callBuiltin(world, callee, { args, nodes: [], node: at.node, source: at.source });
	const most = world.code ? semanticDepth : staticDepth;
	if (world.depth >= most) return fail(at.source, at.node, `calls nested deeper than ${most}: this recursion does not end`);
	world.depth++;
	try {
		return inline(world, callee, args);
	} finally {
		world.depth--;
	}
}
function inline(world: World, callee: Func, args: readonly Value[]): Value {
	const { node } = callee;
	const scope = new Scope(callee.scope, callee.scope.source);
	node.params.forEach((parameter, i) => {
		if (parameter.type === "RestElement") bindPattern(world, scope, parameter.argument, args.slice(i), false);
		else bindPattern(world, scope, parameter, args[i], false);
	});
	if (node.body.type !== "BlockStatement") return evaluate(world, scope, node.body as Expression);
	const call = {};
	const outcome = run(world, scope, (node.body as BlockStatement).body, { call, loop: null });
	const exit = outcome.exits.find((e) => e.target === call);
	if (!exit) return undefined;
	if (outcome.live === false || exit.value === undefined) return exit.value;
	return new Unusable("some paths through this function end without a value");
}
