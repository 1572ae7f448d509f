/**
 * The TensorFlow Lite interpreter, as the package @tensorflow/tfjs-tflite holds it (WebAssembly with SIMD, one thread). It is the
 * reference for values: with the XNNPACK delegate, as it runs by default, or with its built-in kernels alone.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { compileFunction } from 'node:vm';
import { type ModelSpec, writeTflite } from '#compiler/frontend/tflite/write';

export type Kernels = 'delegate' | 'builtin';
export type Values = Int8Array | Uint8Array | Int32Array | Float32Array;

export interface Inference {
  readonly outputs: readonly Values[];
  /**
   * Whose code ran: the delegate's, in at least one operator; built-in kernels, since the delegate took no operator; or built-in
   * kernels everywhere, since the delegate failed in an operator that it had taken ("fallback").
   */
  readonly ran: Kernels | 'fallback';
}

/** What the module's glue code offers; see dist/types/tflite_web_model_runner.d.ts of the package. */
interface Vector<T> {
  size(): number;
  get(index: number): T;
  delete(): void;
}
interface TensorInfo {
  data(): Values;
  delete(): void;
}
interface Runner {
  GetInputs(): Vector<TensorInfo>;
  GetOutputs(): Vector<TensorInfo>;
  Infer(): boolean;
  GetProfilingResults(): Vector<{ nodeType: string }>;
  delete(): void;
}
interface RunnerOrStatus {
  ok(): boolean;
  errorMessage(): string;
  value(): Runner;
  delete(): void;
}
interface TfliteModule {
  readonly HEAPU8: Uint8Array;
  _malloc(bytes: number): number;
  _free(at: number): void;
  readonly TFLiteWebModelRunner: {
    CreateFromBufferAndOptions(at: number, bytes: number, options: object): RunnerOrStatus;
  };
}

async function loadModule(log: string[]): Promise<TfliteModule> {
  const require = createRequire(import.meta.url);
  const folder = join(dirname(require.resolve('@tensorflow/tfjs-tflite/package.json')), 'wasm');
  const glue = readFileSync(join(folder, 'tflite_web_api_cc_simd.js'), 'utf8');
  const names = ['require', '__dirname', '__filename'];
  const makeFactory = compileFunction(`${glue}\nreturn tflite_web_api_ModuleFactory;`, names);
  const factory = makeFactory(require, folder, join(folder, 'tflite_web_api_cc_simd.js'));
  const say = (line: string): void => void log.push(line);
  return factory({ wasmBinary: readFileSync(join(folder, 'tflite_web_api_cc_simd.wasm')), print: say, printErr: say });
}

/**
 * The model with a second, unused int8 ADD. XNNPACK takes it, but cannot build a network in which a result leads nowhere; TensorFlow
 * Lite then goes back to its built-in kernels for all operators ("Restored original execution plan after delegate application failure").
 */
function withoutDelegate(model: ModelSpec): ModelSpec {
  const t = model.tensors.length;
  const quantization = { scales: [0.5], zeroPoint: 0 };
  const spare = (name: string) => ({ name, type: 'INT8', shape: [1, 4], quantization }) as const;
  return {
    ...model,
    tensors: [...model.tensors, spare('unused_in'), spare('unused_out')],
    inputs: [...model.inputs, t],
    operators: [...model.operators, { op: 'ADD', inputs: [t, t], outputs: [t + 1], options: { activation: 0 } }],
  };
}

const itemsOf = <T>(v: Vector<T>): T[] => Array.from({ length: v.size() }, (_, i) => v.get(i));

export class Interpreter {
  private constructor(
    private readonly module: TfliteModule,
    private readonly log: string[],
  ) {}

  static async open(): Promise<Interpreter> {
    const log: string[] = [];
    return new Interpreter(await loadModule(log), log);
  }

  /** Runs a model once. Throws where the interpreter cannot, or where kernels other than those asked for ran. */
  run(model: ModelSpec, inputs: readonly Values[], kernels: Kernels): Inference {
    const bytes = writeTflite(kernels === 'builtin' ? withoutDelegate(model) : model);
    const inference = this.infer(bytes, inputs);
    if (kernels === 'builtin' && inference.ran !== 'fallback')
      throw new Error('the interpreter used its delegate in spite of the unused operator');
    return inference;
  }

  /** As {@link attempt}; the profiler of one interpreter in thirty records nothing at all, another one is made then. */
  private infer(bytes: Uint8Array, inputs: readonly Values[]): Inference {
    for (let tries = 0; tries < 10; tries++) {
      const inference = this.attempt(bytes, inputs);
      if (inference !== null) return inference;
    }
    throw new Error('the interpreter does not say which kernels ran');
  }

  private attempt(bytes: Uint8Array, inputs: readonly Values[]): Inference | null {
    const { module, log } = this;
    log.length = 0;
    const at = module._malloc(bytes.length);
    module.HEAPU8.set(bytes, at);
    const options = { numThreads: 1, enableProfiling: true, maxProfilingBufferEntries: 1024 };
    const made = module.TFLiteWebModelRunner.CreateFromBufferAndOptions(at, bytes.length, options);
    try {
      if (!made.ok()) throw new Error(`the interpreter refuses the model: ${made.errorMessage()} ${log.join(' ')}`);
      const runner = made.value();
      const ports = itemsOf(runner.GetInputs());
      inputs.forEach((x, i) => ports[i].data().set(x));
      if (!runner.Infer()) throw new Error(`the interpreter fails: ${log.join(' ')}`);
      const outputs = itemsOf(runner.GetOutputs()).map((t) => t.data().slice());
      const nodes = itemsOf(runner.GetProfilingResults()).map((n) => n.nodeType);
      runner.delete();
      if (nodes.length === 0) return null;
      const fellBack = log.some((line) => line.includes('Restored original execution plan'));
      const delegated = nodes.some((n) => n.includes('Delegate'));
      return { outputs, ran: fellBack ? 'fallback' : delegated ? 'delegate' : 'builtin' };
    } finally {
      made.delete();
      module._free(at);
    }
  }
}
