// GEMM: one micro-op per cycle, never stalling. A micro-op issued in u reads UOP in u, INP and WGT in
// u+1, ACC in u+4 and writes ACC in u+6. A dense reset goes through the same stages, a row of banks in each
// cycle in which no micro-op issues.
module vta_gemm (
  input  logic                               clk_i,
  input  logic                               rst_ni,
  output logic                               ready_o,  // to start this instruction
  input  logic                               start_i,
  input  vta_core_pkg::gemm_cmd_t            cmd_i,
  output logic                               step_o,       // a micro-op or row issues
  output logic                               loop_last_o,  // the last micro-op of this instruction issues
  output logic [vta_core_pkg::RobBits-1:0]   loop_tag_o,
  output logic                               uop_read_o,
  output logic [vta_pkg::UopIdxBits-1:0]     uop_idx_o,
  input  logic [31:0]                        uop_data_i,
  output logic                               tile_read_o,
  output logic [vta_pkg::InpIdxBits-1:0]     inp_idx_o,
  input  logic [vta_pkg::InpElemBits-1:0]    inp_data_i,
  output logic [vta_pkg::WgtIdxBits-1:0]     wgt_idx_o,
  input  logic [vta_pkg::WgtElemBits-1:0]    wgt_data_i,
  output logic                               acc_read_o,
  output logic [vta_pkg::AccIdxBits-1:0]     acc_read_idx_o,
  input  logic [vta_pkg::AccElemBits-1:0]    acc_read_data_i,
  output logic                               write_o,
  output logic                               write_row_o,  // of the row of banks of the element, these elements
  output vta_core_pkg::acc_row_t             write_part_o,
  output logic [vta_pkg::AccIdxBits-1:0]     write_idx_o,
  output logic [vta_pkg::AccElemBits-1:0]    write_data_o,
  output logic [vta_core_pkg::RobBits-1:0]   write_tag_o,
  output logic                               done_o,  // the last write of an instruction
  output logic                               idle_o
);
  localparam int unsigned AccW  = vta_pkg::AccIdxBits;
  localparam int unsigned InpW  = vta_pkg::InpIdxBits;
  localparam int unsigned WgtW  = vta_pkg::WgtIdxBits;
  localparam int unsigned UopW  = vta_pkg::LogUopDepth + 1;
  localparam int unsigned Bits  = vta_pkg::AccElemBits;
  localparam int unsigned Lanes = vta_pkg::Batch * vta_pkg::BlockOut;
  localparam int unsigned TagW  = vta_core_pkg::RobBits;
  localparam int unsigned Last  = vta_core_pkg::GemmWrite;  // the write stage

  // Position of an element in its row of banks
  function automatic logic [15:0] column(input logic [AccW-1:0] idx);
    column = 16'(idx) & 16'(vta_core_pkg::AccBanks - 1);
  endfunction

  // ---------------------------------------------------------------------- micro-ops
  vta_pkg::gemm_fields_t insn;
  vta_core_pkg::loop_t   loops;
  logic                  start_loop, loop_active, loop_last, reset_q;
  logic [AccW-1:0]       dst;
  logic [InpW-1:0]       src;
  logic [WgtW-1:0]       wgt;
  logic [TagW-1:0]       loop_tag_q;
  logic                  unused_insn;

  assign insn           = vta_pkg::gemm_fields(cmd_i.insn);
  assign loops.uop_bgn  = UopW'(insn.uop_bgn);
  assign loops.uop_end  = UopW'(insn.uop_end);
  assign loops.iter_out = insn.iter_out;
  assign loops.iter_in  = insn.iter_in;
  assign unused_insn    = ^insn;
  assign start_loop     = start_i && !(vta_core_pkg::RowResets && cmd_i.rows);

  vta_loop #(
    .DstW(AccW),
    .SrcW(InpW),
    .ThirdW(WgtW)
  ) u_loop (
    .clk_i       (clk_i),
    .rst_ni      (rst_ni),
    .start_i     (start_loop),
    .loop_i      (loops),
    .dst_out_i   (insn.dst_factor_out),
    .dst_in_i    (insn.dst_factor_in),
    .src_out_i   (insn.src_factor_out),
    .src_in_i    (insn.src_factor_in),
    .third_out_i (insn.wgt_factor_out),
    .third_in_i  (insn.wgt_factor_in),
    .move_i      (1'b1),
    .active_o    (loop_active),
    .last_o      (loop_last),
    .uop_o       (uop_idx_o),
    .dst_o       (dst),
    .src_o       (src),
    .third_o     (wgt)
  );
  always_ff @(posedge clk_i) begin
    if (start_loop) begin
      reset_q    <= insn.reset_reg;
      loop_tag_q <= cmd_i.tag;
    end
  end

  // ---------------------------------------------------------------------- rows of a dense reset, lowest first
  localparam int unsigned LogBanks = vta_core_pkg::LogAccBanks;
  localparam int unsigned ColW     = vta_core_pkg::AccColBits;
  logic                   start_rows, rows_d, rows_q, row_step, row_last;
  logic [AccW-1:0]        row_q, low_q, high_q;
  logic [TagW-1:0]        rows_tag_q;
  vta_core_pkg::acc_row_t part;
  assign start_rows = vta_core_pkg::RowResets && start_i && cmd_i.rows;
  assign row_step   = rows_q && !loop_active;
  assign row_last  = row_q == (high_q >> LogBanks);
  assign part.from = (row_q == (low_q >> LogBanks)) ? ColW'(column(low_q)) : '0;
  assign part.to   = row_last ? ColW'(column(high_q)) : ColW'(vta_core_pkg::AccBanks - 1);
  always_comb begin
    rows_d = vta_core_pkg::RowResets && rows_q && !(row_step && row_last);
    if (start_rows) rows_d = 1'b1;
  end
  always_ff @(posedge clk_i) begin
    if (!rst_ni) rows_q <= 1'b0;
    else rows_q <= rows_d;
  end
  always_ff @(posedge clk_i) begin
    if (start_rows) begin
      row_q      <= cmd_i.low >> LogBanks;
      low_q      <= cmd_i.low;
      high_q     <= cmd_i.high;
      rows_tag_q <= cmd_i.tag;
    end else if (row_step) begin
      row_q <= row_q + AccW'(1);
    end
  end

  // Rows that are left yield to micro-ops that have nothing to do with them.
  logic loop_free, rows_free, beside;
  assign loop_free = !loop_active || loop_last;
  assign rows_free = !rows_q || (row_step && row_last);
  assign beside    = cmd_i.scanned && !cmd_i.rows && ((cmd_i.low > high_q) || (cmd_i.high < low_q));
  assign ready_o   = loop_free && (rows_free || beside);

  // ---------------------------------------------------------------------- the step that issues
  logic            active;
  logic [TagW-1:0] step_tag;
  assign active      = loop_active || rows_q;
  assign step_tag    = loop_active ? loop_tag_q : rows_tag_q;
  assign loop_last_o = loop_active && loop_last;
  assign loop_tag_o  = loop_tag_q;
  assign uop_read_o  = loop_active;
  assign step_o      = active;

  // ---------------------------------------------------------------------- pipeline control
  // Stage s holds the micro-op issued s cycles ago.
  localparam int unsigned PartBits = 2 * ColW;
  logic [Last:1]   valid_q, last_q, reset_stage_q, row_stage_q;
  logic [PartBits-1:0] part_q [1:Last];
  logic [TagW-1:0] tag_q [1:Last];
  logic [AccW-1:0] dst_q [1:Last];
  logic [InpW-1:0] src_off_q;
  logic [WgtW-1:0] wgt_off_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) valid_q <= '0;
    else valid_q <= {valid_q[Last-1:1], active};
  end
  always_ff @(posedge clk_i) begin
    if (active) begin
      dst_q[1]         <= loop_active ? dst : row_q << LogBanks;
      row_stage_q[1]   <= vta_core_pkg::RowResets && !loop_active;
      part_q[1]        <= part;
      src_off_q        <= src;
      wgt_off_q        <= wgt;
      tag_q[1]         <= step_tag;
      last_q[1]        <= loop_active ? loop_last : row_last;
      reset_stage_q[1] <= (vta_core_pkg::RowResets && !loop_active) || reset_q;
    end
    if (valid_q[1]) begin
      dst_q[2]         <= dst_q[1] + (row_stage_q[1] ? '0 : AccW'(uop.dst_idx));
      row_stage_q[2]   <= row_stage_q[1];
      part_q[2]        <= part_q[1];
      tag_q[2]         <= tag_q[1];
      last_q[2]        <= last_q[1];
      reset_stage_q[2] <= reset_stage_q[1];
    end
    for (int unsigned s = 3; s <= Last; s++) begin
      if (valid_q[s-1]) begin
        dst_q[s]         <= dst_q[s-1];
        row_stage_q[s]   <= row_stage_q[s-1];
        part_q[s]        <= part_q[s-1];
        tag_q[s]         <= tag_q[s-1];
        last_q[s]        <= last_q[s-1];
        reset_stage_q[s] <= reset_stage_q[s-1];
      end
    end
  end

  vta_pkg::uop_fields_t uop;
  assign uop         = vta_pkg::uop_fields(uop_data_i);
  assign tile_read_o = valid_q[1] && !reset_stage_q[1];
  assign inp_idx_o   = src_off_q + InpW'(uop.src_idx);
  assign wgt_idx_o   = wgt_off_q + WgtW'(uop.wgt_idx);

  // ---------------------------------------------------------------------- array
  logic            en_product, en_part, en_sum;
  logic [Bits-1:0] sums;
  assign en_product = valid_q[2] && !reset_stage_q[2];
  assign en_part    = valid_q[3] && !reset_stage_q[3];
  assign en_sum     = valid_q[4] && !reset_stage_q[4];

  for (genvar b = 0; b < vta_pkg::Batch; b++) begin : gen_row
    for (genvar o = 0; o < vta_pkg::BlockOut; o++) begin : gen_lane
      localparam int unsigned RowBits = vta_pkg::BlockIn * vta_pkg::InpBits;
      localparam int unsigned ColBits = vta_pkg::BlockIn * vta_pkg::WgtBits;
      vta_dot #(
        .Lanes(vta_pkg::BlockIn),
        .InpBits(vta_pkg::InpBits),
        .WgtBits(vta_pkg::WgtBits),
        .AccBits(vta_pkg::AccBits)
      ) u_dot (
        .clk_i        (clk_i),
        .en_product_i (en_product),
        .en_part_i    (en_part),
        .en_sum_i     (en_sum),
        .inp_i        (inp_data_i[b*RowBits +: RowBits]),
        .wgt_i        (wgt_data_i[o*ColBits +: ColBits]),
        .sum_o        (sums[(b*vta_pkg::BlockOut + o)*vta_pkg::AccBits +: vta_pkg::AccBits])
      );
    end
  end

  // ---------------------------------------------------------------------- accumulate
  // ACC is read in stage 4. Results of the two micro-ops before, not yet in memory then, are forwarded.
  // Was the element `idx` among those written: `written`, or part of the row that begins there?
  function automatic logic wrote(input logic row, input logic [ColW-1:0] from, input logic [ColW-1:0] to,
                                 input logic [AccW-1:0] written, input logic [AccW-1:0] idx);
    wrote = row ? ((written >> LogBanks) == (idx >> LogBanks)) && (ColW'(column(idx)) >= from) &&
                  (ColW'(column(idx)) <= to)
                : written == idx;
  endfunction
  logic [Bits-1:0] result_d, result_q, older_q, operand;
  logic [AccW-1:0] older_dst_q;
  logic            older_valid_q, older_row_q;
  vta_core_pkg::acc_row_t part6, older_part_q;

  assign acc_read_o     = en_sum;
  assign acc_read_idx_o = dst_q[4];

  always_comb begin
    operand = acc_read_data_i;
    if (older_valid_q && wrote(older_row_q, older_part_q.from, older_part_q.to, older_dst_q, dst_q[5])) operand = older_q;
    if (valid_q[6] && wrote(row_stage_q[6], part6.from, part6.to, dst_q[6], dst_q[5])) operand = result_q;
  end
  assign part6 = part_q[6];
  for (genvar l = 0; l < Lanes; l++) begin : gen_add
    localparam int unsigned W = vta_pkg::AccBits;
    assign result_d[l*W +: W] = reset_stage_q[5] ? '0 : operand[l*W +: W] + sums[l*W +: W];
  end
  always_ff @(posedge clk_i) begin
    if (!rst_ni) older_valid_q <= 1'b0;
    else older_valid_q <= valid_q[6];
  end
  always_ff @(posedge clk_i) begin
    if (valid_q[5]) result_q <= result_d;
    if (valid_q[6]) begin
      older_q      <= result_q;
      older_dst_q  <= dst_q[6];
      older_row_q  <= row_stage_q[6];
      older_part_q <= part_q[6];
    end
  end

  assign write_o      = valid_q[6];
  assign write_row_o  = row_stage_q[6];
  assign write_part_o = part6;
  assign write_idx_o  = dst_q[6];
  assign write_data_o = result_q;
  assign write_tag_o  = tag_q[6];
  assign done_o       = valid_q[6] && last_q[6];
  assign idle_o       = !active && (valid_q == '0);
endmodule
