#!/bin/sh
# Builds harts-rv32.elf and harts-rv64.elf; only needed after a change of harts.c. Needs gcc-riscv64-unknown-elf.
set -eu
cd "$(dirname "$0")"
for target in "rv32 ilp32" "rv64 lp64"; do
	riscv64-unknown-elf-gcc -O2 -march="${target% *}imac_zicsr_zifencei" -mabi="${target#* }" -mcmodel=medany -ffreestanding -nostdlib -Wall -Wextra \
		-fno-stack-protector -ffile-prefix-map="$PWD"=. -Wl,--build-id=none -Wl,-z,max-page-size=4096 -Wl,--no-warn-rwx-segments -s \
		-T ../../src/boards/guest/guest.ld harts.c -o "harts-${target% *}.elf"
done
