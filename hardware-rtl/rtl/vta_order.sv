// The entries of the reorder buffer that 0 the loader, 1 GEMM, 2 the ALU and 3 the scanner (of GEMM and ALU) have yet to take up, each
// in program order.
module vta_order #(
  parameter int unsigned Depth = vta_core_pkg::RobDepth,
  parameter int unsigned TagW  = vta_core_pkg::RobBits
) (
  input  logic                clk_i,
  input  logic                rst_ni,
  input  logic                issue_i,
  input  vta_core_pkg::kind_e kind_i,
  input  logic [TagW-1:0]     tag_i,
  input  logic [3:0]          pop_i,
  output logic [3:0]          valid_o,
  output logic [4*TagW-1:0]   tag_o
);
  localparam int unsigned CountW = $clog2(Depth + 1);

  logic [3:0] push;
  logic       load, gemm, alu;
  assign load = kind_i == vta_core_pkg::KindLoad;
  assign gemm = kind_i == vta_core_pkg::KindGemm;
  assign alu  = kind_i == vta_core_pkg::KindAlu;
  assign push = issue_i ? {gemm || alu, alu, gemm, load} : '0;

  for (genvar k = 0; k < 4; k++) begin : gen_queue
    logic [CountW-1:0] unused_count;
    logic [TagW-1:0]   tag;
    vta_fifo #(
      .Width(TagW),
      .Depth(Depth)
    ) u_fifo (
      .clk_i   (clk_i),
      .rst_ni  (rst_ni),
      .clear_i (1'b0),
      .push_i  (push[k]),
      .data_i  (tag_i),
      .pop_i   (pop_i[k]),
      .valid_o (valid_o[k]),
      .data_o  (tag),
      .count_o (unused_count)
    );
    assign tag_o[k*TagW +: TagW] = (Depth == 1) ? '0 : tag;
  end
endmodule
