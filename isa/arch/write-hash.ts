/**
 * The hash of what an instruction wrote: the sum (mod 2^32) of {@link mix} over all its writes, so that the order of
 * writes inside one instruction does not matter. Repeated in the C++ harness.
 *
 * What is one write (docs/reference/cosim.md):
 * - GEMM and ALU: every lane of every ACC element written, each time it is written: `place` = element * lanes + lane,
 *   `value` = the accumulator as int32;
 * - LOAD of ACC, ACC_8BIT: the same, padding included;
 * - LOAD of UOP, INP, WGT: granules of min(4, element bytes) bytes of the packed element, padding included:
 *   `place` = element * granules per element + granule, `value` = the granule, zero-extended, little-endian;
 * - STORE: granules of min(4, OUT element bytes) bytes: `place` = byte address / granule bytes, `value` = the granule;
 * - everything else writes nothing: hash 0.
 */
export function mix(place: number, value: number): number {
  let x = Math.imul(place + 0x9e3779b9, 0x85ebca6b) ^ value;
  x = Math.imul(x ^ (x >>> 15), 0xc2b2ae35);
  return x ^ (x >>> 13);
}
