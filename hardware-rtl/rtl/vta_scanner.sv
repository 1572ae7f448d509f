// Reads the micro-ops of GEMM and ALU instructions once, one per cycle, to learn the interval of each index
// and thereby what the instruction conflicts with and whether it stays inside the scratchpads.
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
  output logic [vta_core_pkg::RobBits-1:0] done_tag_o,
  output logic [15:0]                      dst_low_o,
  output logic [31:0]                      dst_high_o,
  output logic [15:0]                      src_low_o,
  output logic [31:0]                      src_high_o,
  output logic [31:0]                      wgt_high_o,
  output logic                             idle_o
);
  localparam int unsigned UopW = vta_pkg::LogUopDepth + 1;
  localparam int unsigned TagW = vta_core_pkg::RobBits;

  // ---------------------------------------------------------------------- reading
  typedef struct packed {
    logic [TagW-1:0] tag;
    logic [13:0]     iter_out, iter_in;
    logic [15:0]     dst_out, dst_in, src_out, src_in, wgt_out, wgt_in;
  } job_t;
  vta_pkg::gemm_fields_t gemm;
  vta_pkg::alu_fields_t  alu;
  job_t                  job_new, job_d, job_q, job1_q, job2_q;
  logic                  busy_d, busy_q, read, first, last;
  logic [UopW-1:0]       at_d, at_q, end_d, end_q, at;
  logic                  unused;

  assign gemm = vta_pkg::gemm_fields(insn_i);
  assign alu  = vta_pkg::alu_fields(insn_i);
  assign unused = ^{gemm, alu};
  always_comb begin
    job_new.tag      = tag_i;
    job_new.iter_out = gemm.iter_out - 14'd1;
    job_new.iter_in  = gemm.iter_in - 14'd1;
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
  logic [TagW-1:0] tag3_q;
  always_ff @(posedge clk_i) begin
    if (valid2_q) begin
      tag3_q     <= job2_q.tag;
      dst_low_q  <= dst_min_q;
      src_low_q  <= src_min_q;
      dst_high_q <= 32'(dst_max_q) + 32'(job2_q.iter_out) * 32'(job2_q.dst_out) +
                    32'(job2_q.iter_in) * 32'(job2_q.dst_in);
      src_high_q <= 32'(src_max_q) + 32'(job2_q.iter_out) * 32'(job2_q.src_out) +
                    32'(job2_q.iter_in) * 32'(job2_q.src_in);
      wgt_high_q <= 32'(wgt_max_q) + 32'(job2_q.iter_out) * 32'(job2_q.wgt_out) +
                    32'(job2_q.iter_in) * 32'(job2_q.wgt_in);
    end
  end

  assign done_o     = valid3_q;
  assign done_tag_o = tag3_q;
  assign dst_low_o  = dst_low_q;
  assign dst_high_o = dst_high_q;
  assign src_low_o  = src_low_q;
  assign src_high_o = src_high_q;
  assign wgt_high_o = wgt_high_q;
  assign idle_o     = !busy_q && !valid1_q && !valid2_q && !valid3_q;
endmodule
