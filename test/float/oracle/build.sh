#!/bin/sh
# Builds oracle.S into built/, for Linux and for the virt board. Needs gcc-riscv64-unknown-elf.
set -eu
cd "$(dirname "$0")"
mkdir -p built
build() {
	riscv64-unknown-elf-gcc -nostdlib -static -march=rv64imafdc_zicsr -mabi=lp64d -Wl,--build-id=none -s "$@" oracle.S
}
build -o built/oracle.elf
build -DMACHINE -Wl,-n,-Ttext=0x80000000 -o built/machine.elf
