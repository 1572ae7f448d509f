// Does dst visit each index of its interval exactly once, and from lowest to highest? Three loops visit it: the micro-ops (at most
// 16 of them), the inner and the outer loop. docs/reference/timing.md, "Scanner".
module vta_shape (
  input  logic        clk_i,
  // one micro-op after another
  input  logic        uop_i,
  input  logic        first_i,
  input  logic [15:0] dst_i,
  // in the cycle after the last micro-op; the answer is there in the next one
  input  logic        last_i,
  input  logic [4:0]  uops_i,  // 0: too many
  input  logic [13:0] iter_in_i,
  input  logic [13:0] iter_out_i,
  input  logic [15:0] dst_in_i,
  input  logic [15:0] dst_out_i,
  output logic        dense_o,
  output logic        ascending_o
);
  // ---------------------------------------------------------------------- stride of the micro-ops
  logic [15:0] before_q, stride_q, stride;
  logic        second_q, even_q;
  assign stride = dst_i - before_q;
  always_ff @(posedge clk_i) begin
    if (uop_i) begin
      before_q <= dst_i;
      second_q <= first_i;
      if (first_i) even_q <= 1'b1;
      else if (second_q) even_q <= dst_i > before_q;
      else even_q <= even_q && (stride == stride_q);
      if (second_q) stride_q <= stride;
    end
  end

  // ---------------------------------------------------------------------- the loops
  // Of 0 the micro-ops, 1 the inner, 2 the outer loop: stride 1 (needs no loop before it), or the iterations of one or of both
  // of the others. A loop of one iteration fits everywhere.
  logic        known_q;
  logic [4:0]  uops_q;
  logic [13:0] in_q, out_q;
  logic [15:0] stride2_q, in_stride_q, out_stride_q;
  logic [18:0] uops_in_q, uops_out_q;
  logic [27:0] in_out_q;
  always_ff @(posedge clk_i) begin
    if (last_i) begin
      known_q      <= (uops_i == 5'd1) || ((uops_i != '0) && even_q);
      uops_q       <= uops_i;
      in_q         <= iter_in_i;
      out_q        <= iter_out_i;
      stride2_q    <= stride_q;
      in_stride_q  <= dst_in_i;
      out_stride_q <= dst_out_i;
      uops_in_q    <= 19'(uops_i) * 19'(iter_in_i);
      uops_out_q   <= 19'(uops_i) * 19'(iter_out_i);
      in_out_q     <= 28'(iter_in_i) * 28'(iter_out_i);
    end
  end

  logic uops_one, in_one, out_one;
  logic uops_first, uops_after_in, uops_after_out, uops_last;
  logic in_first, in_after_uops, in_after_out, in_last;
  logic out_first, out_after_uops, out_after_in, out_last;
  assign uops_one       = uops_q == 5'd1;
  assign in_one         = in_q == 14'd1;
  assign out_one        = out_q == 14'd1;
  assign uops_first     = uops_one || (stride2_q == 16'd1);
  assign uops_after_in  = uops_one || (stride2_q == 16'(in_q));
  assign uops_after_out = uops_one || (stride2_q == 16'(out_q));
  assign uops_last      = uops_one || (28'(stride2_q) == in_out_q);
  assign in_first       = in_one || (in_stride_q == 16'd1);
  assign in_after_uops  = in_one || (in_stride_q == 16'(uops_q));
  assign in_after_out   = in_one || (in_stride_q == 16'(out_q));
  assign in_last        = in_one || (19'(in_stride_q) == uops_out_q);
  assign out_first      = out_one || (out_stride_q == 16'd1);
  assign out_after_uops = out_one || (out_stride_q == 16'(uops_q));
  assign out_after_in   = out_one || (out_stride_q == 16'(in_q));
  assign out_last       = out_one || (19'(out_stride_q) == uops_in_q);

  assign ascending_o = known_q && uops_first && in_after_uops && out_last;
  assign dense_o     = ascending_o ||
      (known_q && ((uops_first && out_after_uops && in_last) ||
                   (in_first && uops_after_in && out_last) ||
                   (in_first && out_after_in && uops_last) ||
                   (out_first && uops_after_out && in_last) ||
                   (out_first && in_after_out && uops_last)));
endmodule
