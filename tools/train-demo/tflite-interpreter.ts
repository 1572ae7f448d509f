import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { runInThisContext } from 'node:vm';

/** The parts of the interpreter's JavaScript interface that we call. */
interface Tensor {
  data(): Int8Array;
}
interface TensorList {
  get(index: number): Tensor;
}
interface Runner {
  GetInputs(): TensorList;
  GetOutputs(): TensorList;
  Infer(): boolean;
  delete(): void;
}
interface TfliteModule {
  readonly HEAPU8: Uint8Array;
  _malloc(bytes: number): number;
  _free(address: number): void;
  readonly TFLiteWebModelRunner: {
    CreateFromBufferAndOptions(address: number, bytes: number, options: object): { ok(): boolean; errorMessage(): string; value(): Runner };
  };
}

/** The WebAssembly build of the TensorFlow Lite interpreter that the npm package @tensorflow/tfjs-tflite holds. */
export class TfliteInterpreter {
  private constructor(private readonly module: TfliteModule) {}

  /** @param packageFolder the installed package, which has a folder `wasm` */
  static async load(packageFolder: string): Promise<TfliteInterpreter> {
    const folder = join(packageFolder, 'wasm');
    const script = join(folder, 'tflite_web_api_cc_simd.js');
    // the script is made for CommonJS and finds these as globals
    Object.assign(globalThis, { require: createRequire(script), __dirname: folder });
    runInThisContext(readFileSync(script, 'utf8'), { filename: script });
    const { tflite_web_api_ModuleFactory: factory } = globalThis as unknown as {
      tflite_web_api_ModuleFactory: (options: object) => Promise<TfliteModule>;
    };
    return new TfliteInterpreter(await factory({ wasmBinary: readFileSync(join(folder, 'tflite_web_api_cc_simd.wasm')) }));
  }

  /** Prepares a model with one int8 input and one int8 output; `run` returns a copy of the output. */
  open(model: Uint8Array): { run(input: Int8Array): Int8Array; close(): void } {
    const { module } = this;
    const address = module._malloc(model.length);
    module.HEAPU8.set(model, address);
    const options = { numThreads: 1, enableWebNNDelegate: false, enableProfiling: false, maxProfilingBufferEntries: 0 };
    const created = module.TFLiteWebModelRunner.CreateFromBufferAndOptions(address, model.length, options);
    if (!created.ok()) throw new Error(`the interpreter refuses the model: ${created.errorMessage()}`);
    const runner = created.value();
    return {
      run(input) {
        runner.GetInputs().get(0).data().set(input);
        if (!runner.Infer()) throw new Error('the interpreter failed');
        return runner.GetOutputs().get(0).data().slice();
      },
      close() {
        runner.delete();
        module._free(address);
      },
    };
  }
}
