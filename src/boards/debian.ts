/** What `doppel guest debian` takes from Debian: data. */

export const debian = {
	suite: "trixie",
	architecture: "riscv64",
	/** The metapackage of the current kernel, and the shell. */
	packages: { kernel: "linux-image-riscv64", shell: "busybox-static" },
	/** What the tree of `debian-root` is made of, with all these depend on; the first one holds the links of its top folder. */
	root: ["base-files", "base-passwd", "bash", "coreutils", "dpkg", "gcc", "grep", "libc6-dev", "perl-base", "python3-minimal", "sed"],
	/** crc32c is what ext4 and jbd2 ask the kernel's crypto for by name. */
	modules: ["crc32c_generic", "virtio_mmio", "virtio_blk", "virtio_net", "virtio_rng", "ext4", "9pnet_virtio", "9p"],
	/** The early console shows how the kernel gets on before it has its serial driver. */
	append: "earlycon=sbi console=ttyS0",
	/** The same behind other firmware, which has no console that the kernel knows this early. */
	bootAppend: "console=ttyS0",
	memory: "256M",
} as const;
