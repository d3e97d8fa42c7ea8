#!/bin/sh
# Builds the workloads of this folder into built/: for rv32gc and rv64gc (needs gcc-riscv64-unknown-elf) and to Wasm (needs clang and lld). Then writes down
# their checksums (needs gcc and qemu-riscv64): at full, a tenth and a thousandth of their rounds, with multiply-add fused (RISC-V) and separate.
set -eu
cd "$(dirname "$0")"
mkdir -p built
common="-O2 -ffreestanding -fbuiltin -fno-math-errno -Wall -nostdlib"
native=$(mktemp)
for source in *.c; do
	name=${source%.c}
	for target in rv32gc:ilp32d rv64gc:lp64d; do
		riscv64-unknown-elf-gcc $common -march="${target%:*}" -mabi="${target#*:}" -mcmodel=medany -ffile-prefix-map="$PWD"=. \
			-static -T guest.ld -Wl,--build-id=none -s "$source" -lgcc -o "built/$name-${target%:*}.elf"
	done
	clang $common --target=wasm32 -Wl,--no-entry -Wl,--strip-all -Wl,-z,stack-size=1048576 "$source" -o "built/$name.wasm"
	gcc -O2 -fno-math-errno -ffp-contract=off "$source" -o "$native"
	all=$(sed -n 's/^#define ROUNDS //p' "$source")
	for rounds in "$all" $(((all + 9) / 10)) $(((all + 999) / 1000)); do
		echo "$name $rounds $(qemu-riscv64 "built/$name-rv64gc.elf" "rounds=$rounds") $("$native" "rounds=$rounds")"
	done
done >built/sums.txt
rm -f "$native"
