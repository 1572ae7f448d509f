/** Lines that no program can execute, and why they are there. A line is named by its text, so that this list does not move with the file. */
export interface Explained {
  readonly file: string;
  readonly lines: readonly string[];
  readonly why: string;
}

const SMALL = 'only in a small core, whose constants leave checks and counters out (reduced.test.ts runs one)';
const NO_CHECKS = 'if (vta_core_pkg::Checks == 0) err = vta_core_pkg::ErrNone;';
const STATE = 'a state that the machine never has: the line brings it back should a register be upset';

export const EXPLAINED: readonly Explained[] = [
  { file: 'vta_ctrl_regs.sv', lines: ['default:   write_state_d = WriteAddr;', 'default:  read_state_d = ReadAddr;'], why: STATE },
  {
    file: 'vta_ctrl_regs.sv',
    lines: [
      'if (vta_core_pkg::Counters == 0) begin',
      "acc_writes_d = '0;",
      "acc_total_d  = '0;",
      'if (vta_core_pkg::Checks == 0) begin',
      "error_d.insn  = '0;",
      "error_d.value = '0;",
    ],
    why: SMALL,
  },
  { file: 'vta_decode.sv', lines: ['if (vta_core_pkg::Checks == 0) err_o = vta_core_pkg::ErrNone;'], why: SMALL },
  { file: 'vta_load.sv', lines: [NO_CHECKS], why: SMALL },
  { file: 'vta_store.sv', lines: [NO_CHECKS], why: SMALL },
  {
    file: 'vta_read_engine.sv',
    lines: ["default: beat_o = 3'b000;"],
    why: "there is no client 3; without the line a latch or a don't-care would decide",
  },
];
