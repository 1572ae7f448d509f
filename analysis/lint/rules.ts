/**
 * What `vta lint` looks for. `error`: the program has no result that the instruction set defines: it is refused, stops for ever, or its
 * result depends on time or on what a scratchpad happened to hold. `warning`: defined here, but published VTA implementations
 * disagree, or it is most likely a mistake. `note`: something that could not be checked.
 */
export type Severity = 'error' | 'warning' | 'note';
export const SEVERITIES: readonly Severity[] = ['error', 'warning', 'note'];

export interface Rule {
  readonly severity: Severity;
  /** For tables: what it finds, in a few words. */
  readonly finds: string;
  readonly why: string;
  readonly do: string;
}

const define = <K extends string>(rules: Record<K, Rule>): Readonly<Record<K, Rule>> => rules;

/** Rules about the meaning of a program, which hold on every machine. */
const PROGRAM_RULES = define({
  illegal: {
    severity: 'error',
    finds:
      'an instruction or program that every machine of this project refuses: unknown encoding, index or address out of range, a flag without a neighbour, no FINISH, work behind FINISH (the finding names the diagnostic)',
    why: 'no machine has a result for it; the diagnostic that the finding names says more',
    do: 'what the diagnostic says',
  },
  deadlock: {
    severity: 'error',
    finds: 'units that wait for each other, or for a unit that has ended',
    why: 'a unit that waits for a token that nobody will push never goes on, and FINISH is never reached',
    do: 'every pop needs a matching push that can run before it: add the missing push to an instruction of the neighbouring unit, or remove the pop',
  },
  'queue-overflow': {
    severity: 'error',
    finds: 'a program that waits for ever because fetch cannot hand out an instruction: a command queue (512 instructions) is full',
    why: 'fetch hands out instructions in program order; when one queue is full, tokens that must come from instructions behind never come (our core, HLS and Chisel all have queues of 512)',
    do: 'move the named instructions further up in the stream, so that no unit is more than 512 instructions ahead of one it waits for',
  },
  race: {
    severity: 'error',
    finds: 'two instructions of different units that touch the same data, one of them writing, and no tokens order them',
    why: 'which of the two comes first depends on time: another memory latency, machine or schedule gives another result',
    do: 'let the later one pop a token that the earlier one, or an instruction of the same unit after it, pushes (Load and Store have no channel between them: go through an instruction of Compute)',
  },
  'program-overwritten': {
    severity: 'error',
    finds: 'a STORE into the instructions of the launch that it belongs to',
    why: 'instructions are fetched ahead: whether the old or the new one runs depends on time',
    do: 'store elsewhere; to run changed instructions, start them as a launch of their own',
  },
  'never-written': {
    severity: 'error',
    finds: 'a read of scratchpad elements that no instruction of this launch or an earlier one has written',
    why: 'the program does not say what is read: our machines hold zeros there at power-up, the official simulator and RTL whatever was in memory',
    do: 'load those elements, reset them with GEMM, or correct the indices',
  },
  'unbalanced-tokens': {
    severity: 'warning',
    finds: 'tokens that are pushed and never popped in their launch',
    why: 'a token that is left stays in its channel: the next launch pops it in place of its own, so that each of its pops is satisfied one push too early',
    do: 'take the push away, or pop the token before FINISH (which can pop, too)',
  },
  'stale-tokens': {
    severity: 'warning',
    finds: 'a launch that starts with tokens that an earlier launch left',
    why: 'it behaves differently alone, after a reset, and on machines that clear tokens between launches',
    do: 'balance the tokens of the earlier launch',
  },
  'program-changed': {
    severity: 'warning',
    finds: 'a launch whose instructions an earlier launch or the host overwrites',
    why: 'lint looked at the instructions in the file, and others may run',
    do: 'keep instructions apart from data',
  },
  'unknown-micro-ops': {
    severity: 'note',
    finds:
      'GEMM and ALU whose micro-ops are not known: no memory image was given, or the host or a STORE writes the memory they are loaded from',
    why: 'what such an instruction reads and writes is not known, so races, reads of never-written elements and indices were not checked for it',
    do: 'give the initial memory (--dram IMAGE, or a .vta file or vector folder), and keep micro-ops where nothing stores',
  },
  'loop-not-checked': {
    severity: 'note',
    finds: 'an ALU loop too long to compare neighbouring elements (more than 20,000,000 comparisons in a program)',
    why: 'the rule alu-distance-1 was not applied to it; all others were',
    do: 'split the loop, or check it by hand',
  },
  extension: {
    severity: 'note',
    finds: 'a program that uses the ISA extension',
    why: 'no published implementation runs it, so the rules about them were not applied',
    do: 'compile for a machine without the extension if it should run elsewhere',
  },
});

/** Encodings on which published implementations disagree: the official functional simulator (fsim), HLS, Chisel and Intel OpenCL. */
const PUBLISHED_RULES = define({
  'zero-extent': {
    severity: 'warning',
    finds: 'GEMM or ALU with an empty loop or micro-op range',
    why: 'fsim, HLS and our machines execute nothing; in Chisel the counter wraps and runs up to 16,384 iterations',
    do: 'leave the instruction out; if it carries tokens, use a LOAD or STORE with x_size 0 instead',
  },
  'zero-rows': {
    severity: 'warning',
    finds: 'LOAD or STORE with columns (x_size > 0) but no rows (y_size 0)',
    why: 'a LOAD only writes its padding rows on fsim, HLS and here, and hangs Chisel; a STORE does nothing on fsim, HLS and here, and Chisel streams 65,536 rows',
    do: 'set x_size to 0 too if only tokens matter; to write zeros, reset with GEMM or load a row of them',
  },
  'padding-without-columns': {
    severity: 'warning',
    finds: 'LOAD without columns (x_size 0) but with padding',
    why: 'fsim, Chisel and our machines take it as a pure synchronisation; HLS writes the padding into INP and ACC',
    do: 'set the padding to 0 where only tokens matter',
  },
  'synchronisation-type': {
    severity: 'warning',
    finds: 'LOAD of a memory type that Chisel does not know, with x_size 0',
    why: 'fsim, HLS and our machines handle its tokens; Chisel never takes it out of fetch and hangs',
    do: 'synchronise with LOAD of INP (Load), LOAD of UOP (Compute) or STORE (Store)',
  },
  'low-address': {
    severity: 'warning',
    finds: 'a transfer below byte address 0x1000',
    why: 'the official memory manager maps nothing there: fsim aborts; hardware and our machines access memory',
    do: 'place data at 0x1000 or above',
  },
  'address-wrap': {
    severity: 'warning',
    finds: 'dram_base times the element size that does not fit in 32 bits (for ACC_8BIT: times the size of an ACC element)',
    why: 'fsim and our machines wrap the product at 32 bits (for ACC_8BIT fsim wraps before dividing by 4 and is wrong from 1 GiB on); HLS multiplies without wrapping',
    do: 'keep byte addresses below 4 GiB, those of ACC_8BIT below 1 GiB',
  },
  'uop-depth': {
    severity: 'warning',
    finds: 'a micro-op index of 2048 or more on the default configuration',
    why: 'the official Chisel machine has 2048 micro-ops although its configuration says 8192: the index wraps and overwrites or reads another micro-op',
    do: 'keep at most 2048 micro-ops in the buffer',
  },
  'stale-out': {
    severity: 'warning',
    finds: 'a STORE of an element that was last written by LOAD, or by GEMM with reset',
    why: 'fsim and our machines truncate the accumulator when it is stored; HLS and Chisel keep a separate OUT buffer that only GEMM without reset and ALU write, and store what was there before',
    do: 'put an ALU operation that changes nothing (shr by 0) between the two',
  },
  'immediate-source': {
    severity: 'warning',
    finds: 'ALU with an immediate whose source index differs from its destination',
    why: 'fsim, HLS and our machines compute ACC[dst] = op(ACC[dst], imm); Chisel computes ACC[dst] = op(ACC[src], imm)',
    do: 'give source the same micro-op index and factors as destination',
  },
  'shift-immediate': {
    severity: 'warning',
    finds: 'SHR by an immediate outside -16..15',
    why: 'HLS takes the low 5 bits as a signed number, so 16 shifts left by 16; from 32 on fsim has no defined result (our machines follow docs/reference/isa.md)',
    do: 'shift by less, in two steps if need be (two right shifts by 8 and 8)',
  },
  'shift-register': {
    severity: 'warning',
    finds: 'SHR by a register',
    why: 'fsim and our machines go by the sign of the full amount; HLS takes its low 5 bits as a signed number; Chisel takes the direction from bit 15 of the unused immediate and the amount modulo 32. All agree only for amounts 0 to 15 with an immediate field of 0 or more',
    do: 'keep the amounts within 0..15 and the immediate field at 0, or shift by an immediate',
  },
  mul: {
    severity: 'warning',
    finds: 'ALU MUL',
    why: 'fsim, OpenCL and our machines multiply; HLS leaves the accumulator unchanged; Chisel hangs',
    do: 'do without MUL where the program should run on HLS or Chisel',
  },
  'acc-8bit': {
    severity: 'warning',
    finds: 'LOAD of ACC_8BIT',
    why: 'fsim, OpenCL and our machines load bytes into accumulators; HLS ignores the instruction; Chisel hangs',
    do: 'load 32-bit accumulators (LOAD ACC) where the program should run on HLS or Chisel',
  },
  'alu-distance-1': {
    severity: 'warning',
    finds: 'an ALU element that uses the accumulator written by the element right before it',
    why: 'fsim and our machines execute elements one after the other; Chisel neither forwards nor stalls and uses the old value; HLS promises its scheduler that this does not happen',
    do: 'reorder the micro-ops or loops so that at least one other element lies between',
  },
  'uop-rows': {
    severity: 'warning',
    finds: 'LOAD of micro-ops with several rows or padding',
    why: 'fsim, Chisel and our machines treat micro-ops as any tensor; HLS copies x_size micro-ops from one row',
    do: 'load micro-ops as one row without padding',
  },
  padding: {
    severity: 'warning',
    finds: 'LOAD of WGT, ACC or ACC_8BIT with padding',
    why: 'fsim, Chisel and our machines write zeros; HLS ignores padding of WGT (and of ACC before December 2020), OpenCL that of all three',
    do: 'pad the data in memory, or clear the border with GEMM and reset',
  },
  'uop-source-width': {
    severity: 'warning',
    finds: 'GEMM or ALU on a configuration whose ACC is deeper than its INP',
    why: 'the source field of a micro-op is as wide as the deeper of the two; HLS takes the width of INP, and so misreads ALU sources and GEMM weights',
    do: 'use a configuration with at least as many INP as ACC elements for HLS',
  },
  'batch-alu': {
    severity: 'warning',
    finds: 'ALU on a configuration with more than one batch row',
    why: 'fsim, HLS and our machines process all rows; Chisel processes row 0 only',
    do: 'use LOG_BATCH 0 for Chisel',
  },
  'token-capacity': {
    severity: 'warning',
    finds: 'a channel that can hold more than 255 tokens',
    why: 'Chisel counts tokens in 8 bits and loses those beyond 255, and then deadlocks; fsim and our machines have no limit, HLS blocks beyond 1024',
    do: 'let the consumer pop more often, or let one token stand for several instructions',
  },
  'stream-order': {
    severity: 'warning',
    finds: 'an instruction that pops a token which only a later instruction of the stream pushes',
    why: 'Intel OpenCL executes the stream in order and ignores tokens: it runs this instruction too early',
    do: 'place the instruction that pushes before the one that pops',
  },
  'kept-scratchpad': {
    severity: 'warning',
    finds: 'a read of scratchpad elements that only an earlier launch has written',
    why: 'scratchpads keep their contents between launches on fsim, HLS, Chisel and our machines, but not on Intel OpenCL; and launches can no longer run alone',
    do: 'load what a launch needs within the launch',
  },
});

export const RULES: Readonly<Record<keyof typeof PROGRAM_RULES | keyof typeof PUBLISHED_RULES, Rule>> = {
  ...PROGRAM_RULES,
  ...PUBLISHED_RULES,
};
export type RuleName = keyof typeof RULES;
export const RULE_NAMES = Object.keys(RULES) as readonly RuleName[];

/** Is the rule about published implementations? */
export const isPublished = (name: RuleName): boolean => name in PUBLISHED_RULES;
