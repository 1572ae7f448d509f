// ALU: one vector per cycle. A vector issued in u reads UOP in u and stands at the interlock in u+2; one that
// passes in x reads ACC in x and writes it in x+6. docs/reference/timing.md, "ALU", says when it waits.
module vta_alu (
  input  logic                               clk_i,
  input  logic                               rst_ni,
  output logic                               ready_o,
  input  logic                               start_i,
  input  logic [127:0]                       insn_i,
  input  logic [vta_core_pkg::RobBits-1:0]   tag_i,
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
  input  logic [vta_pkg::AccIdxBits-1:0]     gemm_write_idx_i,
  output logic                               write_o,
  output logic [vta_pkg::AccIdxBits-1:0]     write_idx_o,
  output logic [vta_pkg::AccElemBits-1:0]    write_data_o,
  output logic [vta_core_pkg::RobBits-1:0]   write_tag_o,
  output logic                               done_o,
  output logic                               idle_o
);
  localparam int unsigned AccW  = vta_pkg::AccIdxBits;
  localparam int unsigned UopW  = vta_pkg::LogUopDepth + 1;
  localparam int unsigned Lanes = vta_pkg::Batch * vta_pkg::BlockOut;
  localparam int unsigned W     = vta_pkg::AccBits;
  localparam int unsigned TagW  = vta_core_pkg::RobBits;
  localparam int unsigned Last  = vta_core_pkg::AluRaw - 1;  // the write stage

  logic freeze, wait_raw, move;

  // ---------------------------------------------------------------------- sequencer
  vta_pkg::alu_fields_t insn;
  vta_core_pkg::loop_t  loops;
  logic                 active, last;
  logic [AccW-1:0]      dst, src;
  logic                 unused_third, unused_insn;

  typedef struct packed {
    logic [TagW-1:0] tag;
    logic            last;
    logic [2:0]      op;
    logic            use_src;
    logic            reset;
    logic [15:0]     imm;
  } ctrl_t;
  localparam int unsigned CtrlBits = TagW + 1 + 3 + 1 + 1 + 16;
  ctrl_t seq_d, seq_q, seq;

  assign insn           = vta_pkg::alu_fields(insn_i);
  assign loops.uop_bgn  = UopW'(insn.uop_bgn);
  assign loops.uop_end  = UopW'(insn.uop_end);
  assign loops.iter_out = insn.iter_out;
  assign loops.iter_in  = insn.iter_in;
  assign unused_insn    = ^{insn.pop_prev_dep, insn.pop_next_dep, insn.push_prev_dep,
                            insn.push_next_dep};
  assign seq_d.tag      = tag_i;
  assign seq_d.last     = 1'b0;
  assign seq_d.op       = insn.alu_opcode;
  assign seq_d.use_src  = !insn.use_imm ||
                          (vta_pkg::Extension && (insn.alu_opcode == vta_pkg::AluRq));
  assign seq_d.reset    = insn.reset_reg;
  assign seq_d.imm      = insn.imm;

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
    seq      = seq_q;
    seq.last = last;
  end
  assign ready_o    = !active || (last && move);
  assign uop_read_o = active && move;

  // ---------------------------------------------------------------------- micro-op, interlock
  logic                 valid1_q, valid2_q;
  ctrl_t                ctrl1_q, ctrl2_q;
  logic [AccW-1:0]      dst1_q, src1_q, dst2_q, src2_q;
  vta_pkg::uop_fields_t uop;
  logic                 unused_uop;

  assign uop        = vta_pkg::uop_fields(uop_data_i);
  assign unused_uop = ^uop;
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
        if (valid_q[s] && ((dst_q[s] == dst2_q) || (ctrl2_q.use_src && (dst_q[s] == src2_q)))) begin
          wait_raw = 1'b1;
        end
      end
    end
  end
  assign pass           = valid2_q && move;
  assign dst_read_o     = pass;
  assign dst_read_idx_o = dst2_q;
  assign src_read_o     = pass && ctrl2_q.use_src;
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
  ctrl_t            ctrl1, ctrl5, ctrl6;
  vta_pkg::rq_imm_t imm5;
  logic [5:1]       product_stage, rq_stage;
  logic [4:1]       en_simple, en_product;
  logic signed [7:0] low5;
  logic [Lanes*W-1:0] result_d, result_q;
  logic             unused_ctrl;

  assign ctrl1 = ctrl_q[1];
  assign ctrl5 = ctrl_q[5];
  assign ctrl6 = ctrl_q[Last];
  assign imm5  = ctrl5.imm;
  assign low5  = ctrl5.reset ? imm5.zero_point : -8'sd128;
  assign unused_ctrl = ^{ctrl1, ctrl5, ctrl6};

  ctrl_t stage_ctrl;
  logic  unused_stage;
  assign unused_stage = ^stage_ctrl;
  always_comb begin
    stage_ctrl    = '0;
    rq_stage      = '0;
    product_stage = '0;
    for (int unsigned s = 1; s <= 5; s++) begin
      stage_ctrl       = ctrl_q[s];
      rq_stage[s]      = vta_pkg::Extension && (stage_ctrl.op == vta_pkg::AluRq);
      product_stage[s] = rq_stage[s] || (stage_ctrl.op == vta_pkg::AluMul);
    end
  end
  assign en_simple  = valid_q[4:1] & ~product_stage[4:1] & {4{!freeze}};
  assign en_product = valid_q[4:1] & product_stage[4:1] & {4{!freeze}};

  for (genvar l = 0; l < Lanes; l++) begin : gen_lane
    logic signed [31:0] y;
    assign y = ctrl1.use_src ? 32'($signed(src_read_data_i[l*W +: W])) : 32'($signed(ctrl1.imm));
    vta_alu_lane u_lane (
      .clk_i        (clk_i),
      .en_simple_i  (en_simple),
      .en_product_i (en_product),
      .is_rq_i      (rq_stage[5:2]),
      .op_i         (ctrl1.op),
      .is_product_i (product_stage[5]),
      .x_i          (dst_read_data_i[l*W +: W]),
      .y_i          (y),
      .zero_point_i (imm5.zero_point),
      .low_i        (low5),
      .high_i       (imm5.hi),
      .result_o     (result_d[l*W +: W])
    );
  end
  always_ff @(posedge clk_i) begin
    if (valid_q[5] && !freeze) result_q <= result_d;
  end

  // ---------------------------------------------------------------------- write
  assign freeze = valid_q[Last] && gemm_write_i &&
                  vta_core_pkg::acc_meets(16'(gemm_write_idx_i), 16'(dst_q[Last]), 16'd1);

  assign write_o      = valid_q[Last] && !freeze;
  assign write_idx_o  = dst_q[Last];
  assign write_data_o = result_q;
  assign write_tag_o  = ctrl6.tag;
  assign done_o       = write_o && ctrl6.last;
  assign idle_o       = !active && !valid1_q && !valid2_q && (valid_q == '0);
endmodule
