// Storage of UOP, INP or WGT: written by loader steps, one element read per cycle.
// Elements of at least a beat are split into lanes of one beat; smaller ones into banks by the low
// bits of the index, so that all elements of a beat are written in one cycle.
module vta_spad #(
  parameter int unsigned ElemBytes = 16,
  parameter int unsigned Depth     = 16,
  parameter int unsigned IdxW      = 4
) (
  input  logic                             clk_i,
  // write
  input  logic                             write_i,
  // verilator lint_off UNUSEDSIGNAL
  input  vta_core_pkg::load_write_t        info_i,
  // verilator lint_on UNUSEDSIGNAL
  input  logic [vta_core_pkg::BusBits-1:0] data_i,
  input  logic [7:0]                       pad_i,
  // read: data in the cycle after
  input  logic                             read_i,
  input  logic [IdxW-1:0]                  read_idx_i,
  output logic [ElemBytes*8-1:0]           read_data_o
);
  localparam int unsigned BusBytes = vta_core_pkg::BusBytes;
  localparam int unsigned BusBits  = vta_core_pkg::BusBits;
  localparam int unsigned SlotW    = vta_core_pkg::SlotBits;

  if (ElemBytes >= BusBytes) begin : gen_lanes
    localparam int unsigned Lanes = ElemBytes / BusBytes;
    logic [BusBits-1:0] line;
    assign line = info_i.pad ? {BusBytes{pad_i}} : data_i;

    for (genvar l = 0; l < Lanes; l++) begin : gen_lane
      logic [BusBits-1:0] mem [0:Depth-1];
      logic [BusBits-1:0] rdata_q;
      logic               lane_write;
      assign lane_write = write_i && (info_i.pad || (32'(info_i.part) == l));
      always_ff @(posedge clk_i) begin
        if (lane_write) mem[IdxW'(info_i.idx)] <= line;
      end
      always_ff @(posedge clk_i) begin
        if (read_i) rdata_q <= mem[read_idx_i];
      end
      assign read_data_o[l*BusBits +: BusBits] = rdata_q;
    end
  end else begin : gen_banks
    localparam int unsigned Slots    = BusBytes / ElemBytes;
    localparam int unsigned LogSlots = $clog2(Slots);
    localparam int unsigned Banks    = vta_core_pkg::min_u(Depth, vta_core_pkg::slots_of(ElemBytes));
    localparam int unsigned LogBanks = $clog2(Banks);
    localparam int unsigned BankW    = vta_core_pkg::max_u(1, LogBanks);
    localparam int unsigned Rows     = Depth / Banks;
    localparam int unsigned RowW     = vta_core_pkg::max_u(1, $clog2(Rows));
    localparam int unsigned Bits     = ElemBytes * 8;

    logic [BankW-1:0] read_bank_d, read_bank_q;
    logic [Bits-1:0]  bank_data [0:Banks-1];

    assign read_bank_d = (Banks == 1) ? '0 : BankW'(read_idx_i);
    always_ff @(posedge clk_i) begin
      if (read_i) read_bank_q <= read_bank_d;
    end
    assign read_data_o = bank_data[read_bank_q];

    for (genvar b = 0; b < Banks; b++) begin : gen_bank
      logic [Bits-1:0]     mem [0:Rows-1];
      logic [Bits-1:0]     rdata_q, wdata;
      logic [LogSlots-1:0] nth;   // this bank's element is the nth of the write
      logic [LogSlots-1:0] slot;
      logic [15:0]         elem;
      logic                bank_write;

      // with fewer banks than slots no write wraps around
      assign nth        = LogSlots'(b) - ((Banks == Slots) ? LogSlots'(info_i.idx)
                                                           : LogSlots'(info_i.idx & 16'(Banks - 1)));
      assign slot       = LogSlots'(info_i.slot) + nth;
      assign elem       = info_i.idx + 16'(nth);
      assign bank_write = write_i && (32'(nth) < 32'(info_i.count));
      assign wdata      = info_i.pad ? {ElemBytes{pad_i}} : data_i[SlotW'(slot)*Bits +: Bits];
      always_ff @(posedge clk_i) begin
        if (bank_write) mem[RowW'(elem >> LogBanks)] <= wdata;
      end
      always_ff @(posedge clk_i) begin
        if (read_i) rdata_q <= mem[RowW'(read_idx_i >> LogBanks)];
      end
      assign bank_data[b] = rdata_q;
    end
  end
endmodule
