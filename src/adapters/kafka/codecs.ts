/**
 * What other programs may have compressed by. The library brings gzip; a batch that it cannot read would end every consumer
 * that comes to it, for ever. We send nothing compressed.
 */
import { Buffer } from "node:buffer";
import { zstdDecompressSync } from "node:zlib";
import { CompressionCodecs, CompressionTypes } from "kafkajs";
import { lz4Decompress } from "./lz4.ts";
import { snappyDecompress } from "./snappy.ts";

type Decompress = (bytes: Uint8Array) => Uint8Array;

/** Once for the process: the library keeps one table. */
export function registerCodecs(): void {
  register(CompressionTypes.ZSTD, zstdDecompressSync);
  register(CompressionTypes.LZ4, lz4Decompress);
  register(CompressionTypes.Snappy, snappyDecompress);
}

function register(type: keyof typeof CompressionCodecs, decompress: Decompress): void {
  CompressionCodecs[type] = () => ({
    compress: () => Promise.reject(new Error("nothing is sent compressed")),
    decompress: async (bytes: Uint8Array) => {
      const plain = decompress(bytes);
      return Buffer.from(plain.buffer, plain.byteOffset, plain.byteLength);
    },
  });
}
