// The RQ operation of one lane (isa/semantics/requantize.ts, scaleRoundInteger): float32 product of an
// integer accumulator and a scale, rounded to an integer with ties to even, using integers only. Also the
// 32 x 32 bit product of MUL, which shares the multiplier. Five stages; stage s works where en_i[s] is 1.
module vta_requant (
  input  logic              clk_i,
  input  logic [4:1]        en_i,
  input  logic [5:2]        is_rq_i,
  input  logic [31:0]       x_i,     // stage 1
  input  logic [31:0]       y_i,     // stage 1
  input  logic signed [7:0] zero_point_i,  // stage 5
  input  logic signed [7:0] low_i,         // stage 5
  input  logic signed [7:0] high_i,        // stage 5
  output logic [31:0]       result_o       // of stage 5
);
  // Number of bits of a value
  function automatic logic [5:0] length32(input logic [31:0] value);
    length32 = '0;
    for (int unsigned i = 0; i < 32; i++) begin
      if (value[i]) length32 = 6'(i + 1);
    end
  endfunction
  // The excess over 24 bits of the number of bits of a product (at most 49 bits)
  function automatic logic [4:0] excess49(input logic [48:0] value);
    excess49 = '0;
    for (int unsigned i = 24; i < 49; i++) begin
      if (value[i]) excess49 = 5'(i - 23);
    end
  endfunction

  // Stage 1: magnitude and its excess over 24 bits
  logic [31:0] mag_q, y1_q;
  logic [31:0] mag_d;
  logic        neg1_q;
  logic [5:0]  mag_bits;
  logic [3:0]  t_d, t1_q;
  logic        rq2;
  assign rq2      = vta_pkg::Extension && is_rq_i[2];  // stage 2 sees what stage 1 kept
  assign mag_d    = x_i[31] ? 32'd0 - x_i : x_i;
  assign mag_bits = length32(mag_d);
  assign t_d      = (mag_bits > 6'd24) ? 4'(mag_bits - 6'd24) : 4'd0;
  logic [31:0] x1_q;
  always_ff @(posedge clk_i) begin
    if (en_i[1]) begin
      x1_q   <= x_i;
      y1_q   <= y_i;
      mag_q  <= mag_d;
      neg1_q <= x_i[31];
      t1_q   <= t_d;
    end
  end

  // Stage 2: round to 24 bits, ties to even
  logic [31:0] a_d, b_d, a_q, b_q, mag_down, mag_half, mag_rest;
  logic [7:0]  exp2_q;
  logic        neg2_q, mag_up;
  logic [3:0]  t2_q;
  assign mag_down = mag_q >> t1_q;
  assign mag_rest = mag_q & ~(32'hffff_ffff << t1_q);
  assign mag_half = (32'd1 << t1_q) >> 1;
  assign mag_up   = (t1_q != '0) &&
                    ((mag_rest > mag_half) || ((mag_rest == mag_half) && mag_down[0]));
  assign a_d      = rq2 ? mag_down + 32'(mag_up) : x1_q;
  assign b_d      = rq2 ? {8'd0, 1'b1, y1_q[22:0]} : y1_q;
  always_ff @(posedge clk_i) begin
    if (en_i[2]) begin
      a_q    <= a_d;
      b_q    <= b_d;
      exp2_q <= y1_q[30:23];
      neg2_q <= neg1_q;
      t2_q   <= t1_q;
    end
  end

  // Stage 3: product
  logic [48:0] product_q;
  logic [7:0]  exp3_q;
  logic        neg3_q;
  logic [3:0]  t3_q;
  always_ff @(posedge clk_i) begin
    if (en_i[3]) begin
      product_q <= 49'(64'(a_q) * 64'(b_q));
      exp3_q    <= exp2_q;
      neg3_q    <= neg2_q;
      t3_q      <= t2_q;
    end
  end

  // Stage 4: round to 24 bits, ties to even; what remains is a shift right by 150 - exponent - t - r
  logic [48:0]        p_down, p_rest, p_half;
  logic [4:0]         r;
  logic               p_up, neg4_q, zero4_q;
  logic [31:0]        p_d, p_q;
  logic signed [9:0]  shift_d, shift_q;
  logic               rq4;
  assign rq4     = vta_pkg::Extension && is_rq_i[4];
  assign r       = excess49(product_q);
  assign p_down  = product_q >> r;
  assign p_rest  = product_q & ~(49'h1_ffff_ffff_ffff << r);
  assign p_half  = (49'd1 << r) >> 1;
  assign p_up    = (r != '0) && ((p_rest > p_half) || ((p_rest == p_half) && p_down[0]));
  assign p_d     = rq4 ? 32'(p_down) + 32'(p_up) : product_q[31:0];
  assign shift_d = 10'sd150 - $signed({2'b00, exp3_q}) - $signed({6'd0, t3_q}) -
                   $signed({5'd0, r});
  always_ff @(posedge clk_i) begin
    if (en_i[4]) begin
      p_q     <= p_d;
      shift_q <= shift_d;
      neg4_q  <= neg3_q;
      zero4_q <= exp3_q == '0;
    end
  end

  // Stage 5: rounding shift, saturation, sign, zero point, clamp
  logic [24:0]        q_in, q_down, q_rest, q_half;
  logic [4:0]         q_shift;
  logic               q_up;
  logic [10:0]        magnitude;
  logic [24:0]        q_round;
  logic signed [12:0] value, raised;
  logic               unused;
  logic               rq5;
  assign rq5     = vta_pkg::Extension && is_rq_i[5];
  assign q_in    = p_q[24:0];
  assign q_shift = shift_q[4:0];
  assign q_down  = q_in >> q_shift;
  assign q_rest  = q_in & ~(25'h1ff_ffff << q_shift);
  assign q_half  = 25'((26'd1 << q_shift) >> 1);
  assign q_up    = (q_rest > q_half) || ((q_rest == q_half) && q_down[0]);
  assign q_round = q_down + 25'(q_up);
  always_comb begin
    if (zero4_q || (p_q == '0) || (shift_q > 10'sd25)) magnitude = '0;
    else if (shift_q <= 10'sd0) magnitude = 11'd1024;
    else magnitude = (q_round > 25'd1024) ? 11'd1024 : q_round[10:0];
  end
  assign unused = ^{is_rq_i, p_down};
  assign value = (neg4_q ? -$signed({2'b00, magnitude}) : $signed({2'b00, magnitude})) +
                 13'(zero_point_i);
  always_comb begin
    raised = value;
    if (value < 13'(low_i)) raised = 13'(low_i);
  end
  always_comb begin
    result_o = p_q;
    if (rq5) begin
      result_o = 32'(raised);
      if (raised > 13'(high_i)) result_o = 32'(high_i);
    end
  end
endmodule
