/** The code generators of this compiler, in order of priority. */
import { CodegenRegistry } from './codegen.js';
import { hostCodegen } from './host-codegen.js';
import { vtaCodegen } from './vta-codegen.js';

/** VTA first, the host takes the rest. A new accelerator is registered before the host. */
export const defaultCodegens = (): CodegenRegistry => new CodegenRegistry().register('vta', vtaCodegen).register('host', hostCodegen);
