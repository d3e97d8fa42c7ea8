/** Text encoding of the host, for the layers without host types. */
declare class TextEncoder {
	encode(text?: string): Uint8Array;
}
declare class TextDecoder {
	constructor(label?: string, o?: { fatal?: boolean; ignoreBOM?: boolean });
	decode(bytes?: ArrayBufferView | ArrayBuffer): string;
}
