// Reads the micro-ops of GEMM and ALU instructions once, one per cycle, to learn the interval of each index
// and thereby what the instruction conflicts with and whether it stays inside the scratchpads; and whether dst
// visits each index of its interval once (docs/reference/timing.md, "Scanner").
module vta_scanner (
  input  logic                             clk_i,
  input  logic                             rst_ni,
  // the next entry to scan; it begins in a cycle with begin_i
  output logic                             free_o,
  input  logic                             begin_i,
  input  logic                             is_gemm_i,
  input  logic [127:0]                     insn_i,
  input  logic [vta_core_pkg::RobBits-1:0] tag_i,
  output logic                             uop_read_o,
  output logic [vta_pkg::UopIdxBits-1:0]   uop_idx_o,
  input  logic [31:0]                      uop_data_i,
  // result
  output logic                             done_o,
  output vta_core_pkg::scan_t              scan_o,
  output logic                             idle_o
);
  localparam int unsigned UopW = vta_pkg::LogUopDepth + 1;
  localparam int unsigned TagW = vta_core_pkg::RobBits;

  // ---------------------------------------------------------------------- reading
  typedef struct packed {
    logic [TagW-1:0] tag;
    logic [13:0]     iter_out, iter_in;
    logic [15:0]     dst_out, dst_in, src_out, src_in, wgt_out, wgt_in;
    logic [4:0]      uops;  // micro-ops; 0 if the instruction is not simple
    logic            is_alu, reads_src, reset, joins;  // joins: the operation may be in a chain
  } job_t;
  vta_pkg::gemm_fields_t gemm;
  vta_pkg::alu_fields_t  alu;
  job_t                  job_new, job_d, job_q, job1_q, job2_q, job3_q;
  logic                  busy_d, busy_q, read, first, last;
  logic [UopW-1:0]       at_d, at_q, end_d, end_q, at;
  logic [UopW-1:0]       uops;
  logic                  unused;

  assign gemm = vta_pkg::gemm_fields(insn_i);
  assign alu  = vta_pkg::alu_fields(insn_i);
  assign unused = ^{gemm, alu};
  assign uops  = UopW'(gemm.uop_end) - UopW'(gemm.uop_bgn);
  always_comb begin
    job_new.tag       = tag_i;
    job_new.iter_out  = gemm.iter_out;
    job_new.iter_in   = gemm.iter_in;
    job_new.is_alu    = !is_gemm_i;
    job_new.reset     = gemm.reset_reg;
    job_new.reads_src = !alu.use_imm || (vta_pkg::Extension && (alu.alu_opcode == vta_pkg::AluRq));
    job_new.joins     = (alu.alu_opcode == vta_pkg::AluMin) || (alu.alu_opcode == vta_pkg::AluMax) ||
                        (alu.alu_opcode == vta_pkg::AluAdd) || (alu.alu_opcode == vta_pkg::AluShr);
    job_new.uops      = (32'(uops) <= vta_core_pkg::SimpleUops) ? 5'(uops) : '0;
    job_new.dst_out  = 16'(gemm.dst_factor_out);
    job_new.dst_in   = 16'(gemm.dst_factor_in);
    job_new.src_out  = is_gemm_i ? 16'(gemm.src_factor_out) : 16'(alu.src_factor_out);
    job_new.src_in   = is_gemm_i ? 16'(gemm.src_factor_in) : 16'(alu.src_factor_in);
    job_new.wgt_out  = 16'(gemm.wgt_factor_out);
    job_new.wgt_in   = 16'(gemm.wgt_factor_in);
  end

  assign free_o = !busy_q;
  assign read   = begin_i || busy_q;
  assign first  = begin_i;
  always_comb begin
    job_d = begin_i ? job_new : job_q;
    at    = begin_i ? UopW'(gemm.uop_bgn) : at_q;
    end_d = begin_i ? UopW'(gemm.uop_end) : end_q;
    at_d  = at + UopW'(1);
    last  = at_d == end_d;
    busy_d = read && !last;
  end
  assign uop_read_o = read;
  assign uop_idx_o  = vta_pkg::UopIdxBits'(at);

  always_ff @(posedge clk_i) begin
    if (!rst_ni) busy_q <= 1'b0;
    else busy_q <= busy_d;
  end
  always_ff @(posedge clk_i) begin
    if (read) begin
      job_q <= job_d;
      at_q  <= at_d;
      end_q <= end_d;
    end
  end

  // ---------------------------------------------------------------------- smallest and largest
  logic                  valid1_q, first1_q, last1_q, valid2_q, valid3_q;
  vta_pkg::uop_fields_t  uop;
  logic [15:0]           dst, src, wgt;
  logic [15:0]           dst_min_d, dst_min_q, dst_max_d, dst_max_q;
  logic [15:0]           src_min_d, src_min_q, src_max_d, src_max_q, wgt_max_d, wgt_max_q;

  assign uop = vta_pkg::uop_fields(uop_data_i);
  assign dst = 16'(uop.dst_idx);
  assign src = 16'(uop.src_idx);
  assign wgt = 16'(uop.wgt_idx);
  always_comb begin
    dst_min_d = (first1_q || (dst < dst_min_q)) ? dst : dst_min_q;
    dst_max_d = (first1_q || (dst > dst_max_q)) ? dst : dst_max_q;
    src_min_d = (first1_q || (src < src_min_q)) ? src : src_min_q;
    src_max_d = (first1_q || (src > src_max_q)) ? src : src_max_q;
    wgt_max_d = (first1_q || (wgt > wgt_max_q)) ? wgt : wgt_max_q;
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      valid1_q <= 1'b0;
      valid2_q <= 1'b0;
      valid3_q <= 1'b0;
    end else begin
      valid1_q <= read;
      valid2_q <= valid1_q && last1_q;
      valid3_q <= valid2_q;
    end
  end
  always_ff @(posedge clk_i) begin
    if (read) begin
      first1_q <= first;
      last1_q  <= last;
      job1_q   <= job_d;
    end
    if (valid1_q) begin
      dst_min_q <= dst_min_d;
      dst_max_q <= dst_max_d;
      src_min_q <= src_min_d;
      src_max_q <= src_max_d;
      wgt_max_q <= wgt_max_d;
      job2_q    <= job1_q;
    end
  end

  // ---------------------------------------------------------------------- loop reach
  logic [31:0] dst_high_q, src_high_q, wgt_high_q;
  logic [15:0] dst_low_q, src_low_q;
  logic [13:0] more_out, more_in;
  always_ff @(posedge clk_i) begin
    if (valid2_q) begin
      job3_q     <= job2_q;
      dst_low_q  <= dst_min_q;
      src_low_q  <= src_min_q;
      dst_high_q <= 32'(dst_max_q) + 32'(more_out) * 32'(job2_q.dst_out) +
                    32'(more_in) * 32'(job2_q.dst_in);
      src_high_q <= 32'(src_max_q) + 32'(more_out) * 32'(job2_q.src_out) +
                    32'(more_in) * 32'(job2_q.src_in);
      wgt_high_q <= 32'(wgt_max_q) + 32'(more_out) * 32'(job2_q.wgt_out) +
                    32'(more_in) * 32'(job2_q.wgt_in);
    end
  end
  assign more_out = job2_q.iter_out - 14'd1;
  assign more_in  = job2_q.iter_in - 14'd1;

  // ---------------------------------------------------------------------- shape of dst
  logic dense, ascending, apart, unused_job3;
  vta_shape u_shape (
    .clk_i       (clk_i),
    .uop_i       (valid1_q),
    .first_i     (first1_q),
    .dst_i       (dst),
    .last_i      (valid2_q),
    .uops_i      (job2_q.uops),
    .iter_in_i   (job2_q.iter_in),
    .iter_out_i  (job2_q.iter_out),
    .dst_in_i    (job2_q.dst_in),
    .dst_out_i   (job2_q.dst_out),
    .dense_o     (dense),
    .ascending_o (ascending)
  );

  assign done_o = valid3_q;
  assign idle_o = vta_core_pkg::Single || (!busy_q && !valid1_q && !valid2_q && !valid3_q);
  always_comb begin
    scan_o.tag       = job3_q.tag;
    scan_o.dst_low   = dst_low_q;
    scan_o.dst_high  = dst_high_q;
    scan_o.src_low   = src_low_q;
    scan_o.src_high  = src_high_q;
    scan_o.wgt_high  = wgt_high_q;
    scan_o.shaped    = dense && (job3_q.is_alu ? job3_q.joins && (apart || !job3_q.reads_src) : job3_q.reset);
    scan_o.ascending = ascending;
    scan_o.is_alu    = job3_q.is_alu;
    scan_o.reads_src = job3_q.reads_src;
    scan_o.reset     = job3_q.reset;
  end
  assign apart       = (32'(src_low_q) > dst_high_q) || (src_high_q < 32'(dst_low_q));
  assign unused_job3 = ^job3_q;
endmodule
