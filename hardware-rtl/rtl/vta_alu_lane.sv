// One lane of the ALU: five stages from the ACC read data to the result.
module vta_alu_lane (
  input  logic                        clk_i,
  input  logic [4:1]                  en_simple_i,  // MIN, MAX, ADD, SHR in stage s
  input  logic [4:1]                  en_product_i, // MUL, RQ in stage s
  input  logic [5:2]                  is_rq_i,
  input  logic [2:0]                  op_i,         // stage 1
  input  logic                        is_product_i, // stage 5
  input  logic [vta_pkg::AccBits-1:0] x_i,          // stage 1
  input  logic signed [31:0]          y_i,          // stage 1
  input  logic signed [7:0]           zero_point_i, // stage 5
  input  logic signed [7:0]           low_i,        // stage 5
  input  logic signed [7:0]           high_i,       // stage 5
  output logic [vta_pkg::AccBits-1:0] result_o      // of stage 5
);
  localparam int unsigned W = vta_pkg::AccBits;

  logic signed [31:0] x, simple;
  logic [31:0]        amount;
  logic               unused_simple;
  assign unused_simple = ^simple;
  assign x = 32'($signed(x_i));
  assign amount = y_i[31] ? 32'd0 - y_i : y_i;

  always_comb begin
    simple = x;
    unique case (op_i)
      vta_pkg::AluMin: simple = (x < y_i) ? x : y_i;
      vta_pkg::AluMax: simple = (x > y_i) ? x : y_i;
      vta_pkg::AluAdd: simple = x + y_i;
      vta_pkg::AluShr: begin
        if (!y_i[31]) simple = x >>> ((amount > 32'd31) ? 5'd31 : amount[4:0]);
        else simple = (amount > 32'd31) ? '0 : x << amount[4:0];
      end
      default: simple = x;
    endcase
  end

  logic [W-1:0] simple1_q, simple2_q, simple3_q, simple4_q;
  always_ff @(posedge clk_i) begin
    if (en_simple_i[1]) simple1_q <= simple[W-1:0];
    if (en_simple_i[2]) simple2_q <= simple1_q;
    if (en_simple_i[3]) simple3_q <= simple2_q;
    if (en_simple_i[4]) simple4_q <= simple3_q;
  end

  // verilator lint_off UNUSEDSIGNAL
  logic [31:0] product;
  // verilator lint_on UNUSEDSIGNAL
  vta_requant u_requant (
    .clk_i        (clk_i),
    .en_i         (en_product_i),
    .is_rq_i      (is_rq_i),
    .x_i          (x),
    .y_i          (y_i),
    .zero_point_i (zero_point_i),
    .low_i        (low_i),
    .high_i       (high_i),
    .result_o     (product)
  );

  assign result_o = is_product_i ? product[W-1:0] : simple4_q;
endmodule
