import { defineMessages } from '#isa/diag/diagnostic';

/** Diagnostics of the command line: what was typed (60xx), files (61xx), and the fuzzer's programs (66xx). */
export const cliMessages = defineMessages({
  VTA6001: {
    what: '{command} has no option {option}{hint}',
    why: 'an option that nothing reads is nearly always a typing mistake',
    do: 'see the options with: {command} --help',
  },
  VTA6002: {
    what: 'there is no command {name}{hint}',
    why: 'vta is one program with a command for each job',
    do: 'see the commands with: vta --help',
  },
  VTA6003: {
    what: '{command} needs {missing}',
    why: 'without it there is nothing to work on',
    do: 'for instance: {example}',
  },
  VTA6004: {
    what: '{command}: {value} is not a value of {option}{hint}',
    why: 'the allowed values are {allowed}',
    do: 'choose one of them',
  },
  VTA6005: {
    what: '{command} does not take the argument {extra}',
    why: 'it would be ignored, which is nearly always not what was meant',
    do: 'see what it takes with: {command} --help',
  },
  VTA6006: {
    what: 'there is no diagnostic with the code {name}{hint}',
    why: 'codes look like VTA1203 and are printed with every message',
    do: 'list them all with: vta explain',
  },
  VTA6007: {
    what: '{file} has no launch of a layer named {name}{hint}',
    why: "each layer on VTA is one launch, under the layer's name",
    do: 'use one of: {names}',
  },
  VTA6008: {
    what: 'a waveform of {count} launches was asked for',
    why: 'a waveform file holds one launch',
    do: 'give one vector folder, or one .vta file with --launch and one of its layers',
  },
  VTA6009: {
    what: '{command}: {option} would have no effect: it needs {needs}',
    why: '{reason}',
    do: '{remedy}',
  },
  VTA6010: {
    what: '{program} on {on} has nothing to draw a roofline of',
    why: 'the picture shows layers by their multiplications per cycle and per byte; this run has no layer with both cycles and multiplications',
    do: 'add --on cycle; a program without layers (assembly, a golden vector) states no multiplications',
  },
  VTA6012: {
    what: '{command}: {option} is given more than once',
    why: 'only one of the values could be used',
    do: 'leave out all but one',
  },
  VTA6013: {
    what: 'input {name} is given more than once: {first} and {file}',
    why: 'only one of the files could be used',
    do: 'leave one of them out, or name the input that it is for: --input NAME=FILE.npy',
  },
  VTA6014: {
    what: '{command}: none of the arguments is {what}',
    why: 'there is nothing to run; other files among several arguments are left out, because a pattern like folder/* matches them too',
    do: 'give {what}',
  },
  VTA6020: {
    what: '{file} has no ending that names a trace format',
    why: 'the ending of the name chooses the form',
    do: 'use one of: {endings}',
  },
  VTA6021: {
    what: 'the cycles {from} to {to} are not a window of the launch',
    why: 'the launch has {cycles} cycles, from 0 to {last}',
    do: 'choose --from and --to inside that range, --from first',
  },
  VTA6022: {
    what: '{file} has nothing to trace',
    why: 'all of its layers run on the host; a trace shows launches of the machine',
    do: 'see where every layer runs, and why, with: vta compile --explain',
  },
  VTA6023: {
    what: 'a diagram of {cycles} cycles would be too wide to read',
    why: 'at most {most} cycles fit into one picture',
    do: 'choose a window of at most {most} cycles, for instance --from {from} --to {to}; for a whole run use: vta trace {program} -o timeline.html',
  },
  VTA6101: {
    what: 'cannot read {file}: {reason}',
    why: 'the command needs its contents',
    do: 'check the path and the permissions',
  },
  VTA6102: {
    what: 'cannot write {file}: {reason}',
    why: 'the result would be lost',
    do: 'check that the folder exists, may be written to, and has room; or write somewhere else',
  },
  VTA6103: {
    what: '{file} is not JSON: {reason}',
    why: 'a configuration or a vector description is a JSON file',
    do: 'correct the file at the named place',
  },
  VTA6104: {
    what: '{dir} has no vector.json',
    why: 'a golden vector is a folder with vector.json, program.bin, dram_in.bin and dram_out.bin',
    do: 'give the vector folders themselves, for instance {dir}/*',
  },
  VTA6105: {
    what: '{file} would be {what} by one command',
    why: 'what it holds, or what was written first, would be lost',
    do: 'give every output a name of its own',
  },
  VTA6106: {
    what: 'standard output could not be written: {reason}',
    why: 'the output is incomplete',
    do: 'make room, or send the output somewhere else',
  },
  VTA6601: {
    what: '{file} is not a program that the fuzzer can run again',
    why: 'it needs bare launches; this file has steps of the host between them, or no launch',
    do: 'give a file that vta fuzz wrote; for compiled models use: vta cosim {word}',
  },
});
