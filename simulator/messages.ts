import { defineMessages } from '#isa/diag/diagnostic';

/** Diagnostics of the simulators: golden vectors (400x), cycle simulator (405x). Errors of programs are the instruction set's, VTA12xx. */
export const simulatorMessages = defineMessages({
  VTA4001: {
    what: 'the description of the golden vector is not a JSON object: it is {is}',
    why: 'vector.json describes one vector as an object with name, config, insn_addr, insn_count and dram_size',
    do: 'check that it is the vector.json of a golden vector',
  },
  VTA4002: {
    what: 'golden vector {vector}: {key} is {is}, but it must be {must}',
    why: 'without it the program cannot be found or run',
    do: 'correct vector.json, or take the vector again from its source',
  },
  VTA4003: {
    what: 'golden vector {vector} lacks {file}',
    why: 'a golden vector is a folder with vector.json, program.bin, dram_in.bin and dram_out.bin',
    do: 'copy the whole folder',
  },
  VTA4004: {
    what: 'golden vector {vector}: {file} has {bytes} bytes instead of {must}',
    why: 'vector.json states the size, and images before and after the run are compared byte by byte',
    do: 'take the vector again from its source: a file was cut, or belongs to another vector',
  },
  VTA4005: {
    what: 'golden vector {vector}: insn_addr = {address} does not fit: {reason}',
    why: 'the program must lie inside the image, at a 16-byte boundary',
    do: 'correct insn_addr and insn_count in vector.json',
  },
  VTA4006: {
    what: 'golden vector {vector}: program.bin differs from the image at insn_addr from byte {byte} of the program on',
    why: 'the machine runs the program in the image, so one of the two files is not of this vector',
    do: 'take the vector again from its source',
  },
  VTA4050: {
    what: 'instruction {index} does not fit in the command queue of {unit}, and nothing can go on: {waiting}',
    why: 'fetch hands out instructions in program order and a queue holds {depth}; the tokens that are waited for come from instructions behind',
    do: 'move the named instructions further up in the stream, so that no unit is more than {depth} instructions ahead of one it waits for',
  },
});
