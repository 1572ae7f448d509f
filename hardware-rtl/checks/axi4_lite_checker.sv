// Protocol rules of an AXI4-Lite port, in both directions (ARM IHI 0022, part B), and how long a slave may take.
module axi4_lite_checker #(
  parameter string       Name    = "AXI4-Lite",
  parameter int unsigned AddrW   = 16,
  parameter int unsigned MaxWait = 16  // cycles in which a slave takes what is offered, and answers
) (
  input logic             clk_i,
  input logic             rst_ni,
  input logic             awvalid_i,
  input logic             awready_i,
  input logic [AddrW-1:0] awaddr_i,
  input logic             wvalid_i,
  input logic             wready_i,
  input logic [31:0]      wdata_i,
  input logic [3:0]       wstrb_i,
  input logic             bvalid_i,
  input logic             bready_i,
  input logic [1:0]       bresp_i,
  input logic             arvalid_i,
  input logic             arready_i,
  input logic [AddrW-1:0] araddr_i,
  input logic             rvalid_i,
  input logic             rready_i,
  input logic [31:0]      rdata_i,
  input logic [1:0]       rresp_i
);
  import "DPI-C" function void vta_axi_violation(input string channel, input string rule);
  localparam logic [1:0]  ExOkay = 2'b01;
  localparam int unsigned WaitW  = $clog2(MaxWait + 2);

  axi_channel_checker #(.Name({Name, " AW"}), .Width(AddrW)) u_aw (
    .clk_i, .rst_ni, .valid_i(awvalid_i), .ready_i(awready_i), .payload_i(awaddr_i));
  axi_channel_checker #(.Name({Name, " W"}), .Width(36)) u_w (
    .clk_i, .rst_ni, .valid_i(wvalid_i), .ready_i(wready_i), .payload_i({wdata_i, wstrb_i}));
  axi_channel_checker #(.Name({Name, " B"}), .Width(2)) u_b (
    .clk_i, .rst_ni, .valid_i(bvalid_i), .ready_i(bready_i), .payload_i(bresp_i));
  axi_channel_checker #(.Name({Name, " AR"}), .Width(AddrW)) u_ar (
    .clk_i, .rst_ni, .valid_i(arvalid_i), .ready_i(arready_i), .payload_i(araddr_i));
  axi_channel_checker #(.Name({Name, " R"}), .Width(34)) u_r (
    .clk_i, .rst_ni, .valid_i(rvalid_i), .ready_i(rready_i), .payload_i({rdata_i, rresp_i}));

  // Handshakes whose response is not there: of AW, of W, of AR
  logic [7:0]       aw_q, w_q, ar_q;
  logic             aw, w, b, ar, r;
  logic [WaitW-1:0] write_wait_q, read_wait_q;
  assign aw = awvalid_i && awready_i;
  assign w  = wvalid_i && wready_i;
  assign b  = bvalid_i && bready_i;
  assign ar = arvalid_i && arready_i;
  assign r  = rvalid_i && rready_i;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      aw_q         <= '0;
      w_q          <= '0;
      ar_q         <= '0;
      write_wait_q <= '0;
      read_wait_q  <= '0;
    end else begin
      aw_q <= aw_q + 8'(aw) - 8'(b && (aw_q != '0));
      w_q  <= w_q + 8'(w) - 8'(b && (w_q != '0));
      ar_q <= ar_q + 8'(ar) - 8'(r && (ar_q != '0));
      if (bvalid_i && (aw_q == '0 || w_q == '0)) vta_axi_violation({Name, " B"}, "a response came without address and data");
      if (rvalid_i && ar_q == '0) vta_axi_violation({Name, " R"}, "data came without a request");
      if (bvalid_i && bresp_i == ExOkay) vta_axi_violation({Name, " B"}, "RESP is EXOKAY, which AXI4-Lite does not have");
      if (rvalid_i && rresp_i == ExOkay) vta_axi_violation({Name, " R"}, "RESP is EXOKAY, which AXI4-Lite does not have");

      // a write or read that the slave could go on with
      if (bvalid_i || aw || w || !((awvalid_i || aw_q != '0) && (wvalid_i || w_q != '0))) write_wait_q <= '0;
      else write_wait_q <= write_wait_q + WaitW'(1);
      if (rvalid_i || ar || !(arvalid_i || ar_q != '0)) read_wait_q <= '0;
      else read_wait_q <= read_wait_q + WaitW'(1);
      if (32'(write_wait_q) == MaxWait) vta_axi_violation({Name, " B"}, "a write takes too long");
      if (32'(read_wait_q) == MaxWait) vta_axi_violation({Name, " R"}, "a read takes too long");
    end
  end
endmodule
