// The two loops and the micro-op range of a GEMM or ALU instruction, one iteration per move: the
// micro-op to read and the offsets that the loops add to its indices.
module vta_loop #(
  parameter int unsigned DstW   = 4,
  parameter int unsigned SrcW   = 4,
  parameter int unsigned ThirdW = 4
) (
  input  logic                           clk_i,
  input  logic                           rst_ni,
  // start: loads the first iteration
  input  logic                           start_i,
  input  vta_core_pkg::loop_t            loop_i,
  input  logic [DstW-1:0]                dst_out_i,
  input  logic [DstW-1:0]                dst_in_i,
  input  logic [SrcW-1:0]                src_out_i,
  input  logic [SrcW-1:0]                src_in_i,
  input  logic [ThirdW-1:0]              third_out_i,
  input  logic [ThirdW-1:0]              third_in_i,
  // the current iteration; it is left in a cycle with move_i
  input  logic                           move_i,
  output logic                           active_o,
  output logic                           last_o,
  output logic [vta_pkg::UopIdxBits-1:0] uop_o,
  output logic [DstW-1:0]                dst_o,
  output logic [SrcW-1:0]                src_o,
  output logic [ThirdW-1:0]              third_o
);
  localparam int unsigned UopW = vta_pkg::LogUopDepth + 1;

  logic                active_d, active_q;
  logic [UopW-1:0]     bgn_q, uop_d, uop_q, end_q;
  logic [13:0]         out_d, out_q, in_d, in_q, iter_in_q;  // iterations left
  logic [DstW-1:0]     dst_out_q, dst_in_q, dst_base_d, dst_base_q, dst_d, dst_q;
  logic [SrcW-1:0]     src_out_q, src_in_q, src_base_d, src_base_q, src_d, src_q;
  logic [ThirdW-1:0]   third_out_q, third_in_q, third_base_d, third_base_q, third_d, third_q;
  logic                uop_last, in_last, out_last;

  assign uop_last = uop_q + UopW'(1) == end_q;
  assign in_last  = in_q == 14'd1;
  assign out_last = out_q == 14'd1;

  always_comb begin
    active_d     = active_q;
    uop_d        = uop_q;
    in_d         = in_q;
    out_d        = out_q;
    dst_d        = dst_q;
    dst_base_d   = dst_base_q;
    src_d        = src_q;
    src_base_d   = src_base_q;
    third_d      = third_q;
    third_base_d = third_base_q;
    if (active_q && move_i) begin
      uop_d = uop_q + UopW'(1);
      if (uop_last) begin
        uop_d   = bgn_q;
        in_d    = in_q - 14'd1;
        dst_d   = dst_q + dst_in_q;
        src_d   = src_q + src_in_q;
        third_d = third_q + third_in_q;
        if (in_last) begin
          in_d         = iter_in_q;
          out_d        = out_q - 14'd1;
          dst_base_d   = dst_base_q + dst_out_q;
          src_base_d   = src_base_q + src_out_q;
          third_base_d = third_base_q + third_out_q;
          dst_d        = dst_base_d;
          src_d        = src_base_d;
          third_d      = third_base_d;
          if (out_last) active_d = 1'b0;
        end
      end
    end
    if (start_i) begin
      active_d     = 1'b1;
      uop_d        = loop_i.uop_bgn;
      in_d         = loop_i.iter_in;
      out_d        = loop_i.iter_out;
      dst_d        = '0;
      dst_base_d   = '0;
      src_d        = '0;
      src_base_d   = '0;
      third_d      = '0;
      third_base_d = '0;
    end
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) active_q <= 1'b0;
    else active_q <= active_d;
  end
  // What is constant during an instruction: kept from its start on, or still there where there is only one at a time.
  if (vta_core_pkg::Single) begin : gen_there
    assign {bgn_q, end_q, iter_in_q} = {loop_i.uop_bgn, loop_i.uop_end, loop_i.iter_in};
    assign {dst_out_q, dst_in_q}     = {dst_out_i, dst_in_i};
    assign {src_out_q, src_in_q}     = {src_out_i, src_in_i};
    assign {third_out_q, third_in_q} = {third_out_i, third_in_i};
  end else begin : gen_kept
    always_ff @(posedge clk_i) begin
      if (start_i) begin
        {bgn_q, end_q, iter_in_q} <= {loop_i.uop_bgn, loop_i.uop_end, loop_i.iter_in};
        {dst_out_q, dst_in_q}     <= {dst_out_i, dst_in_i};
        {src_out_q, src_in_q}     <= {src_out_i, src_in_i};
        {third_out_q, third_in_q} <= {third_out_i, third_in_i};
      end
    end
  end
  always_ff @(posedge clk_i) begin
    if (start_i || active_q) begin
      uop_q        <= uop_d;
      in_q         <= in_d;
      out_q        <= out_d;
      dst_q        <= dst_d;
      dst_base_q   <= dst_base_d;
      src_q        <= src_d;
      src_base_q   <= src_base_d;
      third_q      <= third_d;
      third_base_q <= third_base_d;
    end
  end

  assign active_o = active_q;
  assign last_o   = uop_last && in_last && out_last;
  assign uop_o    = vta_pkg::UopIdxBits'(uop_q);
  assign dst_o    = dst_q;
  assign src_o    = src_q;
  assign third_o  = third_q;
endmodule
