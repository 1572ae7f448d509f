import { defineConfig, type VtaConfig } from '#isa/config/config';
import { type DType, newData, sizeOf, type TensorData } from '../tensor.js';
import type { Artifact, ArtifactValue, BlockedLayout, HostStep, ImageSection, LaunchStep, Step, ValueQuantization } from './artifact.js';
import { openContainer } from './container.js';
import { MAX_DIMENSION, MAX_DRAM, MAX_ELEMENTS, MAX_EXTENT, MAX_HALO } from './limits.js';
import { JsonReader } from './read-json.js';

const DTYPES: readonly DType[] = ['int8', 'uint8', 'int16', 'int32', 'float32'];

function blob(r: JsonReader, sections: Uint8Array): Uint8Array {
  const length = r.get('length').int(0, sections.length);
  const offset = r.get('offset').int(0, sections.length - length);
  return sections.subarray(offset, offset + length);
}

function quantization(r: JsonReader): ValueQuantization | null {
  if (r.raw() === null) return null;
  return { scale: r.get('scale').number(), zeroPoint: r.get('zeroPoint').int(-(2 ** 31), 2 ** 31 - 1) };
}

function constant(r: JsonReader, dtype: DType, size: number, sections: Uint8Array): TensorData {
  const bytes = blob(r, sections);
  const data = newData(dtype, size);
  if (bytes.length !== data.byteLength) r.refuse(`${data.byteLength} bytes of ${dtype}`);
  new Uint8Array(data.buffer).set(bytes);
  return data;
}

function value(r: JsonReader, sections: Uint8Array): ArtifactValue {
  const dtype = r.get('dtype').oneOf(DTYPES);
  const shape = r.get('shape').list((d) => d.int(0, MAX_DIMENSION));
  if (sizeOf(shape) > MAX_ELEMENTS) r.get('shape').refuse(`at most ${MAX_ELEMENTS} elements`);
  const head = { name: r.get('name').text(), dtype, shape, quantization: quantization(r.get('quantization')) };
  return r.has('data') ? { ...head, data: constant(r.get('data'), dtype, sizeOf(shape), sections) } : head;
}

function layout(r: JsonReader, config: VtaConfig, dramBytes: number): BlockedLayout {
  const extent = (key: string) => r.get(key).int(1, MAX_EXTENT);
  const pad = (key: string) => r.get('halo').get(key).int(0, MAX_HALO);
  const out: BlockedLayout = {
    address: r.get('address').int(0, dramBytes),
    batch: r.get('batch').int(config.batch, config.batch),
    block: r.get('block').int(1, 256),
    channels: extent('channels'),
    height: extent('height'),
    width: extent('width'),
    halo: { top: pad('top'), left: pad('left'), bottom: pad('bottom'), right: pad('right') },
  };
  if (out.address + layoutBytes(out) > dramBytes) r.refuse('inside the device memory');
  return out;
}

/** Bytes that a blocked int8 activation occupies, halo included. */
export function layoutBytes(l: BlockedLayout): number {
  const rows = l.halo.top + l.height + l.halo.bottom;
  const columns = l.halo.left + l.width + l.halo.right;
  return Math.ceil(l.channels / l.block) * rows * columns * l.batch * l.block;
}

interface Scope {
  readonly config: VtaConfig;
  readonly dramBytes: number;
  readonly values: readonly ArtifactValue[];
  /** Which values have contents so far. */
  readonly known: boolean[];
}

function used(r: JsonReader, scope: Scope): number {
  const n = r.int(0, scope.values.length - 1);
  if (!scope.known[n]) r.refuse('a value that an earlier step has written');
  return n;
}

function written(r: JsonReader, scope: Scope): number {
  const n = r.int(0, scope.values.length - 1);
  scope.known[n] = true;
  return n;
}

function host(r: JsonReader, scope: Scope): HostStep {
  const attrs = r.get('attrs').raw();
  if (typeof attrs !== 'object' || attrs === null || Array.isArray(attrs)) r.get('attrs').refuse('an object');
  return {
    kind: 'host',
    name: r.get('name').text(),
    op: r.get('op').text(),
    attrs: attrs as HostStep['attrs'],
    inputs: r.get('inputs').list((v) => used(v, scope)),
    output: written(r.get('output'), scope),
    macs: r.get('macs').int(0, Number.MAX_SAFE_INTEGER),
  };
}

/** Files of before this key: their compiler wrote a note about every launch that is not exact. */
const exactness = (r: JsonReader): boolean => (r.has('exact') ? r.get('exact').bool() : r.get('notes').list((n) => n.text()).length === 0);

function launch(r: JsonReader, scope: Scope): LaunchStep {
  const insnAddr = r.get('insnAddr').int(0, scope.dramBytes);
  if (insnAddr % 16 !== 0) r.get('insnAddr').refuse('a multiple of 16');
  return {
    kind: 'vta',
    name: r.get('name').text(),
    op: r.get('op').text(),
    insnAddr,
    insnCount: r.get('insnCount').int(0, Math.floor((scope.dramBytes - insnAddr) / 16)),
    macs: r.get('macs').int(0, Number.MAX_SAFE_INTEGER),
    notes: r.get('notes').list((n) => n.text()),
    exact: exactness(r),
  };
}

function packing(kind: 'pack' | 'unpack', r: JsonReader, scope: Scope): Step {
  const l = layout(r.get('layout'), scope.config, scope.dramBytes);
  const v = kind === 'pack' ? used(r.get('value'), scope) : written(r.get('value'), scope);
  const { dtype, shape } = scope.values[v];
  const elements = l.channels * l.height * l.width;
  if (dtype !== 'int8' || sizeOf(shape) !== elements) r.get('value').refuse(`a value of ${elements} int8 elements`);
  return { kind, value: v, layout: l };
}

function copying(kind: 'write' | 'read', r: JsonReader, scope: Scope): Step {
  const v = kind === 'write' ? used(r.get('value'), scope) : written(r.get('value'), scope);
  const { dtype, shape } = scope.values[v];
  const bytes = sizeOf(shape) * newData(dtype, 0).BYTES_PER_ELEMENT;
  if (bytes > scope.dramBytes) r.get('value').refuse(`a value of at most ${scope.dramBytes} bytes`);
  return { kind, value: v, address: r.get('address').int(0, scope.dramBytes - bytes) };
}

function step(r: JsonReader, scope: Scope): Step {
  const kind = r.get('kind').oneOf(['host', 'pack', 'unpack', 'write', 'read', 'vta'] as const);
  switch (kind) {
    case 'host':
      return host(r, scope);
    case 'vta':
      return launch(r, scope);
    case 'pack':
    case 'unpack':
      return packing(kind, r, scope);
    default:
      return copying(kind, r, scope);
  }
}

function section(r: JsonReader, sections: Uint8Array, dramBytes: number): ImageSection {
  const kind = r.get('kind').oneOf(['data', 'fill'] as const);
  const role = r.get('role').text();
  const bytes = kind === 'data' ? blob(r.get('data'), sections) : null;
  const length = bytes?.length ?? r.get('length').int(0, dramBytes);
  const address = r.get('address').int(0, dramBytes - length < 0 ? 0 : dramBytes - length);
  if (length > dramBytes) r.refuse('inside the device memory');
  if (bytes !== null) return { kind: 'data', role, address, bytes };
  return { kind: 'fill', role, address, length, value: r.get('value').int(-128, 255) };
}

/**
 * Reads a .vta file.
 * @param label the file's name, for diagnostics
 * @throws VtaError VTA3101..VTA3105 where it is no such file, cut off, damaged or inconsistent; VTA10xx for an impossible configuration
 */
export function decodeArtifact(bytes: Uint8Array, label: string): Artifact {
  const { manifest, sections } = openContainer(bytes, label);
  const r = new JsonReader(label, 'manifest', manifest);
  const config = defineConfig(r.get('config').raw(), label);
  r.get('fingerprint').oneOf([config.fingerprint]);
  const dramBytes = r.get('dramBytes').int(0, MAX_DRAM);
  const values = r.get('values').list((v) => value(v, sections));
  const inputs = r.get('inputs').list((v) => v.int(0, values.length - 1));
  const scope: Scope = { config, dramBytes, values, known: values.map((v, i) => v.data !== undefined || inputs.includes(i)) };
  const steps = r.get('steps').list((s) => step(s, scope));
  return {
    name: r.get('name').text(),
    config,
    values,
    inputs,
    outputs: r.get('outputs').list((v) => used(v, scope)),
    steps,
    dramBytes,
    image: r.get('image').list((s) => section(s, sections, dramBytes)),
  };
}
