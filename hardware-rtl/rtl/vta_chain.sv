// Builds chains of ALU instructions over one dense interval, one ahead of the sequencer, looking at one instruction per cycle.
// docs/reference/timing.md, "Chains".
module vta_chain #(
  parameter int unsigned AccW  = vta_pkg::AccIdxBits,
  parameter int unsigned NameW = vta_core_pkg::ChainBits
) (
  input  logic                     clk_i,
  input  logic                     rst_ni,
  // the oldest ALU instruction that is in no chain
  input  logic                     next_valid_i,
  input  logic [127:0]             next_insn_i,
  input  logic                     next_simple_i,
  input  logic                     next_scanned_i,
  input  logic                     next_chainable_i,
  input  logic                     next_ascending_i,
  input  logic [AccW-1:0]          next_low_i,
  input  logic [AccW-1:0]          next_high_i,
  output logic                     check_o,  // may it start? The answer, in the same cycle:
  input  logic                     clear_i,
  // it begins or joins the chain of that name
  output logic                     take_o,
  output logic [NameW-1:0]         take_name_o,
  // the sequencer
  input  logic                     ready_i,
  output logic                     pending_o,  // a chain is there
  output logic                     start_o,
  output logic [127:0]             insn_o,  // whose vectors they are
  output vta_core_pkg::chain_t     chain_o
);
  localparam int unsigned Depth = vta_core_pkg::ChainDepth;
  localparam int unsigned SizeW = $clog2(Depth + 1);

  vta_pkg::alu_fields_t next;
  logic                 next_src, next_rq, unused_next;
  assign next        = vta_pkg::alu_fields(next_insn_i);
  assign unused_next = ^next;
  assign next_rq     = vta_pkg::Extension && (next.alu_opcode == vta_pkg::AluRq);
  assign next_src    = !next.use_imm || next_rq;

  // ---------------------------------------------------------------------- when
  logic             building_d, building_q, open_d, open_q;
  logic [SizeW-1:0] size_d, size_q;
  logic [AccW-1:0]  low_q, high_q;
  logic [AccW:0]    vectors;
  logic [AccW:0]    age_d, age_q;  // cycles since the chain was begun
  logic             over, start, free, fits, candidate, take, begins, shuts;
  logic             src_q;         // a member has a register operand

  assign vectors   = (AccW + 1)'(high_q) - (AccW + 1)'(low_q) + (AccW + 1)'(1);
  assign over      = age_q >= (vectors >> 2);
  assign start     = building_q && ready_i && (!open_q || !next_valid_i || over);
  assign free      = !building_q || start;
  assign fits      = next_scanned_i && next_chainable_i && (next_low_i == low_q) && (next_high_i == high_q) &&
                     !(next_src && src_q) &&
                     !((next.alu_opcode == vta_pkg::AluShr) && (32'(size_q) >= 2));
  assign candidate = free ? !next_simple_i || next_scanned_i : open_q && fits;
  assign check_o   = next_valid_i && candidate;
  assign take      = check_o && clear_i;
  assign begins    = take && free;
  assign shuts     = next_valid_i && (!next_simple_i || (next_scanned_i && !fits));

  always_comb begin
    building_d = building_q;
    open_d     = open_q && !shuts;
    size_d     = size_q;
    age_d      = over ? age_q : age_q + (AccW + 1)'(1);
    if (start) building_d = 1'b0;
    if (take && !free) begin
      size_d = size_q + SizeW'(1);
      open_d = size_d != SizeW'(Depth);
    end
    if (begins) begin
      building_d = 1'b1;
      open_d     = next_chainable_i && (Depth > 1);
      size_d     = SizeW'(1);
      age_d      = (AccW + 1)'(1);
    end
  end

  // ---------------------------------------------------------------------- what
  vta_core_pkg::chain_t chain_d, chain_q;
  logic [127:0]         insn_q;
  always_comb begin
    chain_d = chain_q;
    if (begins) begin
      chain_d.name      = chain_q.name + NameW'(1);
      chain_d.reset     = next.reset_reg;
      chain_d.valid     = '0;
      chain_d.ascending = next_ascending_i;
    end else if (next_src) begin
      chain_d.ascending = next_ascending_i;
    end
    for (int unsigned n = 0; n < Depth; n++) begin
      if (begins ? (n == 0) : (SizeW'(n) == size_q)) begin
        chain_d.valid[n]         = 1'b1;
        chain_d.use_src[n]       = next_src;
        chain_d.op[n*3 +: 3]     = next.alu_opcode;
        chain_d.imm[n*16 +: 16]  = next.imm;
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      building_q <= 1'b0;
      chain_q    <= '0;
    end else begin
      building_q <= building_d;
      if (take) chain_q <= chain_d;
    end
  end
  always_ff @(posedge clk_i) begin
    open_q <= open_d;
    size_q <= size_d;
    age_q  <= age_d;
    if (begins) begin
      low_q  <= next_low_i;
      high_q <= next_high_i;
      src_q  <= next_src;
    end else if (take) begin
      src_q <= src_q || next_src;
    end
    if (begins || (take && next_src)) insn_q <= next_insn_i;
  end

  assign take_o      = take;
  assign take_name_o = chain_d.name;
  assign pending_o   = building_q;
  assign start_o     = start;
  assign insn_o      = vta_core_pkg::Single ? next_insn_i : insn_q;
  assign chain_o     = chain_q;
endmodule
