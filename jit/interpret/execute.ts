/** The interpreter's loop: a program and a state in, the status it ended with out; registers, header and pc are written as the ops say. */
import * as h from "../base/halves.ts";
import { Header } from "../base/layout.ts";
import type { MemoryPort, SystemPort } from "../base/port.ts";
import { Status } from "../base/status.ts";
import { evaluate } from "../ir/evaluate.ts";
import { Code, stride } from "./code.ts";
import type { Program } from "./compile.ts";

/** What a program runs on. `words` is the shared memory, `result` the slot of a function's value. */
export interface Machine {
	readonly memory: WebAssembly.Memory;
	readonly port: MemoryPort;
	readonly system: SystemPort;
	readonly services: readonly string[];
	/** offset of the pc cell */
	readonly pc: number;
	readonly wide: boolean;
	words: Int32Array;
	readonly high: Int32Array;
	retired: number;
	result: number;
}

const two32 = 4294967296;

export function execute(m: Machine, program: Program, state: number): Status {
	const { code, values: v } = program;
	const { words, port, high } = m;
	const pcWord = (state + m.pc) >> 2;
	const statusWord = (state + Header.status) >> 2;
	const highWord = (state + Header.high) >> 2;
	let done = 0;
	let started = 0;
	let after: Status = Status.next;
	let atLo = 0;
	let atHi = 0;
	for (let p = 0; ; p += stride) {
		const d = code[p + 1];
		const a = code[p + 2];
		const b = code[p + 3];
		switch (code[p]) {
			case Code.insn:
				atLo = code[p + 5];
				atHi = code[p + 6];
				done = started++;
				if (after !== Status.next) return leave(m, pcWord, atLo, atHi, done, after);
				break;
			case Code.getreg:
				v[d] = words[(state + code[p + 5]) >> 2];
				break;
			case Code.setreg: {
				const at = (state + code[p + 5]) >> 2;
				words[at] = v[a];
				words[at + 1] = 0;
				break;
			}
			case Code.add:
				v[d] = (v[a] + v[b]) & code[p + 7];
				break;
			case Code.sub:
				v[d] = (v[a] - v[b]) & code[p + 7];
				break;
			case Code.and:
				v[d] = v[a] & v[b];
				break;
			case Code.or:
				v[d] = v[a] | v[b];
				break;
			case Code.xor:
				v[d] = v[a] ^ v[b];
				break;
			case Code.not:
				v[d] = ~v[a] & code[p + 7];
				break;
			case Code.mul:
				v[d] = Math.imul(v[a], v[b]) & code[p + 7];
				break;
			case Code.shl:
				v[d] = v[b + 1] !== 0 || v[b] >>> 0 >= code[p + 6] ? 0 : (v[a] << v[b]) & code[p + 7];
				break;
			case Code.shr:
				v[d] = v[b + 1] !== 0 || v[b] >>> 0 >= code[p + 6] ? 0 : v[a] >>> v[b];
				break;
			case Code.sar: {
				const by = v[b + 1] !== 0 || v[b] >>> 0 >= code[p + 6] ? 31 : v[b];
				v[d] = (((v[a] << code[p + 5]) >> code[p + 5]) >> by) & code[p + 7];
				break;
			}
			case Code.eq:
				v[d] = v[a] === v[b] ? 1 : 0;
				break;
			case Code.ne:
				v[d] = v[a] === v[b] ? 0 : 1;
				break;
			case Code.lts:
				v[d] = v[a] << code[p + 5] < v[b] << code[p + 5] ? 1 : 0;
				break;
			case Code.ltu:
				v[d] = v[a] >>> 0 < v[b] >>> 0 ? 1 : 0;
				break;
			case Code.les:
				v[d] = v[a] << code[p + 5] <= v[b] << code[p + 5] ? 1 : 0;
				break;
			case Code.leu:
				v[d] = v[a] >>> 0 <= v[b] >>> 0 ? 1 : 0;
				break;
			case Code.select: {
				const from = v[a] ? b : code[p + 4];
				v[d] = v[from];
				v[d + 1] = v[from + 1];
				break;
			}
			case Code.narrow:
				v[d] = v[a] & code[p + 7];
				break;
			case Code.sext:
				v[d] = ((v[a] << code[p + 5]) >> code[p + 5]) & code[p + 7];
				break;
			case Code.load: {
				const lo = port.load(state, v[a], v[a + 1], code[p + 5], code[p + 6], code[p + 7]);
				const status = words[statusWord];
				if (status !== Status.next) return leave(m, pcWord, atLo, atHi, done, status as Status, started);
				v[d] = lo;
				if (code[p + 5] === 8) v[d + 1] = words[highWord];
				break;
			}
			case Code.store: {
				port.store(state, v[a], v[a + 1], code[p + 5], code[p + 6], v[b], v[b + 1]);
				const status = words[statusWord];
				if (status !== Status.next) return leave(m, pcWord, atLo, atHi, done, status as Status, started);
				break;
			}
			case Code.if:
				if (v[a] === 0) p = code[p + 5] - stride;
				break;
			case Code.goto:
				p = code[p + 5] - stride;
				break;
			case Code.copy:
				v[d] = v[a];
				v[d + 1] = v[a + 1];
				break;
			case Code.trap: {
				const at = (state + Header.causeLo) >> 2;
				words[at] = v[a];
				words[at + 1] = v[a + 1];
				words[at + 2] = v[b];
				words[at + 3] = v[b + 1];
				return leave(m, pcWord, atLo, atHi, done, Status.trap, started);
			}
			case Code.any: {
				const c = code[p + 4];
				v[d] = evaluate(program.names[code[p + 5]], code[p + 6], code[p + 7], v[a], v[a + 1], v[b], v[b + 1], v[c], v[c + 1], high);
				v[d + 1] = high[0];
				break;
			}
			case Code.getregW: {
				const at = (state + code[p + 5]) >> 2;
				v[d] = words[at];
				v[d + 1] = words[at + 1];
				break;
			}
			case Code.setregW: {
				const at = (state + code[p + 5]) >> 2;
				words[at] = v[a];
				words[at + 1] = v[a + 1];
				break;
			}
			case Code.addW: {
				const lo = (v[a] + v[b]) | 0;
				v[d + 1] = (v[a + 1] + v[b + 1] + (lo >>> 0 < v[a] >>> 0 ? 1 : 0)) & code[p + 7];
				v[d] = lo;
				break;
			}
			case Code.subW:
				v[d + 1] = (v[a + 1] - v[b + 1] - (v[a] >>> 0 < v[b] >>> 0 ? 1 : 0)) & code[p + 7];
				v[d] = v[a] - v[b];
				break;
			case Code.andW:
				v[d] = v[a] & v[b];
				v[d + 1] = v[a + 1] & v[b + 1];
				break;
			case Code.orW:
				v[d] = v[a] | v[b];
				v[d + 1] = v[a + 1] | v[b + 1];
				break;
			case Code.xorW:
				v[d] = v[a] ^ v[b];
				v[d + 1] = v[a + 1] ^ v[b + 1];
				break;
			case Code.notW:
				v[d] = ~v[a];
				v[d + 1] = ~v[a + 1] & code[p + 7];
				break;
			case Code.mulW:
				v[d] = h.mul(high, v[a], v[a + 1], v[b], v[b + 1]);
				v[d + 1] = high[0] & code[p + 7];
				break;
			case Code.shlW:
				v[d] = h.shl(high, v[a], v[a + 1], v[b + 1] !== 0 ? 64 : v[b] >>> 0);
				v[d + 1] = high[0] & code[p + 7];
				break;
			case Code.shrW:
				v[d] = h.shr(high, v[a], v[a + 1], v[b + 1] !== 0 ? 64 : v[b] >>> 0);
				v[d + 1] = high[0];
				break;
			case Code.sarW:
				v[d] = h.sar(high, v[a], (v[a + 1] << code[p + 5]) >> code[p + 5], v[b + 1] !== 0 ? 64 : v[b] >>> 0);
				v[d + 1] = high[0] & code[p + 7];
				break;
			case Code.eqW:
				v[d] = v[a] === v[b] && v[a + 1] === v[b + 1] ? 1 : 0;
				break;
			case Code.neW:
				v[d] = v[a] === v[b] && v[a + 1] === v[b + 1] ? 0 : 1;
				break;
			case Code.ltsW:
				v[d] = h.lts(v[a], v[a + 1] << code[p + 5], v[b], v[b + 1] << code[p + 5]) ? 1 : 0;
				break;
			case Code.ltuW:
				v[d] = h.ltu(v[a], v[a + 1], v[b], v[b + 1]) ? 1 : 0;
				break;
			case Code.lesW:
				v[d] = h.lts(v[b], v[b + 1] << code[p + 5], v[a], v[a + 1] << code[p + 5]) ? 0 : 1;
				break;
			case Code.leuW:
				v[d] = h.ltu(v[b], v[b + 1], v[a], v[a + 1]) ? 0 : 1;
				break;
			case Code.sextW:
				v[d] = (v[a] << code[p + 5]) >> code[p + 5];
				v[d + 1] = (v[d] >> 31) & code[p + 7];
				break;
			case Code.keepW:
				v[d] = v[a];
				v[d + 1] = v[a + 1] & code[p + 7];
				break;
			case Code.sextWW:
				v[d] = v[a];
				v[d + 1] = ((v[a + 1] << code[p + 5]) >> code[p + 5]) & code[p + 7];
				break;
			case Code.divs:
				v[d] = h.divs32(v[a], v[b]);
				break;
			case Code.divu:
				v[d] = h.divu32(v[a], v[b]);
				break;
			case Code.rems:
				v[d] = h.rems32(v[a], v[b]);
				break;
			case Code.remu:
				v[d] = h.remu32(v[a], v[b]);
				break;
			case Code.mulhs:
				v[d] = h.mulhs32(v[a], v[b]);
				break;
			case Code.mulhu:
				v[d] = h.mulhu32(v[a], v[b]);
				break;
			case Code.retired:
				number(v, d, m.system.retired(state) + done);
				break;
			case Code.clock:
				number(v, d, m.system.clock(state));
				break;
			case Code.wait:
				after = Status.wait;
				break;
			case Code.synccode:
				m.system.syncCode(state);
				break;
			case Code.synctranslation:
				m.system.syncTranslation(state);
				break;
			case Code.offers:
				v[d] = m.system.offers(m.services[code[p + 5]]) ? 1 : 0;
				break;
			case Code.hostcall: {
				const answer = m.system.hostcall(state, m.services[code[p + 5]], [v[a], v[a + 1]], [v[b], v[b + 1]]);
				if (!answer) after = Status.stop;
				v[d] = answer ? answer[0] & code[p + 6] : 0;
				v[d + 1] = answer ? answer[1] & code[p + 7] : 0;
				break;
			}
			case Code.jump:
				return leave(m, pcWord, code[p + 5], code[p + 6], started, after);
			case Code.indirect:
				return leave(m, pcWord, v[a], v[a + 1], started, after);
			case Code.leave:
				return leave(m, pcWord, code[p + 6], code[p + 7], started, after !== Status.next ? after : (code[p + 5] as Status));
			case Code.result:
				m.result = a;
				return Status.next;
			default:
				return Status.illegal;
		}
	}
}

function number(v: Int32Array, d: number, n: number): void {
	v[d] = n | 0;
	v[d + 1] = Math.floor(n / two32) | 0;
}

/** Writes pc. A function (nothing `started`) that traps leaves pc alone. */
function leave(m: Machine, pcWord: number, lo: number, hi: number, retired: number, status: Status, started = 1): Status {
	m.retired = retired;
	if (started === 0) return status;
	m.words[pcWord] = lo;
	m.words[pcWord + 1] = hi;
	return status;
}
