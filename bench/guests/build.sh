#!/bin/sh
# Builds the benchmark guests for rv32imac and rv64imac. Needs gcc-riscv64-unknown-elf and picolibc.
set -eu
cd "$(dirname "$0")"
mkdir -p built
for source in *.c; do
	for target in "rv32imac ilp32" "rv64imac lp64"; do
		march=${target% *}
		riscv64-unknown-elf-gcc -O2 -march="$march" -mabi="${target#* }" -mcmodel=medany -Wall --specs=picolibc.specs --oslib=semihost --crt0=hosted \
			-ffile-prefix-map="$PWD"=. -Wl,--gc-sections -ffunction-sections -Wl,--build-id=none -s \
			-Wl,--defsym=__flash=0x80000000,--defsym=__flash_size=0x200000,--defsym=__ram=0x80200000,--defsym=__ram_size=0x200000,--defsym=__stack_size=0x8000 \
			"$source" -o "built/${source%.c}-$march.elf"
	done
done
