// The tokens that compute pushes: two pointers go over the entries of the reorder buffer in program order, each passing at most one
// per cycle, and an entry's token is pushed when its pointer passes it. c2l says that INP and WGT may be overwritten, which only GEMM
// reads; c2s that accumulators may be read (vta_store_guard sees to those still to be written) and memory overwritten, which a LOAD of
// compute may still read. docs/reference/timing.md, "Promises".
module vta_promise #(
  parameter int unsigned Depth  = vta_core_pkg::RobDepth,
  parameter int unsigned TagW   = vta_core_pkg::RobBits,
  parameter int unsigned CountW = $clog2(Depth + 1)
) (
  input  logic              clk_i,
  input  logic              rst_ni,
  input  logic              issue_i,
  input  logic              retire_i,
  input  logic [TagW-1:0]   oldest_i,
  // one bit per entry
  input  logic [Depth-1:0]  done_i,
  input  logic [Depth-1:0]  tile_i,  // has INP and WGT to read
  input  logic [Depth-1:0]  load_i,
  input  logic [Depth-1:0]  push_prev_i,
  input  logic [Depth-1:0]  push_next_i,
  output logic              c2l_push_o,
  output logic              c2s_push_o,
  // entries from the oldest on up to the newest that has pushed a c2s token
  output logic [CountW-1:0] guarded_o
);
  if (Depth == 1) begin : gen_single
    // all of it is done when it retires
    assign c2l_push_o = retire_i && push_prev_i[0];
    assign c2s_push_o = retire_i && push_next_i[0];
    assign guarded_o  = '0;
    logic unused;
    assign unused = ^{clk_i, rst_ni, issue_i, oldest_i, done_i, tile_i, load_i};
  end else begin : gen_pointers
    logic [TagW-1:0]   prev_q, next_q;                                // the pointers
    logic [CountW-1:0] prev_left_d, prev_left_q, next_left_d, next_left_q;  // entries from there on
    logic [CountW-1:0] guarded_d, guarded_q;
    logic              prev_pass, next_pass;

    assign prev_pass  = (prev_left_q != '0) && !tile_i[prev_q];
    assign next_pass  = (next_left_q != '0) && (!load_i[next_q] || done_i[next_q]);
    assign c2l_push_o = prev_pass && push_prev_i[prev_q];
    assign c2s_push_o = next_pass && push_next_i[next_q];

    always_comb begin
      prev_left_d = prev_left_q + CountW'(issue_i) - CountW'(prev_pass);
      next_left_d = next_left_q + CountW'(issue_i) - CountW'(next_pass);
      guarded_d   = c2s_push_o ? CountW'(TagW'(next_q - oldest_i)) + CountW'(1) : guarded_q;
      if (retire_i && (guarded_d != '0)) guarded_d = guarded_d - CountW'(1);
    end

    always_ff @(posedge clk_i) begin
      if (!rst_ni) begin
        prev_q      <= '0;
        next_q      <= '0;
        prev_left_q <= '0;
        next_left_q <= '0;
        guarded_q   <= '0;
      end else begin
        if (prev_pass) prev_q <= prev_q + TagW'(1);
        if (next_pass) next_q <= next_q + TagW'(1);
        prev_left_q <= prev_left_d;
        next_left_q <= next_left_d;
        guarded_q   <= guarded_d;
      end
    end
    assign guarded_o = guarded_q;
  end
endmodule
