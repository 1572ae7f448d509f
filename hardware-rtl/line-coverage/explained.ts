/** Lines that no program can execute, and why they are there. A line is named by its text, so that this list does not move with the file. */
export interface Explained {
  readonly file: string;
  readonly lines: readonly string[];
  readonly why: string;
}

const STATE = 'a state that the machine never has: the line brings it back should a register be upset';

export const EXPLAINED: readonly Explained[] = [
  { file: 'vta_ctrl_regs.sv', lines: ['default:   write_state_d = WriteAddr;', 'default:  read_state_d = ReadAddr;'], why: STATE },
  {
    file: 'vta_read_engine.sv',
    lines: ["default: beat_o = 3'b000;"],
    why: "there is no client 3; without the line a latch or a don't-care would decide",
  },
];
