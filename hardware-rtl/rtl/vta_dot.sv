// One output lane of the GEMM array: the dot product of an INP row and a WGT row, modulo 2^AccBits,
// in three stages (products, sums of four, sum). Each product register sits behind its multiplier, so
// that both go into one DSP slice.
module vta_dot #(
  parameter int unsigned Lanes   = 16,
  parameter int unsigned InpBits = 8,
  parameter int unsigned WgtBits = 8,
  parameter int unsigned AccBits = 32
) (
  input  logic                            clk_i,
  input  logic                            en_product_i,
  input  logic                            en_part_i,
  input  logic                            en_sum_i,
  input  logic [Lanes*InpBits-1:0]        inp_i,
  input  logic [Lanes*WgtBits-1:0]        wgt_i,
  output logic [AccBits-1:0]              sum_o
);
  localparam int unsigned ProductBits = vta_core_pkg::min_u(InpBits + WgtBits, AccBits);
  localparam int unsigned Group       = vta_core_pkg::min_u(4, Lanes);
  localparam int unsigned Parts       = Lanes / Group;
  localparam int unsigned PartBits    = vta_core_pkg::min_u(ProductBits + 2, AccBits);
  localparam int unsigned SumBits     = vta_core_pkg::min_u(PartBits + $clog2(Parts), AccBits);

  logic signed [ProductBits-1:0] product [0:Lanes-1];
  logic signed [PartBits-1:0]    part    [0:Parts-1];
  logic signed [SumBits-1:0]     sum_d, sum_q;

  for (genvar i = 0; i < Lanes; i++) begin : gen_product
    logic signed [InpBits-1:0]     a;
    logic signed [WgtBits-1:0]     b;
    logic signed [ProductBits-1:0] product_q;
    assign a = inp_i[i*InpBits +: InpBits];
    assign b = wgt_i[i*WgtBits +: WgtBits];
    always_ff @(posedge clk_i) begin
      if (en_product_i) product_q <= ProductBits'(a * b);
    end
    assign product[i] = product_q;
  end

  for (genvar p = 0; p < Parts; p++) begin : gen_part
    logic signed [PartBits-1:0] part_d, part_q;
    always_comb begin
      part_d = '0;
      for (int unsigned i = 0; i < Group; i++) begin
        part_d = part_d + PartBits'(product[p*Group + i]);
      end
    end
    always_ff @(posedge clk_i) begin
      if (en_part_i) part_q <= part_d;
    end
    assign part[p] = part_q;
  end

  always_comb begin
    sum_d = '0;
    for (int unsigned p = 0; p < Parts; p++) begin
      sum_d = sum_d + SumBits'(part[p]);
    end
  end
  always_ff @(posedge clk_i) begin
    if (en_sum_i) sum_q <= sum_d;
  end

  assign sum_o = AccBits'(sum_q);
endmodule
