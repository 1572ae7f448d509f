// Reads the instruction stream ahead and dispatches one instruction per cycle to the unit queues.
module vta_fetch (
  input  logic                               clk_i,
  input  logic                               rst_ni,
  input  logic                               clear_i,
  input  logic                               halt_i,
  // launch: the cycle before cycle 0
  input  logic                               start_i,
  input  logic [31:0]                        insn_addr_i,
  input  logic [31:0]                        insn_count_i,
  // read engine
  output logic                               req_valid_o,
  output vta_core_pkg::read_req_t            req_o,
  input  logic                               grant_i,
  input  logic                               beat_i,
  input  logic [vta_core_pkg::BusBits-1:0]   beat_data_i,
  input  logic                               beat_error_i,
  // load and compute have instructions; one of them has: a chunk at a time will do
  input  logic                               rest_i,
  input  logic                               single_i,
  // dispatch: 0 load, 1 compute, 2 store
  input  logic [2:0]                         full_i,
  output logic [2:0]                         push_o,
  output logic [127:0]                       insn_o,
  output logic [31:0]                        idx_o,
  output logic                               done_o,     // everything is dispatched
  output logic [2:0]                         blocked_o,  // the instruction `idx_o` waits for a place in this queue
  output logic                               idle_o,
  output vta_core_pkg::error_t               error_o
);
  localparam int unsigned UsedW      = vta_core_pkg::bits_for(vta_core_pkg::FetchBeats);
  localparam int unsigned BusBits    = vta_core_pkg::BusBits;
  localparam int unsigned LogBus     = vta_core_pkg::LogBusBytes;
  localparam int unsigned BeatBits   = vta_core_pkg::BeatBits;
  localparam int unsigned ChunkInsns = vta_core_pkg::FetchChunk / 16;  // at most 16

  logic [31:0]             addr_d, addr_q, rem_d, rem_q;
  logic                    req_valid_d, req_valid_q;
  vta_core_pkg::read_req_t req_d, req_q;
  logic [UsedW-1:0]        used_d, used_q;
  logic [4:0]              chunk_insns, burst_insns;
  logic [8:0]              chunk_end;
  logic [BeatBits-1:0]     burst_beats;
  logic                    put, consume;

  // Requests
  assign chunk_insns = 5'(ChunkInsns) - {1'b0, addr_q[7:4] & 4'(ChunkInsns - 1)};
  assign burst_insns = (rem_q < {27'd0, chunk_insns}) ? rem_q[4:0] : chunk_insns;
  assign chunk_end   = {1'b0, addr_q[7:0]} + {burst_insns, 4'd0};
  assign burst_beats = BeatBits'((chunk_end - 9'd1) >> LogBus) - BeatBits'(addr_q[7:0] >> LogBus) +
                       BeatBits'(1);
  assign put = (rem_q != '0) && (!req_valid_q || grant_i) && !halt_i && !rest_i &&
               ({1'b0, used_q} + (UsedW + 1)'(burst_beats) <=
                (UsedW + 1)'(single_i ? vta_core_pkg::FetchChunk / vta_core_pkg::BusBytes : vta_core_pkg::FetchBeats));

  always_comb begin
    addr_d      = addr_q;
    rem_d       = rem_q;
    req_valid_d = req_valid_q && !grant_i;
    req_d       = req_q;
    used_d      = used_q;
    if (put) begin
      req_valid_d = 1'b1;
      req_d.addr  = {addr_q[31:LogBus], LogBus'(0)};
      req_d.beats = burst_beats;
      addr_d      = vta_core_pkg::address(addr_q + {23'd0, burst_insns, 4'd0});
      rem_d       = rem_q - {27'd0, burst_insns};
      used_d      = used_d + UsedW'(burst_beats);
    end
    if (consume) used_d = used_d - UsedW'(1);
    if (start_i) begin
      addr_d = vta_core_pkg::address({insn_addr_i[31:4], 4'd0});
      rem_d  = insn_count_i;
    end
  end

  // Buffer and unpacking
  logic               buf_valid, buf_error;
  logic [BusBits-1:0] buf_data;
  logic               disp_valid_d, disp_valid_q, disp_error_d, disp_error_q, dispatch;
  logic [127:0]       disp_insn_d, disp_insn_q;
  logic [31:0]        disp_idx_d, disp_idx_q, next_idx_d, next_idx_q, left_d, left_q;
  logic               take, complete;
  logic [127:0]       taken_insn;
  logic               taken_error;
  // of a single instruction the first beat never waits
  localparam bit Single = (vta_core_pkg::FetchBytes == 16) && (vta_core_pkg::BusBytes == 8);
  logic [(Single ? 1 : UsedW)-1:0] unused_count;

  vta_fifo #(
    .Width(BusBits + 1),
    .Depth(Single ? 1 : vta_core_pkg::FetchBeats)
  ) u_buffer (
    .clk_i   (clk_i),
    .rst_ni  (rst_ni),
    .clear_i (clear_i),
    .push_i  (beat_i),
    .data_i  ({beat_error_i, beat_data_i}),
    .pop_i   (consume),
    .valid_o (buf_valid),
    .data_o  ({buf_error, buf_data}),
    .count_o (unused_count)
  );

  if (vta_core_pkg::BusBytes == 8) begin : gen_narrow
    logic        half_d, half_q, low_error_d, low_error_q;
    logic [63:0] low_d, low_q;

    assign complete    = half_q && take;
    assign take        = buf_valid && !halt_i && (!half_q || !disp_valid_q || dispatch);
    assign consume     = take;
    assign taken_insn  = {buf_data, low_q};
    assign taken_error = buf_error || low_error_q;

    always_comb begin
      half_d      = half_q;
      low_d       = low_q;
      low_error_d = low_error_q;
      if (take) begin
        half_d      = !half_q;
        low_d       = buf_data;
        low_error_d = buf_error;
      end
    end
    always_ff @(posedge clk_i) begin
      if (!rst_ni || clear_i) half_q <= 1'b0;
      else half_q <= half_d;
    end
    always_ff @(posedge clk_i) begin
      low_q       <= low_d;
      low_error_q <= low_error_d;
    end
  end else begin : gen_wide
    localparam int unsigned PerBeat = vta_core_pkg::BusBytes / 16;
    localparam int unsigned PosW    = vta_core_pkg::max_u(1, $clog2(PerBeat));
    logic [PosW-1:0] pos_d, pos_q;

    assign take        = buf_valid && !halt_i && (!disp_valid_q || dispatch);
    assign complete    = take;
    assign consume     = take && ((32'(pos_q) == PerBeat - 1) || (left_q == 32'd1));
    assign taken_insn  = buf_data[pos_q*128 +: 128];
    assign taken_error = buf_error;

    always_comb begin
      pos_d = pos_q;
      if (take) pos_d = (32'(pos_q) == PerBeat - 1) ? '0 : pos_q + PosW'(1);
      if (start_i) pos_d = (PerBeat == 1) ? '0 : insn_addr_i[4 +: PosW];
    end
    always_ff @(posedge clk_i) begin
      pos_q <= pos_d;
    end
  end

  // Dispatch
  vta_pkg::mem_insn_t insn;
  logic [2:0]         target;
  assign insn = disp_insn_q;
  logic unused_insn;
  assign unused_insn = ^{insn, insn_addr_i[3:0]};
  always_comb begin
    target = 3'b010;
    unique case (insn.opcode)
      vta_pkg::OpcodeStore: target = 3'b100;
      vta_pkg::OpcodeLoad: begin
        unique case (insn.memory_type)
          vta_pkg::MemInp, vta_pkg::MemWgt: target = 3'b001;
          vta_pkg::MemPadValue: target = vta_pkg::Extension ? 3'b001 : 3'b010;
          default: target = 3'b010;
        endcase
      end
      default: target = 3'b010;
    endcase
  end
  assign dispatch = disp_valid_q && ((target & full_i) == 3'b000) && !disp_error_q && !halt_i;
  assign push_o   = dispatch ? target : 3'b000;
  assign insn_o   = disp_insn_q;
  assign idx_o    = disp_idx_q;

  always_comb begin
    disp_valid_d = disp_valid_q && !dispatch;
    disp_insn_d  = disp_insn_q;
    disp_idx_d   = disp_idx_q;
    disp_error_d = disp_error_q;
    next_idx_d   = next_idx_q;
    left_d       = left_q;
    if (complete) begin
      disp_valid_d = 1'b1;
      disp_insn_d  = taken_insn;
      disp_error_d = taken_error;
      disp_idx_d   = next_idx_q;
      next_idx_d   = next_idx_q + 32'd1;
      left_d       = left_q - 32'd1;
    end
    if (start_i) begin
      next_idx_d = '0;
      left_d     = insn_count_i;
    end
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni || (clear_i && !start_i)) begin
      rem_q        <= '0;
      req_valid_q  <= 1'b0;
      used_q       <= '0;
      disp_valid_q <= 1'b0;
    end else begin
      rem_q        <= rem_d;
      req_valid_q  <= req_valid_d && !clear_i;
      used_q       <= clear_i ? '0 : used_d;
      disp_valid_q <= disp_valid_d && !clear_i;
    end
  end
  always_ff @(posedge clk_i) begin
    addr_q       <= addr_d;
    req_q        <= req_d;
    disp_insn_q  <= disp_insn_d;
    disp_error_q <= disp_error_d;
    disp_idx_q   <= disp_idx_d;
    next_idx_q   <= next_idx_d;
    left_q       <= left_d;
  end

  assign req_valid_o = req_valid_q;
  assign req_o       = req_q;
  assign done_o      = (rem_q == '0) && (used_q == '0) && !disp_valid_q;
  assign blocked_o   = disp_valid_q ? target & full_i : '0;
  assign idle_o      = (halt_i || done_o) && !req_valid_q;

  always_comb begin
    error_o       = '0;
    error_o.valid = disp_valid_q && disp_error_q && !halt_i;
    error_o.code  = vta_core_pkg::ErrFetch;
    error_o.insn  = disp_idx_q;
  end
endmodule
