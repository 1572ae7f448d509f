// Splits a 2D transfer (rows of contiguous bytes, a stride between them) into bursts. A burst ends with its row or in front of
// a multiple of 2^LogBurst bytes, whichever comes first. The owner says when a burst is taken and counts what is outstanding.
//
// Fetch has no part in this: it reads one row, counts it in instructions, and needs neither stride nor unaligned ends.
module vta_burst_splitter #(
  parameter int unsigned LogBurst = vta_core_pkg::LogBurstBytes,
  parameter int unsigned LeftW    = 16  // bits of the bytes of a row
) (
  input  logic                              clk_i,
  // a new transfer
  input  logic                              accept_i,
  input  logic [31:0]                       addr_i,
  input  logic [31:0]                       stride_i,  // bytes from row to row
  input  logic [LeftW-1:0]                  bytes_i,   // of a row, not 0
  input  logic [15:0]                       rows_i,    // not 0
  // the next burst; undefined before the first transfer and after the last burst of one
  output logic [31:0]                       addr_o,    // of its first byte
  output logic [LogBurst:0]                 len_o,     // bytes
  output logic [vta_core_pkg::BeatBits-1:0] beats_o,
  output logic                              last_o,    // it ends the transfer
  input  logic                              take_i
);
  localparam int unsigned LogBus   = vta_core_pkg::LogBusBytes;
  localparam int unsigned BusBytes = vta_core_pkg::BusBytes;
  localparam int unsigned BeatBits = vta_core_pkg::BeatBits;
  localparam int unsigned LenW     = LogBurst + 1;

  logic [31:0]      cur_d, cur_q, row_d, row_q, stride_q;
  logic [LeftW-1:0] left_d, left_q, row_bytes_q;
  logic [15:0]      rows_d, rows_q;
  logic [LenW-1:0]  room, span;  // bytes up to the boundary; of whole beats, rounded up
  logic             ends_row;

  assign room     = LenW'(1 << LogBurst) - {1'b0, cur_q[LogBurst-1:0]};
  assign ends_row = left_q <= LeftW'(room);
  assign len_o    = ends_row ? left_q[LogBurst:0] : room;
  assign span     = len_o + LenW'(cur_q[LogBus-1:0]) + LenW'(BusBytes - 1);
  assign beats_o  = (LogBurst == LogBus) ? BeatBits'(1) : BeatBits'(span >> LogBus);
  assign addr_o   = cur_q;
  assign last_o   = ends_row && (rows_q == 16'd1);

  always_comb begin
    cur_d  = cur_q;
    row_d  = row_q;
    left_d = left_q;
    rows_d = rows_q;
    if (take_i) begin
      if (!ends_row) begin
        cur_d  = vta_core_pkg::address({cur_q[31:LogBurst] + (32 - LogBurst)'(1), LogBurst'(0)});
        left_d = left_q - LeftW'(room);
      end else begin
        cur_d  = vta_core_pkg::address(row_q + stride_q);
        row_d  = vta_core_pkg::address(row_q + stride_q);
        left_d = row_bytes_q;
        rows_d = rows_q - 16'd1;
      end
    end
    if (accept_i) begin
      cur_d  = vta_core_pkg::address(addr_i);
      row_d  = vta_core_pkg::address(addr_i);
      left_d = bytes_i;
      rows_d = rows_i;
    end
  end

  always_ff @(posedge clk_i) begin
    if (accept_i || take_i) begin
      cur_q  <= cur_d;
      row_q  <= row_d;
      left_q <= left_d;
      rows_q <= rows_d;
    end
    if (accept_i) begin
      stride_q    <= vta_core_pkg::address(stride_i);
      row_bytes_q <= bytes_i;
    end
  end
endmodule
