// What an instruction at the head of the compute queue is, and whether it is legal as far as can be said
// without its micro-ops.
module vta_decode (
  input  logic [127:0]        insn_i,
  output vta_core_pkg::kind_e kind_o,
  output logic                has_elements_o,  // a LOAD that writes something
  output logic [16:0]         elements_end_o,  // one past the last element of a legal LOAD
  output vta_core_pkg::err_e  err_o,
  output logic [31:0]         err_value_o
);
  vta_pkg::header_t     header;
  vta_pkg::mem_fields_t mem;
  vta_pkg::alu_fields_t alu;
  logic [33:0]          elements;
  logic [34:0]          elements_end;
  logic                 loops_empty, unused;

  assign header = insn_i;
  assign mem    = vta_pkg::mem_fields(insn_i);
  assign alu    = vta_pkg::alu_fields(insn_i);
  assign unused = ^{header, mem, alu};

  vta_mem_range u_range (
    .insn_i     (mem),
    .elements_o (elements),
    .end_o      (elements_end)
  );
  assign has_elements_o = elements != '0;
  assign elements_end_o = 17'(elements_end);
  assign loops_empty    = (alu.iter_out == '0) || (alu.iter_in == '0) ||
                          (32'(alu.uop_end) <= 32'(alu.uop_bgn));

  always_comb begin
    kind_o      = vta_core_pkg::KindNop;
    err_o       = vta_core_pkg::ErrNone;
    err_value_o = '0;
    unique case (header.opcode)
      vta_pkg::OpcodeLoad: begin
        if (mem.x_size != '0) begin
          kind_o      = vta_core_pkg::KindLoad;
          err_value_o = 32'(elements_end - 35'd1);
          unique case (mem.memory_type)
            vta_pkg::MemUop: begin
              if ((elements != '0) && (elements_end > 35'(vta_pkg::UopDepth))) begin
                err_o = vta_core_pkg::ErrUopRange;
              end
            end
            vta_pkg::MemAcc, vta_pkg::MemAcc8bit: begin
              if ((elements != '0) && (elements_end > 35'(vta_pkg::AccDepth))) begin
                err_o = vta_core_pkg::ErrAccRange;
              end
              if (!vta_core_pkg::HasAcc8 && (mem.memory_type == vta_pkg::MemAcc8bit)) begin
                err_o = vta_core_pkg::ErrMemType;
              end
            end
            default: err_o = vta_core_pkg::ErrMemType;
          endcase
        end
      end
      vta_pkg::OpcodeGemm, vta_pkg::OpcodeAlu: begin
        if (header.opcode == vta_pkg::OpcodeAlu) begin
          if (!loops_empty) kind_o = vta_core_pkg::KindAlu;
          if ((alu.alu_opcode > vta_pkg::AluRq) ||
              (!vta_pkg::Extension && (alu.alu_opcode == vta_pkg::AluRq))) begin
            err_o = vta_core_pkg::ErrAluOp;
          end
        end else if (!loops_empty) begin
          kind_o = vta_core_pkg::KindGemm;
        end
        // constant where the field cannot hold more than the depth
        // verilator lint_off CMPCONST
        if (!loops_empty && (32'(alu.uop_end) > vta_pkg::UopDepth)) begin
          // verilator lint_on CMPCONST
          err_o       = vta_core_pkg::ErrUopRange;
          err_value_o = 32'(alu.uop_end) - 32'd1;
        end
      end
      vta_pkg::OpcodeFinish: kind_o = vta_core_pkg::KindNop;
      default: err_o = vta_core_pkg::ErrOpcode;
    endcase
    if (vta_core_pkg::Checks == 0) err_o = vta_core_pkg::ErrNone;
  end
endmodule
