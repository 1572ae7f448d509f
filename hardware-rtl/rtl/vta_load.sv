// The load unit: INP, WGT and PAD_VALUE.
module vta_load (
  input  logic                             clk_i,
  input  logic                             rst_ni,
  input  logic                             halt_i,
  input  logic                             start_i,
  input  logic [31:0]                      inp_base_i,
  input  logic [31:0]                      wgt_base_i,
  // queue head
  input  logic                             head_valid_i,
  input  logic [127:0]                     head_insn_i,
  input  logic [31:0]                      head_idx_i,
  output logic                             pop_o,
  // tokens
  input  logic                             c2l_valid_i,
  output logic                             c2l_pop_o,
  output logic                             l2c_push_o,
  // read engine
  output logic                             req_valid_o,
  output vta_core_pkg::read_req_t          req_o,
  input  logic                             grant_i,
  input  logic                             beat_i,
  input  logic [vta_core_pkg::BusBits-1:0] beat_data_i,
  input  logic                             beat_error_i,
  // scratchpads
  output logic                             inp_write_o,
  output logic                             wgt_write_o,
  output vta_core_pkg::load_write_t        write_info_o,
  output logic [vta_core_pkg::BusBits-1:0] write_data_o,
  output logic [7:0]                       pad_o,
  // for counters and probe
  output logic                             step_o,
  output logic                             pending_o,  // an accepted instruction has steps left
  output logic                             done_o,
  output logic                             retire_o,
  output logic [31:0]                      retire_idx_o,
  output logic                             idle_o,
  output vta_core_pkg::error_t             error_o
);
  vta_pkg::header_t        header;
  vta_pkg::mem_fields_t    mem;
  vta_core_pkg::load_cmd_t cmd;
  vta_core_pkg::err_e      err;
  logic                    accept, ready, unused_head;
  logic [33:0]             elements;
  logic [34:0]             elements_end;

  assign header      = head_insn_i;
  assign mem         = vta_pkg::mem_fields(head_insn_i);
  assign unused_head = ^{header, mem};

  vta_mem_range u_range (
    .insn_i     (mem),
    .elements_o (elements),
    .end_o      (elements_end)
  );

  assign cmd.insn = head_insn_i;
  assign cmd.skip = err != vta_core_pkg::ErrNone;
  always_comb begin
    err     = vta_core_pkg::ErrNone;
    cmd.sel = vta_core_pkg::SelThird;
    if (mem.memory_type == vta_pkg::MemInp) begin
      cmd.sel = vta_core_pkg::SelFirst;
      if ((mem.x_size != '0) && (elements != '0) && (elements_end > 35'(vta_pkg::InpDepth))) begin
        err = vta_core_pkg::ErrInpRange;
      end
    end else if (mem.memory_type == vta_pkg::MemWgt) begin
      cmd.sel = vta_core_pkg::SelSecond;
      if ((mem.x_size != '0) && (elements != '0) && (elements_end > 35'(vta_pkg::WgtDepth))) begin
        err = vta_core_pkg::ErrWgtRange;
      end
    end
    if (header.pop_prev_dep || header.push_prev_dep) err = vta_core_pkg::ErrFlags;
    if (vta_core_pkg::Checks == 0) err = vta_core_pkg::ErrNone;
  end

  assign accept    = head_valid_i && ready && !halt_i && (!header.pop_next_dep || c2l_valid_i);
  assign pop_o     = accept;
  assign c2l_pop_o = accept && header.pop_next_dep;

  // Tag: program index, and whether a token is pushed.
  logic        done, step, unused_first, unused_active, write, walk_error, idle;
  logic [32:0] head_tag;
  logic [15:0] head_sram;

  vta_loader #(
    .LogBytesFirst(vta_pkg::LogInpBytes),
    .LogBytesSecond(vta_pkg::LogWgtBytes),
    .LogBytesThird(vta_pkg::LogInpBytes),
    .ThirdIsEmpty(1'b1),
    .TagW(33)
  ) u_loader (
    .clk_i        (clk_i),
    .rst_ni       (rst_ni),
    .ready_o      (ready),
    .accept_i     (accept),
    .cmd_i        (cmd),
    .tag_i        ({header.push_next_dep, head_idx_i}),
    .base_i       ((cmd.sel == vta_core_pkg::SelSecond) ? wgt_base_i : inp_base_i),
    .req_valid_o  (req_valid_o),
    .req_o        (req_o),
    .grant_i      (grant_i),
    .beat_i       (beat_i),
    .beat_data_i  (beat_data_i),
    .beat_error_i (beat_error_i),
    .active_o     (unused_active),
    .first_o      (unused_first),
    .first_ok_i   (1'b1),
    .wait_i       (1'b0),
    .step_o       (step),
    .write_o      (write),
    .write_info_o (write_info_o),
    .write_data_o (write_data_o),
    .head_sram_o  (head_sram),
    .head_tag_o   (head_tag),
    .done_o       (done),
    .error_o      (walk_error),
    .idle_o       (idle)
  );
  assign inp_write_o = write && (write_info_o.sel == vta_core_pkg::SelFirst);
  assign wgt_write_o = write && (write_info_o.sel == vta_core_pkg::SelSecond);

  // The padding value of INP
  logic [7:0] pad_d, pad_q;
  always_comb begin
    pad_d = pad_q;
    if (vta_pkg::Extension && step && (write_info_o.sel == vta_core_pkg::SelThird)) begin
      pad_d = head_sram[7:0];
    end
    if (start_i) pad_d = '0;
  end
  always_ff @(posedge clk_i) begin
    if (!rst_ni) pad_q <= '0;
    else pad_q <= pad_d;
  end
  assign pad_o = (write_info_o.sel == vta_core_pkg::SelFirst) ? pad_q : '0;

  // Retirement
  logic        retire_q, push_q, unused_sram;
  logic [31:0] retire_idx_q;
  assign unused_sram = ^head_sram;
  always_ff @(posedge clk_i) begin
    if (!rst_ni) retire_q <= 1'b0;
    else retire_q <= done;
  end
  always_ff @(posedge clk_i) begin
    if (done) {push_q, retire_idx_q} <= head_tag;
  end
  assign l2c_push_o   = retire_q && push_q;
  assign step_o       = step;
  assign pending_o    = !idle;
  assign done_o       = done;
  assign retire_o     = retire_q;
  assign retire_idx_o = retire_idx_q;
  assign idle_o       = idle && !retire_q && !req_valid_o && (!head_valid_i || halt_i);

  always_comb begin
    error_o = '0;
    if (walk_error) begin
      error_o.valid = 1'b1;
      error_o.code  = vta_core_pkg::ErrRead;
      error_o.insn  = head_tag[31:0];
    end else if (accept && (err != vta_core_pkg::ErrNone)) begin
      error_o.valid = 1'b1;
      error_o.code  = err;
      error_o.insn  = head_idx_i;
      error_o.value = 32'(elements_end - 35'd1);
    end
  end
endmodule
