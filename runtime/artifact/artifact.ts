import type { VtaConfig } from '#isa/config/config';
import type { HostAttrs } from '../host/operator.js';
import type { DType, TensorData } from '../tensor.js';

/**
 * A compiled program: everything needed to run it on a device of the same configuration. The file form is
 * docs/reference/artifact.md; {@link encodeArtifact} and {@link decodeArtifact} translate.
 *
 * A raw program (hand-assembled, or a golden vector) is an artifact without values whose only step is one launch.
 */
export interface Artifact {
  readonly name: string;
  readonly config: VtaConfig;
  /** Host tensors by number: model inputs and outputs, constants of host operators, everything between steps. */
  readonly values: readonly ArtifactValue[];
  /** Numbers of the values a caller gives, and of those it gets. */
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  /** Executed in order. */
  readonly steps: readonly Step[];
  /** Bytes of device memory; address 0 is its first byte. */
  readonly dramBytes: number;
  /** What the memory holds before the first step; everything else is zero. Sections do not overlap. */
  readonly image: readonly ImageSection[];
}

/** Real value = scale * (stored - zeroPoint); scale is an exact float32. */
export interface ValueQuantization {
  readonly scale: number;
  readonly zeroPoint: number;
}

export interface ArtifactValue {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly quantization: ValueQuantization | null;
  /** Contents of a constant. */
  readonly data?: TensorData;
}

/** Addresses are in bytes. `role` says what the bytes are, for people: constants, uops, instructions, halo, image. */
export type ImageSection =
  | { readonly kind: 'data'; readonly role: string; readonly address: number; readonly bytes: Uint8Array }
  | { readonly kind: 'fill'; readonly role: string; readonly address: number; readonly length: number; readonly value: number };

/** Runs one host operator (runtime/host): reads the values `inputs`, writes the value `output`. */
export interface HostStep {
  readonly kind: 'host';
  readonly name: string;
  readonly op: string;
  readonly attrs: HostAttrs;
  readonly inputs: readonly number[];
  readonly output: number;
  /** Multiply-accumulates of the operator, padding positions included; 0 where it has none. */
  readonly macs: number;
}

/**
 * A blocked int8 activation in device memory: tiles of [BATCH][block] lanes, in the order [channel block][row][column],
 * with `halo` rows and columns around the image. Batch row 0 holds the image.
 */
export interface BlockedLayout {
  readonly address: number;
  readonly batch: number;
  readonly block: number;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly halo: { readonly top: number; readonly left: number; readonly bottom: number; readonly right: number };
}

/** Copies a host value (N=1, NHWC order) into device memory; the halo is left alone. */
export interface PackStep {
  readonly kind: 'pack';
  readonly value: number;
  readonly layout: BlockedLayout;
}

/** Copies a blocked activation out of device memory into a host value. */
export interface UnpackStep {
  readonly kind: 'unpack';
  readonly value: number;
  readonly layout: BlockedLayout;
}

/** Copies a host value's bytes into device memory as they are: buffers of tensor programs. */
export interface WriteStep {
  readonly kind: 'write';
  readonly value: number;
  readonly address: number;
}

/** Copies device memory into a host value as it is. */
export interface ReadStep {
  readonly kind: 'read';
  readonly value: number;
  readonly address: number;
}

/** Starts the device once. */
export interface LaunchStep {
  readonly kind: 'vta';
  readonly name: string;
  /** What the layer computes, for reports: for instance `conv2d`. */
  readonly op: string;
  readonly insnAddr: number;
  readonly insnCount: number;
  /** Useful multiply-accumulates of the layer as stated, padding positions included. */
  readonly macs: number;
  readonly notes: readonly string[];
  /**
   * Does it equal the layer's rounding profile for every value that can occur? Tensor programs and assembly are their own
   * reference: true.
   */
  readonly exact: boolean;
}

export type Step = HostStep | PackStep | UnpackStep | WriteStep | ReadStep | LaunchStep;

/** Does a program give what its reference gives, whatever the inputs? Host operators are the reference. */
export const isExactProgram = (artifact: Artifact): boolean => artifact.steps.every((s) => s.kind !== 'vta' || s.exact);

/** Lowest address a compiled program uses: the official memory manager maps nothing below it. */
export const FIRST_ADDRESS = 0x1000;
