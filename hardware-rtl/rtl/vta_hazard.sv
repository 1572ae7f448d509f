// Is a reorder buffer entry free of conflicts with the older entries of other kinds that are not done?
// An interval of accumulators is known once the entry is scanned; until then it conflicts with all.
module vta_hazard #(
  parameter int unsigned Depth = vta_core_pkg::RobDepth,
  parameter int unsigned TagW  = vta_core_pkg::RobBits,
  parameter int unsigned UopW  = vta_pkg::LogUopDepth + 1,
  parameter int unsigned AccW  = vta_pkg::AccIdxBits
) (
  input  logic                  check_i,  // else clear_o is 0
  input  logic [TagW-1:0]       tag_i,
  input  logic [TagW-1:0]       oldest_i,
  // one bit or word per entry
  input  logic [Depth-1:0]      done_i,
  input  logic [Depth-1:0]      scanned_i,
  input  logic [Depth-1:0]      acc_i,  // reads or writes accumulators
  input  logic [Depth-1:0]      uop_i,  // load: writes micro-ops, else reads them
  input  logic [Depth-1:0]      src_i,  // reads accumulators of its src interval
  input  logic [Depth*2-1:0]    kind_i,
  input  logic [Depth*UopW-1:0] uop_low_i,
  input  logic [Depth*UopW-1:0] uop_end_i,
  input  logic [Depth*AccW-1:0] dst_low_i,
  input  logic [Depth*AccW-1:0] dst_high_i,
  input  logic [Depth*AccW-1:0] src_low_i,
  input  logic [Depth*AccW-1:0] src_high_i,
  output logic                  clear_o
);
  logic [TagW-1:0] age, tag;
  logic [1:0]      kind, other;
  logic [UopW-1:0] uop_low, uop_end;
  logic [AccW-1:0] dst_low, dst_high, src_low, src_high;
  logic            conflict;

  // The words by entry: an index into these makes a multiplexer, one into the flat vectors a shifter of their whole width.
  logic [1:0]      kinds [0:Depth-1];
  logic [UopW-1:0] uop_lows [0:Depth-1], uop_ends [0:Depth-1];
  logic [AccW-1:0] dst_lows [0:Depth-1], dst_highs [0:Depth-1], src_lows [0:Depth-1], src_highs [0:Depth-1];
  for (genvar e = 0; e < Depth; e++) begin : gen_entry
    assign kinds[e]     = kind_i[e*2 +: 2];
    assign uop_lows[e]  = uop_low_i[e*UopW +: UopW];
    assign uop_ends[e]  = uop_end_i[e*UopW +: UopW];
    assign dst_lows[e]  = dst_low_i[e*AccW +: AccW];
    assign dst_highs[e] = dst_high_i[e*AccW +: AccW];
    assign src_lows[e]  = src_low_i[e*AccW +: AccW];
    assign src_highs[e] = src_high_i[e*AccW +: AccW];
  end

  assign age = tag_i - oldest_i;
  assign clear_o = check_i && !conflict;

  always_comb begin
    conflict = 1'b0;
    kind     = '0;
    uop_low  = '0;
    uop_end  = '0;
    dst_low  = '0;
    dst_high = '0;
    src_low  = '0;
    src_high = '0;
    tag      = '0;
    other    = '0;
    if (check_i && (age != '0)) begin
      kind     = kinds[tag_i];
      uop_low  = uop_lows[tag_i];
      uop_end  = uop_ends[tag_i];
      dst_low  = dst_lows[tag_i];
      dst_high = dst_highs[tag_i];
      src_low  = src_lows[tag_i];
      src_high = src_highs[tag_i];
      for (int unsigned e = 0; e < Depth; e++) begin
        tag   = TagW'(e) - oldest_i;
        other = kinds[e];
        if ((tag < age) && !done_i[e] && (other != kind)) begin
          if (((other == vta_core_pkg::KindLoad) || (kind == vta_core_pkg::KindLoad)) &&
              uop_i[e] && uop_i[tag_i] &&
              (uop_lows[e] < uop_end) && (uop_low < uop_ends[e])) begin
            conflict = 1'b1;
          end
          if (acc_i[e] && acc_i[tag_i]) begin
            if (!scanned_i[e] || !scanned_i[tag_i]) conflict = 1'b1;
            if ((dst_lows[e] <= dst_high) && (dst_low <= dst_highs[e])) begin
              conflict = 1'b1;
            end
            if (src_i[e] && (src_lows[e] <= dst_high) &&
                (dst_low <= src_highs[e])) begin
              conflict = 1'b1;
            end
            if (src_i[tag_i] && (dst_lows[e] <= src_high) &&
                (src_low <= dst_highs[e])) begin
              conflict = 1'b1;
            end
          end
        end
      end
    end
  end
endmodule
