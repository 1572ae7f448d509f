// Extent of a LOAD in its scratchpad: elements written, padding included.
module vta_mem_range (
  input  vta_pkg::mem_fields_t insn_i,
  output logic [33:0]          elements_o,
  output logic [34:0]          end_o  // one past the last element
);
  logic [16:0] width, height;
  logic        unused_fields;

  assign width      = 17'(insn_i.x_pad_0) + 17'(insn_i.x_size) + 17'(insn_i.x_pad_1);
  assign height     = 17'(insn_i.y_pad_0) + 17'(insn_i.y_size) + 17'(insn_i.y_pad_1);
  assign elements_o = 34'(width) * 34'(height);
  assign end_o      = 35'(elements_o) + 35'(insn_i.sram_base);

  assign unused_fields = ^{insn_i.dram_base, insn_i.memory_type, insn_i.x_stride,
                           insn_i.push_next_dep, insn_i.push_prev_dep, insn_i.pop_next_dep,
                           insn_i.pop_prev_dep};
endmodule
