/** The interpreter's loop: a program and a state in, the status it ended with out; registers, header and pc are written as the ops say. */
import type { FloatOut } from "../base/float/float.ts";
import * as h from "../base/halves.ts";
import { Header } from "../base/layout.ts";
import type { MemoryPort, SystemPort } from "../base/port.ts";
import { Status } from "../base/status.ts";
import { evaluate } from "../ir/evaluate.ts";
import { floating } from "../ir/floating.ts";
import { opNames } from "../ir/op.ts";
import type { Program } from "../ir/program.ts";
import { lengthShift, slotShift } from "./code.ts";

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
	readonly float: FloatOut;
	retired: number;
	result: number;
}

const two32 = 4294967296;

/** `v`: slots for the program's values, the first two of them 0. */
export function execute(m: Machine, program: Program, v: Int32Array, state: number): Status {
	const { code, start } = program;
	const { words, port, high } = m;
	const pcWord = (state + m.pc) >> 2;
	const statusWord = (state + Header.status) >> 2;
	const highWord = (state + Header.high) >> 2;
	let done = 0;
	let started = 0;
	let after: Status = Status.next;
	let atLo = 0;
	let atHi = 0;
	let next = start + 1;
	for (let constants = code[start]; constants > 0; constants--, next += 3) {
		const d = code[next];
		v[d] = code[next + 1];
		v[d + 1] = code[next + 2];
	}
	for (;;) {
		const p = next;
		const word = code[p];
		next = p + ((word >> lengthShift) & 15);
		const d = word >> slotShift;
		const a = code[p + 1];
		const b = code[p + 2];
		v[d + 1] = 0;
		// literal numbers, because only those become a jump table in V8: names from `Code` made this loop 20 times as slow (measured)
		switch (word & 0xff) {
			case 0: // insn
				atLo = code[p + 1];
				atHi = code[p + 2];
				done = started++;
				if (after !== Status.next) return leave(m, pcWord, atLo, atHi, done, after);
				break;
			case 1: // getreg
				v[d] = words[(state + code[p + 1]) >> 2];
				break;
			case 2: {
				// setreg
				const at = (state + code[p + 2]) >> 2;
				words[at] = v[a];
				words[at + 1] = 0;
				break;
			}
			case 3: // add
				v[d] = (v[a] + v[b]) & code[p + 3];
				break;
			case 4: // sub
				v[d] = (v[a] - v[b]) & code[p + 3];
				break;
			case 5: // and
				v[d] = v[a] & v[b];
				break;
			case 6: // or
				v[d] = v[a] | v[b];
				break;
			case 7: // xor
				v[d] = v[a] ^ v[b];
				break;
			case 8: // not
				v[d] = ~v[a] & code[p + 2];
				break;
			case 9: // mul
				v[d] = Math.imul(v[a], v[b]) & code[p + 3];
				break;
			case 10: // shl
				v[d] = v[b + 1] !== 0 || v[b] >>> 0 >= code[p + 3] ? 0 : (v[a] << v[b]) & code[p + 4];
				break;
			case 11: // shr
				v[d] = v[b + 1] !== 0 || v[b] >>> 0 >= code[p + 3] ? 0 : v[a] >>> v[b];
				break;
			case 12: {
				// sar
				const by = v[b + 1] !== 0 || v[b] >>> 0 >= code[p + 4] ? 31 : v[b];
				v[d] = (((v[a] << code[p + 3]) >> code[p + 3]) >> by) & code[p + 5];
				break;
			}
			case 13: // eq
				v[d] = v[a] === v[b] ? 1 : 0;
				break;
			case 14: // ne
				v[d] = v[a] === v[b] ? 0 : 1;
				break;
			case 15: // lts
				v[d] = v[a] << code[p + 3] < v[b] << code[p + 3] ? 1 : 0;
				break;
			case 16: // ltu
				v[d] = v[a] >>> 0 < v[b] >>> 0 ? 1 : 0;
				break;
			case 17: // les
				v[d] = v[a] << code[p + 3] <= v[b] << code[p + 3] ? 1 : 0;
				break;
			case 18: // leu
				v[d] = v[a] >>> 0 <= v[b] >>> 0 ? 1 : 0;
				break;
			case 19: {
				// select
				const from = v[a] ? b : code[p + 3];
				v[d] = v[from];
				v[d + 1] = v[from + 1];
				break;
			}
			case 20: // narrow
				v[d] = v[a] & code[p + 2];
				break;
			case 21: // sext
				v[d] = ((v[a] << code[p + 2]) >> code[p + 2]) & code[p + 3];
				break;
			case 22: {
				// load
				const lo = port.load(state, v[a], v[a + 1], code[p + 2], code[p + 3], code[p + 4]);
				const status = words[statusWord];
				if (status !== Status.next) return leave(m, pcWord, atLo, atHi, done, status as Status, started);
				v[d] = lo;
				if (code[p + 2] === 8) v[d + 1] = words[highWord];
				break;
			}
			case 23: {
				// store
				port.store(state, v[a], v[a + 1], code[p + 3], code[p + 4], v[b], v[b + 1]);
				const status = words[statusWord];
				if (status !== Status.next) return leave(m, pcWord, atLo, atHi, done, status as Status, started);
				break;
			}
			case 24: // if
				if (v[a] === 0) next = start + code[p + 2];
				break;
			case 25: // goto
				next = start + code[p + 1];
				break;
			case 26: // copy
				v[d] = v[a];
				v[d + 1] = v[a + 1];
				break;
			case 27: {
				// trap
				const at = (state + Header.causeLo) >> 2;
				words[at] = v[a];
				words[at + 1] = v[a + 1];
				words[at + 2] = v[b];
				words[at + 3] = v[b + 1];
				return leave(m, pcWord, atLo, atHi, done, Status.trap, started);
			}
			case 28: {
				// any
				const c = code[p + 3];
				v[d] = evaluate(opNames[code[p + 4]], code[p + 5], code[p + 6], v[a], v[a + 1], v[b], v[b + 1], v[c], v[c + 1], high);
				v[d + 1] = high[0];
				break;
			}
			case 29: {
				// getregW
				const at = (state + code[p + 1]) >> 2;
				v[d] = words[at];
				v[d + 1] = words[at + 1];
				break;
			}
			case 30: {
				// setregW
				const at = (state + code[p + 2]) >> 2;
				words[at] = v[a];
				words[at + 1] = v[a + 1];
				break;
			}
			case 31: {
				// addW
				const lo = (v[a] + v[b]) | 0;
				v[d + 1] = (v[a + 1] + v[b + 1] + (lo >>> 0 < v[a] >>> 0 ? 1 : 0)) & code[p + 3];
				v[d] = lo;
				break;
			}
			case 32: // subW
				v[d + 1] = (v[a + 1] - v[b + 1] - (v[a] >>> 0 < v[b] >>> 0 ? 1 : 0)) & code[p + 3];
				v[d] = v[a] - v[b];
				break;
			case 33: // andW
				v[d] = v[a] & v[b];
				v[d + 1] = v[a + 1] & v[b + 1];
				break;
			case 34: // orW
				v[d] = v[a] | v[b];
				v[d + 1] = v[a + 1] | v[b + 1];
				break;
			case 35: // xorW
				v[d] = v[a] ^ v[b];
				v[d + 1] = v[a + 1] ^ v[b + 1];
				break;
			case 36: // notW
				v[d] = ~v[a];
				v[d + 1] = ~v[a + 1] & code[p + 2];
				break;
			case 37: // mulW
				v[d] = h.mul(high, v[a], v[a + 1], v[b], v[b + 1]);
				v[d + 1] = high[0] & code[p + 3];
				break;
			case 38: // shlW
				v[d] = h.shl(high, v[a], v[a + 1], v[b + 1] !== 0 ? 64 : v[b] >>> 0);
				v[d + 1] = high[0] & code[p + 3];
				break;
			case 39: // shrW
				v[d] = h.shr(high, v[a], v[a + 1], v[b + 1] !== 0 ? 64 : v[b] >>> 0);
				v[d + 1] = high[0];
				break;
			case 40: // sarW
				v[d] = h.sar(high, v[a], (v[a + 1] << code[p + 3]) >> code[p + 3], v[b + 1] !== 0 ? 64 : v[b] >>> 0);
				v[d + 1] = high[0] & code[p + 4];
				break;
			case 41: // eqW
				v[d] = v[a] === v[b] && v[a + 1] === v[b + 1] ? 1 : 0;
				break;
			case 42: // neW
				v[d] = v[a] === v[b] && v[a + 1] === v[b + 1] ? 0 : 1;
				break;
			case 43: // ltsW
				v[d] = h.lts(v[a], v[a + 1] << code[p + 3], v[b], v[b + 1] << code[p + 3]) ? 1 : 0;
				break;
			case 44: // ltuW
				v[d] = h.ltu(v[a], v[a + 1], v[b], v[b + 1]) ? 1 : 0;
				break;
			case 45: // lesW
				v[d] = h.lts(v[b], v[b + 1] << code[p + 3], v[a], v[a + 1] << code[p + 3]) ? 0 : 1;
				break;
			case 46: // leuW
				v[d] = h.ltu(v[b], v[b + 1], v[a], v[a + 1]) ? 0 : 1;
				break;
			case 47: // sextW
				v[d] = (v[a] << code[p + 2]) >> code[p + 2];
				v[d + 1] = (v[d] >> 31) & code[p + 3];
				break;
			case 48: // keepW
				v[d] = v[a];
				v[d + 1] = v[a + 1] & code[p + 2];
				break;
			case 49: // sextWW
				v[d] = v[a];
				v[d + 1] = ((v[a + 1] << code[p + 2]) >> code[p + 2]) & code[p + 3];
				break;
			case 61: // divs
				v[d] = h.divs32(v[a], v[b]);
				break;
			case 62: // divu
				v[d] = h.divu32(v[a], v[b]);
				break;
			case 63: // rems
				v[d] = h.rems32(v[a], v[b]);
				break;
			case 64: // remu
				v[d] = h.remu32(v[a], v[b]);
				break;
			case 65: // mulhs
				v[d] = h.mulhs32(v[a], v[b]);
				break;
			case 66: // mulhu
				v[d] = h.mulhu32(v[a], v[b]);
				break;
			case 68: {
				// float
				const c = code[p + 3];
				const { float } = m;
				floating(program.floats[code[p + 4]], v[a], v[a + 1], v[b], v[b + 1], v[c], v[c + 1], v[code[p + 5]], float);
				v[d] = float.lo;
				v[d + 1] = float.hi;
				v[code[p + 6]] = float.flags;
				break;
			}
			case 50: // retired
				number(v, d, m.system.retired(state) + done);
				break;
			case 51: // clock
				number(v, d, m.system.clock(state));
				break;
			case 52: // wait
				after = Status.wait;
				break;
			case 67: // yields
				after = Status.yield;
				break;
			case 53: // synccode
				m.system.syncCode(state);
				break;
			case 54: // synctranslation
				m.system.syncTranslation(state);
				break;
			case 55: // offers
				v[d] = m.system.offers(m.services[code[p + 1]]) ? 1 : 0;
				break;
			case 56: {
				// hostcall
				const answer = m.system.hostcall(state, m.services[code[p + 3]], [v[a], v[a + 1]], [v[b], v[b + 1]]);
				if (!answer) after = Status.stop;
				v[d] = answer ? answer[0] & code[p + 4] : 0;
				v[d + 1] = answer ? answer[1] & code[p + 5] : 0;
				break;
			}
			case 57: // jump
				return leave(m, pcWord, code[p + 1], code[p + 2], started, after);
			case 58: // indirect
				return leave(m, pcWord, v[a], v[a + 1], started, after);
			case 59: // leave
				return leave(m, pcWord, code[p + 2], code[p + 3], started, after !== Status.next ? after : (code[p + 1] as Status));
			case 60: // result
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
