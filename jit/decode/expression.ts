/** Assembler expressions: text in, a tree out, and its value in a scope of symbols. */

export type Expression =
	| { readonly kind: "number"; readonly value: bigint }
	| { readonly kind: "symbol"; readonly name: string }
	/** `1b`, `2f`: the nearest label of that number before or after */
	| { readonly kind: "local"; readonly number: number; readonly forward: boolean }
	| { readonly kind: "here" }
	| { readonly kind: "modifier"; readonly name: string; readonly inner: Expression }
	| { readonly kind: "unary"; readonly operator: string; readonly inner: Expression }
	| { readonly kind: "binary"; readonly operator: string; readonly left: Expression; readonly right: Expression };

/** What names mean. A bigint; undefined: not known yet; a string: what is wrong. */
export type Value = bigint | undefined | string;
export interface Scope {
	symbol(name: string): Value;
	local(number: number, forward: boolean): Value;
	here(): Value;
	modifier(name: string, value: bigint): Value;
}

const levels = [["||"], ["&&"], ["|"], ["^"], ["&"], ["==", "!="], ["<=", ">=", "<", ">"], ["<<", ">>"], ["+", "-"], ["*", "/", "%"]];
const simple = /^(-?)(0[xX][0-9a-fA-F]+|0[bB][01]+|[1-9][0-9]*|0)$/;
/** Deepest nesting of parentheses and signs. */
const depthLimit = 200;

/** The expression that `text` is as a whole, or null. `isModifier`: which `%name(` there are. */
export function parseExpression(text: string, isModifier: (name: string) => boolean): Expression | null {
	const number = simple.exec(text);
	if (number) {
		const value = BigInt(number[2] as string);
		return { kind: "number", value: number[1] ? -value : value };
	}
	let at = 0;
	const skip = () => {
		while (text[at] === " " || text[at] === "\t") at++;
	};
	const result = binary(0, 0);
	skip();
	return at === text.length ? result : null;

	function operatorAt(level: number): string | undefined {
		skip();
		return (levels[level] as string[]).find((operator) => {
			if (!text.startsWith(operator, at)) return false;
			const after = text[at + operator.length];
			if (operator.length === 1 && "|&<>".includes(operator) && after === operator) return false;
			return true;
		});
	}
	function binary(level: number, depth: number): Expression | null {
		if (level === levels.length) return unary(depth);
		let left = binary(level + 1, depth);
		while (left !== null) {
			const operator = operatorAt(level);
			if (operator === undefined) return left;
			at += operator.length;
			const right = binary(level + 1, depth);
			if (right === null) return null;
			left = { kind: "binary", operator, left, right };
		}
		return null;
	}
	function unary(depth: number): Expression | null {
		skip();
		const operator = text[at];
		if (depth > depthLimit || operator === undefined) return null;
		if ("-+~!".includes(operator)) {
			at++;
			const inner = unary(depth + 1);
			return inner && { kind: "unary", operator, inner };
		}
		if (operator === "(") {
			at++;
			return closing(depth + 1);
		}
		if (operator === "%") {
			const name = /^%(\w+)\(/.exec(text.slice(at));
			if (!name || !isModifier(name[1] as string)) return null;
			at += name[0].length;
			const inner = closing(depth + 1);
			return inner && { kind: "modifier", name: name[1] as string, inner };
		}
		return primary();
	}
	function closing(depth: number): Expression | null {
		const inner = binary(0, depth);
		skip();
		if (inner === null || text[at] !== ")") return null;
		at++;
		return inner;
	}
	function primary(): Expression | null {
		const rest = text.slice(at);
		let m = /^(0[xX][0-9a-fA-F]+|0[bB][01]+|\$[0-9a-fA-F]+)(?![\w])/.exec(rest);
		if (m) {
			at += m[0].length;
			return { kind: "number", value: BigInt((m[0] as string).replace("$", "0x")) };
		}
		m = /^(\d+)([bf])(?![\w])/.exec(rest);
		if (m) {
			at += m[0].length;
			return { kind: "local", number: Number(m[1]), forward: m[2] === "f" };
		}
		m = /^\d+(?![\w])/.exec(rest);
		if (m) {
			at += m[0].length;
			const octal = /^0[0-7]+$/.test(m[0]);
			if (!octal && /^0\d/.test(m[0])) return null;
			return { kind: "number", value: BigInt(octal ? `0o${m[0].slice(1)}` : m[0]) };
		}
		m = /^'(\\.|[^'\\])'?/.exec(rest);
		if (m) {
			at += m[0].length;
			return { kind: "number", value: BigInt((textBytes(m[1] as string) as number[])[0] ?? 0) };
		}
		m = /^[A-Za-z_.][\w.$]*|^\$/.exec(rest);
		if (!m) return null;
		at += m[0].length;
		return m[0] === "." || m[0] === "$" ? { kind: "here" } : { kind: "symbol", name: m[0] };
	}
}

/** The bytes (UTF-8) of text with C's escapes. */
export function textBytes(text: string): number[] {
	const bytes: number[] = [];
	const names: Record<string, number> = { n: 10, t: 9, r: 13, b: 8, f: 12, v: 11, a: 7, e: 27 };
	for (const [piece] of text.matchAll(/\\x[0-9a-fA-F]{1,2}|\\[0-7]{1,3}|\\[\s\S]|[\s\S]/gu)) {
		if (piece[0] !== "\\" || piece.length === 1) bytes.push(...utf8(piece));
		else if (piece[1] === "x" && piece.length > 2) bytes.push(Number.parseInt(piece.slice(2), 16));
		else if (/[0-7]/.test(piece[1] as string)) bytes.push(Number.parseInt(piece.slice(1), 8) & 255);
		else if (Object.hasOwn(names, piece[1] as string)) bytes.push(names[piece[1] as string] as number);
		else bytes.push(...utf8(piece.slice(1)));
	}
	return bytes;
}

function utf8(text: string): number[] {
	const c = text.codePointAt(0) ?? 0;
	if (c < 0x80) return [c];
	if (c < 0x800) return [0xc0 | (c >> 6), 0x80 | (c & 63)];
	if (c < 0x10000) return [0xe0 | (c >> 12), 0x80 | ((c >> 6) & 63), 0x80 | (c & 63)];
	return [0xf0 | (c >> 18), 0x80 | ((c >> 12) & 63), 0x80 | ((c >> 6) & 63), 0x80 | (c & 63)];
}

/** The symbols an expression names. */
export function namesIn(e: Expression, found: string[] = []): string[] {
	if (e.kind === "symbol") found.push(e.name);
	else if (e.kind === "binary") {
		namesIn(e.left, found);
		namesIn(e.right, found);
	} else if ("inner" in e) namesIn(e.inner, found);
	return found;
}

/** The value in a scope. Division by 0 and shifts by more than 64 are problems, as is what the scope calls one. */
export function evaluate(e: Expression, scope: Scope): Value {
	switch (e.kind) {
		case "number":
			return e.value;
		case "symbol":
			return scope.symbol(e.name);
		case "local":
			return scope.local(e.number, e.forward);
		case "here":
			return scope.here();
		case "modifier": {
			const inner = evaluate(e.inner, scope);
			return typeof inner === "bigint" ? scope.modifier(e.name, inner) : inner;
		}
		case "unary": {
			const v = evaluate(e.inner, scope);
			if (typeof v !== "bigint") return v;
			return e.operator === "-" ? -v : e.operator === "~" ? ~v : e.operator === "!" ? BigInt(v === 0n) : v;
		}
		case "binary": {
			const a = evaluate(e.left, scope);
			if (typeof a === "string") return a;
			const b = evaluate(e.right, scope);
			if (typeof b === "string") return b;
			return a === undefined || b === undefined ? undefined : combine(e.operator, a, b);
		}
	}
}

function combine(operator: string, a: bigint, b: bigint): bigint | string {
	const wide = operator === "*" && (a > 1n << 256n || b > 1n << 256n);
	if (wide) return "the product does not fit 256 bits";
	switch (operator) {
		case "+":
			return a + b;
		case "-":
			return a - b;
		case "*":
			return a * b;
		case "/":
		case "%":
			if (b === 0n) return "division by 0";
			return operator === "/" ? a / b : a % b;
		case "<<":
		case ">>":
			if (b < 0n || b > 64n) return `shift by ${b}, expected 0..64`;
			return operator === "<<" ? a << b : a >> b;
		case "&":
			return a & b;
		case "|":
			return a | b;
		case "^":
			return a ^ b;
		case "&&":
			return BigInt(a !== 0n && b !== 0n);
		case "||":
			return BigInt(a !== 0n || b !== 0n);
		case "==":
			return BigInt(a === b);
		case "!=":
			return BigInt(a !== b);
		case "<":
			return BigInt(a < b);
		case "<=":
			return BigInt(a <= b);
		case ">":
			return BigInt(a > b);
		default:
			return BigInt(a >= b);
	}
}
