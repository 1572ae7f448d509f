// Both port checkers on pins that a program drives cycle by cycle, so that every rule can be broken on purpose.
module checker_bench (
  input  logic        clk,
  input  logic        rst_n,
  input  logic        awvalid, awready, wvalid, wready, wlast, bvalid, bready,
  input  logic        arvalid, arready, rvalid, rready, rlast,
  input  logic [31:0] awaddr, araddr,
  input  logic [7:0]  awid, awlen, arid, arlen, wstrb,
  input  logic [2:0]  awsize, arsize,
  input  logic [1:0]  awburst, arburst, bresp, rresp,
  input  logic [3:0]  awcache, arcache,
  input  logic [13:0] awrest, arrest,
  input  logic [63:0] wdata, rdata,
  input  logic        h_awvalid, h_awready, h_wvalid, h_wready, h_bvalid, h_bready,
  input  logic        h_arvalid, h_arready, h_rvalid, h_rready,
  input  logic [15:0] h_awaddr, h_araddr,
  input  logic [31:0] h_wdata, h_rdata,
  input  logic [3:0]  h_wstrb,
  input  logic [1:0]  h_bresp, h_rresp,
  output logic        open
);
  axi4_checker #(.Name("AXI4")) u_axi4 (
    .clk_i(clk), .rst_ni(rst_n),
    .awvalid_i(awvalid), .awready_i(awready), .awaddr_i(awaddr), .awid_i(awid), .awlen_i(awlen), .awsize_i(awsize),
    .awburst_i(awburst), .awcache_i(awcache), .awrest_i(awrest),
    .wvalid_i(wvalid), .wready_i(wready), .wdata_i(wdata), .wstrb_i(wstrb), .wlast_i(wlast),
    .bvalid_i(bvalid), .bready_i(bready), .bresp_i(bresp),
    .arvalid_i(arvalid), .arready_i(arready), .araddr_i(araddr), .arid_i(arid), .arlen_i(arlen), .arsize_i(arsize),
    .arburst_i(arburst), .arcache_i(arcache), .arrest_i(arrest),
    .rvalid_i(rvalid), .rready_i(rready), .rdata_i(rdata), .rresp_i(rresp), .rlast_i(rlast),
    .open_o(open)
  );
  axi4_lite_checker #(.Name("AXI4-Lite")) u_lite (
    .clk_i(clk), .rst_ni(rst_n),
    .awvalid_i(h_awvalid), .awready_i(h_awready), .awaddr_i(h_awaddr),
    .wvalid_i(h_wvalid), .wready_i(h_wready), .wdata_i(h_wdata), .wstrb_i(h_wstrb),
    .bvalid_i(h_bvalid), .bready_i(h_bready), .bresp_i(h_bresp),
    .arvalid_i(h_arvalid), .arready_i(h_arready), .araddr_i(h_araddr),
    .rvalid_i(h_rvalid), .rready_i(h_rready), .rdata_i(h_rdata), .rresp_i(h_rresp)
  );
endmodule
