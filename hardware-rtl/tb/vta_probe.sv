// Observes a vta_core from outside (bound below; the design does not know of it) and tells the harness what
// issued, what was written on behalf of which instruction, and what retired. See tb/probe.h for the calls.
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
  input logic [vta_core_pkg::RobBits-1:0]         gemm_tag_i,
  input logic [vta_pkg::AccIdxBits-1:0]           gemm_idx_i,
  input logic [vta_pkg::AccElemBits-1:0]          gemm_data_i,
  input logic                                     alu_write_i,
  input logic [vta_core_pkg::RobBits-1:0]         alu_tag_i,
  input logic [vta_pkg::AccIdxBits-1:0]           alu_idx_i,
  input logic [vta_pkg::AccElemBits-1:0]          alu_data_i,
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
  input logic [31:0]                              store_retire_idx_i
);
  import "DPI-C" function void vta_probe_start();
  import "DPI-C" function int vta_probe_wants_writes();
  import "DPI-C" function void vta_probe_state(input int finished, input int idle, input int engines);
  import "DPI-C" function void vta_probe_issue(input int tag, input int idx);
  import "DPI-C" function void vta_probe_retire(input int part, input int idx, input int tag);
  import "DPI-C" function void vta_probe_acc(input int tag, input int elem,
                                             input bit [vta_pkg::AccElemBits-1:0] data);
  import "DPI-C" function void vta_probe_load(input int part, input int tag, input int sel,
                                              input int pad, input int pad_value, input int elem,
                                              input int count, input int slot, input int beat,
                                              input bit [vta_core_pkg::BusBits-1:0] data);
  import "DPI-C" function void vta_probe_load_done();
  import "DPI-C" function void vta_probe_store_complete(input int bursts);

  logic       writes_q, finished_q;
  logic [2:0] state_q, state_d;

  assign state_d = {finished_q, idle_i, engines_busy_i};

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      writes_q   <= 1'b0;
      finished_q <= 1'b0;
      state_q    <= 3'b010;
    end else begin
      if (start_i) begin
        vta_probe_start();
        writes_q   <= vta_probe_wants_writes() != 0;
        finished_q <= 1'b0;
      end
      if (finish_i || halt_i) finished_q <= !start_i;
      if (state_d != state_q) begin
        vta_probe_state(32'(finished_q), 32'(idle_i), 32'(engines_busy_i));
        state_q <= state_d;
      end
      if (issue_i) vta_probe_issue(32'(issue_tag_i), issue_idx_i);
      if (writes_q) begin
        if (gemm_write_i) vta_probe_acc(32'(gemm_tag_i), 32'(gemm_idx_i), gemm_data_i);
        if (alu_write_i) vta_probe_acc(32'(alu_tag_i), 32'(alu_idx_i), alu_data_i);
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
      if (store_complete_i) vta_probe_store_complete(store_complete_bursts_i);
      if (load_retire_i) vta_probe_retire(0, load_retire_idx_i, 0);
      if (retire_i) vta_probe_retire(1, retire_idx_i, 32'(retire_tag_i));
      if (store_retire_i) vta_probe_retire(2, store_retire_idx_i, 0);
    end
  end
endmodule

bind vta_core vta_probe u_probe (
  .clk_i                   (clk_i),
  .rst_ni                  (rst_ni),
  .start_i                 (start_i),
  .finish_i                (finish_o),
  .idle_i                  (idle_o),
  .halt_i                  (halt_i),
  .engines_busy_i          (!scan_idle || !gemm_idle || !alu_idle),
  .issue_i                 (issue),
  .issue_idx_i             (issue_idx),
  .issue_tag_i             (issue_tag),
  .retire_i                (retire),
  .retire_idx_i            (retire_idx),
  .retire_tag_i            (retire_tag),
  .gemm_write_i            (gemm_write),
  .gemm_tag_i              (gemm_write_tag),
  .gemm_idx_i              (gemm_write_idx),
  .gemm_data_i             (gemm_write_data),
  .alu_write_i             (alu_write),
  .alu_tag_i               (alu_write_tag),
  .alu_idx_i               (alu_write_idx),
  .alu_data_i              (alu_write_data),
  .walk_write_i            (walk_write),
  .walk_tag_i              (walk_tag),
  .walk_info_i             (walk_info),
  .walk_data_i             (walk_data),
  .load_write_i            (inp_write || wgt_write),
  .load_info_i             (load_info),
  .load_data_i             (load_data),
  .load_pad_i              (load_pad),
  .load_done_i             (load_done),
  .load_retire_i           (load_retire),
  .load_retire_idx_i       (load_retire_idx),
  .store_complete_i        (store_complete),
  .store_complete_bursts_i (store_complete_bursts),
  .store_retire_i          (store_retire),
  .store_retire_idx_i      (store_retire_idx)
);
