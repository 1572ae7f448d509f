/** The part of the WebAssembly JavaScript interface that we use (the library types of a browser are not part of this project's). */
export interface WasmMemory {
  readonly buffer: ArrayBuffer;
}

interface WasmInterface {
  readonly Memory: new (descriptor: { readonly initial: number }) => WasmMemory;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: Readonly<Record<string, unknown>> };
}

const { WebAssembly: wasm } = globalThis as unknown as { readonly WebAssembly: WasmInterface };

/** Bytes of a WebAssembly page. */
export const WASM_PAGE = 65536;

/** A zeroed memory of at least `bytes` bytes. */
export const createWasmMemory = (bytes: number): WasmMemory => new wasm.Memory({ initial: Math.max(1, Math.ceil(bytes / WASM_PAGE)) });

/** Compiles and links a module whose only import is `m.m`, the memory. */
export function instantiate(bytes: Uint8Array, memory: WasmMemory): Readonly<Record<string, (...args: number[]) => void>> {
  const { exports } = new wasm.Instance(new wasm.Module(bytes), { m: { m: memory } });
  return exports as Readonly<Record<string, (...args: number[]) => void>>;
}
