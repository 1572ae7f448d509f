// ALU: one vector of a chain of instructions per cycle. A vector issued in u reads UOP in u and stands at the interlock in u+2; one
// that passes in x reads ACC in x and writes it in x+6. docs/reference/timing.md, "ALU", says when it waits.
module vta_alu (
  input  logic                               clk_i,
  input  logic                               rst_ni,
  output logic                               ready_o,
  input  logic                               start_i,
  input  logic [127:0]                       insn_i,   // whose vectors they are
  input  vta_core_pkg::chain_t               chain_i,
  output logic                               uop_read_o,
  output logic [vta_pkg::UopIdxBits-1:0]     uop_idx_o,
  input  logic [31:0]                        uop_data_i,
  output logic                               dst_read_o,
  output logic [vta_pkg::AccIdxBits-1:0]     dst_read_idx_o,
  input  logic [vta_pkg::AccElemBits-1:0]    dst_read_data_i,
  output logic                               src_read_o,
  output logic [vta_pkg::AccIdxBits-1:0]     src_read_idx_o,
  input  logic [vta_pkg::AccElemBits-1:0]    src_read_data_i,
  // what GEMM writes in this cycle
  input  logic                               gemm_write_i,
  input  logic                               gemm_write_row_i,
  input  logic [vta_pkg::AccIdxBits-1:0]     gemm_write_idx_i,
  output logic                               write_o,
  output logic [vta_pkg::AccIdxBits-1:0]     write_idx_o,
  output logic [vta_pkg::AccElemBits-1:0]    write_data_o,
  output logic [vta_core_pkg::ChainBits-1:0] write_name_o,
  output vta_core_pkg::watermark_t           mark_o,
  output logic                               done_o,
  output logic                               idle_o
);
  localparam int unsigned AccW  = vta_pkg::AccIdxBits;
  localparam int unsigned UopW  = vta_pkg::LogUopDepth + 1;
  localparam int unsigned Lanes = vta_pkg::Batch * vta_pkg::BlockOut;
  localparam int unsigned W     = vta_pkg::AccBits;
  localparam int unsigned Depth = vta_core_pkg::ChainDepth;
  localparam int unsigned Last  = vta_core_pkg::AluWrite;  // the write stage
  localparam bit          Single = vta_core_pkg::Single;

  logic freeze, wait_raw, move;

  // ---------------------------------------------------------------------- sequencer
  vta_pkg::alu_fields_t insn;
  vta_core_pkg::loop_t  loops;
  logic                 active, last;
  logic [AccW-1:0]      dst, src;
  logic                 unused_third, unused_insn;

  // The low bits are a vta_core_pkg::chain_t.
  typedef struct packed {
    logic                               last;
    logic                               reads_src;  // some operation does
    logic [vta_core_pkg::ChainBits-1:0] name;
    logic                               ascending;
    logic                               reset;
    logic [Depth-1:0]                   valid;
    logic [Depth-1:0]                   use_src;
    logic [Depth*3-1:0]                 op;
    logic [Depth*16-1:0]                imm;
  } ctrl_t;
  localparam int unsigned ChainW   = vta_core_pkg::ChainBits + 2 + Depth * 21;
  localparam int unsigned CtrlBits = ChainW + 2;
  ctrl_t seq_d, seq_q, seq;

  // What is said of a stage: where all vectors are of one instruction, only whether it holds the last one is its own.
  logic [CtrlBits-2:0] common;
  logic                unused_last;
  assign {unused_last, common} = seq;
  function automatic logic [CtrlBits-1:0] of_stage(input logic [CtrlBits-1:0] stage, input logic [CtrlBits-2:0] shared);
    of_stage = Single ? {stage[CtrlBits-1], shared} : stage;
  endfunction

  assign insn           = vta_pkg::alu_fields(insn_i);
  assign loops.uop_bgn  = UopW'(insn.uop_bgn);
  assign loops.uop_end  = UopW'(insn.uop_end);
  assign loops.iter_out = insn.iter_out;
  assign loops.iter_in  = insn.iter_in;
  assign unused_insn    = ^insn;
  assign seq_d          = {1'b0, (chain_i.valid & chain_i.use_src) != '0, chain_i};

  vta_loop #(
    .DstW(AccW),
    .SrcW(AccW),
    .ThirdW(1)
  ) u_loop (
    .clk_i       (clk_i),
    .rst_ni      (rst_ni),
    .start_i     (start_i),
    .loop_i      (loops),
    .dst_out_i   (insn.dst_factor_out),
    .dst_in_i    (insn.dst_factor_in),
    .src_out_i   (insn.src_factor_out),
    .src_in_i    (insn.src_factor_in),
    .third_out_i (1'b0),
    .third_in_i  (1'b0),
    .move_i      (move),
    .active_o    (active),
    .last_o      (last),
    .uop_o       (uop_idx_o),
    .dst_o       (dst),
    .src_o       (src),
    .third_o     (unused_third)
  );
  always_ff @(posedge clk_i) begin
    if (start_i) seq_q <= seq_d;
  end
  always_comb begin
    seq      = Single ? seq_d : seq_q;
    seq.last = last;
  end
  assign ready_o    = !active || (last && move);
  assign uop_read_o = active && move;

  // ---------------------------------------------------------------------- micro-op, interlock
  logic                 valid1_q, valid2_q;
  ctrl_t                ctrl1_q, ctrl2_q, ctrl2;
  logic [AccW-1:0]      dst1_q, src1_q, dst2_q, src2_q;
  vta_pkg::uop_fields_t uop;
  logic                 unused_uop;

  assign uop        = vta_pkg::uop_fields(uop_data_i);
  assign unused_uop = ^uop;
  assign ctrl2      = of_stage(ctrl2_q, common);
  assign move       = !freeze && !wait_raw;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      valid1_q <= 1'b0;
      valid2_q <= 1'b0;
    end else if (move) begin
      valid1_q <= active;
      valid2_q <= valid1_q;
    end
  end
  always_ff @(posedge clk_i) begin
    if (move && active) begin
      ctrl1_q <= seq;
      dst1_q  <= dst;
      src1_q  <= src;
    end
    if (move && valid1_q) begin
      ctrl2_q <= ctrl1_q;
      dst2_q  <= dst1_q + AccW'(uop.dst_idx);
      src2_q  <= src1_q + AccW'(uop.src_idx);
    end
  end

  // ---------------------------------------------------------------------- pipeline
  // Stage s holds the vector that passed the interlock s unfrozen cycles ago.
  logic [Last:1]       valid_q;
  logic [CtrlBits-1:0] ctrl_q [1:Last];
  logic [AccW-1:0]     dst_q  [1:Last];
  logic                pass;

  always_comb begin
    wait_raw = 1'b0;
    if (valid2_q) begin
      for (int unsigned s = 1; s <= Last; s++) begin
        if (valid_q[s] && ((dst_q[s] == dst2_q) || (ctrl2.reads_src && (dst_q[s] == src2_q)))) begin
          wait_raw = 1'b1;
        end
      end
    end
  end
  assign pass           = valid2_q && move;
  assign dst_read_o     = pass;
  assign dst_read_idx_o = dst2_q;
  assign src_read_o     = pass && ctrl2.reads_src;
  assign src_read_idx_o = src2_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) valid_q <= '0;
    else if (!freeze) valid_q <= {valid_q[Last-1:1], pass};
  end
  always_ff @(posedge clk_i) begin
    if (!freeze) begin
      if (pass) begin
        ctrl_q[1] <= ctrl2_q;
        dst_q[1]  <= dst2_q;
      end
      for (int unsigned s = 2; s <= Last; s++) begin
        if (valid_q[s-1]) begin
          ctrl_q[s] <= ctrl_q[s-1];
          dst_q[s]  <= dst_q[s-1];
        end
      end
    end
  end

  // ---------------------------------------------------------------------- lanes
  // Operation n of a chain works in stage n + 1. MUL and RQ are in no chain.
  ctrl_t              ctrl1, ctrl5, ctrl6, stage_ctrl;
  vta_pkg::rq_imm_t   imm5;
  logic [5:1]         product_stage, rq_stage;
  logic [4:1]         en_simple, en_product, use_src, use_op;
  logic [3:1]         en_src;
  logic [4*3-1:0]     op;
  logic [4*16-1:0]    imm;
  logic signed [7:0]  low5;
  logic [Lanes*W-1:0] result_d, result_q;
  logic [4*W*Lanes-1:0] partial;  // the results of operations 0 to 3, lane by lane; an observer may use them
  logic               unused_ctrl;

  assign ctrl1 = of_stage(ctrl_q[1], common);
  assign ctrl5 = of_stage(ctrl_q[5], common);
  assign ctrl6 = of_stage(ctrl_q[Last], common);
  assign imm5  = ctrl5.imm[15:0];
  assign low5  = ctrl5.reset ? imm5.zero_point : -8'sd128;
  assign unused_ctrl = ^{ctrl1, ctrl2, ctrl5, ctrl6, stage_ctrl, partial};

  always_comb begin
    stage_ctrl    = '0;
    rq_stage      = '0;
    product_stage = '0;
    en_src        = '0;
    use_src       = '0;
    use_op        = '0;
    op            = '0;
    imm           = '0;
    for (int unsigned s = 1; s <= 5; s++) begin
      stage_ctrl       = of_stage(ctrl_q[s], common);
      rq_stage[s]      = vta_pkg::Extension && (stage_ctrl.op[2:0] == vta_pkg::AluRq);
      product_stage[s] = rq_stage[s] || (stage_ctrl.op[2:0] == vta_pkg::AluMul);
      if (s <= Depth) begin
        use_op[s]           = stage_ctrl.valid[s-1];
        use_src[s]          = stage_ctrl.use_src[s-1];
        op[(s-1)*3 +: 3]    = stage_ctrl.op[(s-1)*3 +: 3];
        imm[(s-1)*16 +: 16] = stage_ctrl.imm[(s-1)*16 +: 16];
      end
      if (s < Depth) en_src[s] = valid_q[s] && !freeze && ((stage_ctrl.valid & stage_ctrl.use_src) >> s != '0);
    end
  end
  assign en_simple  = valid_q[4:1] & ~product_stage[4:1] & {4{!freeze}};
  assign en_product = valid_q[4:1] & product_stage[4:1] & {4{!freeze}};

  for (genvar l = 0; l < Lanes; l++) begin : gen_lane
    vta_alu_lane u_lane (
      .clk_i        (clk_i),
      .en_simple_i  (en_simple),
      .en_product_i (en_product),
      .en_src_i     (en_src),
      .is_rq_i      (rq_stage[5:2]),
      .use_op_i     (use_op),
      .use_src_i    (use_src),
      .op_i         (op),
      .imm_i        (imm),
      .is_product_i (product_stage[5]),
      .x_i          (dst_read_data_i[l*W +: W]),
      .src_i        (src_read_data_i[l*W +: W]),
      .zero_point_i (imm5.zero_point),
      .low_i        (low5),
      .high_i       (imm5.hi),
      .partial_o    (partial[l*4*W +: 4*W]),
      .result_o     (result_d[l*W +: W])
    );
  end
  always_ff @(posedge clk_i) begin
    if (valid_q[5] && !freeze) result_q <= result_d;
  end

  // ---------------------------------------------------------------------- write
  assign freeze = valid_q[Last] && gemm_write_i &&
                  (gemm_write_row_i ||
                   vta_core_pkg::acc_meets(16'(gemm_write_idx_i), 16'(dst_q[Last]), 16'd1));

  assign write_o      = valid_q[Last] && !freeze;
  assign write_idx_o  = dst_q[Last];
  assign write_data_o = result_q;
  assign write_name_o = ctrl6.name;
  assign done_o       = write_o && ctrl6.last;
  assign idle_o       = !active && !valid1_q && !valid2_q && (valid_q == '0);

  // How far stores may follow
  vta_core_pkg::watermark_t mark_q;
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      mark_q <= '0;
    end else if (write_o) begin
      mark_q.valid <= ctrl6.ascending;
      mark_q.name  <= ctrl6.name;
      mark_q.idx   <= dst_q[Last];
    end
  end
  assign mark_o = mark_q;
endmodule
