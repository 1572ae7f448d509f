// One lane of the ALU: five stages from the ACC read data to the result. MIN, MAX, ADD and SHR take one stage each, so that a chain of
// up to four goes through as fast as one; MUL and RQ take all five.
module vta_alu_lane #(
  parameter int unsigned W = vta_pkg::AccBits
) (
  input  logic               clk_i,
  input  logic [4:1]         en_simple_i,   // MIN, MAX, ADD, SHR in stage s
  input  logic [4:1]         en_product_i,  // MUL, RQ in stage s
  input  logic [3:1]         en_src_i,      // an operation after stage s needs the register operand
  input  logic [5:2]         is_rq_i,
  // stage s: whether there is an operation, its second operand, the operation and the immediate
  input  logic [4:1]         use_op_i,
  input  logic [4:1]         use_src_i,
  input  logic [4*3-1:0]     op_i,
  input  logic [4*16-1:0]    imm_i,
  input  logic               is_product_i,  // stage 5
  input  logic [W-1:0]       x_i,           // stage 1
  input  logic [W-1:0]       src_i,         // stage 1
  input  logic signed [7:0]  zero_point_i,  // stage 5
  input  logic signed [7:0]  low_i,         // stage 5
  input  logic signed [7:0]  high_i,        // stage 5
  output logic [4*W-1:0]     partial_o,     // of the stages before 2 to 5
  output logic [W-1:0]       result_o       // of stage 5
);
  logic [W-1:0] x [1:5];
  logic [W-1:0] src [1:4];
  logic [31:0]  x1, y1;
  assign x[1]   = x_i;
  assign src[1] = src_i;

  for (genvar s = 1; s <= 4; s++) begin : gen_stage
    logic [31:0]  x32, y, result;
    logic [W-1:0] x_q;
    logic         unused_result;
    assign x32 = 32'($signed(x[s]));
    assign y   = use_src_i[s] ? 32'($signed(src[s])) : 32'($signed(imm_i[(s-1)*16 +: 16]));
    vta_alu_op #(
      .Shifts(s <= 2)
    ) u_op (
      .use_i    (use_op_i[s]),
      .op_i     (op_i[(s-1)*3 +: 3]),
      .x_i      (x32),
      .y_i      (y),
      .result_o (result)
    );
    assign unused_result = ^result;
    always_ff @(posedge clk_i) begin
      if (en_simple_i[s]) x_q <= result[W-1:0];
    end
    assign x[s+1]                   = x_q;
    assign partial_o[(s-1)*W +: W] = x_q;
    if (s < 4) begin : gen_src
      logic [W-1:0] src_q;
      always_ff @(posedge clk_i) begin
        if (en_src_i[s]) src_q <= src[s];
      end
      assign src[s+1] = src_q;
    end
    if (s == 1) begin : gen_first
      assign x1 = x32;
      assign y1 = y;
    end
  end

  // verilator lint_off UNUSEDSIGNAL
  logic [31:0] product;
  // verilator lint_on UNUSEDSIGNAL
  vta_requant u_requant (
    .clk_i        (clk_i),
    .en_i         (en_product_i),
    .is_rq_i      (is_rq_i),
    .x_i          (x1),
    .y_i          (y1),
    .zero_point_i (zero_point_i),
    .low_i        (low_i),
    .high_i       (high_i),
    .result_o     (product)
  );

  assign result_o = is_product_i ? product[W-1:0] : x[5];
endmodule
