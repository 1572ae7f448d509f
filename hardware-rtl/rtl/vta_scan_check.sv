// Do the indices of a scanned GEMM or ALU instruction stay inside the scratchpads?
module vta_scan_check (
  input  logic                 done_i,
  // verilator lint_off UNUSEDSIGNAL
  input  vta_core_pkg::scan_t  scan_i,
  // verilator lint_on UNUSEDSIGNAL
  input  logic [31:0]          idx_i,  // program index
  output vta_core_pkg::error_t error_o
);
  always_comb begin
    error_o = '0;
    if (done_i) begin
      error_o.insn = idx_i;
      if (scan_i.dst_high >= vta_pkg::AccDepth) begin
        error_o.valid = 1'b1;
        error_o.code  = vta_core_pkg::ErrAccRange;
        error_o.value = scan_i.dst_high;
      end else if (scan_i.is_alu) begin
        error_o.valid = scan_i.reads_src && (scan_i.src_high >= vta_pkg::AccDepth);
        error_o.code  = vta_core_pkg::ErrAccRange;
        error_o.value = scan_i.src_high;
      end else if (!scan_i.reset && (scan_i.src_high >= vta_pkg::InpDepth)) begin
        error_o.valid = 1'b1;
        error_o.code  = vta_core_pkg::ErrInpRange;
        error_o.value = scan_i.src_high;
      end else if (!scan_i.reset && (scan_i.wgt_high >= vta_pkg::WgtDepth)) begin
        error_o.valid = 1'b1;
        error_o.code  = vta_core_pkg::ErrWgtRange;
        error_o.value = scan_i.wgt_high;
      end
    end
  end
endmodule
