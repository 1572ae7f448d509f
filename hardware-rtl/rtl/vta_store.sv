// The store unit: writes the narrow copy of the accumulators to memory.
module vta_store (
  input  logic                                clk_i,
  input  logic                                rst_ni,
  input  logic                                halt_i,
  input  logic [31:0]                         base_i,
  // queue head
  input  logic                                head_valid_i,
  input  logic [127:0]                        head_insn_i,
  input  logic [31:0]                         head_idx_i,
  output logic                                pop_o,
  // tokens
  input  logic                                c2s_valid_i,
  output logic                                c2s_pop_o,
  output logic                                s2c_push_o,
  // may the next burst read these elements?
  output logic                                check_o,
  output logic [vta_pkg::AccIdxBits-1:0]      check_low_o,
  output logic [vta_pkg::AccIdxBits-1:0]      check_high_o,
  input  logic                                clear_i,
  // OUT elements: data in the cycle after
  output logic                                out_read_o,
  output logic [vta_pkg::AccIdxBits-1:0]      out_read_idx_o,
  input  logic [vta_core_pkg::OutSlots*vta_pkg::OutElemBits-1:0] out_read_data_i,
  // AXI
  output logic                                aw_valid_o,
  input  logic                                aw_ready_i,
  output logic [31:0]                         aw_addr_o,
  output logic [7:0]                          aw_len_o,
  output logic                                w_valid_o,
  input  logic                                w_ready_i,
  output logic [vta_core_pkg::BusBits-1:0]    w_data_o,
  output logic [vta_core_pkg::BusBytes-1:0]   w_strb_o,
  output logic                                w_last_o,
  input  logic                                b_valid_i,
  input  logic                                b_error_i,
  // for the probe: an instruction enters the completion queue, all its bursts are put
  output logic                                complete_o,
  output logic [31:0]                         complete_idx_o,
  output logic [31:0]                         complete_bursts_o,
  output logic                                retire_o,
  output logic [31:0]                         retire_idx_o,
  output logic                                pending_o,  // an accepted instruction has not retired
  output logic                                idle_o,
  output vta_core_pkg::error_t                error_o
);
  localparam int unsigned BusBytes = vta_core_pkg::BusBytes;
  localparam int unsigned BusBits  = vta_core_pkg::BusBits;
  localparam int unsigned LogBus   = vta_core_pkg::LogBusBytes;
  localparam int unsigned BeatBits = vta_core_pkg::BeatBits;
  localparam int unsigned LogBurst = vta_core_pkg::LogStoreBurst;
  localparam int unsigned LogOut   = vta_pkg::LogOutBytes;
  localparam int unsigned OutBytes = vta_pkg::OutBytes;
  localparam int unsigned OutBits  = vta_pkg::OutElemBits;
  localparam int unsigned AccW     = vta_pkg::AccIdxBits;
  localparam int unsigned LenW     = LogBurst + 1;
  localparam int unsigned LeftW    = 16 + LogOut;  // bytes of a row
  localparam int unsigned OffsetW  = AccW + LogOut;
  localparam int unsigned RespW    = vta_core_pkg::ResponseBits;
  localparam int unsigned BurstsW  = vta_core_pkg::bits_for(vta_core_pkg::StoreBursts);
  localparam int unsigned HeldW    = vta_core_pkg::bits_for(vta_core_pkg::StoreBeats);
  localparam bit          Small    = OutBytes < BusBytes;
  localparam bit          Gather   = OutBytes * vta_core_pkg::OutSlots < BusBytes;  // a beat takes several reads

  // ---------------------------------------------------------------------- accept
  vta_pkg::header_t     header;
  vta_pkg::mem_fields_t mem;
  vta_core_pkg::err_e   err;
  logic [31:0]          elements;
  logic [32:0]          elements_end;
  logic                 accept, unused_head;

  assign header       = head_insn_i;
  assign mem          = vta_pkg::mem_fields(head_insn_i);
  assign unused_head  = ^{header, mem};
  assign elements     = 32'(mem.x_size) * 32'(mem.y_size);
  assign elements_end = 33'(elements) + 33'(mem.sram_base);
  always_comb begin
    err = vta_core_pkg::ErrNone;
    if (mem.x_size != '0) begin
      if ((elements != '0) && (elements_end > 33'(vta_pkg::AccDepth))) begin
        err = vta_core_pkg::ErrAccRange;
      end
      if ({mem.x_pad_0, mem.x_pad_1, mem.y_pad_0, mem.y_pad_1} != '0) begin
        err = vta_core_pkg::ErrStorePad;
      end
      if (mem.memory_type != vta_pkg::MemOut) err = vta_core_pkg::ErrMemType;
    end
    if (header.pop_next_dep || header.push_next_dep) err = vta_core_pkg::ErrFlags;
    if (vta_core_pkg::Checks == 0) err = vta_core_pkg::ErrNone;
  end

  // ---------------------------------------------------------------------- command engine
  logic                active_d, active_q, data_d, data_q, push_q;
  logic [31:0]         burst_addr, insn_idx_q;
  logic [OffsetW-1:0]  offset_d, offset_q;  // bytes of OUT read by earlier bursts
  logic [AccW-1:0]     sram_q;
  logic                aw_valid_d, aw_valid_q;
  logic [31:0]         aw_addr_q, bursts_d, bursts_q;
  logic [BeatBits-1:0] aw_beats_q, beats;
  logic [LenW-1:0]     len;
  logic                last_burst, put, enter, queue_free;
  logic [BurstsW-1:0]  waiting_d, waiting_q;
  logic                burst_read;  // the data engine reads the last beat of a burst
  logic                unanswered;  // more bursts wait for a response than can be counted

  assign accept     = head_valid_i && !active_q && !halt_i && (!header.pop_prev_dep || c2s_valid_i);
  assign pop_o      = accept;
  assign c2s_pop_o  = accept && header.pop_prev_dep;

  vta_burst_splitter #(
    .LogBurst(LogBurst),
    .LeftW(LeftW)
  ) u_splitter (
    .clk_i    (clk_i),
    .accept_i (accept),
    .addr_i   ((mem.dram_base << LogOut) + base_i),
    .stride_i (32'(mem.x_stride) << LogOut),
    .bytes_i  (LeftW'(mem.x_size) << LogOut),
    .rows_i   (mem.y_size),
    .addr_o   (burst_addr),
    .len_o    (len),
    .beats_o  (beats),
    .last_o   (last_burst),
    .take_i   (put)
  );
  assign check_o    = active_q && data_q && (!aw_valid_q || aw_ready_i) &&
                      (waiting_q < BurstsW'(vta_core_pkg::StoreBursts)) && (!last_burst || queue_free) && !unanswered;
  assign put        = check_o && clear_i;

  assign check_low_o  = sram_q + AccW'(offset_q >> LogOut);
  assign check_high_o = sram_q + AccW'((offset_q + OffsetW'(len) - OffsetW'(1)) >> LogOut);
  assign enter      = active_q && queue_free && (!data_q || (put && last_burst));

  always_comb begin
    active_d   = active_q;
    data_d     = data_q;
    offset_d   = offset_q;
    aw_valid_d = aw_valid_q && !aw_ready_i;
    bursts_d   = bursts_q;
    waiting_d  = waiting_q;
    if (put && !burst_read) waiting_d = waiting_q + BurstsW'(1);
    if (!put && burst_read) waiting_d = waiting_q - BurstsW'(1);
    if (put) begin
      aw_valid_d = 1'b1;
      bursts_d   = bursts_q + 32'd1;
      offset_d   = offset_q + OffsetW'(len);
    end
    if (enter) active_d = 1'b0;
    if (accept) begin
      active_d = 1'b1;
      data_d   = (mem.x_size != '0) && (mem.y_size != '0) && (err == vta_core_pkg::ErrNone);
      offset_d = '0;
    end
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      active_q   <= 1'b0;
      aw_valid_q <= 1'b0;
      bursts_q   <= '0;
      waiting_q  <= '0;
    end else begin
      active_q   <= active_d;
      aw_valid_q <= aw_valid_d;
      bursts_q   <= bursts_d;
      waiting_q  <= waiting_d;
    end
  end
  always_ff @(posedge clk_i) begin
    if (accept) begin
      insn_idx_q <= head_idx_i;
      sram_q     <= AccW'(mem.sram_base);
      push_q     <= header.push_prev_dep;
    end
    if (accept || active_q) begin
      data_q   <= data_d;
      offset_q <= offset_d;
    end
  end

  // What the data engine needs of the burst in the AW register
  typedef struct packed {
    logic [AccW-1:0]   idx;    // first OUT element
    logic [LogBus-1:0] low;    // of the address of the first byte
    logic [LenW-1:0]   bytes;
    logic [11:0]       part;   // first beat within the element
  } burst_t;
  localparam int unsigned BurstBits = AccW + LogBus + LenW + 12;
  burst_t               new_burst, aw_burst_q, burst;
  logic [BurstBits-1:0] burst_bits;
  always_comb begin
    new_burst.idx   = check_low_o;
    new_burst.low   = burst_addr[LogBus-1:0];
    new_burst.bytes = len;
    new_burst.part  = Small ? '0 : 12'((32'(offset_q) & 32'(OutBytes - 1)) >> LogBus);
  end
  always_ff @(posedge clk_i) begin
    if (put) begin
      aw_addr_q  <= {burst_addr[31:LogBus], LogBus'(0)};
      aw_beats_q <= beats;
      aw_burst_q <= new_burst;
    end
  end
  assign aw_valid_o = aw_valid_q;
  assign aw_addr_o  = aw_addr_q;
  assign aw_len_o   = 8'(aw_beats_q) - 8'd1;

  // ---------------------------------------------------------------------- data engine
  logic              burst_valid, read, read_beat, last_beat, credit;
  logic [LenW-1:0]   done_d, done_q, burst_left, most, take;  // bytes of the burst already read
  logic [AccW-1:0]   elem_d, elem_q;                    // elements of the burst already read
  logic [11:0]       part_d, part_q;
  logic [HeldW-1:0]  held_d, held_q;
  logic [BurstsW-1:0] unused_bursts;
  logic [LogBus-1:0] low, next_low_q;
  logic              fresh_d, fresh_q, ends_beat;

  vta_fifo #(
    .Width(BurstBits),
    .Depth(vta_core_pkg::StoreBursts)
  ) u_bursts (
    .clk_i   (clk_i),
    .rst_ni  (rst_ni),
    .clear_i (1'b0),
    .push_i  (aw_valid_q && aw_ready_i),
    .data_i  (aw_burst_q),
    .pop_i   (burst_read),
    .valid_o (burst_valid),
    .data_o  (burst_bits),
    .count_o (unused_bursts)
  );
  assign burst      = burst_bits;
  assign credit     = held_q < HeldW'(Gather ? 1 : vta_core_pkg::StoreBeats);
  assign read       = burst_valid && credit;
  assign read_beat  = read && ends_beat;
  assign burst_left = burst.bytes - done_q;
  assign low        = fresh_q ? burst.low : Gather ? next_low_q : '0;
  assign most       = Gather ? LenW'(OutBytes) : LenW'(BusBytes) - LenW'(low);
  assign take       = (burst_left <= most) ? burst_left : most;
  assign last_beat  = take == burst_left;
  assign burst_read = read && last_beat;
  assign ends_beat  = !Gather || last_beat || (32'(low) + OutBytes == BusBytes);

  logic [11:0] part;
  assign part = fresh_q ? burst.part : part_q;
  always_comb begin
    done_d  = done_q;
    elem_d  = elem_q;
    part_d  = part_q;
    fresh_d = fresh_q;
    if (read) begin
      fresh_d = 1'b0;
      done_d  = done_q + take;
      if (Small) begin
        elem_d = elem_q + AccW'(32'(take) >> LogOut);
        part_d = '0;
      end else begin
        part_d = part + 12'd1;
        if (32'(part) == OutBytes / BusBytes - 1) begin
          part_d = '0;
          elem_d = elem_q + AccW'(1);
        end
      end
      if (last_beat) begin
        fresh_d = 1'b1;
        done_d  = '0;
        elem_d  = '0;
        part_d  = '0;
      end
    end
  end
  assign out_read_o     = read;
  assign out_read_idx_o = burst.idx + elem_q;

  // The beat read in the cycle before: place it on the bus
  logic                beat_valid_q, beat_last_q, beat_ends_q, beat_push;
  logic [LogBus-1:0]   beat_low_q;
  logic [LenW-1:0]     beat_bytes_q;
  logic [11:0]         beat_part_q;
  logic [BusBits-1:0]  beat_data;
  logic [BusBytes-1:0] beat_strb;
  always_ff @(posedge clk_i) begin
    if (!rst_ni) beat_valid_q <= 1'b0;
    else beat_valid_q <= read;
  end
  always_ff @(posedge clk_i) begin
    if (read) begin
      beat_low_q   <= low;
      beat_bytes_q <= take;
      beat_last_q  <= last_beat;
      beat_ends_q  <= ends_beat;
      beat_part_q  <= part;
      next_low_q   <= low + LogBus'(take);
    end
  end
  assign beat_push = beat_valid_q && beat_ends_q;
  if (Small) begin : gen_small
    logic unused_part;
    assign unused_part = ^beat_part_q;
    // element 0 of the read belongs at byte low
    assign beat_data = BusBits'(out_read_data_i) << {beat_low_q, 3'd0};
    always_comb begin
      beat_strb = '0;
      for (int unsigned i = 0; i < BusBytes; i++) begin
        beat_strb[i] = (i >= 32'(beat_low_q)) && (i < 32'(beat_low_q) + 32'(beat_bytes_q));
      end
    end
  end else begin : gen_wide
    logic unused_place;
    assign unused_place = ^{beat_low_q, beat_bytes_q, beat_part_q};
    assign beat_data    = out_read_data_i[(OutBits > BusBits ? 32'(beat_part_q) * BusBits : 0) +: BusBits];
    assign beat_strb    = '1;
  end

  if (Gather) begin : gen_gather
    logic unused_beat;
    assign unused_beat = ^{beat_data, beat_strb, beat_push};
    vta_gather u_gather (
      .clk_i     (clk_i),
      .rst_ni    (rst_ni),
      .valid_i   (beat_valid_q),
      .low_i     (beat_low_q),
      .elem_i    (out_read_data_i),
      .ends_i    (beat_ends_q),
      .last_i    (beat_last_q),
      .w_valid_o (w_valid_o),
      .w_ready_i (w_ready_i),
      .w_data_o  (w_data_o),
      .w_strb_o  (w_strb_o),
      .w_last_o  (w_last_o)
    );
  end else begin : gen_queue
    logic [HeldW-1:0] unused_held;
    vta_fifo #(
      .Width(BusBits + BusBytes + 1),
      .Depth(vta_core_pkg::StoreBeats)
    ) u_beats (
      .clk_i   (clk_i),
      .rst_ni  (rst_ni),
      .clear_i (1'b0),
      .push_i  (beat_push),
      .data_i  ({beat_last_q, beat_strb, beat_data}),
      .pop_i   (w_valid_o && w_ready_i),
      .valid_o (w_valid_o),
      .data_o  ({w_last_o, w_strb_o, w_data_o}),
      .count_o (unused_held)
    );
  end
  always_comb begin
    held_d = held_q;
    if (read_beat && !(w_valid_o && w_ready_i)) held_d = held_q + HeldW'(1);
    if (!read_beat && w_valid_o && w_ready_i) held_d = held_q - HeldW'(1);
  end
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      held_q  <= '0;
      done_q  <= '0;
      elem_q  <= '0;
      part_q  <= '0;
      fresh_q <= 1'b1;
    end else begin
      held_q  <= held_d;
      done_q  <= done_d;
      elem_q  <= elem_d;
      part_q  <= part_d;
      fresh_q <= fresh_d;
    end
  end

  // ---------------------------------------------------------------------- completion
  localparam int unsigned QueueW = vta_core_pkg::bits_for(vta_core_pkg::StoreInsns);
  logic              entry_valid, entry_push, retire, unused_entry;
  logic [31:0]       entry_idx, entry_bursts, acked_d, acked_q;
  logic [RespW-1:0]  acked_lag;
  logic [QueueW-1:0] entries;

  vta_fifo #(
    .Width(65),
    .Depth(vta_core_pkg::StoreInsns)
  ) u_completion (
    .clk_i   (clk_i),
    .rst_ni  (rst_ni),
    .clear_i (1'b0),
    .push_i  (enter),
    .data_i  ({push_q, insn_idx_q, bursts_d}),
    .pop_i   (retire),
    .valid_o (entry_valid),
    .data_o  ({entry_push, entry_idx, entry_bursts}),
    .count_o (entries)
  );
  assign queue_free   = entries < QueueW'(vta_core_pkg::StoreInsns);
  assign acked_d      = b_valid_i ? acked_q + 32'd1 : acked_q;
  always_ff @(posedge clk_i) begin
    if (!rst_ni) acked_q <= '0;
    else acked_q <= acked_d;
  end
  // with 32 bits there never are that many
  if (RespW < 32) begin : gen_few
    logic [RespW-1:0] open;
    logic             unused_open;
    assign open        = RespW'(bursts_q - acked_q);
    assign unanswered  = open[RespW-1];
    assign unused_open = ^open;
  end else begin : gen_many
    assign unanswered = 1'b0;
  end
  // burst counts wrap: the head is complete if it is not ahead of the responses
  assign acked_lag    = RespW'(acked_q - entry_bursts);
  assign retire       = entry_valid && !acked_lag[RespW-1];
  assign unused_entry = ^acked_lag[RespW-2:0];
  assign s2c_push_o   = retire && entry_push;

  assign complete_o        = enter;
  assign complete_idx_o    = insn_idx_q;
  assign complete_bursts_o = bursts_d;
  assign retire_o          = retire;
  assign retire_idx_o      = entry_idx;
  assign pending_o         = active_q || entry_valid;
  assign idle_o            = !pending_o && (!head_valid_i || halt_i);

  always_comb begin
    error_o = '0;
    if (b_valid_i && b_error_i) begin
      error_o.valid = 1'b1;
      error_o.code  = vta_core_pkg::ErrWrite;
      error_o.insn  = (entry_valid && acked_lag[RespW-1]) ? entry_idx : insn_idx_q;
    end else if (accept && (err != vta_core_pkg::ErrNone)) begin
      error_o.valid = 1'b1;
      error_o.code  = err;
      error_o.insn  = head_idx_i;
      error_o.value = 32'(elements_end - 33'd1);
    end
  end
endmodule
