/** A text and a random number in, a slightly broken text out. */
type Random = (below: number) => number;

const pieces = [
	"process",
	"globalThis",
	"constructor",
	"__proto__",
	"prototype",
	"(",
	")",
	"{",
	"}",
	"[",
	"]",
	",",
	";",
	"=>",
	"=",
	"==",
	"<",
	">>>",
	"+",
	"-",
	"*",
	"**",
	"!",
	"~",
	"&&",
	"||",
	"?",
	":",
	"...",
	"`",
	'"',
	"0",
	"1",
	"-1",
	"64",
	"65",
	"255",
	"4294967296",
	"9007199254740993n",
	"1n",
	"0.5",
	"null",
	"undefined",
	"true",
	"x",
	"rd",
	"pc",
	"next",
	"raw",
	"s",
	"u",
	"if (",
	"for (const q of range(300)) ",
	"for (;;) ",
	"while (1) ",
	"return ",
	"trap(1)",
	"jump(pc)",
	"load(pc, 8)",
	"const z = ",
	"let ",
	"instruction",
	"registers",
	"state",
	"views",
	"export ",
	'import "./base.isa.js";',
	"isa",
	"only(0)",
	"not(0)",
	".map",
	".length",
	".repeat(60000)",
	".padStart(60000)",
	"2n ** 4096n",
	"range(65536)",
	"bits(",
	"cat(",
	"sext(",
	"zext(",
	"constant(1, 64)",
	"addc(",
	"execute()",
	"wait()",
	"imm[11:0]",
	"0101",
	" / ",
	"{rd}",
	"{imm}",
	"\n",
	"\u0000",
	"\u2028",
	"\ud800",
];

/** One to four changes: something removed, doubled, swapped, put in or cut off. */
export function mutate(text: string, random: Random): string {
	let out = text;
	for (let n = 1 + random(4); n > 0; n--) {
		const at = random(out.length + 1);
		const token = /^(?:\w+|\s+|[^\w\s])/.exec(out.slice(at))?.[0] ?? "";
		switch (random(7)) {
			case 0:
				out = out.slice(0, at) + out.slice(at + token.length);
				break;
			case 1:
				out = out.slice(0, at) + (pieces[random(pieces.length)] as string) + out.slice(at + token.length);
				break;
			case 2:
				out = out.slice(0, at) + (pieces[random(pieces.length)] as string) + out.slice(at);
				break;
			case 3: {
				const length = random(200);
				out = out.slice(0, at) + out.slice(at, at + length) + out.slice(at);
				break;
			}
			case 4: {
				const from = random(out.length + 1);
				out = out.slice(0, at) + out.slice(from, from + random(60)) + out.slice(at);
				break;
			}
			case 5: {
				// another number
				const digits = [...out.matchAll(/\b\d+\b/g)];
				const m = digits[random(digits.length || 1)];
				if (m) out = out.slice(0, m.index) + String([0, 1, 2, 7, 8, 63, 64, 65, 1000, 65536, 2 ** 31, 2 ** 53][random(12)]) + out.slice(m.index + m[0].length);
				break;
			}
			default: {
				// another name of the text
				const names = [...out.matchAll(/[A-Za-z_]\w*/g)];
				const a = names[random(names.length || 1)];
				const b = names[random(names.length || 1)];
				if (a && b) out = out.slice(0, a.index) + b[0] + out.slice(a.index + a[0].length);
			}
		}
	}
	return out;
}
