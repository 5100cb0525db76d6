/** Allocation in linear memory: everything above the module's heap base, handed out upwards and never moved. */
import { BadInput, OutsideFailure } from "../domain/failure.ts";

const ALIGNMENT_BYTES = 64;
const PAGE_BYTES = 65_536;
const GIB = 2 ** 30;

/** No WebAssembly memory with 32-bit addresses can be larger. */
export const MEMORY_LIMIT_BYTES = 2 ** 32;

/** `bytes` as it is said in messages: "5.2 GiB". */
export function inGib(bytes: number): string {
  return `${(bytes / GIB).toFixed(bytes < GIB ? 3 : 1)} GiB`;
}

/**
 * A bump allocator. Regions begin at multiples of 64 bytes. Fresh memory is zero; memory that was released and is
 * allocated again is not.
 *
 * Growing detaches every view of an unshared memory: make views anew after an allocation, by `f32` and its siblings.
 */
export class Arena {
  readonly memory: WebAssembly.Memory;
  #top: number;

  constructor(memory: WebAssembly.Memory, heapBase: number) {
    this.memory = memory;
    this.#top = heapBase >>> 0;
  }

  /** First free address; hand it to `release` to give back all that was allocated since. */
  get top(): number {
    return this.#top;
  }

  /** Address of `sizeBytes` bytes. Throws before anything is changed when they do not fit. */
  allocate(sizeBytes: number): number {
    const address = this.#top;
    const end = address + Math.ceil(sizeBytes / ALIGNMENT_BYTES) * ALIGNMENT_BYTES;
    this.#growTo(end, `allocating ${sizeBytes} bytes`);
    this.#top = end;
    return address;
  }

  /** Makes sure that `sizeBytes` more can be allocated; `what` names them in the message when they cannot. */
  reserve(sizeBytes: number, what: string): void {
    this.#growTo(this.#top + sizeBytes, what);
  }

  release(top: number): void {
    if (!(top <= this.#top)) throw new RangeError(`release(${top}): the arena ends at ${this.#top}`);
    this.#top = top;
  }

  u8(address: number, length: number): Uint8Array {
    return new Uint8Array(this.memory.buffer, address, length);
  }

  u32(address: number, length: number): Uint32Array {
    return new Uint32Array(this.memory.buffer, address, length);
  }

  f32(address: number, length: number): Float32Array {
    return new Float32Array(this.memory.buffer, address, length);
  }

  f64(address: number, length: number): Float64Array {
    return new Float64Array(this.memory.buffer, address, length);
  }

  #growTo(end: number, what: string): void {
    const have = this.memory.buffer.byteLength;
    if (end <= have) return;
    if (end > MEMORY_LIMIT_BYTES) {
      throw new BadInput(
        `${what}: ${inGib(end)} of kernel memory needed, limit ${inGib(MEMORY_LIMIT_BYTES)}`,
      );
    }
    try {
      this.memory.grow(Math.ceil((end - have) / PAGE_BYTES));
    } catch (cause) {
      throw new OutsideFailure(`${what}: the system refused to grow kernel memory to ${inGib(end)}`, {
        cause,
      });
    }
  }
}
