import { MACHINES, TIMINGS } from '../devices.js';
import type { ArgumentSpec, CommandSpec, OptionSpec } from './spec.js';

const JSON_FLAG: OptionSpec = { flags: '--json', help: 'print JSON instead of text' };
const ON: OptionSpec = { flags: '--on <machine>', help: 'the machine that runs it', choices: MACHINES, default: 'functional' };
const TIMING: OptionSpec = {
  flags: '--timing <timing>',
  help: 'whose cycles the cycle simulator counts: ours, or those of the original Chisel core in its own simulation',
  choices: TIMINGS,
  default: 'vta-stack',
};
const MEMORY: OptionSpec = {
  flags: '--memory <settings>',
  help: 'memory behind the AXI port: width=64|128|256|512, latency=N, interval=N, stall=N, seed=N',
};
const CONFIG: OptionSpec = { flags: '--config <preset|file>', help: 'machine: a preset or a vta_config.json file', default: 'default' };
const JOBS: OptionSpec = {
  flags: '--jobs <n|all>',
  help: 'programs at a time, on as many threads; results come in the same order',
  default: '1',
  count: { least: 1, words: ['all'] },
};
const OUTPUT: OptionSpec = { flags: '-o, --output <file>', help: 'file to write', required: true };
/** A program, where any kind will do. */
const PROGRAM: ArgumentSpec = {
  name: 'program',
  help: 'a .vta file, a vector folder, a .litmus or .vasm file, or an instruction stream (any other file)',
  kinds: 'program',
};
const PROGRAM_OPTIONS: readonly OptionSpec[] = [
  { ...CONFIG, help: 'machine of assembly and instruction files: a preset or a vta_config.json file' },
  { flags: '--dram <image>', help: 'memory of assembly and instruction files; the instructions follow it' },
];
const LAUNCH: OptionSpec = { flags: '--launch <layer>', help: 'only the launch of this layer' };
const FROM: OptionSpec = {
  flags: '--from <cycle>',
  help: 'first cycle of the window, counted from launch',
  default: '0',
  count: { least: 0 },
};
const TO: OptionSpec = { flags: '--to <cycle>', help: 'last cycle of the window; the end of the launch if left out', count: { least: 0 } };
const TRACED_ON: OptionSpec = { ...ON, choices: ['cycle', 'rtl'], default: 'cycle' };

/** The commands in the order of `vta --help`. */
export const COMMANDS: readonly CommandSpec[] = [
  {
    name: 'compile',
    summary: 'compile a quantized model, or a tensor program, to a VTA program',
    args: [{ name: 'model', help: 'a .tflite model, or a .tir tensor program', kinds: 'source' }],
    options: [
      OUTPUT,
      CONFIG,
      { flags: '--explain', help: 'say for every operator where it runs and why' },
      {
        flags: '--rounding <profile>',
        help: "rounding of requantization; builtin: as TensorFlow Lite's built-in kernels, each operator in its own way",
        choices: ['reference', 'single', 'double', 'builtin'],
      },
      {
        flags: '--exact',
        help: 'only code that gives the rounding of the model for every value that can occur: longer code, or the host, where the short one does not',
      },
      { flags: '--schedule <file>', help: 'of a tensor program: schedule primitives to apply, one per line' },
      { flags: '--dump <folder>', help: 'write the graph after every pass' },
      { flags: '--skip <pass>', help: 'leave out a pass', repeat: true },
      { flags: '--bisect <n>', help: 'run only the first n optional passes', count: { least: 0 } },
      { flags: '--times', older: '--timing', help: 'print where the time went: reading, passes, the kernel of every layer, writing' },
      JSON_FLAG,
    ],
    examples: [
      ['vta compile ic.tflite -o ic.vta', 'compile for the default machine'],
      ['vta compile ic.tflite -o ic.vta --config mac64-x --explain', 'a smaller machine with the extension, saying what runs where'],
      ['vta compile ic.tflite -o ic.vta --exact --explain', 'results that equal the reference on a machine without the extension, too'],
    ],
    load: () => import('../commands/compile.js'),
  },
  {
    name: 'run',
    summary: 'run a compiled program and report what every layer cost',
    args: [{ name: 'file', help: 'a .vta file' }],
    options: [
      ON,
      { flags: '-i, --input <[name=]file.npy>', help: 'an input; a fixed seeded one is made where none is given', repeat: true },
      { flags: '-o, --output <[name=]file.npy>', help: 'where to write an output', repeat: true },
      TIMING,
      { flags: '--timing-only', help: 'cycles without values and outputs, several times as fast' },
      MEMORY,
      { flags: '--no-advice', help: 'leave out the limits and losses' },
      { flags: '--roofline <file.svg>', help: 'draw multiplications per cycle against multiplications per byte' },
      JSON_FLAG,
    ],
    examples: [
      ['vta run ic.vta --on cycle', 'cycles and utilization of every layer'],
      ['vta run ic.vta --on cycle --timing vta-chisel', 'what the original hardware would need for it'],
      ['vta run ic.vta --input cat.npy --output scores.npy', 'values in, values out'],
    ],
    load: () => import('../commands/run.js'),
  },
  {
    name: 'why',
    summary: 'explain where the cycles of a program went, and what would save some',
    args: [PROGRAM],
    options: [
      TRACED_ON,
      MEMORY,
      LAUNCH,
      { flags: '--losses <n>', help: 'how many of the largest losses', default: '3', count: { least: 0 } },
      { flags: '--path', help: 'list the critical path' },
      FROM,
      TO,
      ...PROGRAM_OPTIONS,
      JSON_FLAG,
    ],
    examples: [
      ['vta why ic.vta', 'the limits of every layer, and the three largest losses'],
      ['vta why ic.vta --launch conv2d_1 --path', 'every step of the critical path of one layer'],
    ],
    load: () => import('../commands/why.js'),
  },
  {
    name: 'run-vector',
    summary: 'run golden vectors and compare the memory afterwards',
    args: [{ name: 'dir...', help: 'vector folders' }],
    options: [ON, TIMING, MEMORY, JOBS, JSON_FLAG],
    examples: [
      ['vta run-vector conformance/public/* --on cycle', 'every public vector on the cycle simulator'],
      ['vta run-vector conformance/resnet18_official/* --on cycle --timing vta-chisel', 'cycles of the original hardware'],
    ],
    load: () => import('../commands/run-vector.js'),
  },
  {
    name: 'cosim',
    summary: 'run functional, cycle and RTL in lockstep and compare every retired instruction',
    args: [{ name: 'program...', help: '.vta files or vector folders', kinds: 'program' }],
    options: [
      MEMORY,
      LAUNCH,
      { flags: '--waveform <file>', help: 'write the signals of the RTL during one launch: .fst or .vcd' },
      FROM,
      TO,
      JOBS,
      JSON_FLAG,
    ],
    examples: [
      ['vta cosim ic.vta', 'every launch of the model, values and cycles'],
      ['vta cosim ic.vta --launch conv2d_1 --waveform conv.fst --to 2000', 'one layer, with its first 2000 cycles as a waveform'],
    ],
    load: () => import('../commands/cosim.js'),
  },
  {
    name: 'trace',
    summary: 'run a program and say where every cycle of every unit went; write timelines',
    args: [PROGRAM],
    options: [
      { flags: '-o, --output <file>', help: 'a timeline: .pftrace (Perfetto), .html (a page), .vcd (signals)', repeat: true },
      TRACED_ON,
      TIMING,
      MEMORY,
      LAUNCH,
      { flags: '--layers', help: 'print the accounts of every layer, too' },
      FROM,
      TO,
      ...PROGRAM_OPTIONS,
      JSON_FLAG,
    ],
    examples: [
      ['vta trace ic.vta', 'the cycle accounts of a model'],
      ['vta trace ic.vta -o ic.html -o ic.pftrace', 'with a page to look at, and a file for ui.perfetto.dev'],
      ['vta trace ic.vta --launch conv2d_1 -o conv.vcd --on rtl', 'one layer on the RTL, as signals'],
    ],
    load: () => import('../commands/trace.js'),
  },
  {
    name: 'wave',
    summary: 'draw what every unit does in a window of cycles (WaveDrom)',
    args: [PROGRAM],
    options: [
      { ...OUTPUT, help: 'the picture: .svg, or .json for its WaveDrom source' },
      FROM,
      { ...TO, help: 'last cycle of the window; as far as the picture is readable (60 cycles) if left out' },
      LAUNCH,
      TRACED_ON,
      TIMING,
      MEMORY,
      ...PROGRAM_OPTIONS,
    ],
    examples: [['vta wave ic.vta --launch conv2d_1 --from 840 --to 899 -o x.svg', 'sixty cycles of a layer']],
    load: () => import('../commands/wave.js'),
  },
  {
    name: 'fuzz',
    summary: 'run random programs on all machines and compare values, order and cycles',
    args: [{ name: 'file...', help: 'programs that an earlier run wrote, to run again', optional: true }],
    options: [
      { flags: '--seed <n>', help: 'the same seed makes the same programs', default: '1', count: { least: 0 } },
      { flags: '--count <n>', help: 'how many programs', default: '100', count: { least: 1 } },
      { flags: '--on <machines>', help: 'machines that are compared, with commas between', default: MACHINES.join(',') },
      {
        flags: '--config <preset|file|random>',
        help: 'machine: a preset, a vta_config.json file, or another one for each program',
        default: 'random',
      },
      { flags: '--memory <settings|random>', help: 'memory behind the AXI port, or another one for each program', default: 'random' },
      { flags: '--rtl-configs <n>', help: 'RTL models that programs take turns on, each built once', default: '2', count: { least: 1 } },
      { flags: '--illegal', help: 'break the programs: all machines must end with the same diagnostic' },
      { flags: '--stats', help: 'also count what the programs reach: instructions, distances, paddings, configurations, ...' },
      JOBS,
      {
        flags: '-o, --output <folder>',
        older: '--out <folder>',
        help: 'where a failing program is written, made small',
        default: 'crashers',
      },
      JSON_FLAG,
    ],
    examples: [
      ['vta fuzz --seed 7 --count 1000 --on functional,cycle', 'a thousand random machines and programs, without the RTL'],
      ['vta fuzz --config mac64-x --count 200', 'one machine, RTL included'],
      ['vta fuzz crashers/fuzz-7-31.vta', 'run a failing program again'],
    ],
    load: () => import('../commands/fuzz.js'),
  },
  {
    name: 'lint',
    summary: 'look for races, deadlocks, and what published implementations disagree on, without running',
    args: [{ ...PROGRAM, name: 'program...' }],
    options: [
      ...PROGRAM_OPTIONS,
      { flags: '--strict', help: 'warnings fail, too' },
      { flags: '--no-published', help: 'leave out the rules about published implementations' },
      { flags: '--ignore <rule>', help: 'leave out a rule, or several with commas between', repeat: true },
      { flags: '--all', help: 'print every finding in full, not the first of each rule' },
      JSON_FLAG,
    ],
    examples: [
      ['vta lint ic.vta', 'every launch of a compiled model'],
      ['vta lint program.vasm --config mac64 --dram image.bin', 'assembly, with the memory that holds its micro-ops'],
    ],
    load: () => import('../commands/lint.js'),
  },
  {
    name: 'debug',
    summary: 'step through a program on the cycle simulator, with breakpoints, scratchpads and queues',
    args: [PROGRAM],
    options: [
      { ...LAUNCH, help: 'the launch of this layer; the first one where it is left out' },
      { flags: '-c, --command <line>', help: 'execute this command and those of the script, then leave', repeat: true },
      { flags: '--script <file>', help: 'commands, one per line; without it they come from the terminal or from standard input' },
      MEMORY,
      ...PROGRAM_OPTIONS,
    ],
    examples: [
      ['vta debug ic.vta --launch conv2d_1', 'a layer, interactively'],
      ["vta debug program.vta -c 'break insn 12' -c continue -c queues", 'commands without a terminal'],
    ],
    load: () => import('../commands/debug.js'),
  },
  {
    name: 'litmus',
    summary: 'enumerate every legal interleaving of small programs and judge them',
    args: [{ name: 'file...', help: '.litmus files: assembly with an expected verdict' }],
    options: [{ flags: '--explain', help: 'name the instructions that a verdict is about' }, JSON_FLAG],
    examples: [['vta litmus tests/litmus/*.litmus', 'the suite of this project']],
    load: () => import('../commands/litmus.js'),
  },
  {
    name: 'asm',
    summary: 'assemble VTA instructions',
    args: [{ name: 'file', help: 'a .vasm file' }],
    options: [
      { ...OUTPUT, help: 'program.bin (instructions only) or program.vta (a program that runs)' },
      CONFIG,
      { flags: '--dram <image>', help: 'initial memory of a .vta output; the instructions follow it' },
    ],
    examples: [
      ['vta asm add.vasm -o add.bin', 'instructions only'],
      ['vta asm add.vasm -o add.vta --dram image.bin', 'with data, ready for vta run and vta cosim'],
    ],
    load: () => import('../commands/asm.js'),
  },
  {
    name: 'disasm',
    summary: 'print VTA instructions as assembly',
    args: [{ name: 'file', help: 'an instruction stream, or a .vta file', kinds: 'program' }],
    options: [{ ...CONFIG, help: 'machine of an instruction stream: a preset or a vta_config.json file' }],
    examples: [['vta disasm program.bin --config mac64', 'a stream for the 8x8 machine']],
    load: () => import('../commands/disasm.js'),
  },
  {
    name: 'config',
    summary: 'print a configuration in the published form, or what follows from it',
    args: [{ name: 'preset|file', help: 'without it, the presets are listed', optional: true }],
    options: [{ flags: '--derived', help: 'print element sizes, depths and the fingerprint' }, JSON_FLAG],
    examples: [
      ['vta config default > my_config.json', 'start your own configuration'],
      ['vta config mac64 --derived', 'element sizes and buffer depths'],
    ],
    load: () => import('../commands/config.js'),
  },
  {
    name: 'passes',
    summary: 'list the compiler passes in the order they run',
    args: [],
    options: [JSON_FLAG],
    examples: [['vta passes', 'names for --skip and --bisect']],
    load: () => import('../commands/passes.js'),
  },
  {
    name: 'explain',
    summary: 'explain a diagnostic code',
    args: [{ name: 'code', help: 'for instance VTA1203; without it, all codes are listed', optional: true }],
    options: [JSON_FLAG],
    examples: [['vta explain VTA1203', 'what it means, why it is a problem, what to do']],
    load: () => import('../commands/explain.js'),
  },
  {
    name: 'doctor',
    summary: 'say what is installed, what is missing and how to get it',
    args: [],
    options: [JSON_FLAG],
    examples: [['vta doctor', '']],
    load: () => import('../commands/doctor.js'),
  },
  {
    name: 'cache',
    summary: 'list the built models of the RTL, or remove them',
    args: [],
    options: [
      { flags: '--clear', help: 'remove them; they are built again when they are needed' },
      {
        flags: '--old',
        help: 'only those that the design and the Verilator of today do not use, as far as that is known, and what failed builds left',
      },
      JSON_FLAG,
    ],
    examples: [
      ['vta cache', 'what is kept, where, and how large it is'],
      ['vta cache --clear --old', 'remove what is not used any more'],
    ],
    load: () => import('../commands/cache.js'),
  },
];
