// One dependency token counter. A token pushed in cycle r is visible in r+1.
module vta_token (
  input  logic clk_i,
  input  logic rst_ni,
  input  logic clear_i,
  input  logic push_i,
  input  logic pop_i,
  output logic valid_o
);
  localparam int unsigned W = vta_core_pkg::TokenBits;
  logic [W-1:0] count_d, count_q;

  always_comb begin
    count_d = count_q;
    if (push_i && !pop_i) count_d = count_q + W'(1);
    if (!push_i && pop_i) count_d = count_q - W'(1);
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni || clear_i) count_q <= '0;
    else count_q <= count_d;
  end

  assign valid_o = count_q != '0;
endmodule
