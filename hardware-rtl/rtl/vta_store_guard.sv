// May a store burst read its accumulators? Not while an entry whose c2s token has been pushed, or one before it, may still write
// them. Of the ALU chain that is writing, if it ascends, only what is above its last write counts.
// docs/reference/timing.md, "Store".
module vta_store_guard #(
  parameter int unsigned Depth  = vta_core_pkg::RobDepth,
  parameter int unsigned TagW   = vta_core_pkg::RobBits,
  parameter int unsigned CountW = $clog2(Depth + 1),
  parameter int unsigned NameW  = vta_core_pkg::ChainBits,
  parameter int unsigned AccW   = vta_pkg::AccIdxBits
) (
  // the elements that the burst reads
  input  logic                     check_i,  // else clear_o is 0
  input  logic [AccW-1:0]          low_i,
  input  logic [AccW-1:0]          high_i,
  input  logic [TagW-1:0]          oldest_i,
  input  logic [CountW-1:0]        guarded_i,
  input  vta_core_pkg::watermark_t mark_i,
  // one bit or word per entry
  input  logic [Depth-1:0]         done_i,
  input  logic [Depth-1:0]         scanned_i,
  input  logic [Depth-1:0]         acc_i,
  input  logic [Depth-1:0]         chained_i,
  input  logic [Depth*NameW-1:0]   chain_i,
  input  logic [Depth*AccW-1:0]    dst_low_i,
  input  logic [Depth*AccW-1:0]    dst_high_i,
  output logic                     clear_o
);
  logic [Depth-1:0] conflict;
  logic             passed;  // the chain that writes has written all of the burst
  assign passed = mark_i.valid && (mark_i.idx >= high_i);

  for (genvar e = 0; e < Depth; e++) begin : gen_entry
    logic [TagW-1:0] age;
    logic            written, meets;
    assign age         = TagW'(e) - oldest_i;
    assign written     = passed && chained_i[e] && (chain_i[e*NameW +: NameW] == mark_i.name);
    assign meets       = !scanned_i[e] ||
                         ((dst_low_i[e*AccW +: AccW] <= high_i) && (low_i <= dst_high_i[e*AccW +: AccW]) && !written);
    assign conflict[e] = (CountW'(age) < guarded_i) && acc_i[e] && !done_i[e] && meets;
  end
  assign clear_o = check_i && (conflict == '0);
endmodule
