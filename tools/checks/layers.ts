/**
 * Who may import whom, as data. Packages first; then, inside of each package, its rooms (folders, or single files where a folder has two floors).
 * tools/checks/deps.ts holds the sources to it; the picture in CONTRIBUTING.md is made from it.
 */

/** A package and what it may import besides itself: packages, or folders of them. */
export interface PackageRule {
  readonly name: string;
  readonly holds: string;
  readonly may: readonly string[];
  readonly why: string;
}

/** From the ground up. Tests beside the code may import anything. */
export const PACKAGE_RULES: readonly PackageRule[] = [
  {
    name: 'isa',
    holds: 'configurations, instruction and timing tables, codec, assembler, semantics, contracts of machines',
    may: [],
    why: 'everyone depends on it',
  },
  {
    name: 'runtime',
    holds: 'compiled programs, host operators, execution',
    may: ['isa'],
    why: 'it is handed a Device and deploys without a compiler',
  },
  {
    name: 'simulator',
    holds: 'the machines: values, functional, cycle-exact, the original Chisel core; the comparer of machines',
    may: ['isa'],
    why: 'it checks the compiler and must not share its mistakes',
  },
  {
    name: 'analysis',
    holds: 'what explains a program and its run: trace, advice, lint, litmus tests, debugger',
    may: ['isa', 'simulator'],
    why: 'it reads machines; no machine depends on who looks at it',
  },
  {
    name: 'fuzz',
    holds: 'random programs, what they cover, and how to make a failing one small',
    may: ['isa', 'simulator', 'analysis'],
    why: 'it is handed the machines that it compares',
  },
  {
    name: 'compiler',
    holds: 'importers, graph IR, partitioning, tensor IR, schedules, lowering',
    may: ['isa', 'runtime/artifact', 'runtime/host', 'runtime/tensor', 'runtime/messages'],
    why: 'it must not know any machine, so that a machine can check it',
  },
  {
    name: 'hardware-rtl',
    holds: 'SystemVerilog, Verilator harness, lockstep',
    may: ['isa', 'simulator'],
    why: 'lockstep needs a model to step, nothing else',
  },
  {
    name: 'cli',
    holds: 'the `vta` command',
    may: ['isa', 'runtime', 'simulator', 'analysis', 'fuzz', 'compiler', 'hardware-rtl'],
    why: 'it puts everything together; repository scripts are not part of the product',
  },
];

/** Packages that run in a browser as they are. */
export const LIBRARIES: readonly string[] = ['isa', 'compiler', 'runtime', 'simulator', 'analysis', 'fuzz'];

/**
 * The rooms of each package from the ground up: a file may import from its own room and from rooms before it, so no arrow leads back. A file belongs
 * to the longest name that it begins with.
 */
export const ROOMS: Readonly<Record<string, readonly string[]>> = {
  isa: ['diag', 'messages', 'config', 'spec', 'arch', 'codec', 'asm', 'gen', 'semantics'],
  runtime: ['messages', 'tensor', 'npy', 'host', 'artifact', 'exec'],
  simulator: [
    'messages',
    'values/wasm/runtime',
    'values/state',
    'values/wasm',
    'values',
    'compare',
    'functional',
    'cycle',
    'cycle/reference',
    'cycle/testing',
    'chisel',
    'chisel/reference',
    'vector',
  ],
  analysis: [
    'trace',
    'program',
    'advice',
    'lint',
    'litmus',
    'debug',
    'trace/vcd',
    'trace/wave',
    'trace/perfetto',
    'trace/generated',
    'trace/page',
  ],
  fuzz: ['random', 'case', 'accesses', 'token-plan', 'edit', 'uop-pool', 'world', 'census', ''],
  compiler: [
    'messages',
    'stopwatch',
    'graph/types',
    'graph/attrs',
    'graph/ops',
    'graph',
    'frontend/findings',
    'frontend/tflite',
    'frontend/tflite/operators',
    'frontend/tflite/survey',
    'frontend/tflite/import',
    'frontend',
    'tir',
    'schedule',
    'schedule/primitives',
    'schedule/schedule',
    'lower',
    'kernel',
    'partition',
    'passes',
    'pipeline',
  ],
  'hardware-rtl': ['messages', 'verilated', 'lockstep'],
  cli: [
    'messages',
    'message-tables',
    'context',
    'devices',
    'lockstep',
    'report',
    'options/spec',
    'io',
    'advice',
    'trace',
    'debug',
    'parallel/handler',
    'fuzz',
    'tasks',
    'parallel',
    'commands',
    'options',
    'main',
  ],
};

/** Rooms that must not know each other although no floor is between them. */
/**
 * Rooms that must not know each other although no floor is between them. A room inside of the one that it must not know may know itself;
 * `except` names single files.
 */
export const STRANGERS: readonly {
  readonly from: string;
  readonly to: string;
  readonly except?: readonly string[];
  readonly why: string;
}[] = [
  {
    from: 'simulator/cycle',
    to: 'simulator/functional',
    why: 'they agree through isa/semantics and are compared in tests',
  },
  {
    from: 'simulator/functional',
    to: 'simulator/cycle',
    why: 'they agree through isa/semantics and are compared in tests',
  },
  {
    from: 'simulator/cycle/reference',
    to: 'simulator/cycle',
    why: 'the reference is written from docs/reference/timing.md; a rule that both share is checked by neither',
  },
  {
    from: 'simulator/chisel/reference',
    to: 'simulator/chisel',
    except: ['simulator/chisel/parameters', 'simulator/chisel/program'],
    why: 'the reference is written apart, but for the constants and the type of an instruction',
  },
  {
    from: 'runtime/host',
    to: 'runtime/exec',
    why: 'host operators are plain functions that the compiler uses too',
  },
];
