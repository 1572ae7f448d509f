/**
 * What a VTA kernel is asked to compute, in terms the kernel generator needs: physical layouts and integer arithmetic.
 * The VTA code generator (BYOC) makes these from partitioned graph functions; `compileKernel` turns them into instructions.
 */

/**
 * An int8 activation in DRAM: elements (tiles) of [BATCH][block] lanes in the order [channel block][row][column], with
 * `halo` rows and columns around the image. The halo is filled with the tensor's zero point when the artifact is loaded
 * and never written afterwards, so a convolution's padding is read like data. Lanes beyond `channels` and batch rows
 * beyond the image's single one hold anything (weights are zero there).
 */
export interface ActivationLayout {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly halo: { readonly top: number; readonly left: number; readonly bottom: number; readonly right: number };
  readonly zeroPoint: number;
}

/** Physical rows, columns and elements of a layout for lanes of `block` channels. */
export const physicalShape = (a: ActivationLayout, block: number) => {
  const rows = a.halo.top + a.height + a.halo.bottom;
  const columns = a.halo.left + a.width + a.halo.right;
  const blocks = Math.ceil(a.channels / block);
  return { blocks, rows, columns, elements: blocks * rows * columns };
};

/** Rounding profiles, see ../shared/models/README.md: `reference` is float32 product, ties to even. */
export type Rounding = 'reference' | 'single' | 'double';

/** Requantization of int32 accumulators to int8, per output channel. */
export interface Requant {
  /**
   * Input scale * weight scale / output scale of each output channel: for the profile `reference` rounded to float32 at each step, for the
   * others in double precision.
   */
  readonly scales: Float32Array | Float64Array;
  readonly zeroPoint: number;
  readonly lo: number;
  readonly hi: number;
  readonly rounding: Rounding;
}

/** int8 convolution with bias and requantization; a fully connected layer is one with a 1x1 image and kernel. */
export interface ConvSpec {
  readonly kind: 'conv2d';
  readonly name: string;
  readonly input: ActivationLayout;
  readonly output: ActivationLayout;
  readonly kernel: readonly [h: number, w: number];
  readonly stride: readonly [h: number, w: number];
  /** Rows and columns of padding before the image; after it follows from the sizes. The input's halo is at least as large. */
  readonly padding: { readonly top: number; readonly left: number; readonly bottom: number; readonly right: number };
  /** [outC][kh][kw][inC] */
  readonly weights: Int8Array;
  /** Bias with the input zero point folded in: bias[c] - zeroPoint(input) * sum of the channel's weights. */
  readonly bias: Int32Array;
  readonly requant: Requant;
}

/** Residual addition as the TFLite delegate computes it: clamp(((constant + a * mulA + b * mulB) >> shift) + zeroPoint, lo, hi), int32. */
export interface AddSpec {
  readonly kind: 'add';
  readonly name: string;
  readonly inputs: readonly [ActivationLayout, ActivationLayout];
  readonly output: ActivationLayout;
  readonly mulA: number;
  readonly mulB: number;
  readonly constant: number;
  readonly shift: number;
  readonly zeroPoint: number;
  readonly lo: number;
  readonly hi: number;
}

export type KernelSpec = ConvSpec | AddSpec;

/** The DRAM buffers a kernel touches, by role. Sizes in elements of the memory type. */
export interface KernelBuffer {
  readonly role: 'input' | 'input2' | 'output' | 'weights' | 'params' | 'uops';
  readonly memory: 'UOP' | 'WGT' | 'INP' | 'ACC' | 'OUT' | 'ACC_8BIT';
  readonly elements: number;
  /** Initial contents for constants (weights, params, uops), packed as the machine reads them. */
  readonly data?: Uint8Array;
}

/**
 * A compiled kernel: instructions whose `dram_base` is relative to a buffer. `relocations[i]` is the index into `buffers`
 * that instruction i addresses, or -1. The linker places buffers at addresses that are multiples of their element size and
 * adds (address / element bytes) to `dram_base`.
 */
export interface CompiledKernel {
  readonly insns: readonly import('#isa/spec/instructions').Insn[];
  readonly relocations: Int32Array;
  readonly buffers: readonly KernelBuffer[];
  /** Useful multiply-accumulates (of the layer as stated, padding positions included), for utilization. */
  readonly macs: number;
  /** The TIR in text form, for dumps: before scheduling, the schedule that was chosen, and after it. */
  readonly unscheduled: string;
  readonly schedule: string;
  readonly tir: string;
  /** Things the user should know, for instance that results can differ from the rounding profile. */
  readonly notes: readonly string[];
  /** Does it equal the layer's rounding profile for every accumulator that int8 inputs can produce? */
  readonly exact: boolean;
  /** What was done for that, for `--explain`; empty where nothing was. */
  readonly remarks: readonly string[];
}

/** Why the kernel generator cannot take a spec, or null. Called while partitioning, before anything is compiled. */
export type KernelCheck = (spec: KernelSpec, config: import('#isa/config/config').VtaConfig, exact?: boolean) => string | null;
