#!/bin/sh
# Builds sbi-rv32.elf and sbi-rv64.elf, the firmware of `--bios default`; only needed after a change of sbi.c. Needs gcc-riscv64-unknown-elf.
set -eu
cd "$(dirname "$0")"
for bits in 32 64; do
	abi=lp64
	if [ "$bits" = 32 ]; then abi=ilp32; fi
	riscv64-unknown-elf-gcc -Os -march="rv${bits}imac_zicsr_zifencei" -mabi="$abi" -mcmodel=medany -ffreestanding -nostdlib -Wall -Wextra -Werror -fno-stack-protector \
		-ffile-prefix-map="$PWD"=. -Wl,--build-id=none -Wl,-z,max-page-size=4096 -Wl,--no-warn-rwx-segments -s -T sbi.ld sbi.c -o "sbi-rv$bits.elf"
done
