import { filesUnder, isTest, readText } from '../lib/files.js';
import type { Edit, Fault } from './fault.js';
import { faultsInTypeScript } from './typescript.js';
import { faultsInVerilog } from './verilog.js';

/** A part of the project that gets faults. */
export interface Area {
  readonly name: string;
  readonly about: string;
  readonly folders: readonly string[];
  readonly faults: (file: string, text: string) => readonly Edit[];
}

/** What makes texts, or programs for tests: a fault there is one of words, or of a test. */
const LEFT_OUT = /(^|\/)(generated|testing)\/|\/(messages|testing|print|random-program|op-markdown)\.ts$|\/tflite\/write\.ts$/;

export const AREAS: readonly Area[] = [
  { name: 'rtl', about: 'the SystemVerilog of the core', folders: ['hardware-rtl/rtl'], faults: (_, text) => faultsInVerilog(text) },
  { name: 'cycle', about: 'the cycle simulator', folders: ['simulator/cycle'], faults: faultsInTypeScript },
  {
    name: 'values',
    about: 'the functional simulator, its kernels, and the semantics of the instructions',
    folders: ['simulator/functional', 'simulator/values', 'isa/semantics'],
    faults: faultsInTypeScript,
  },
  { name: 'compiler', about: 'the compiler', folders: ['compiler'], faults: faultsInTypeScript },
];

const filesOf = (area: Area): readonly string[] =>
  area.folders.flatMap(filesUnder).filter((f) => /\.(ts|sv)$/.test(f) && !isTest(f) && !LEFT_OUT.test(f));

/** Every fault of an area, file by file, in the order of the text. */
export const faultsOf = (area: Area): readonly Fault[] =>
  filesOf(area).flatMap((file) => area.faults(file, readText(file)).map((edit) => ({ area: area.name, file, ...edit })));

/** The area that a file belongs to. */
export const areaOf = (file: string): Area | undefined => AREAS.find((a) => a.folders.some((folder) => file.startsWith(`${folder}/`)));
