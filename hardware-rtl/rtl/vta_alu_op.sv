// MIN, MAX, ADD or SHR of two values of 32 bits; passes x on where there is no operation.
module vta_alu_op #(
  parameter bit Shifts = 1'b1  // SHR exists
) (
  input  logic        use_i,
  input  logic [2:0]  op_i,
  input  logic [31:0] x_i,
  input  logic [31:0] y_i,
  output logic [31:0] result_o
);
  logic signed [31:0] x, y, shifted;
  assign x = $signed(x_i);
  assign y = $signed(y_i);
  if (Shifts) begin : gen_shift
    logic [31:0] amount;
    assign amount = y[31] ? 32'd0 - y : y;
    always_comb begin
      if (!y[31]) shifted = x >>> ((amount > 32'd31) ? 5'd31 : amount[4:0]);
      else shifted = (amount > 32'd31) ? '0 : x << amount[4:0];
    end
  end else begin : gen_no_shift
    assign shifted = x;
  end

  always_comb begin
    result_o = x;
    if (use_i) begin
      unique case (op_i)
        vta_pkg::AluMin: result_o = (x < y) ? x : y;
        vta_pkg::AluMax: result_o = (x > y) ? x : y;
        vta_pkg::AluAdd: result_o = x + y;
        vta_pkg::AluShr: result_o = shifted;
        default:         result_o = x;
      endcase
    end
  end
endmodule
