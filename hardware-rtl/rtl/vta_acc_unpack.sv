// Turns the compute loader's beats into ACC elements: collects the beats of elements wider than the
// bus, splits beats that hold several elements, sign-extends ACC_8BIT, and writes zeros for padding.
module vta_acc_unpack (
  input  logic                             clk_i,
  input  logic                             write_i,  // a step that belongs to ACC or ACC_8BIT
  // verilator lint_off UNUSEDSIGNAL
  input  vta_core_pkg::load_write_t        info_i,
  // verilator lint_on UNUSEDSIGNAL
  input  logic [vta_core_pkg::BusBits-1:0] data_i,
  // element s of the beat
  output logic [vta_core_pkg::AccSlots*vta_pkg::AccElemBits-1:0] slots_o
);
  localparam int unsigned BusBytes = vta_core_pkg::BusBytes;
  localparam int unsigned BusBits  = vta_core_pkg::BusBits;
  localparam int unsigned AccBits  = vta_pkg::AccElemBits;
  localparam int unsigned AccBytes = vta_pkg::AccBytes;
  localparam int unsigned Acc8Bytes = vta_core_pkg::Acc8Bytes;
  localparam int unsigned Acc8Bits = Acc8Bytes * 8;
  localparam int unsigned Slots    = vta_core_pkg::AccSlots;
  localparam bit          Whole    = vta_core_pkg::WholeBeats != 0;  // else a step moves the element of its slot only

  // Earlier beats of the element being collected; an ACC_8BIT element needs the fewer of them.
  localparam int unsigned HeldBits = (AccBytes > BusBytes) ? (AccBytes - BusBytes) * 8 : 1;
  logic [HeldBits-1:0] held_q;
  if (AccBytes > BusBytes) begin : gen_collect
    always_ff @(posedge clk_i) begin
      for (int unsigned l = 0; l < AccBytes / BusBytes - 1; l++) begin
        if (write_i && !info_i.pad && (32'(info_i.part) == l)) begin
          held_q[l*BusBits +: BusBits] <= data_i;
        end
      end
    end
  end else begin : gen_no_collect
    assign held_q = '0;
    logic unused;
    assign unused = clk_i ^ held_q[0];
  end

  logic [AccBits-1:0] full [0:Slots-1];
  logic [AccBits-1:0] narrow [0:Slots-1];

  for (genvar s = 0; s < Slots; s++) begin : gen_slot
    if (AccBytes > BusBytes) begin : gen_wide
      if (s == 0) begin : gen_first
        assign full[s] = {data_i, held_q};
      end else begin : gen_none
        assign full[s] = '0;
      end
    end else if (s < BusBytes / AccBytes) begin : gen_split
      assign full[s] = data_i[(Whole ? s : 32'(info_i.slot))*AccBits +: AccBits];
    end else begin : gen_none
      assign full[s] = '0;
    end

    if (vta_core_pkg::HasAcc8) begin : gen_acc8
      logic [Acc8Bits-1:0] packed_elem;
      if (Acc8Bytes > BusBytes) begin : gen_wide8
        if (s == 0) begin : gen_first8
          assign packed_elem = {data_i, held_q[Acc8Bits-BusBits-1:0]};
        end else begin : gen_none8
          assign packed_elem = '0;
        end
      end else if (s < BusBytes / Acc8Bytes) begin : gen_split8
        assign packed_elem = data_i[(Whole ? s : 32'(info_i.slot))*Acc8Bits +: Acc8Bits];
      end else begin : gen_none8
        assign packed_elem = '0;
      end
      for (genvar e = 0; e < Acc8Bytes; e++) begin : gen_lane
        assign narrow[s][e*32 +: 32] = {{24{packed_elem[e*8+7]}}, packed_elem[e*8 +: 8]};
      end
    end else begin : gen_no_acc8
      assign narrow[s] = '0;
    end

    always_comb begin
      slots_o[s*AccBits +: AccBits] = '0;
      if (write_i && !info_i.pad) begin
        slots_o[s*AccBits +: AccBits] =
            (info_i.sel == vta_core_pkg::SelThird) ? narrow[s] : full[s];
      end
    end
  end
endmodule
