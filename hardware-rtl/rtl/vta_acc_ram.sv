// The accumulators: AccBanks banks (vta_core_pkg::acc_group), three copies so that GEMM reads one
// element and ALU two per cycle, and a narrow copy (the low OutBits of each lane) for STORE. GEMM, ALU and
// loader may all write in one cycle; the contract keeps their banks apart.
module vta_acc_ram (
  input  logic                                    clk_i,
  // reads: data in the cycle after
  input  logic                                    gemm_read_i,
  input  logic [vta_pkg::AccIdxBits-1:0]          gemm_read_idx_i,
  output logic [vta_pkg::AccElemBits-1:0]         gemm_read_data_o,
  input  logic                                    dst_read_i,
  input  logic [vta_pkg::AccIdxBits-1:0]          dst_read_idx_i,
  output logic [vta_pkg::AccElemBits-1:0]         dst_read_data_o,
  input  logic                                    src_read_i,
  input  logic [vta_pkg::AccIdxBits-1:0]          src_read_idx_i,
  output logic [vta_pkg::AccElemBits-1:0]         src_read_data_o,
  // OUT elements from out_read_idx_i on, the first at slot 0
  input  logic                                    out_read_i,
  input  logic [vta_pkg::AccIdxBits-1:0]          out_read_idx_i,
  output logic [vta_core_pkg::OutSlots*vta_pkg::OutElemBits-1:0] out_read_data_o,
  // writes
  input  logic                                    gemm_write_i,
  input  logic                                    gemm_write_row_i,  // this part of the row of banks
  input  vta_core_pkg::acc_row_t                  gemm_write_part_i,
  input  logic [vta_pkg::AccIdxBits-1:0]          gemm_write_idx_i,
  input  logic [vta_pkg::AccElemBits-1:0]         gemm_write_data_i,
  input  logic                                    alu_write_i,
  input  logic [vta_pkg::AccIdxBits-1:0]          alu_write_idx_i,
  input  logic [vta_pkg::AccElemBits-1:0]         alu_write_data_i,
  input  logic                                    load_write_i,
  // verilator lint_off UNUSEDSIGNAL
  input  vta_core_pkg::load_write_t               load_info_i,
  // verilator lint_on UNUSEDSIGNAL
  input  logic [vta_core_pkg::AccSlots*vta_pkg::AccElemBits-1:0] load_slots_i
);
  localparam int unsigned Banks    = vta_core_pkg::AccBanks;
  localparam int unsigned LogBanks = vta_core_pkg::LogAccBanks;
  localparam int unsigned BankW    = vta_core_pkg::max_u(1, LogBanks);
  localparam int unsigned Rows     = vta_pkg::AccDepth / Banks;
  localparam int unsigned RowW     = vta_core_pkg::max_u(1, $clog2(Rows));
  localparam int unsigned IdxW     = vta_pkg::AccIdxBits;
  localparam int unsigned Bits     = vta_pkg::AccElemBits;
  localparam int unsigned OutBits  = vta_pkg::OutElemBits;
  localparam int unsigned Lanes    = vta_pkg::Batch * vta_pkg::BlockOut;
  localparam int unsigned AccSlots = vta_core_pkg::AccSlots;
  localparam int unsigned OutSlots = vta_core_pkg::OutSlots;
  localparam int unsigned SlotW    = vta_core_pkg::max_u(1, $clog2(AccSlots));
  localparam int unsigned Subs     = vta_core_pkg::AccSubs;
  localparam bit          Single   = vta_core_pkg::Single;

  function automatic logic [BankW-1:0] bank_of(input logic [IdxW-1:0] idx);
    bank_of = BankW'((16'(vta_core_pkg::acc_group(16'(idx))) << vta_core_pkg::LogAccSubs) |
                     vta_core_pkg::acc_sub(16'(idx)));
  endfunction
  function automatic logic [RowW-1:0] row_of(input logic [IdxW-1:0] idx);
    row_of = RowW'(idx >> LogBanks);
  endfunction

  // GEMM and ALU share a copy where they never work at the same time.
  logic            gemm_read;
  logic [IdxW-1:0] gemm_idx;
  assign gemm_read = gemm_read_i || (Single && dst_read_i);
  assign gemm_idx  = (Single && dst_read_i) ? dst_read_idx_i : gemm_read_idx_i;

  logic [BankW-1:0] gemm_bank_q, dst_bank_q, src_bank_q;
  always_ff @(posedge clk_i) begin
    if (gemm_read) gemm_bank_q <= bank_of(gemm_idx);
    if (dst_read_i) dst_bank_q <= bank_of(dst_read_idx_i);
    if (src_read_i) src_bank_q <= bank_of(src_read_idx_i);
  end

  logic [Bits-1:0]    gemm_data [0:Banks-1];
  logic [Bits-1:0]    dst_data  [0:Banks-1];
  logic [Bits-1:0]    src_data  [0:Banks-1];
  logic [OutBits-1:0] out_data  [0:Banks-1];

  assign gemm_read_data_o = gemm_data[gemm_bank_q];
  assign dst_read_data_o  = Single ? gemm_read_data_o : dst_data[dst_bank_q];
  assign src_read_data_o  = src_data[src_bank_q];

  for (genvar s = 0; s < OutSlots; s++) begin : gen_out_slot
    logic [BankW-1:0] bank_q;
    always_ff @(posedge clk_i) begin
      if (out_read_i) bank_q <= bank_of(out_read_idx_i + IdxW'(s));
    end
    assign out_read_data_o[s*OutBits +: OutBits] = out_data[bank_q];
  end

  for (genvar b = 0; b < Banks; b++) begin : gen_bank
    localparam logic [BankW-1:0] Bank = BankW'(b);
    localparam logic [15:0]      Sub  = 16'(b % Subs);
    logic [Bits-1:0]    gemm_mem [0:Rows-1];
    logic [Bits-1:0]    dst_mem  [0:Rows-1];
    logic [Bits-1:0]    src_mem  [0:Rows-1];
    logic [OutBits-1:0] out_mem  [0:Rows-1];
    logic [Bits-1:0]    gemm_rdata_q, dst_rdata_q, src_rdata_q, wdata;
    logic [OutBits-1:0] out_rdata_q, out_wdata;
    logic               by_gemm, by_alu, by_load, bank_write, in_part;
    logic [BankW-1:0]   column;
    logic [15:0]        nth;
    logic [SlotW-1:0]   slot;
    logic [IdxW-1:0]    load_idx, out_idx;
    logic [RowW-1:0]    wrow;

    // Of the elements of a beat only the nth can belong here: the one with this bank's low bits.
    assign nth      = vta_core_pkg::acc_sub(Sub - load_info_i.idx);
    assign slot     = (AccSlots == 1) ? '0 : SlotW'(load_info_i.slot) + SlotW'(nth);
    assign load_idx = IdxW'(load_info_i.idx) + IdxW'(nth);
    // This bank's place in the row: bank and column of an element differ in what its row adds to the folded digits.
    assign column   = Bank ^ bank_of(gemm_write_idx_i);
    assign in_part  = (column >= gemm_write_part_i.from) && (column <= gemm_write_part_i.to);
    assign by_gemm  = gemm_write_i && (gemm_write_row_i ? in_part : (bank_of(gemm_write_idx_i) == Bank));
    assign by_alu   = alu_write_i && (bank_of(alu_write_idx_i) == Bank);
    assign by_load  = load_write_i && (nth < 16'(load_info_i.count)) && (bank_of(load_idx) == Bank);
    assign bank_write = by_gemm || by_alu || by_load;

    always_comb begin
      wrow  = row_of(load_idx);
      wdata = load_slots_i[slot*Bits +: Bits];
      if (by_gemm) begin
        wrow  = row_of(gemm_write_idx_i);
        wdata = gemm_write_data_i;
      end else if (by_alu) begin
        wrow  = row_of(alu_write_idx_i);
        wdata = alu_write_data_i;
      end
    end
    for (genvar l = 0; l < Lanes; l++) begin : gen_lane
      assign out_wdata[l*vta_pkg::OutBits +: vta_pkg::OutBits] =
          wdata[l*vta_pkg::AccBits +: vta_pkg::OutBits];
    end

    always_ff @(posedge clk_i) begin
      if (bank_write) begin
        gemm_mem[wrow] <= wdata;
        dst_mem[wrow]  <= wdata;
        src_mem[wrow]  <= wdata;
        out_mem[wrow]  <= out_wdata;
      end
    end

    always_ff @(posedge clk_i) begin
      if (gemm_read && (bank_of(gemm_idx) == Bank)) begin
        gemm_rdata_q <= gemm_mem[row_of(gemm_idx)];
      end
    end
    always_ff @(posedge clk_i) begin
      if (dst_read_i && (bank_of(dst_read_idx_i) == Bank)) begin
        dst_rdata_q <= dst_mem[row_of(dst_read_idx_i)];
      end
    end
    always_ff @(posedge clk_i) begin
      if (src_read_i && (bank_of(src_read_idx_i) == Bank)) begin
        src_rdata_q <= src_mem[row_of(src_read_idx_i)];
      end
    end

    assign out_idx = out_read_idx_i + IdxW'(vta_core_pkg::acc_sub(Sub - 16'(out_read_idx_i)));
    always_ff @(posedge clk_i) begin
      if (out_read_i) out_rdata_q <= out_mem[row_of(out_idx)];
    end

    assign gemm_data[b] = gemm_rdata_q;
    assign dst_data[b]  = dst_rdata_q;
    assign src_data[b]  = src_rdata_q;
    assign out_data[b]  = out_rdata_q;
  end
endmodule
