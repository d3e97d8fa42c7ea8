#!/bin/sh
# Builds the oracle into built/. Needs gcc-riscv64-unknown-elf.
set -eu
cd "$(dirname "$0")"
mkdir -p built
riscv64-unknown-elf-gcc -nostdlib -static -march=rv64imafdc -mabi=lp64d -Wl,--build-id=none -s oracle.S -o built/oracle.elf
