/** Addresses as text in, as numbers and bytes out, and back. */

/** An IPv4 address as an unsigned number, and a port. */
export interface Endpoint {
	readonly address: number;
	readonly port: number;
}

/** "10.0.2.15" as a number; null when it is not four numbers up to 255. */
export function addressOf(text: string): number | null {
	const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1).map(Number);
	if (!parts || parts.some((part) => part > 255)) return null;
	return parts.reduce((sum, part) => sum * 256 + part, 0);
}

export const addressText = (address: number): string => [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join(".");

/** "52:54:00:12:34:56" as six bytes; null when it is not that, or the address of a group. */
export function macOf(text: string): Uint8Array | null {
	if (!/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i.test(text)) return null;
	const bytes = Uint8Array.from(text.split(":"), (part) => Number.parseInt(part, 16));
	return bytes[0]! & 1 ? null : bytes;
}

/** The network of QEMU's `-netdev user`. */
export const user = {
	network: 0x0a000200,
	mask: 0xffffff00,
	/** The host, as the guest sees it. */
	gateway: 0x0a000202,
	names: 0x0a000203,
	/** What DHCP gives the guest. */
	guest: 0x0a00020f,
	broadcast: 0x0a0002ff,
} as const;
export const loopback = 0x7f000001;

/** Addresses that mean one host, and not ourselves, everybody or a group. */
export function isHost(address: number): boolean {
	const first = address >>> 24;
	return first !== 0 && first !== 127 && first < 224;
}
