// The machine without its bus adapters: fetch, three units, scratchpads, tokens and read engine.
module vta_core (
  input  logic                              clk_i,
  input  logic                              rst_ni,
  // control registers
  input  logic                              start_i,
  input  logic                              launch_i,
  input  logic                              clear_i,
  input  logic                              halt_i,
  input  logic [31:0]                       insn_addr_i,
  input  logic [31:0]                       insn_count_i,
  input  logic [31:0]                       uop_base_i,
  input  logic [31:0]                       inp_base_i,
  input  logic [31:0]                       wgt_base_i,
  input  logic [31:0]                       acc_base_i,
  input  logic [31:0]                       out_base_i,
  output logic                              finish_o,
  output logic                              acc_write_o,
  output logic                              idle_o,
  output vta_core_pkg::error_t              error_o,
  output vta_core_pkg::events_t             events_o,
  // AXI
  output logic                              ar_valid_o,
  input  logic                              ar_ready_i,
  output logic [31:0]                       ar_addr_o,
  output logic [7:0]                        ar_len_o,
  input  logic                              r_valid_i,
  input  logic [vta_core_pkg::BusBits-1:0]  r_data_i,
  input  logic                              r_last_i,
  input  logic                              r_error_i,
  output logic                              aw_valid_o,
  input  logic                              aw_ready_i,
  output logic [31:0]                       aw_addr_o,
  output logic [7:0]                        aw_len_o,
  output logic                              w_valid_o,
  input  logic                              w_ready_i,
  output logic [vta_core_pkg::BusBits-1:0]  w_data_o,
  output logic [vta_core_pkg::BusBytes-1:0] w_strb_o,
  output logic                              w_last_o,
  input  logic                              b_valid_i,
  input  logic                              b_error_i
);
  localparam int unsigned QueueW = vta_core_pkg::bits_for(vta_core_pkg::CommandQueueDepth);
  localparam int unsigned TagW   = vta_core_pkg::RobBits;

  // ---------------------------------------------------------------------- read engine
  logic [2:0]              req_valid, grant, beat;
  vta_core_pkg::read_req_t req_fetch, req_compute, req_load;
  logic                    read_idle;

  vta_read_engine u_read_engine (
    .clk_i         (clk_i),
    .rst_ni        (rst_ni),
    .req_valid_i   (req_valid),
    .req_fetch_i   (req_fetch),
    .req_compute_i (req_compute),
    .req_load_i    (req_load),
    .grant_o       (grant),
    .beat_o        (beat),
    .idle_o        (read_idle),
    .ar_valid_o    (ar_valid_o),
    .ar_ready_i    (ar_ready_i),
    .ar_addr_o     (ar_addr_o),
    .ar_len_o      (ar_len_o),
    .r_valid_i     (r_valid_i),
    .r_last_i      (r_last_i)
  );

  // ---------------------------------------------------------------------- fetch and queues
  vta_core_pkg::error_t fetch_error, load_error, compute_error, store_error, walk_error, stuck_error;
  logic [2:0]           full, push, pop, queue_valid;
  logic [127:0]         fetch_insn;
  logic [31:0]          fetch_idx;
  logic                 fetch_idle, fetch_done;
  logic [2:0]           fetch_blocked;
  logic [127:0]         queue_insn  [0:2];
  logic [31:0]          queue_idx   [0:2];
  logic [QueueW-1:0]    queue_count [0:2];

  vta_fetch u_fetch (
    .clk_i        (clk_i),
    .rst_ni       (rst_ni),
    .clear_i      (clear_i),
    .halt_i       (halt_i),
    .start_i      (start_i),
    .insn_addr_i  (insn_addr_i),
    .insn_count_i (insn_count_i),
    .req_valid_o  (req_valid[0]),
    .req_o        (req_fetch),
    .grant_i      (grant[0]),
    .beat_i       (beat[0]),
    .beat_data_i  (r_data_i),
    .beat_error_i (r_error_i),
    .rest_i       (fetch_rest),
    .single_i     (fetch_single),
    .full_i       (full),
    .push_o       (push),
    .insn_o       (fetch_insn),
    .idx_o        (fetch_idx),
    .done_o       (fetch_done),
    .blocked_o    (fetch_blocked),
    .idle_o       (fetch_idle),
    .error_o      (fetch_error)
  );

  for (genvar q = 0; q < 3; q++) begin : gen_queue
    vta_fifo #(
      .Width(160),
      .Depth(vta_core_pkg::CommandQueueDepth),
      .BlockRam(1'b1),
      .Bypass(vta_core_pkg::QueueBypass != 0)
    ) u_queue (
      .clk_i   (clk_i),
      .rst_ni  (rst_ni),
      .clear_i (clear_i),
      .push_i  (push[q]),
      .data_i  ({fetch_idx, fetch_insn}),
      .pop_i   (pop[q]),
      .valid_o (queue_valid[q]),
      .data_o  ({queue_idx[q], queue_insn[q]}),
      .count_o (queue_count[q])
    );
    assign full[q] = queue_count[q] >= QueueW'(vta_core_pkg::CommandQueueDepth);
  end

  // Instructions for a unit that has some are not urgent. Without work under way, both may wait for a STORE yet to be fetched.
  logic fetch_rest, fetch_single, load_pending, compute_empty;
  assign fetch_rest   = queue_valid[0] && queue_valid[1] && (load_pending || !compute_empty);
  assign fetch_single = queue_valid[0] || queue_valid[1];

  // ---------------------------------------------------------------------- tokens
  logic l2c_push, l2c_pop, l2c_valid, c2l_push, c2l_pop, c2l_valid;
  logic c2s_push, c2s_pop, c2s_valid, s2c_push, s2c_pop, s2c_valid;

  vta_token u_l2c (
    .clk_i   (clk_i),
    .rst_ni  (rst_ni),
    .clear_i (clear_i),
    .push_i  (l2c_push),
    .pop_i   (l2c_pop),
    .valid_o (l2c_valid)
  );
  vta_token u_c2l (
    .clk_i   (clk_i),
    .rst_ni  (rst_ni),
    .clear_i (clear_i),
    .push_i  (c2l_push),
    .pop_i   (c2l_pop),
    .valid_o (c2l_valid)
  );
  vta_token u_c2s (
    .clk_i   (clk_i),
    .rst_ni  (rst_ni),
    .clear_i (clear_i),
    .push_i  (c2s_push),
    .pop_i   (c2s_pop),
    .valid_o (c2s_valid)
  );
  vta_token u_s2c (
    .clk_i   (clk_i),
    .rst_ni  (rst_ni),
    .clear_i (clear_i),
    .push_i  (s2c_push),
    .pop_i   (s2c_pop),
    .valid_o (s2c_valid)
  );

  // ---------------------------------------------------------------------- load unit
  logic                             inp_write, wgt_write, load_done, load_retire, load_idle;
  logic                             load_step;
  logic [31:0]                      load_retire_idx;
  vta_core_pkg::load_write_t        load_info;
  logic [vta_core_pkg::BusBits-1:0] load_data;
  logic [7:0]                       load_pad;

  vta_load u_load (
    .clk_i        (clk_i),
    .rst_ni       (rst_ni),
    .halt_i       (halt_i),
    .start_i      (start_i),
    .inp_base_i   (inp_base_i),
    .wgt_base_i   (wgt_base_i),
    .head_valid_i (queue_valid[0]),
    .head_insn_i  (queue_insn[0]),
    .head_idx_i   (queue_idx[0]),
    .pop_o        (pop[0]),
    .c2l_valid_i  (c2l_valid),
    .c2l_pop_o    (c2l_pop),
    .l2c_push_o   (l2c_push),
    .req_valid_o  (req_valid[2]),
    .req_o        (req_load),
    .grant_i      (grant[2]),
    .beat_i       (beat[2]),
    .beat_data_i  (r_data_i),
    .beat_error_i (r_error_i),
    .inp_write_o  (inp_write),
    .wgt_write_o  (wgt_write),
    .write_info_o (load_info),
    .write_data_o (load_data),
    .pad_o        (load_pad),
    .step_o       (load_step),
    .pending_o    (load_pending),
    .done_o       (load_done),
    .retire_o     (load_retire),
    .retire_idx_o (load_retire_idx),
    .idle_o       (load_idle),
    .error_o      (load_error)
  );

  // ---------------------------------------------------------------------- compute control
  logic                             loader_ready, loader_accept, loader_idle;
  vta_core_pkg::load_cmd_t          loader_cmd;
  logic [TagW-1:0]                  loader_tag, walk_tag, scan_tag;
  logic                             walk_active, walk_first, walk_clear, walk_done, walk_step;
  logic                             walk_write, walk_wait, walk_bad;
  logic [31:0]                      walk_idx;
  vta_core_pkg::load_write_t        walk_info;
  logic [vta_core_pkg::BusBits-1:0] walk_data;
  logic [15:0]                      unused_walk_sram;
  logic                             scan_free, scan_begin, scan_is_gemm, scan_done, scan_idle;
  logic [127:0]                     scan_insn, alu_insn;
  vta_core_pkg::scan_t              scan;
  vta_core_pkg::gemm_cmd_t          gemm_cmd;
  vta_core_pkg::chain_t             alu_chain;
  vta_core_pkg::watermark_t         alu_mark;
  logic                             gemm_ready, gemm_start, gemm_loop_last, gemm_done, gemm_idle;
  logic [vta_core_pkg::RobBits-1:0] gemm_loop_tag;
  logic                             alu_ready, alu_start, alu_done, alu_idle;
  logic                             gemm_step, store_check, store_clear;
  logic [TagW-1:0]                  gemm_write_tag;
  logic [vta_core_pkg::ChainBits-1:0] alu_write_name;
  logic [vta_pkg::AccIdxBits-1:0]   store_low, store_high;
  logic                             issue, retire, compute_idle;
  logic [31:0]                      issue_idx, retire_idx;
  logic [TagW-1:0]                  issue_tag, retire_tag;
  logic [2:0]                       compute_waiting;

  vta_compute u_compute (
    .clk_i            (clk_i),
    .rst_ni           (rst_ni),
    .halt_i           (halt_i),
    .head_valid_i     (queue_valid[1]),
    .head_insn_i      (queue_insn[1]),
    .head_idx_i       (queue_idx[1]),
    .pop_o            (pop[1]),
    .l2c_valid_i      (l2c_valid),
    .l2c_pop_o        (l2c_pop),
    .s2c_valid_i      (s2c_valid),
    .s2c_pop_o        (s2c_pop),
    .c2l_push_o       (c2l_push),
    .c2s_push_o       (c2s_push),
    .loader_ready_i   (loader_ready),
    .loader_accept_o  (loader_accept),
    .loader_cmd_o     (loader_cmd),
    .loader_tag_o     (loader_tag),
    .walk_active_i    (walk_active),
    .walk_first_i     (walk_first),
    .walk_tag_i       (walk_tag),
    .walk_clear_o     (walk_clear),
    .walk_done_i      (walk_done),
    .scan_free_i      (scan_free),
    .scan_begin_o     (scan_begin),
    .scan_is_gemm_o   (scan_is_gemm),
    .scan_insn_o      (scan_insn),
    .scan_tag_o       (scan_tag),
    .scan_done_i      (scan_done),
    .scan_i           (scan),
    .gemm_ready_i     (gemm_ready),
    .gemm_loop_last_i (gemm_loop_last),
    .gemm_loop_tag_i  (gemm_loop_tag),
    .gemm_start_o     (gemm_start),
    .gemm_cmd_o       (gemm_cmd),
    .gemm_done_i      (gemm_done),
    .gemm_done_tag_i  (gemm_write_tag),
    .alu_ready_i      (alu_ready),
    .alu_start_o      (alu_start),
    .alu_insn_o       (alu_insn),
    .alu_chain_o      (alu_chain),
    .alu_done_i       (alu_done),
    .alu_done_name_i  (alu_write_name),
    .store_check_i    (store_check),
    .store_low_i      (store_low),
    .store_high_i     (store_high),
    .mark_i           (alu_mark),
    .store_clear_o    (store_clear),
    .issue_o          (issue),
    .issue_idx_o      (issue_idx),
    .issue_tag_o      (issue_tag),
    .retire_o         (retire),
    .retire_idx_o     (retire_idx),
    .retire_tag_o     (retire_tag),
    .finish_o         (finish_o),
    .waiting_o        (compute_waiting),
    .walk_idx_o       (walk_idx),
    .empty_o          (compute_empty),
    .idle_o           (compute_idle),
    .error_o          (compute_error)
  );

  // ---------------------------------------------------------------------- compute loader
  vta_loader #(
    .LogBytesFirst(vta_pkg::LogUopBytes),
    .LogBytesSecond(vta_pkg::LogAccBytes),
    .LogBytesThird(vta_core_pkg::LogAcc8Bytes),
    .TagW(TagW)
  ) u_compute_loader (
    .clk_i        (clk_i),
    .rst_ni       (rst_ni),
    .ready_o      (loader_ready),
    .accept_i     (loader_accept),
    .cmd_i        (loader_cmd),
    .tag_i        (loader_tag),
    .base_i       ((loader_cmd.sel == vta_core_pkg::SelFirst) ? uop_base_i : acc_base_i),
    .req_valid_o  (req_valid[1]),
    .req_o        (req_compute),
    .grant_i      (grant[1]),
    .beat_i       (beat[1]),
    .beat_data_i  (r_data_i),
    .beat_error_i (r_error_i),
    .active_o     (walk_active),
    .first_o      (walk_first),
    .first_ok_i   (walk_clear),
    .wait_i       (walk_wait),
    .step_o       (walk_step),
    .write_o      (walk_write),
    .write_info_o (walk_info),
    .write_data_o (walk_data),
    .head_sram_o  (unused_walk_sram),
    .head_tag_o   (walk_tag),
    .done_o       (walk_done),
    .error_o      (walk_bad),
    .idle_o       (loader_idle)
  );
  always_comb begin
    walk_error       = '0;
    walk_error.valid = walk_bad;
    walk_error.code  = vta_core_pkg::ErrRead;
    walk_error.insn  = walk_idx;
  end

  // A step that completes ACC elements waits for a bank that GEMM or ALU writes.
  localparam int unsigned AccW  = vta_pkg::AccIdxBits;
  logic                     walk_is_acc, gemm_write, gemm_write_row, alu_write;
  vta_core_pkg::acc_row_t   gemm_write_part;
  logic [AccW-1:0]          gemm_write_idx, alu_write_idx;
  assign walk_is_acc = walk_info.sel != vta_core_pkg::SelFirst;
  assign walk_wait   = walk_is_acc && (walk_info.count != '0) &&
      ((gemm_write &&
        (gemm_write_row || vta_core_pkg::acc_meets(16'(gemm_write_idx), walk_info.idx, 16'(walk_info.count)))) ||
       (alu_write && vta_core_pkg::acc_meets(16'(alu_write_idx), walk_info.idx, 16'(walk_info.count))));

  // ---------------------------------------------------------------------- micro-op buffer, read by three
  logic                           scan_uop_read, gemm_uop_read, alu_uop_read, uop_write;
  logic [vta_pkg::UopIdxBits-1:0] scan_uop_idx, gemm_uop_idx, alu_uop_idx;
  logic [31:0]                    scan_uop, gemm_uop, alu_uop, own_alu_uop;
  logic                           by_alu;  // reads GEMM's copy, where they never work at the same time
  assign uop_write = walk_write && !walk_is_acc;
  assign by_alu    = vta_core_pkg::Single && alu_uop_read;
  assign alu_uop   = vta_core_pkg::Single ? gemm_uop : own_alu_uop;

  vta_spad #(
    .ElemBytes(vta_pkg::UopBytes),
    .Depth(vta_pkg::UopDepth),
    .IdxW(vta_pkg::UopIdxBits)
  ) u_uop_scan (
    .clk_i       (clk_i),
    .write_i     (uop_write),
    .info_i      (walk_info),
    .data_i      (walk_data),
    .pad_i       (8'd0),
    .read_i      (scan_uop_read),
    .read_idx_i  (scan_uop_idx),
    .read_data_o (scan_uop)
  );
  vta_spad #(
    .ElemBytes(vta_pkg::UopBytes),
    .Depth(vta_pkg::UopDepth),
    .IdxW(vta_pkg::UopIdxBits)
  ) u_uop_gemm (
    .clk_i       (clk_i),
    .write_i     (uop_write),
    .info_i      (walk_info),
    .data_i      (walk_data),
    .pad_i       (8'd0),
    .read_i      (gemm_uop_read || by_alu),
    .read_idx_i  (by_alu ? alu_uop_idx : gemm_uop_idx),
    .read_data_o (gemm_uop)
  );
  vta_spad #(
    .ElemBytes(vta_pkg::UopBytes),
    .Depth(vta_pkg::UopDepth),
    .IdxW(vta_pkg::UopIdxBits)
  ) u_uop_alu (
    .clk_i       (clk_i),
    .write_i     (uop_write),
    .info_i      (walk_info),
    .data_i      (walk_data),
    .pad_i       (8'd0),
    .read_i      (alu_uop_read),
    .read_idx_i  (alu_uop_idx),
    .read_data_o (own_alu_uop)
  );

  // ---------------------------------------------------------------------- INP and WGT
  logic                             tile_read;
  logic [vta_pkg::InpIdxBits-1:0]   inp_idx;
  logic [vta_pkg::WgtIdxBits-1:0]   wgt_idx;
  logic [vta_pkg::InpElemBits-1:0]  inp_data;
  logic [vta_pkg::WgtElemBits-1:0]  wgt_data;

  vta_spad #(
    .ElemBytes(vta_pkg::InpBytes),
    .Depth(vta_pkg::InpDepth),
    .IdxW(vta_pkg::InpIdxBits)
  ) u_inp (
    .clk_i       (clk_i),
    .write_i     (inp_write),
    .info_i      (load_info),
    .data_i      (load_data),
    .pad_i       (load_pad),
    .read_i      (tile_read),
    .read_idx_i  (inp_idx),
    .read_data_o (inp_data)
  );
  vta_spad #(
    .ElemBytes(vta_pkg::WgtBytes),
    .Depth(vta_pkg::WgtDepth),
    .IdxW(vta_pkg::WgtIdxBits)
  ) u_wgt (
    .clk_i       (clk_i),
    .write_i     (wgt_write),
    .info_i      (load_info),
    .data_i      (load_data),
    .pad_i       (load_pad),
    .read_i      (tile_read),
    .read_idx_i  (wgt_idx),
    .read_data_o (wgt_data)
  );

  // ---------------------------------------------------------------------- scanner, GEMM, ALU
  logic                            gemm_read, dst_read, src_read, out_read;
  logic [AccW-1:0]                 gemm_read_idx, dst_read_idx, src_read_idx, out_read_idx;
  logic [vta_pkg::AccElemBits-1:0] gemm_read_data, dst_read_data, src_read_data;
  logic [vta_pkg::AccElemBits-1:0] gemm_write_data, alu_write_data;
  logic [vta_core_pkg::OutSlots*vta_pkg::OutElemBits-1:0] out_read_data;
  logic [vta_core_pkg::AccSlots*vta_pkg::AccElemBits-1:0] walk_slots;

  vta_scanner u_scanner (
    .clk_i       (clk_i),
    .rst_ni      (rst_ni),
    .free_o      (scan_free),
    .begin_i     (scan_begin),
    .is_gemm_i   (scan_is_gemm),
    .insn_i      (scan_insn),
    .tag_i       (scan_tag),
    .uop_read_o  (scan_uop_read),
    .uop_idx_o   (scan_uop_idx),
    .uop_data_i  (scan_uop),
    .done_o      (scan_done),
    .scan_o      (scan),
    .idle_o      (scan_idle)
  );

  vta_gemm u_gemm (
    .clk_i           (clk_i),
    .rst_ni          (rst_ni),
    .ready_o         (gemm_ready),
    .loop_last_o     (gemm_loop_last),
    .loop_tag_o      (gemm_loop_tag),
    .start_i         (gemm_start),
    .cmd_i           (gemm_cmd),
    .step_o          (gemm_step),
    .uop_read_o      (gemm_uop_read),
    .uop_idx_o       (gemm_uop_idx),
    .uop_data_i      (gemm_uop),
    .tile_read_o     (tile_read),
    .inp_idx_o       (inp_idx),
    .inp_data_i      (inp_data),
    .wgt_idx_o       (wgt_idx),
    .wgt_data_i      (wgt_data),
    .acc_read_o      (gemm_read),
    .acc_read_idx_o  (gemm_read_idx),
    .acc_read_data_i (gemm_read_data),
    .write_o         (gemm_write),
    .write_row_o     (gemm_write_row),
    .write_part_o    (gemm_write_part),
    .write_idx_o     (gemm_write_idx),
    .write_data_o    (gemm_write_data),
    .write_tag_o     (gemm_write_tag),
    .done_o          (gemm_done),
    .idle_o          (gemm_idle)
  );

  vta_alu u_alu (
    .clk_i            (clk_i),
    .rst_ni           (rst_ni),
    .ready_o          (alu_ready),
    .start_i          (alu_start),
    .insn_i           (alu_insn),
    .chain_i          (alu_chain),
    .uop_read_o       (alu_uop_read),
    .uop_idx_o        (alu_uop_idx),
    .uop_data_i       (alu_uop),
    .dst_read_o       (dst_read),
    .dst_read_idx_o   (dst_read_idx),
    .dst_read_data_i  (dst_read_data),
    .src_read_o       (src_read),
    .src_read_idx_o   (src_read_idx),
    .src_read_data_i  (src_read_data),
    .gemm_write_i     (gemm_write),
    .gemm_write_row_i (gemm_write_row),
    .gemm_write_idx_i (gemm_write_idx),
    .write_o          (alu_write),
    .write_idx_o      (alu_write_idx),
    .write_data_o     (alu_write_data),
    .write_name_o     (alu_write_name),
    .mark_o           (alu_mark),
    .done_o           (alu_done),
    .idle_o           (alu_idle)
  );

  // ---------------------------------------------------------------------- accumulators
  logic acc_load_step, acc_load_write;
  assign acc_load_step  = walk_write && walk_is_acc;
  assign acc_load_write = acc_load_step && (walk_info.count != '0);

  vta_acc_unpack u_acc_unpack (
    .clk_i   (clk_i),
    .write_i (acc_load_step),
    .info_i  (walk_info),
    .data_i  (walk_data),
    .slots_o (walk_slots)
  );

  vta_acc_ram u_acc_ram (
    .clk_i             (clk_i),
    .gemm_read_i       (gemm_read),
    .gemm_read_idx_i   (gemm_read_idx),
    .gemm_read_data_o  (gemm_read_data),
    .dst_read_i        (dst_read),
    .dst_read_idx_i    (dst_read_idx),
    .dst_read_data_o   (dst_read_data),
    .src_read_i        (src_read),
    .src_read_idx_i    (src_read_idx),
    .src_read_data_o   (src_read_data),
    .out_read_i        (out_read),
    .out_read_idx_i    (out_read_idx),
    .out_read_data_o   (out_read_data),
    .gemm_write_i      (gemm_write),
    .gemm_write_row_i  (gemm_write_row),
    .gemm_write_part_i (gemm_write_part),
    .gemm_write_idx_i  (gemm_write_idx),
    .gemm_write_data_i (gemm_write_data),
    .alu_write_i       (alu_write),
    .alu_write_idx_i   (alu_write_idx),
    .alu_write_data_i  (alu_write_data),
    .load_write_i      (acc_load_write),
    .load_info_i       (walk_info),
    .load_slots_i      (walk_slots)
  );

  // ---------------------------------------------------------------------- store unit
  logic        store_complete, store_retire, store_idle, store_pending;
  logic [31:0] store_complete_idx, store_complete_bursts, store_retire_idx;

  vta_store u_store (
    .clk_i             (clk_i),
    .rst_ni            (rst_ni),
    .halt_i            (halt_i),
    .base_i            (out_base_i),
    .head_valid_i      (queue_valid[2]),
    .head_insn_i       (queue_insn[2]),
    .head_idx_i        (queue_idx[2]),
    .pop_o             (pop[2]),
    .c2s_valid_i       (c2s_valid),
    .c2s_pop_o         (c2s_pop),
    .s2c_push_o        (s2c_push),
    .check_o           (store_check),
    .check_low_o       (store_low),
    .check_high_o      (store_high),
    .clear_i           (store_clear),
    .out_read_o        (out_read),
    .out_read_idx_o    (out_read_idx),
    .out_read_data_i   (out_read_data),
    .aw_valid_o        (aw_valid_o),
    .aw_ready_i        (aw_ready_i),
    .aw_addr_o         (aw_addr_o),
    .aw_len_o          (aw_len_o),
    .w_valid_o         (w_valid_o),
    .w_ready_i         (w_ready_i),
    .w_data_o          (w_data_o),
    .w_strb_o          (w_strb_o),
    .w_last_o          (w_last_o),
    .b_valid_i         (b_valid_i),
    .b_error_i         (b_error_i),
    .complete_o        (store_complete),
    .complete_idx_o    (store_complete_idx),
    .complete_bursts_o (store_complete_bursts),
    .retire_o          (store_retire),
    .retire_idx_o      (store_retire_idx),
    .pending_o         (store_pending),
    .idle_o            (store_idle),
    .error_o           (store_error)
  );

  // ---------------------------------------------------------------------- status
  assign acc_write_o = gemm_write || alu_write;
  // Without bypass an instruction is in its queue for a cycle before it is seen.
  logic arriving;
  assign arriving    = (vta_core_pkg::QueueBypass == 0) && !halt_i &&
                       (((queue_count[0] != '0) && !queue_valid[0]) || ((queue_count[1] != '0) && !queue_valid[1]) ||
                        ((queue_count[2] != '0) && !queue_valid[2]));
  assign idle_o      = !arriving && fetch_idle && read_idle && load_idle && compute_idle && loader_idle &&
                       scan_idle && gemm_idle && alu_idle && store_idle;

  always_comb begin
    error_o = stuck_error;
    if (fetch_error.valid) error_o = fetch_error;
    if (store_error.valid) error_o = store_error;
    if (load_error.valid) error_o = load_error;
    if (compute_error.valid) error_o = compute_error;
    if (walk_error.valid) error_o = walk_error;
  end

  // ---------------------------------------------------------------------- events for the counters
  vta_pkg::header_t load_head, compute_head, store_head;
  logic             unused_heads;
  logic [5:0]       open_reads_d, open_reads_q;  // bursts addressed, the last beat not transferred
  assign load_head    = queue_insn[0];
  assign compute_head = queue_insn[1];
  assign store_head   = queue_insn[2];
  assign unused_heads = ^{load_head, compute_head, store_head};

  always_comb begin
    open_reads_d = open_reads_q;
    if (ar_valid_o && ar_ready_i) open_reads_d = open_reads_d + 6'd1;
    if (r_valid_i && r_last_i) open_reads_d = open_reads_d - 6'd1;
  end
  always_ff @(posedge clk_i) begin
    if (!rst_ni) open_reads_q <= '0;
    else open_reads_q <= open_reads_d;
  end

  always_comb begin
    events_o.gemm_busy       = gemm_step;
    events_o.gemm_wait       = compute_waiting[1] && !gemm_step;
    events_o.alu_busy        = alu_uop_read;
    events_o.alu_wait        = (compute_waiting[2] || !alu_ready) && !alu_uop_read;
    events_o.acc_load_busy   = walk_step;
    events_o.acc_load_wait   = (compute_waiting[0] || !loader_idle) && !walk_step;
    events_o.load_busy       = load_step;
    events_o.load_wait       = load_pending && !load_step;
    events_o.store_busy      = w_valid_o && w_ready_i;
    events_o.store_wait      = store_pending && !events_o.store_busy;
    events_o.read_beat       = r_valid_i;
    events_o.read_wait       = (open_reads_q != '0) && !r_valid_i;
    events_o.load_c2l        = queue_valid[0] && load_head.pop_next_dep && !c2l_valid;
    events_o.compute_l2c     = queue_valid[1] && compute_head.pop_prev_dep && !l2c_valid;
    events_o.compute_s2c     = queue_valid[1] && compute_head.pop_next_dep && !s2c_valid;
    events_o.store_c2s       = queue_valid[2] && store_head.pop_prev_dep && !c2s_valid;
    events_o.load_blocked    = queue_valid[0] && !events_o.load_c2l && !pop[0];
    events_o.compute_blocked = queue_valid[1] && !events_o.compute_l2c && !events_o.compute_s2c && !pop[1];
    events_o.store_blocked   = queue_valid[2] && !events_o.store_c2s && !pop[2];
  end

  vta_stuck u_stuck (
    .launch_i        (launch_i),
    .insn_count_i    (insn_count_i),
    .fetch_done_i    (fetch_done),
    .fetch_blocked_i (fetch_blocked),
    .fetch_idx_i     (fetch_idx),
    .busy_i          (load_pending || load_retire || !compute_empty || store_pending || arriving),
    .head_valid_i    (queue_valid),
    .load_idx_i      (queue_idx[0]),
    .compute_idx_i   (queue_idx[1]),
    .store_idx_i     (queue_idx[2]),
    .missing_i       ({events_o.store_c2s, events_o.compute_s2c, events_o.compute_l2c, events_o.load_c2l}),
    .error_o         (stuck_error)
  );

  // Only an observer bound to this module uses these.
  logic unused_probe;
  assign unused_probe = ^{load_done, load_retire, load_retire_idx, issue, retire,
                          issue_idx, retire_idx, issue_tag, retire_tag, store_complete,
                          store_complete_idx, store_complete_bursts, store_retire,
                          store_retire_idx, unused_walk_sram};
endmodule
