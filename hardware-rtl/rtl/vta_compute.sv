// Compute: issues instructions in order into the reorder buffer, says when each may start (hazards), pushes its tokens
// (vta_promise), and retires them in order. docs/reference/timing.md, "Compute".
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
  input  vta_core_pkg::scan_t              scan_i,
  // GEMM and ALU
  input  logic                             gemm_ready_i,
  output logic                             gemm_start_o,
  output vta_core_pkg::gemm_cmd_t          gemm_cmd_o,
  input  logic                             gemm_loop_last_i,
  input  logic [vta_core_pkg::RobBits-1:0] gemm_loop_tag_i,
  input  logic                             gemm_done_i,
  input  logic [vta_core_pkg::RobBits-1:0] gemm_done_tag_i,
  input  logic                             alu_ready_i,
  output logic                             alu_start_o,
  output logic [127:0]                     alu_insn_o,
  output vta_core_pkg::chain_t             alu_chain_o,
  input  logic                             alu_done_i,
  input  logic [vta_core_pkg::ChainBits-1:0] alu_done_name_i,
  // a store burst may read its accumulators
  input  logic                             store_check_i,
  input  logic [vta_pkg::AccIdxBits-1:0]   store_low_i,
  input  logic [vta_pkg::AccIdxBits-1:0]   store_high_i,
  input  vta_core_pkg::watermark_t         mark_i,
  output logic                             store_clear_o,
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
  output logic                             empty_o,     // nothing is issued that has not retired
  output logic                             idle_o,
  output vta_core_pkg::error_t             error_o
);
  localparam int unsigned Depth  = vta_core_pkg::RobDepth;
  localparam int unsigned TagW   = vta_core_pkg::RobBits;
  localparam int unsigned NameW  = vta_core_pkg::ChainBits;
  localparam int unsigned CountW = vta_core_pkg::bits_for(Depth);
  localparam int unsigned UopW   = vta_pkg::LogUopDepth + 1;
  localparam int unsigned AccW   = vta_pkg::AccIdxBits;
  localparam bit          Single = vta_core_pkg::Single;

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
  logic [Depth-1:0]  done_d, done_q, scanned_d, scanned_q, chained_d, chained_q;
  logic [Depth-1:0]  acc_q, uop_q, src_q, finish_q, push_prev_q, push_next_q;
  logic [Depth-1:0]  tile_q, load_q;      // has INP and WGT to read; is a load
  logic [Depth-1:0]  simple_q;            // ALU or reset that does not start before it is scanned
  logic [Depth-1:0]  shaped_q;            // ALU: may be in a chain; reset: goes row by row
  logic [Depth-1:0]  ascending_q;
  logic [NameW-1:0]  name_q     [0:Depth-1];  // of its chain
  logic [1:0]        kind_q     [0:Depth-1];
  logic [127:0]      insn_q     [0:Depth-1];
  logic [1:0]        sel_q      [0:Depth-1];  // scratchpad of a load
  logic [31:0]       idx_q      [0:Depth-1];
  logic [UopW-1:0]   uop_low_q  [0:Depth-1];  // micro-ops [low, end)
  logic [UopW-1:0]   uop_end_q  [0:Depth-1];
  logic [AccW-1:0]   dst_low_q  [0:Depth-1];  // accumulators [low, high]
  logic [AccW-1:0]   dst_high_q [0:Depth-1];
  logic [AccW-1:0]   src_low_q  [0:Depth-1];
  logic [AccW-1:0]   src_high_q [0:Depth-1];

  assign may_issue = head_valid_i && !halt_i && (count_q < CountW'(Depth)) &&
                     (!header.pop_prev_dep || l2c_valid_i) &&
                     (!header.pop_next_dep || s2c_valid_i);
  assign issue     = may_issue && (err == vta_core_pkg::ErrNone);
  assign pop_o     = Single ? retire : issue;
  assign l2c_pop_o = issue && header.pop_prev_dep;
  assign s2c_pop_o = issue && header.pop_next_dep;

  always_comb begin
    head_d    = head_q;
    tail_d    = tail_q;
    count_d   = count_q;
    done_d    = done_q;
    scanned_d = scanned_q;
    chained_d = chained_q;
    if (issue) begin
      tail_d            = Single ? '0 : tail_q + TagW'(1);
      done_d[tail_q]    = kind == vta_core_pkg::KindNop;
      scanned_d[tail_q] = Single || (kind == vta_core_pkg::KindNop) || (kind == vta_core_pkg::KindLoad);
    end
    if (retire) begin
      head_d            = Single ? '0 : head_q + TagW'(1);
      chained_d[head_q] = 1'b0;
    end
    if (take) chained_d[wait_tag[2]] = 1'b1;
    if (issue && !retire) count_d = count_q + CountW'(1);
    if (!issue && retire) count_d = count_q - CountW'(1);
    if (walk_done_i) done_d[walk_tag_i] = 1'b1;
    if (gemm_done_i) done_d[gemm_done_tag_i] = 1'b1;
    for (int unsigned e = 0; e < Depth; e++) begin
      if (alu_done_i && chained_q[e] && (name_q[e] == alu_done_name_i)) done_d[e] = 1'b1;
    end
    if (scan_done) scanned_d[scan_i.tag] = 1'b1;
  end
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      head_q    <= '0;
      tail_q    <= '0;
      count_q   <= '0;
      done_q    <= '0;
      scanned_q <= '0;
      chained_q <= '0;
    end else begin
      head_q    <= head_d;
      tail_q    <= tail_d;
      count_q   <= count_d;
      done_q    <= done_d;
      scanned_q <= scanned_d;
      chained_q <= chained_d;
    end
  end

  always_ff @(posedge clk_i) begin
    if (issue) begin
      kind_q[tail_q]      <= kind;
      insn_q[tail_q]      <= head_insn_i;
      sel_q[tail_q]       <= is_uop_load ? vta_core_pkg::SelFirst
                           : (mem.memory_type == vta_pkg::MemAcc) ? vta_core_pkg::SelSecond : vta_core_pkg::SelThird;
      idx_q[tail_q]       <= head_idx_i;
      finish_q[tail_q]    <= header.opcode == vta_pkg::OpcodeFinish;
      push_prev_q[tail_q] <= header.push_prev_dep;
      push_next_q[tail_q] <= header.push_next_dep;
      tile_q[tail_q]      <= (kind == vta_core_pkg::KindGemm) && !alu.reset_reg;
      load_q[tail_q]      <= kind == vta_core_pkg::KindLoad;
      simple_q[tail_q]    <= !Single && ((kind == vta_core_pkg::KindAlu) || alu.reset_reg) &&
                             (32'(alu.uop_end) - 32'(alu.uop_bgn) <= vta_core_pkg::SimpleUops);
      shaped_q[tail_q]    <= 1'b0;
      ascending_q[tail_q] <= 1'b0;
      if (kind == vta_core_pkg::KindLoad) begin
        uop_q[tail_q]      <= is_uop_load && has_elements;
        uop_low_q[tail_q]  <= UopW'(mem.sram_base);
        uop_end_q[tail_q]  <= UopW'(elements_end);
        acc_q[tail_q]      <= !is_uop_load && has_elements;
        src_q[tail_q]      <= 1'b0;
      end else begin
        uop_q[tail_q]      <= 1'b1;
        uop_low_q[tail_q]  <= UopW'(alu.uop_bgn);
        uop_end_q[tail_q]  <= UopW'(alu.uop_end);
        acc_q[tail_q]      <= 1'b1;
        src_q[tail_q]      <= (kind == vta_core_pkg::KindAlu) &&
                              (!alu.use_imm || (alu.alu_opcode == vta_pkg::AluRq));
      end
    end
    if (issue && (kind == vta_core_pkg::KindLoad)) begin
      dst_low_q[tail_q]  <= AccW'(mem.sram_base);
      dst_high_q[tail_q] <= AccW'(elements_end - 17'd1);
    end
    if (scan_done) begin
      dst_low_q[scan_i.tag]   <= AccW'(scan_i.dst_low);
      dst_high_q[scan_i.tag]  <= AccW'(scan_i.dst_high);
      src_low_q[scan_i.tag]   <= AccW'(scan_i.src_low);
      src_high_q[scan_i.tag]  <= AccW'(scan_i.src_high);
      shaped_q[scan_i.tag]    <= scan_i.shaped;
      ascending_q[scan_i.tag] <= scan_i.ascending;
    end
    if (take) name_q[wait_tag[2]] <= take_name;
    if (gemm_loop_last_i) tile_q[gemm_loop_tag_i] <= 1'b0;
  end

  // Entries not yet taken up by 0 the loader, 1 GEMM, 2 an ALU chain, 3 the scanner
  logic [3:0]       wait_valid;
  logic [TagW-1:0]  wait_tag [0:3];
  logic             loader_accept, gemm_start, scan_begin, scan_done, take;
  logic [NameW-1:0] take_name;
  vta_order u_order (
    .clk_i   (clk_i),
    .rst_ni  (rst_ni),
    .issue_i (issue),
    .kind_i  (kind),
    .tag_i   (tail_q),
    .pop_i   ({scan_begin, take, gemm_start, loader_accept}),
    .valid_o (wait_valid),
    .tag_o   ({wait_tag[3], wait_tag[2], wait_tag[1], wait_tag[0]})
  );

  // ---------------------------------------------------------------------- hazards
  // Of 0 the walker's instruction, 1 the next GEMM, 2 the next for an ALU chain, 3 the next scan, which waits for loads
  // of its micro-ops only.
  logic [3:0]      check, clear;
  logic [TagW-1:0] check_tag [0:3];
  logic            chain_check, chain_pending;

  assign scan_done    = !Single && scan_done_i;
  assign check        = {!Single && wait_valid[3] && scan_free_i, chain_check,
                         wait_valid[1] && gemm_ready_i && (!simple_q[wait_tag[1]] || scanned_q[wait_tag[1]]),
                         walk_active_i && walk_first_i};
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

  // Of the entries that wait: an only instruction is still at the head of the queue. Each is read by its tag, so that insn_q can be a memory.
  logic [127:0] insn [0:3];
  for (genvar k = 0; k < 4; k++) begin : gen_insn
    assign insn[k] = Single ? head_insn_i : insn_q[wait_tag[k]];
  end

  // arrays as ports
  logic [Depth*2-1:0]  kinds;
  logic [Depth*NameW-1:0] names;
  logic [Depth*UopW-1:0] uop_lows, uop_ends;
  logic [Depth*AccW-1:0] dst_lows, dst_highs, src_lows, src_highs;
  for (genvar e = 0; e < Depth; e++) begin : gen_entry
    assign kinds[e*2 +: 2]           = kind_q[e];
    assign names[e*NameW +: NameW]   = name_q[e];
    assign uop_lows[e*UopW +: UopW]  = uop_low_q[e];
    assign uop_ends[e*UopW +: UopW]  = uop_end_q[e];
    assign dst_lows[e*AccW +: AccW]  = dst_low_q[e];
    assign dst_highs[e*AccW +: AccW] = dst_high_q[e];
    assign src_lows[e*AccW +: AccW]  = src_low_q[e];
    assign src_highs[e*AccW +: AccW] = src_high_q[e];
  end

  vta_store_guard u_guard (
    .check_i    (store_check_i),
    .low_i      (store_low_i),
    .high_i     (store_high_i),
    .oldest_i   (head_q),
    .guarded_i  (guarded),
    .mark_i     (mark_i),
    .done_i     (done_q),
    .scanned_i  (scanned_q),
    .acc_i      (acc_q),
    .chained_i  (chained_q),
    .chain_i    (names),
    .dst_low_i  (dst_lows),
    .dst_high_i (dst_highs),
    .clear_o    (store_clear_o)
  );

  // ---------------------------------------------------------------------- starts
  vta_chain u_chain (
    .clk_i            (clk_i),
    .rst_ni           (rst_ni),
    .next_valid_i     (wait_valid[2]),
    .next_insn_i      (insn[2]),
    .next_simple_i    (simple_q[wait_tag[2]]),
    .next_scanned_i   (scanned_q[wait_tag[2]]),
    .next_chainable_i (shaped_q[wait_tag[2]]),
    .next_ascending_i (ascending_q[wait_tag[2]]),
    .next_low_i       (dst_low_q[wait_tag[2]]),
    .next_high_i      (dst_high_q[wait_tag[2]]),
    .check_o          (chain_check),
    .clear_i          (clear[2]),
    .take_o           (take),
    .take_name_o      (take_name),
    .ready_i          (alu_ready_i),
    .pending_o        (chain_pending),
    .start_o          (alu_start_o),
    .insn_o           (alu_insn_o),
    .chain_o          (alu_chain_o)
  );
  assign loader_accept = wait_valid[0] && loader_ready_i;
  assign gemm_start    = clear[1];
  assign scan_begin    = clear[3];

  assign waiting_o       = {wait_valid[2] || chain_pending, wait_valid[1:0]};
  assign loader_accept_o = loader_accept;
  assign loader_tag_o    = wait_tag[0];
  assign loader_cmd_o.insn = insn[0];
  assign loader_cmd_o.skip = 1'b0;
  assign loader_cmd_o.sel  = sel_q[wait_tag[0]];

  assign walk_clear_o   = clear[0];
  assign walk_idx_o     = idx_q[walk_tag_i];
  assign gemm_start_o    = gemm_start;
  always_comb begin
    gemm_cmd_o.insn    = insn[1];
    gemm_cmd_o.tag     = wait_tag[1];
    gemm_cmd_o.scanned = scanned_q[wait_tag[1]];
    gemm_cmd_o.rows    = shaped_q[wait_tag[1]];
    gemm_cmd_o.low     = dst_low_q[wait_tag[1]];
    gemm_cmd_o.high    = dst_high_q[wait_tag[1]];
  end
  assign scan_begin_o   = scan_begin;
  assign scan_insn_o    = insn[3];
  assign scan_tag_o     = wait_tag[3];
  assign scan_is_gemm_o = kind_q[wait_tag[3]] == vta_core_pkg::KindGemm;

  // ---------------------------------------------------------------------- tokens and retirement
  logic [CountW-1:0] guarded;
  vta_promise u_promise (
    .clk_i       (clk_i),
    .rst_ni      (rst_ni),
    .issue_i     (issue),
    .retire_i    (retire),
    .oldest_i    (head_q),
    .done_i      (done_q),
    .tile_i      (tile_q),
    .load_i      (load_q),
    .push_prev_i (push_prev_q),
    .push_next_i (push_next_q),
    .c2l_push_o  (c2l_push_o),
    .c2s_push_o  (c2s_push_o),
    .guarded_o   (guarded)
  );
  assign retire       = (count_q != '0) && done_q[head_q] && scanned_q[head_q];
  assign finish_o     = retire && finish_q[head_q];
  assign issue_o      = issue;
  assign issue_idx_o  = head_idx_i;
  assign issue_tag_o  = tail_q;
  assign retire_o     = retire;
  assign retire_idx_o = idx_q[head_q];
  assign retire_tag_o = head_q;
  assign empty_o      = count_q == '0;
  assign idle_o       = empty_o && (!head_valid_i || halt_i);

  // ---------------------------------------------------------------------- errors
  vta_core_pkg::error_t scan_error;
  vta_scan_check u_scan_check (
    .done_i  (scan_done),
    .scan_i  (scan_i),
    .idx_i   (idx_q[scan_i.tag]),
    .error_o (scan_error)
  );
  always_comb begin
    error_o = scan_error;
    if (!scan_error.valid && may_issue && (err != vta_core_pkg::ErrNone)) begin
      error_o.valid = 1'b1;
      error_o.code  = err;
      error_o.insn  = head_idx_i;
      error_o.value = err_value;
    end
  end
endmodule
