// Puts OUT elements that are read one at a time side by side until a beat is complete, and offers it on W. Nothing more comes
// until it has left.
module vta_gather #(
  parameter int unsigned BusBytes  = vta_core_pkg::BusBytes,
  parameter int unsigned LogBus    = vta_core_pkg::LogBusBytes,
  parameter int unsigned ElemBytes = vta_pkg::OutBytes
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,
  input  logic                   valid_i,  // an element that belongs at byte low_i
  input  logic [LogBus-1:0]      low_i,
  input  logic [ElemBytes*8-1:0] elem_i,
  input  logic                   ends_i,   // the beat is complete
  input  logic                   last_i,   // it is the last one of its burst
  output logic                   w_valid_o,
  input  logic                   w_ready_i,
  output logic [BusBytes*8-1:0]  w_data_o,
  output logic [BusBytes-1:0]    w_strb_o,
  output logic                   w_last_o
);
  logic [BusBytes*8-1:0] data_q;
  logic [BusBytes-1:0]   strb_q, here;
  logic                  valid_q, last_q, leaves;

  assign leaves = valid_q && w_ready_i;
  for (genvar i = 0; i < BusBytes; i++) begin : gen_byte
    assign here[i] = valid_i && (32'(low_i) / ElemBytes == i / ElemBytes);
    always_ff @(posedge clk_i) begin
      if (here[i]) data_q[i*8 +: 8] <= elem_i[(i % ElemBytes)*8 +: 8];
    end
  end
  always_ff @(posedge clk_i) begin
    if (!rst_ni || leaves) begin
      valid_q <= 1'b0;
      strb_q  <= '0;
    end else begin
      valid_q <= valid_q || (valid_i && ends_i);
      strb_q  <= strb_q | here;
    end
  end
  always_ff @(posedge clk_i) begin
    if (valid_i) last_q <= last_i;
  end

  assign w_valid_o = valid_q;
  assign w_data_o  = data_q;
  assign w_strb_o  = strb_q;
  assign w_last_o  = last_q;
endmodule
