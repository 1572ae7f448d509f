import { defineMessages } from './diag/diagnostic.js';

/** Diagnostics of the instruction set package: configurations (10xx), encoding and assembly (11xx), programs and execution (12xx). */
export const isaMessages = defineMessages({
  VTA1001: {
    what: 'configuration {config} is not a JSON object of VTA keys: {reason}',
    why: 'a configuration is an object in the published vta_config.json form',
    do: 'start from one that works, for instance: vta config default > my_config.json',
  },
  VTA1002: {
    what: 'configuration {config} lacks the key {key}',
    why: 'every size of the machine must be stated; there are no hidden defaults',
    do: 'add "{key}" with a whole number (the default preset has {example})',
  },
  VTA1003: {
    what: 'configuration {config} has the unknown key {key}{hint}',
    why: 'a key that nothing reads is nearly always a typing mistake',
    do: 'remove it, or correct its name',
  },
  VTA1004: {
    what: 'configuration {config}: {key} = {value} is not allowed: {allowed}',
    why: 'the machine is not defined outside that range',
    do: 'choose a value in the range',
  },
  VTA1005: {
    what: 'configuration {config} breaks the rule "{rule}": {detail}',
    why: '{reason}',
    do: '{remedy}',
  },
  VTA1006: {
    what: 'there is no configuration preset named {name}{hint}',
    why: 'a configuration is a preset name or the path of a JSON file',
    do: 'use one of: {presets}; or give a .json file',
  },
  VTA1101: {
    what: '{op}.{field} = {value} does not fit: {low}..{high} ({bits} bits)',
    why: 'the field has that many bits at this configuration ({config})',
    do: 'use a smaller value, or a configuration with larger buffers',
  },
  VTA1102: {
    what: 'a program must be whole 16-byte instructions, but {bytes} bytes were given',
    why: 'every VTA instruction is exactly 128 bits',
    do: 'check that the file is an instruction stream and that it is complete',
  },
  VTA1103: {
    what: 'there is no instruction named {name}{hint}',
    why: 'a line of assembly is one instruction: its name, then its operands',
    do: 'use one of: {names} (docs/reference/assembly.md)',
  },
  VTA1104: {
    what: '{op} has no operand {key}{hint}',
    why: 'an operand that is not understood would be lost silently',
    do: 'use the operands of {op}: {operands}',
  },
  VTA1105: {
    what: 'expected {expected}, found {found}',
    why: '{op} cannot be read otherwise',
    do: 'write it as in: {example}',
  },
  VTA1106: {
    what: '{op} has the operand {key} twice',
    why: 'one of the two would be lost silently',
    do: 'remove one of them',
  },
  VTA1107: {
    what: '{op} lacks the operand {key}',
    why: '{reason}',
    do: 'add it, as in: {example}',
  },
  VTA1108: {
    what: '{op} belongs to the ISA extension, which the configuration {config} does not have',
    why: 'without the extension its encoding has no meaning and the machine would refuse the program',
    do: 'assemble for a configuration with "EXTENSION": 1 (for instance the preset default-x)',
  },
  VTA1109: {
    what: '{op} reserved = {value} sets bits that belong to fields: the reserved bits are {mask}',
    why: 'the bits of fields are written by their own operands',
    do: 'keep only reserved bits, or use .word for the whole encoding',
  },
  VTA1201: {
    what: 'deadlock: {waiting}',
    why: 'every unit that still has instructions waits for a dependency token that no remaining instruction can push',
    do: 'check the pop and push flags of the named instructions: each pop needs one push of the neighbouring unit before it',
  },
  VTA1202: {
    what: 'the program of {count} instructions ends without FINISH',
    why: 'the device reports completion when the compute unit executes FINISH; without one it would never stop',
    do: 'end the stream with a FINISH instruction',
  },
  VTA1203: {
    what: '{memory} index {index} is out of range: the buffer holds {depth} elements',
    why: 'an access beyond a scratchpad has no defined result on any machine',
    do: 'check the base, extents and factors of the instruction, or use a configuration with a larger buffer',
  },
  VTA1204: {
    what: 'byte address {address} ({bytes} bytes) is outside the {size}-byte DRAM image',
    why: 'the access would read or write memory that does not belong to the program',
    do: 'check dram_base, y_size and x_stride (they count elements of the memory type), or enlarge the image',
  },
  VTA1205: {
    what: 'unknown encoding: {detail}',
    why: 'the machine defines no meaning for it at this configuration',
    do: 'use a defined encoding (vta disasm shows the program; docs/reference/isa.md lists them)',
  },
  VTA1206: {
    what: 'the instruction count is {count}',
    why: 'a launch needs at least one instruction, FINISH',
    do: 'give the number of 16-byte instructions at the instruction address, at least 1',
  },
  VTA1207: {
    what: 'the {unit} unit has no token queue for {flag}',
    why: 'Load is the first unit and Store the last: there is no neighbour on that side, and published machines disagree on what the flag does',
    do: 'clear the flag',
  },
  VTA1208: {
    what: 'instruction {index} is still queued when FINISH ends the program',
    why: 'FINISH signals completion, so work that is left is never waited for; the official simulator never returns',
    do: 'make FINISH the last instruction and let it wait for the others by tokens',
  },
  VTA1209: {
    what: 'instruction address {address} is not a multiple of 16',
    why: 'the machine fetches whole 16-byte instructions',
    do: 'place the instruction stream at a 16-byte boundary inside the image',
  },
});
