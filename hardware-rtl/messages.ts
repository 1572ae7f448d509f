import { defineMessages } from '#isa/diag/diagnostic';

/** Diagnostics of the RTL machine (50xx). */
export const rtlMessages = defineMessages({
  VTA5001: {
    what: 'Verilator was not found: {reason}',
    why: 'the RTL machine is the SystemVerilog of this package compiled by Verilator',
    do: 'install it (Debian 12, Ubuntu 24.04 or newer: apt-get install verilator g++ make; macOS: brew install verilator) and see vta doctor',
  },
  VTA5002: {
    what: 'Verilator {found} is too old: {minimum} or newer is needed',
    why: 'the RTL uses SystemVerilog that older versions do not read',
    do: 'install a newer Verilator, and see vta doctor',
  },
  VTA5003: {
    what: 'the RTL model of {model} could not be built: {step} failed',
    why: '{output}',
    do: 'check that a C++ compiler and make are installed (vta doctor){log}',
  },
  VTA5004: {
    what: 'the Verilated model ended unexpectedly: {reason}',
    why: 'it is a separate program, {executable}, and it printed: {output}',
    do: 'run again; if it happens again, remove the built models, so that they are built again: vta cache --clear',
  },
  VTA5005: {
    what: 'the RTL stopped moving before FINISH: {waiting}',
    why: 'nothing was transferred, issued or retired for longer than any access takes',
    do: 'compare with the cycle simulator (vta cosim), and look at a waveform of the last cycles',
  },
  VTA5006: {
    what: 'the RTL reports error {code} at instruction {insn}',
    why: 'the status register holds a code that this program does not know',
    do: 'build the model again: vta cache --clear',
  },
  VTA5007: {
    what: 'the RTL broke a bus protocol in cycle {cycle}: {rule}',
    why: 'the checkers of hardware-rtl/checks watch the AXI ports in every run; a core that breaks their rules hangs or corrupts data on other hardware',
    do: 'look at a waveform around that cycle (vta cosim --waveform), and at the rule in hardware-rtl/checks',
  },
  VTA5008: {
    what: 'cannot write the waveform {file}: {reason}',
    why: 'the model writes it while it runs',
    do: 'check that the folder exists and may be written to, and that the disk is not full',
  },
  VTA5009: {
    what: 'the waveform of the cycles {from} to {to} would be empty',
    why: 'the launch is over in cycle {cycles}',
    do: 'choose --from and --to inside the launch, --from first',
  },
  VTA5010: {
    what: 'VTA_RTL_DIR names {folder}, which has no vta_top.sv',
    why: 'the RTL is built from that folder as long as the variable is set',
    do: 'copy hardware-rtl/rtl there and change the copy, or unset VTA_RTL_DIR',
  },
  VTA5011: {
    what: 'built models cannot be kept in {folder}: {reason}',
    why: 'the RTL machine is a program that is built once for each configuration, and kept',
    do: 'make room there (vta cache shows what is kept), or set VTA_CACHE_DIR to a folder that can be written',
  },
});
