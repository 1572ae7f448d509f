// Command engine and walker of one loader (docs/reference/timing.md, "Loader"). The owner decides
// when an instruction is accepted and which of its scratchpads `sel` names:
// load unit INP, WGT, PAD_VALUE; compute UOP, ACC, ACC_8BIT.
module vta_loader #(
  parameter int unsigned LogBytesFirst  = 0,  // log2 DRAM bytes of an element, by sel
  parameter int unsigned LogBytesSecond = 0,
  parameter int unsigned LogBytesThird  = 0,
  parameter bit          ThirdIsEmpty   = 1'b0,  // sel third never moves data
  parameter int unsigned TagW           = 4
) (
  input  logic                             clk_i,
  input  logic                             rst_ni,
  // accept
  output logic                             ready_o,
  input  logic                             accept_i,
  input  vta_core_pkg::load_cmd_t          cmd_i,
  input  logic [TagW-1:0]                  tag_i,
  input  logic [31:0]                      base_i,
  // read engine
  output logic                             req_valid_o,
  output vta_core_pkg::read_req_t          req_o,
  input  logic                             grant_i,
  input  logic                             beat_i,
  input  logic [vta_core_pkg::BusBits-1:0] beat_data_i,
  input  logic                             beat_error_i,
  // writes
  output logic                             active_o,  // a step is possible but for first_ok and wait
  output logic                             first_o,   // it is the first of its instruction
  input  logic                             first_ok_i,
  input  logic                             wait_i,
  output logic                             step_o,
  output logic                             write_o,   // the step writes data
  output vta_core_pkg::load_write_t        write_info_o,
  output logic [vta_core_pkg::BusBits-1:0] write_data_o,
  output logic [15:0]                      head_sram_o,
  output logic [TagW-1:0]                  head_tag_o,
  output logic                             done_o,    // last step of the head instruction
  output logic                             error_o,   // the consumed beat had an error response
  output logic                             idle_o
);
  localparam int unsigned LogBus   = vta_core_pkg::LogBusBytes;
  localparam int unsigned BusBytes = vta_core_pkg::BusBytes;
  localparam int unsigned BeatBits = vta_core_pkg::BeatBits;
  localparam int unsigned UsedW    = vta_core_pkg::bits_for(vta_core_pkg::LoaderBeats);
  localparam int unsigned LogBurst = vta_core_pkg::LogBurstBytes;
  localparam int unsigned SlotW    = vta_core_pkg::SlotBits;
  localparam int unsigned SlotCntW = vta_core_pkg::SlotCountBits;
  localparam int unsigned PartW    = vta_core_pkg::PartBits;
  localparam bit          Whole    = vta_core_pkg::WholeBeats != 0;
  localparam int unsigned CountW   = vta_core_pkg::bits_for(vta_core_pkg::LoaderInsns);
  localparam int unsigned LeftW    = 16 + vta_core_pkg::max_u(LogBytesFirst, vta_core_pkg::max_u(LogBytesSecond, LogBytesThird));  // bytes of a row

  vta_pkg::mem_fields_t insn;
  logic                 unused_insn;
  assign insn        = vta_pkg::mem_fields(cmd_i.insn);
  assign unused_insn = ^insn;

  // ---------------------------------------------------------------------- command engine
  logic                    active_d, active_q, data_d, data_q;
  logic                    req_valid_d, req_valid_q;
  vta_core_pkg::read_req_t req_d, req_q;
  logic [UsedW-1:0]        used_d, used_q;
  logic [31:0]             burst_addr;
  logic [LogBurst:0]       burst_len;
  logic                    unused_burst;  // requests are of whole beats
  logic [BeatBits-1:0]     beats;
  logic                    last_burst, put, consume;
  logic [31:0]             new_addr, new_stride;
  logic [LeftW-1:0]        new_bytes;
  logic                    has_data;

  always_comb begin
    unique case (cmd_i.sel)
      vta_core_pkg::SelFirst: begin
        new_addr   = insn.dram_base << LogBytesFirst;
        new_stride = 32'(insn.x_stride) << LogBytesFirst;
        new_bytes  = LeftW'(insn.x_size) << LogBytesFirst;
      end
      vta_core_pkg::SelSecond: begin
        new_addr   = insn.dram_base << LogBytesSecond;
        new_stride = 32'(insn.x_stride) << LogBytesSecond;
        new_bytes  = LeftW'(insn.x_size) << LogBytesSecond;
      end
      default: begin
        new_addr   = insn.dram_base << LogBytesThird;
        new_stride = 32'(insn.x_stride) << LogBytesThird;
        new_bytes  = LeftW'(insn.x_size) << LogBytesThird;
      end
    endcase
  end
  assign has_data = (insn.x_size != '0) && (insn.y_size != '0) && !cmd_i.skip &&
                    !(ThirdIsEmpty && (cmd_i.sel == vta_core_pkg::SelThird));

  vta_burst_splitter #(
    .LogBurst(LogBurst),
    .LeftW(LeftW)
  ) u_splitter (
    .clk_i    (clk_i),
    .accept_i (accept_i),
    .addr_i   (new_addr + base_i),
    .stride_i (new_stride),
    .bytes_i  (new_bytes),
    .rows_i   (insn.y_size),
    .addr_o   (burst_addr),
    .len_o    (burst_len),
    .beats_o  (beats),
    .last_o   (last_burst),
    .take_i   (put)
  );
  assign unused_burst = ^{burst_len, burst_addr[LogBus-1:0]};
  assign put = active_q && data_q && (!req_valid_q || grant_i) &&
               ({1'b0, used_q} + (UsedW + 1)'(beats) <=
                (UsedW + 1)'(vta_core_pkg::LoaderBeats));

  always_comb begin
    active_d    = active_q;
    data_d      = data_q;
    req_valid_d = req_valid_q && !grant_i;
    req_d       = req_q;
    used_d      = used_q;
    if (put) begin
      req_valid_d = 1'b1;
      req_d.addr  = {burst_addr[31:LogBus], LogBus'(0)};
      req_d.beats = beats;
      used_d      = used_d + UsedW'(beats);
      if (last_burst) active_d = 1'b0;
    end
    if (active_q && !data_q) active_d = 1'b0;
    if (consume) used_d = used_d - UsedW'(1);
    if (accept_i) begin
      active_d = 1'b1;
      data_d   = has_data;
    end
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      active_q    <= 1'b0;
      req_valid_q <= 1'b0;
      used_q      <= '0;
    end else begin
      active_q    <= active_d;
      req_valid_q <= req_valid_d;
      used_q      <= used_d;
    end
  end
  always_ff @(posedge clk_i) begin
    if (active_q || accept_i) begin
      data_q <= data_d;
      req_q  <= req_d;
    end
  end

  // ---------------------------------------------------------------------- beat buffer
  logic                             buf_valid, buf_error;
  logic [vta_core_pkg::BusBits-1:0] buf_data;
  logic [UsedW-1:0]                 unused_buf_count;

  vta_fifo #(
    .Width(vta_core_pkg::BusBits + 1),
    .Depth(vta_core_pkg::LoaderBeats)
  ) u_buffer (
    .clk_i   (clk_i),
    .rst_ni  (rst_ni),
    .clear_i (1'b0),
    .push_i  (beat_i),
    .data_i  ({beat_error_i, beat_data_i}),
    .pop_i   (consume),
    .valid_o (buf_valid),
    .data_o  ({buf_error, buf_data}),
    .count_o (unused_buf_count)
  );

  // ---------------------------------------------------------------------- accepted instructions
  typedef struct packed {
    logic [TagW-1:0]    tag;
    logic [1:0]         sel;
    logic [15:0]        sram;
    logic               empty;
    logic [LogBus-1:0]  low;         // of the first row's address
    logic [LogBus-1:0]  stride_low;
    logic [16:0]        x0, x1, xw;  // first and one past the last data column, width
    logic [16:0]        y0, y1, yh;
  } walk_t;
  localparam int unsigned WalkBits = TagW + 2 + 16 + 1 + 2 * LogBus + 6 * 17;

  walk_t               walk_in, head;
  logic [WalkBits-1:0] head_bits;
  logic                head_valid;
  logic [CountW-1:0]   unfinished;

  always_comb begin
    walk_in.tag        = tag_i;
    walk_in.sel        = cmd_i.sel;
    walk_in.sram       = insn.sram_base;
    walk_in.low        = new_addr[LogBus-1:0];
    walk_in.stride_low = new_stride[LogBus-1:0];
    walk_in.x0         = 17'(insn.x_pad_0);
    walk_in.x1         = 17'(insn.x_pad_0) + 17'(insn.x_size);
    walk_in.xw         = walk_in.x1 + 17'(insn.x_pad_1);
    walk_in.y0         = 17'(insn.y_pad_0);
    walk_in.y1         = 17'(insn.y_pad_0) + 17'(insn.y_size);
    walk_in.yh         = walk_in.y1 + 17'(insn.y_pad_1);
    walk_in.empty      = (insn.x_size == '0) || (walk_in.yh == '0) || cmd_i.skip ||
                         (ThirdIsEmpty && (cmd_i.sel == vta_core_pkg::SelThird));
  end

  vta_fifo #(
    .Width(WalkBits),
    .Depth(vta_core_pkg::LoaderInsns)
  ) u_walks (
    .clk_i   (clk_i),
    .rst_ni  (rst_ni),
    .clear_i (1'b0),
    .push_i  (accept_i),
    .data_i  (walk_in),
    .pop_i   (done_o),
    .valid_o (head_valid),
    .data_o  (head_bits),
    .count_o (unfinished)
  );
  assign head    = head_bits;
  assign ready_o = !active_q && (unfinished < CountW'(vta_core_pkg::LoaderInsns));

  // ---------------------------------------------------------------------- walker
  logic                 first_d, first_q;
  logic [16:0]          x_d, x_q, y_d, y_q, x_next;
  logic [15:0]          off_d, off_q;
  logic [LogBus-1:0]    rowlow_d, rowlow_q, low;
  logic [PartW-1:0]     part_d, part_q, last_part;
  logic                 in_row, pad, small_elem, data_step, completes, row_ends, last;
  logic [SlotW-1:0]     slot;
  logic [SlotCntW-1:0]  slots_free, count;
  logic                 used_up;  // the step takes the last of a beat
  logic [16:0]          row_left;
  logic [3:0]           log_bytes;

  always_comb begin
    unique case (head.sel)
      vta_core_pkg::SelFirst:  log_bytes = 4'(LogBytesFirst);
      vta_core_pkg::SelSecond: log_bytes = 4'(LogBytesSecond);
      default:                 log_bytes = 4'(LogBytesThird);
    endcase
  end

  assign small_elem = 32'(log_bytes) < LogBus;
  assign in_row     = (y_q >= head.y0) && (y_q < head.y1);
  assign pad        = !(in_row && (x_q >= head.x0) && (x_q < head.x1));
  // Place in the beat of the next element. Where a step takes all that a beat holds, only the first one of a row has any.
  if (Whole) begin : gen_whole
    assign low = (x_q == head.x0) ? head.low + rowlow_q : '0;
  end else begin : gen_single
    assign low = head.low + rowlow_q + (small_elem ? LogBus'((x_q - head.x0) << log_bytes) : '0);
  end
  assign slot       = SlotW'(low >> log_bytes);
  assign slots_free = (SlotCntW'(BusBytes) - SlotCntW'(low)) >> log_bytes;
  assign row_left   = head.x1 - x_q;
  assign last_part  = small_elem ? '0 : PartW'((13'd1 << (log_bytes - 4'(LogBus))) - 13'd1);
  assign data_step  = !head.empty && !pad;

  always_comb begin
    count     = head.empty ? '0 : SlotCntW'(1);
    completes = 1'b1;
    if (data_step) begin
      if (small_elem) begin
        if (Whole) count = (row_left < 17'(slots_free)) ? SlotCntW'(row_left) : slots_free;
      end else begin
        completes = part_q == last_part;
        count     = completes ? SlotCntW'(1) : '0;
      end
    end
  end

  assign active_o = head_valid && (!data_step || buf_valid);
  assign first_o  = first_q;
  assign step_o   = active_o && (!first_q || first_ok_i) && !wait_i;
  assign used_up  = !small_elem || (count == slots_free) || (17'(count) == row_left);
  assign consume  = step_o && data_step && used_up;
  assign x_next   = x_q + 17'(count);
  assign row_ends = completes && (x_next == head.xw);
  assign last     = head.empty || (row_ends && (y_q + 17'd1 == head.yh));
  assign done_o   = step_o && last;

  always_comb begin
    first_d  = first_q;
    x_d      = x_q;
    y_d      = y_q;
    off_d    = off_q;
    rowlow_d = rowlow_q;
    part_d   = part_q;
    if (step_o) begin
      first_d = 1'b0;
      part_d  = completes ? '0 : part_q + PartW'(1);
      x_d     = x_next;
      off_d   = off_q + 16'(count);
      if (row_ends) begin
        x_d = '0;
        y_d = y_q + 17'd1;
        if (in_row) rowlow_d = rowlow_q + head.stride_low;
      end
      if (last) begin
        first_d  = 1'b1;
        x_d      = '0;
        y_d      = '0;
        off_d    = '0;
        rowlow_d = '0;
        part_d   = '0;
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      first_q  <= 1'b1;
      x_q      <= '0;
      y_q      <= '0;
      off_q    <= '0;
      rowlow_q <= '0;
      part_q   <= '0;
    end else if (step_o) begin
      first_q  <= first_d;
      x_q      <= x_d;
      y_q      <= y_d;
      off_q    <= off_d;
      rowlow_q <= rowlow_d;
      part_q   <= part_d;
    end
  end

  assign write_o            = step_o && !head.empty;
  assign write_info_o.sel   = head.sel;
  assign write_info_o.pad   = pad;
  assign write_info_o.idx   = head.sram + off_q;
  assign write_info_o.count = count;
  assign write_info_o.slot  = slot;
  assign write_info_o.part  = part_q;
  assign write_data_o       = buf_data;
  assign head_sram_o        = head.sram;
  assign head_tag_o         = head.tag;
  assign error_o            = consume && buf_error;
  assign req_valid_o        = req_valid_q;
  assign req_o              = req_q;
  assign idle_o             = (unfinished == '0) && !active_q;
endmodule
