#!/bin/sh
# Builds every guest of this folder for rv32imac and rv64imac (float-*.c: rv32gc and rv64gc) at -O0, -O2 and -Os into built/. Needs gcc-riscv64-unknown-elf and picolibc.
set -eu
cd "$(dirname "$0")"
mkdir -p built
for source in *.c; do
	case $source in
	float-*) targets="rv32gc:ilp32d rv64gc:lp64d" ;;
	*) targets="rv32imac:ilp32 rv64imac:lp64" ;;
	esac
	for target in $targets; do
		march=${target%:*}
		for level in O0 O2 Os; do
			riscv64-unknown-elf-gcc "-$level" -march="$march" -mabi="${target#*:}" -mcmodel=medany -Wall --specs=picolibc.specs --oslib=semihost --crt0=hosted \
				-ffile-prefix-map="$PWD"=. -Wl,--gc-sections -ffunction-sections -Wl,--build-id=none -s \
				-Wl,--defsym=__flash=0x80000000,--defsym=__flash_size=0x200000,--defsym=__ram=0x80200000,--defsym=__ram_size=0x200000,--defsym=__stack_size=0x8000 \
				"$source" -lm -o "built/${source%.c}-$march-$level.elf"
		done
	done
done
