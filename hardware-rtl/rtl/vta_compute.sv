// Compute: issues instructions in order into the reorder buffer, says when each may start (hazards), and
// retires them in order. docs/reference/timing.md, "Compute".
module vta_compute (
  input  logic                             clk_i,
  input  logic                             rst_ni,
  input  logic                             halt_i,
  // queue head
  input  logic                             head_valid_i,
  input  logic [127:0]                     head_insn_i,
  input  logic [31:0]                      head_idx_i,
  output logic                             pop_o,
  // tokens
  input  logic                             l2c_valid_i,
  output logic                             l2c_pop_o,
  input  logic                             s2c_valid_i,
  output logic                             s2c_pop_o,
  output logic                             c2l_push_o,
  output logic                             c2s_push_o,
  // loader
  input  logic                             loader_ready_i,
  output logic                             loader_accept_o,
  output vta_core_pkg::load_cmd_t          loader_cmd_o,
  output logic [vta_core_pkg::RobBits-1:0] loader_tag_o,
  input  logic                             walk_active_i,
  input  logic                             walk_first_i,
  input  logic [vta_core_pkg::RobBits-1:0] walk_tag_i,
  output logic                             walk_clear_o,
  input  logic                             walk_done_i,
  // scanner
  input  logic                             scan_free_i,
  output logic                             scan_begin_o,
  output logic                             scan_is_gemm_o,
  output logic [127:0]                     scan_insn_o,
  output logic [vta_core_pkg::RobBits-1:0] scan_tag_o,
  input  logic                             scan_done_i,
  input  logic [vta_core_pkg::RobBits-1:0] scan_done_tag_i,
  input  logic [15:0]                      scan_dst_low_i,
  input  logic [31:0]                      scan_dst_high_i,
  input  logic [15:0]                      scan_src_low_i,
  input  logic [31:0]                      scan_src_high_i,
  input  logic [31:0]                      scan_wgt_high_i,
  // GEMM and ALU
  input  logic                             gemm_ready_i,
  output logic                             gemm_start_o,
  output logic [127:0]                     gemm_insn_o,
  output logic [vta_core_pkg::RobBits-1:0] gemm_tag_o,
  input  logic                             gemm_done_i,
  input  logic [vta_core_pkg::RobBits-1:0] gemm_done_tag_i,
  input  logic                             alu_ready_i,
  output logic                             alu_start_o,
  output logic [127:0]                     alu_insn_o,
  output logic [vta_core_pkg::RobBits-1:0] alu_tag_o,
  input  logic                             alu_done_i,
  input  logic [vta_core_pkg::RobBits-1:0] alu_done_tag_i,
  // issue and retirement, for the probe
  output logic                             issue_o,
  output logic [31:0]                      issue_idx_o,
  output logic [vta_core_pkg::RobBits-1:0] issue_tag_o,
  output logic                             retire_o,
  output logic [31:0]                      retire_idx_o,
  output logic [vta_core_pkg::RobBits-1:0] retire_tag_o,
  output logic                             finish_o,
  output logic [2:0]                       waiting_o,   // 0 a load, 1 a GEMM, 2 an ALU instruction is issued and not begun
  output logic [31:0]                      walk_idx_o,  // program index of walk_tag_i
  output logic                             idle_o,
  output vta_core_pkg::error_t             error_o
);
  localparam int unsigned Depth  = vta_core_pkg::RobDepth;
  localparam int unsigned TagW   = vta_core_pkg::RobBits;
  localparam int unsigned CountW = vta_core_pkg::bits_for(Depth);

  // ---------------------------------------------------------------------- decode
  vta_pkg::header_t     header;
  vta_pkg::mem_fields_t mem;
  vta_pkg::alu_fields_t alu;
  logic                 has_elements, is_uop_load, unused_decode;
  logic [16:0]          elements_end;
  vta_core_pkg::kind_e  kind;
  vta_core_pkg::err_e   err;
  logic [31:0]          err_value;

  assign header        = head_insn_i;
  assign mem           = vta_pkg::mem_fields(head_insn_i);
  assign alu           = vta_pkg::alu_fields(head_insn_i);
  assign is_uop_load   = mem.memory_type == vta_pkg::MemUop;
  assign unused_decode = ^{header, mem, alu};

  vta_decode u_decode (
    .insn_i         (head_insn_i),
    .kind_o         (kind),
    .has_elements_o (has_elements),
    .elements_end_o (elements_end),
    .err_o          (err),
    .err_value_o    (err_value)
  );

  // ---------------------------------------------------------------------- reorder buffer
  logic [TagW-1:0]   head_d, head_q, tail_d, tail_q;
  logic [CountW-1:0] count_d, count_q;
  logic              may_issue, issue, retire;

  // per entry
  logic [Depth-1:0]  done_d, done_q, scanned_d, scanned_q;
  logic [Depth-1:0]  acc_q, uop_q, src_q, finish_q, push_prev_q, push_next_q, reset_q;
  logic [1:0]        kind_q     [0:Depth-1];
  logic [127:0]      insn_q     [0:Depth-1];
  logic [31:0]       idx_q      [0:Depth-1];
  logic [16:0]       uop_low_q  [0:Depth-1];  // micro-ops [low, end)
  logic [16:0]       uop_end_q  [0:Depth-1];
  logic [15:0]       dst_low_q  [0:Depth-1];  // accumulators [low, high]
  logic [15:0]       dst_high_q [0:Depth-1];
  logic [15:0]       src_low_q  [0:Depth-1];
  logic [15:0]       src_high_q [0:Depth-1];

  assign may_issue = head_valid_i && !halt_i && (count_q < CountW'(Depth)) &&
                     (!header.pop_prev_dep || l2c_valid_i) &&
                     (!header.pop_next_dep || s2c_valid_i);
  assign issue     = may_issue && (err == vta_core_pkg::ErrNone);
  assign pop_o     = issue;
  assign l2c_pop_o = issue && header.pop_prev_dep;
  assign s2c_pop_o = issue && header.pop_next_dep;

  always_comb begin
    head_d    = head_q;
    tail_d    = tail_q;
    count_d   = count_q;
    done_d    = done_q;
    scanned_d = scanned_q;
    if (issue) begin
      tail_d            = tail_q + TagW'(1);
      done_d[tail_q]    = kind == vta_core_pkg::KindNop;
      scanned_d[tail_q] = (kind == vta_core_pkg::KindNop) || (kind == vta_core_pkg::KindLoad);
    end
    if (retire) head_d = head_q + TagW'(1);
    if (issue && !retire) count_d = count_q + CountW'(1);
    if (!issue && retire) count_d = count_q - CountW'(1);
    if (walk_done_i) done_d[walk_tag_i] = 1'b1;
    if (gemm_done_i) done_d[gemm_done_tag_i] = 1'b1;
    if (alu_done_i) done_d[alu_done_tag_i] = 1'b1;
    if (scan_done_i) scanned_d[scan_done_tag_i] = 1'b1;
  end
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      head_q    <= '0;
      tail_q    <= '0;
      count_q   <= '0;
      done_q    <= '0;
      scanned_q <= '0;
    end else begin
      head_q    <= head_d;
      tail_q    <= tail_d;
      count_q   <= count_d;
      done_q    <= done_d;
      scanned_q <= scanned_d;
    end
  end

  always_ff @(posedge clk_i) begin
    if (issue) begin
      kind_q[tail_q]      <= kind;
      insn_q[tail_q]      <= head_insn_i;
      idx_q[tail_q]       <= head_idx_i;
      finish_q[tail_q]    <= header.opcode == vta_pkg::OpcodeFinish;
      push_prev_q[tail_q] <= header.push_prev_dep;
      push_next_q[tail_q] <= header.push_next_dep;
      reset_q[tail_q]     <= alu.reset_reg;
      if (kind == vta_core_pkg::KindLoad) begin
        uop_q[tail_q]      <= is_uop_load && has_elements;
        uop_low_q[tail_q]  <= 17'(mem.sram_base);
        uop_end_q[tail_q]  <= elements_end;
        acc_q[tail_q]      <= !is_uop_load && has_elements;
        src_q[tail_q]      <= 1'b0;
      end else begin
        uop_q[tail_q]      <= 1'b1;
        uop_low_q[tail_q]  <= 17'(alu.uop_bgn);
        uop_end_q[tail_q]  <= 17'(alu.uop_end);
        acc_q[tail_q]      <= 1'b1;
        src_q[tail_q]      <= (kind == vta_core_pkg::KindAlu) &&
                              (!alu.use_imm || (alu.alu_opcode == vta_pkg::AluRq));
      end
    end
    if (issue && (kind == vta_core_pkg::KindLoad)) begin
      dst_low_q[tail_q]  <= mem.sram_base;
      dst_high_q[tail_q] <= 16'(elements_end - 17'd1);
    end
    if (scan_done_i) begin
      dst_low_q[scan_done_tag_i]  <= scan_dst_low_i;
      dst_high_q[scan_done_tag_i] <= 16'(scan_dst_high_i);
      src_low_q[scan_done_tag_i]  <= scan_src_low_i;
      src_high_q[scan_done_tag_i] <= 16'(scan_src_high_i);
    end
  end

  // ---------------------------------------------------------------------- order within each kind
  // Entries not yet taken up by 0 the loader, 1 GEMM, 2 ALU, 3 the scanner.
  logic [3:0]      wait_push, wait_pop, wait_valid;
  logic [TagW-1:0] wait_tag [0:3];
  logic            loader_accept, gemm_start, alu_start, scan_begin;

  assign wait_push[0] = issue && (kind == vta_core_pkg::KindLoad);
  assign wait_push[1] = issue && (kind == vta_core_pkg::KindGemm);
  assign wait_push[2] = issue && (kind == vta_core_pkg::KindAlu);
  assign wait_push[3] = issue && ((kind == vta_core_pkg::KindGemm) || (kind == vta_core_pkg::KindAlu));
  assign wait_pop     = {scan_begin, alu_start, gemm_start, loader_accept};

  for (genvar k = 0; k < 4; k++) begin : gen_wait
    logic [CountW-1:0] unused_count;
    vta_fifo #(
      .Width(TagW),
      .Depth(Depth)
    ) u_fifo (
      .clk_i   (clk_i),
      .rst_ni  (rst_ni),
      .clear_i (1'b0),
      .push_i  (wait_push[k]),
      .data_i  (tail_q),
      .pop_i   (wait_pop[k]),
      .valid_o (wait_valid[k]),
      .data_o  (wait_tag[k]),
      .count_o (unused_count)
    );
  end

  // ---------------------------------------------------------------------- hazards
  // Of 0 the walker's instruction, 1 the next GEMM, 2 the next ALU, 3 the next scan, which waits for loads of
  // its micro-ops only.
  logic [3:0]      check, clear;
  logic [TagW-1:0] check_tag [0:3];

  assign check        = {wait_valid[3] && scan_free_i, wait_valid[2] && alu_ready_i,
                         wait_valid[1] && gemm_ready_i, walk_active_i && walk_first_i};
  assign check_tag[0] = walk_tag_i;
  assign check_tag[1] = wait_tag[1];
  assign check_tag[2] = wait_tag[2];
  assign check_tag[3] = wait_tag[3];

  for (genvar k = 0; k < 4; k++) begin : gen_hazard
    vta_hazard u_hazard (
      .check_i    (check[k]),
      .tag_i      (check_tag[k]),
      .oldest_i   (head_q),
      .done_i     (done_q),
      .scanned_i  (scanned_q),
      .acc_i      ((k == 3) ? '0 : acc_q),
      .uop_i      (uop_q),
      .src_i      (src_q),
      .kind_i     (kinds),
      .uop_low_i  (uop_lows),
      .uop_end_i  (uop_ends),
      .dst_low_i  (dst_lows),
      .dst_high_i (dst_highs),
      .src_low_i  (src_lows),
      .src_high_i (src_highs),
      .clear_o    (clear[k])
    );
  end

  // arrays as ports
  logic [Depth*2-1:0]  kinds;
  logic [Depth*17-1:0] uop_lows, uop_ends;
  logic [Depth*16-1:0] dst_lows, dst_highs, src_lows, src_highs;
  for (genvar e = 0; e < Depth; e++) begin : gen_entry
    assign kinds[e*2 +: 2]       = kind_q[e];
    assign uop_lows[e*17 +: 17]  = uop_low_q[e];
    assign uop_ends[e*17 +: 17]  = uop_end_q[e];
    assign dst_lows[e*16 +: 16]  = dst_low_q[e];
    assign dst_highs[e*16 +: 16] = dst_high_q[e];
    assign src_lows[e*16 +: 16]  = src_low_q[e];
    assign src_highs[e*16 +: 16] = src_high_q[e];
  end

  // ---------------------------------------------------------------------- starts
  assign loader_accept = wait_valid[0] && loader_ready_i;
  assign gemm_start    = clear[1];
  assign alu_start     = clear[2];
  assign scan_begin    = clear[3];

  assign waiting_o       = wait_valid[2:0];
  assign loader_accept_o = loader_accept;
  assign loader_tag_o    = wait_tag[0];
  vta_pkg::mem_fields_t loader_mem;
  logic unused_loader_mem;
  assign loader_mem = vta_pkg::mem_fields(insn_q[wait_tag[0]]);
  assign unused_loader_mem = ^loader_mem;
  always_comb begin
    loader_cmd_o.insn = insn_q[wait_tag[0]];
    loader_cmd_o.skip = 1'b0;
    unique case (loader_mem.memory_type)
      vta_pkg::MemUop: loader_cmd_o.sel = vta_core_pkg::SelFirst;
      vta_pkg::MemAcc: loader_cmd_o.sel = vta_core_pkg::SelSecond;
      default:         loader_cmd_o.sel = vta_core_pkg::SelThird;
    endcase
  end

  assign walk_clear_o   = clear[0];
  assign walk_idx_o     = idx_q[walk_tag_i];
  assign gemm_start_o   = gemm_start;
  assign gemm_insn_o    = insn_q[wait_tag[1]];
  assign gemm_tag_o     = wait_tag[1];
  assign alu_start_o    = alu_start;
  assign alu_insn_o     = insn_q[wait_tag[2]];
  assign alu_tag_o      = wait_tag[2];
  assign scan_begin_o   = scan_begin;
  assign scan_insn_o    = insn_q[wait_tag[3]];
  assign scan_tag_o     = wait_tag[3];
  assign scan_is_gemm_o = kind_q[wait_tag[3]] == vta_core_pkg::KindGemm;

  // ---------------------------------------------------------------------- retirement
  assign retire       = (count_q != '0) && done_q[head_q] && scanned_q[head_q];
  assign c2l_push_o   = retire && push_prev_q[head_q];
  assign c2s_push_o   = retire && push_next_q[head_q];
  assign finish_o     = retire && finish_q[head_q];
  assign issue_o      = issue;
  assign issue_idx_o  = head_idx_i;
  assign issue_tag_o  = tail_q;
  assign retire_o     = retire;
  assign retire_idx_o = idx_q[head_q];
  assign retire_tag_o = head_q;
  assign idle_o       = (count_q == '0) && (!head_valid_i || halt_i);

  // ---------------------------------------------------------------------- errors
  logic scan_is_alu, scan_reset, scan_src;
  assign scan_is_alu = kind_q[scan_done_tag_i] == vta_core_pkg::KindAlu;
  assign scan_reset  = reset_q[scan_done_tag_i];
  assign scan_src    = src_q[scan_done_tag_i];
  always_comb begin
    error_o = '0;
    if (scan_done_i) begin
      error_o.insn = idx_q[scan_done_tag_i];
      if (scan_dst_high_i >= vta_pkg::AccDepth) begin
        error_o.valid = 1'b1;
        error_o.code  = vta_core_pkg::ErrAccRange;
        error_o.value = scan_dst_high_i;
      end else if (scan_is_alu) begin
        error_o.valid = scan_src && (scan_src_high_i >= vta_pkg::AccDepth);
        error_o.code  = vta_core_pkg::ErrAccRange;
        error_o.value = scan_src_high_i;
      end else if (!scan_reset && (scan_src_high_i >= vta_pkg::InpDepth)) begin
        error_o.valid = 1'b1;
        error_o.code  = vta_core_pkg::ErrInpRange;
        error_o.value = scan_src_high_i;
      end else if (!scan_reset && (scan_wgt_high_i >= vta_pkg::WgtDepth)) begin
        error_o.valid = 1'b1;
        error_o.code  = vta_core_pkg::ErrWgtRange;
        error_o.value = scan_wgt_high_i;
      end
    end
    if (!error_o.valid && may_issue && (err != vta_core_pkg::ErrNone)) begin
      error_o.valid = 1'b1;
      error_o.code  = err;
      error_o.insn  = head_idx_i;
      error_o.value = err_value;
    end
  end
endmodule
