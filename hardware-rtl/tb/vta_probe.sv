// Observes a vta_core from outside (bound in vta_probe_bind.sv; the design does not know of it) and tells the harness what
// issued, what was written on behalf of which instruction, what retired, and when each unit worked. See tb/probe.h for the calls.
module vta_probe (
  input logic                                     clk_i,
  input logic                                     rst_ni,
  input logic                                     start_i,
  input logic                                     finish_i,
  input logic                                     idle_i,
  input logic                                     halt_i,
  input logic                                     engines_busy_i,
  input logic                                     issue_i,
  input logic [31:0]                              issue_idx_i,
  input logic [vta_core_pkg::RobBits-1:0]         issue_tag_i,
  input logic                                     retire_i,
  input logic [31:0]                              retire_idx_i,
  input logic [vta_core_pkg::RobBits-1:0]         retire_tag_i,
  input logic                                     gemm_write_i,
  input logic                                     gemm_row_i,
  input vta_core_pkg::acc_row_t                   gemm_part_i,
  input logic [vta_core_pkg::RobBits-1:0]         gemm_tag_i,
  input logic [vta_pkg::AccIdxBits-1:0]           gemm_idx_i,
  input logic [vta_pkg::AccElemBits-1:0]          gemm_data_i,
  // an instruction becomes a member of a chain
  input logic                                     take_i,
  input logic [vta_core_pkg::RobBits-1:0]         take_tag_i,
  input logic [vta_core_pkg::ChainBits-1:0]       take_name_i,
  input logic                                     alu_write_i,
  input logic [vta_core_pkg::ChainBits-1:0]       alu_name_i,
  input logic [vta_pkg::AccIdxBits-1:0]           alu_idx_i,
  input logic [vta_pkg::AccElemBits-1:0]          alu_data_i,
  // the vectors in stages 2 to 4 of the ALU's lanes, with the results of operations 0 to 2
  input logic                                     alu_freeze_i,
  input logic [2:0]                               alu_valid_i,
  input vta_core_pkg::chain_t                     alu_chain_i [0:2],
  input logic [vta_pkg::AccIdxBits-1:0]           alu_dst_i   [0:2],
  input logic [4*vta_pkg::AccElemBits-1:0]        alu_partial_i,
  input logic                                     walk_write_i,
  input logic [vta_core_pkg::RobBits-1:0]         walk_tag_i,
  input vta_core_pkg::load_write_t                walk_info_i,
  input logic [vta_core_pkg::BusBits-1:0]         walk_data_i,
  input logic                                     load_write_i,
  input vta_core_pkg::load_write_t                load_info_i,
  input logic [vta_core_pkg::BusBits-1:0]         load_data_i,
  input logic [7:0]                               load_pad_i,
  input logic                                     load_done_i,
  input logic                                     load_retire_i,
  input logic [31:0]                              load_retire_idx_i,
  input logic                                     store_complete_i,
  input logic [31:0]                              store_complete_bursts_i,
  input logic                                     store_retire_i,
  input logic [31:0]                              store_retire_idx_i,
  input logic [31:0]                              store_complete_idx_i,
  // token counters: l2c, c2l, c2s, s2c
  input logic [127:0]                             tokens_i,
  // for the trace: into the queues, out of them, and every step of work
  input logic [2:0]                               push_i,
  input logic [31:0]                              push_idx_i,
  input logic                                     load_accept_i,
  input logic [31:0]                              load_accept_idx_i,
  input logic                                     store_accept_i,
  input logic [31:0]                              store_accept_idx_i,
  input logic                                     load_step_i,
  input logic [31:0]                              load_step_idx_i,
  input logic                                     walk_step_i,
  input logic                                     gemm_step_i,
  input logic [vta_core_pkg::RobBits-1:0]         gemm_step_tag_i,
  input logic                                     alu_step_i,
  input logic [vta_core_pkg::ChainBits-1:0]       alu_step_name_i,
  input logic [2:0]                               grant_i
);
  import "DPI-C" function void vta_probe_start();
  import "DPI-C" function int vta_probe_wants_writes();
  import "DPI-C" function int vta_probe_wants_trace();
  import "DPI-C" function void vta_probe_state(input int finished, input int idle, input int engines);
  import "DPI-C" function void vta_probe_tokens(input int l2c, input int c2l, input int c2s, input int s2c);
  import "DPI-C" function void vta_probe_issue(input int tag, input int idx);
  import "DPI-C" function void vta_probe_take(input int tag, input int name);
  import "DPI-C" function void vta_probe_retire(input int part, input int idx, input int tag);
  import "DPI-C" function void vta_probe_acc(input int tag, input int elem,
                                             input bit [vta_pkg::AccElemBits-1:0] data);
  import "DPI-C" function void vta_probe_member(input int name, input int nth, input int elem,
                                                input bit [vta_pkg::AccElemBits-1:0] data);
  import "DPI-C" function void vta_probe_load(input int part, input int tag, input int sel,
                                              input int pad, input int pad_value, input int elem,
                                              input int count, input int slot, input int beat,
                                              input bit [vta_core_pkg::BusBits-1:0] data);
  import "DPI-C" function void vta_probe_load_done();
  import "DPI-C" function void vta_probe_store_complete(input int idx, input int bursts);
  import "DPI-C" function void vta_probe_queued(input int idx);
  import "DPI-C" function void vta_probe_accepted(input int idx);
  import "DPI-C" function void vta_probe_works(input int idx);
  import "DPI-C" function void vta_probe_entry_works(input int tag);
  import "DPI-C" function void vta_probe_chain_works(input int name);
  import "DPI-C" function void vta_probe_grant(input int client);

  localparam int unsigned W     = vta_pkg::AccBits;
  localparam int unsigned Lanes = vta_pkg::Batch * vta_pkg::BlockOut;
  // Result of operation n for the vector in stage n + 2
  function automatic bit [vta_pkg::AccElemBits-1:0] partial(input int unsigned n);
    for (int unsigned l = 0; l < Lanes; l++) partial[l*W +: W] = alu_partial_i[(l*4 + n)*W +: W];
  endfunction

  logic       writes_q, trace_q, finished_q;
  logic [2:0] state_q, state_d;

  assign state_d = {finished_q, idle_i, engines_busy_i};

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      writes_q   <= 1'b0;
      trace_q    <= 1'b0;
      finished_q <= 1'b0;
      state_q    <= 3'b010;
    end else begin
      if (start_i) begin
        vta_probe_start();
        writes_q   <= vta_probe_wants_writes() != 0;
        trace_q    <= vta_probe_wants_trace() != 0;
        finished_q <= 1'b0;
      end
      if (finish_i || halt_i) finished_q <= !start_i;
      if (state_d != state_q) begin
        vta_probe_state(32'(finished_q), 32'(idle_i), 32'(engines_busy_i));
        vta_probe_tokens(tokens_i[31:0], tokens_i[63:32], tokens_i[95:64], tokens_i[127:96]);
        state_q <= state_d;
      end
      if (issue_i) vta_probe_issue(32'(issue_tag_i), issue_idx_i);
      if (take_i) vta_probe_take(32'(take_tag_i), 32'(take_name_i));
      if (writes_q) begin
        if (gemm_write_i && !gemm_row_i) vta_probe_acc(32'(gemm_tag_i), 32'(gemm_idx_i), gemm_data_i);
        if (gemm_write_i && gemm_row_i) begin
          for (int unsigned c = 32'(gemm_part_i.from); c <= 32'(gemm_part_i.to); c++) begin
            vta_probe_acc(32'(gemm_tag_i), 32'(gemm_idx_i) + c, gemm_data_i);
          end
        end
        // the last member's result is what is written, those of the others pass by in the lanes
        if (alu_write_i) vta_probe_member(32'(alu_name_i), -1, 32'(alu_idx_i), alu_data_i);
        for (int unsigned n = 0; n < 3; n++) begin
          if ((n + 1 < vta_core_pkg::ChainDepth) && alu_valid_i[n] && !alu_freeze_i && alu_chain_i[n].valid[n+1]) begin
            vta_probe_member(32'(alu_chain_i[n].name), n, 32'(alu_dst_i[n]), partial(n));
          end
        end
        if (walk_write_i) begin
          vta_probe_load(1, 32'(walk_tag_i), 32'(walk_info_i.sel), 32'(walk_info_i.pad), 0,
                         32'(walk_info_i.idx), 32'(walk_info_i.count), 32'(walk_info_i.slot),
                         32'(walk_info_i.part), walk_data_i);
        end
        if (load_write_i) begin
          vta_probe_load(0, 0, 32'(load_info_i.sel), 32'(load_info_i.pad), 32'(load_pad_i),
                         32'(load_info_i.idx), 32'(load_info_i.count), 32'(load_info_i.slot),
                         32'(load_info_i.part), load_data_i);
        end
      end
      if (load_done_i) vta_probe_load_done();
      if (store_complete_i) vta_probe_store_complete(store_complete_idx_i, store_complete_bursts_i);
      if (trace_q) begin
        if (push_i != '0) vta_probe_queued(push_idx_i);
        if (load_accept_i) vta_probe_accepted(load_accept_idx_i);
        if (issue_i) vta_probe_accepted(issue_idx_i);
        if (store_accept_i) vta_probe_accepted(store_accept_idx_i);
        if (load_step_i) vta_probe_works(load_step_idx_i);
        if (walk_step_i) vta_probe_entry_works(32'(walk_tag_i));
        if (gemm_step_i) vta_probe_entry_works(32'(gemm_step_tag_i));
        if (alu_step_i) vta_probe_chain_works(32'(alu_step_name_i));
        for (int unsigned c = 0; c < 3; c++) begin
          if (grant_i[c]) vta_probe_grant(c);
        end
      end
      if (load_retire_i) vta_probe_retire(0, load_retire_idx_i, 0);
      if (retire_i) vta_probe_retire(1, retire_idx_i, 32'(retire_tag_i));
      if (store_retire_i) vta_probe_retire(2, store_retire_idx_i, 0);
    end
  end
endmodule
