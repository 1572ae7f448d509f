import { defineMessages } from '#isa/diag/diagnostic';

/** Diagnostics of the simulators: golden vectors (400x), cycle simulator (405x), timing of the original core (406x). Errors of programs are the instruction set's, VTA12xx. */
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
  VTA4051: {
    what: 'instruction {index} loads micro-ops from the bytes {from} to {last}, where the program may have stored results',
    why: 'micro-ops decide how long GEMM and ALU take, and a run without values does not compute what is stored',
    do: 'run it with values: leave out --timing-only',
  },
  VTA4060: {
    what: 'the original Chisel core does not exist for machine {config}',
    why: 'its fields, block and scratchpad depths are fixed: {core}, without extension',
    do: 'compile for --config default, or leave out --timing vta-chisel',
  },
  VTA4061: {
    what: 'the memory of the original simulation has no {key} = {value}',
    why: 'it transfers 64 bits in every cycle without stalls, the first beat two or more cycles after the address',
    do: 'use only --memory latency=N with N from 2, or leave out --timing vta-chisel',
  },
  VTA4062: {
    what: 'the original Chisel core does not decode {detail} (instructions of this kind: {count})',
    why: 'its fetch unit never gets past an instruction that it does not know, so the program would never end',
    do: 'use other instructions (the original has LOAD of UOP, WGT, INP and ACC, ALU MIN, MAX, ADD and SHR), or leave out --timing vta-chisel',
  },
  VTA4063: {
    what: '{detail} is not a no-op on the original Chisel core: it {instead} (instructions of this kind: {count})',
    why: 'its counters compare with the extent minus one, so an extent of zero wraps around',
    do: 'remove the instruction (LOAD and STORE with x_size = 0 only pass tokens on), or leave out --timing vta-chisel',
  },
  VTA4064: {
    what: 'the memory of the original simulation drops a {detail} (instructions of this kind: {count})',
    why: 'address 0 is its null: what is read there never arrives, what is written there is lost',
    do: 'place data and instructions from address 4096 on, as the original runtime does, or leave out --timing vta-chisel',
  },
  VTA4065: {
    what: 'instruction {index} pushes a token from {from} to {to} while {max} are there, and the original Chisel core loses it',
    why: 'its token counters have 8 bits; whoever waits for the lost token waits for ever',
    do: 'let {to} pop tokens earlier, or leave out --timing vta-chisel',
  },
});
