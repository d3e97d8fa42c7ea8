#!/bin/sh
# Builds guest.elf, the guest that `npm start` runs; only needed after a change of guest.c. Needs gcc-riscv64-unknown-elf.
set -eu
cd "$(dirname "$0")"
riscv64-unknown-elf-gcc -O2 -march=rv64imac_zicsr -mabi=lp64 -mcmodel=medany -ffreestanding -nostdlib -Wall -Wextra -fno-stack-protector \
	-ffile-prefix-map="$PWD"=. -Wl,--build-id=none -Wl,-z,max-page-size=4096 -Wl,--no-warn-rwx-segments -s -T guest.ld guest.c -o guest.elf
