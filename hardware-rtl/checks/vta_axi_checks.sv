// The checkers on the ports of vta_top, and what the core promises beyond the protocol (docs/reference/rtl.md, "Ports").
module vta_port_promises (
  input logic                               clk_i,
  input logic                               rst_ni,
  // requests
  input logic                               awvalid_i,
  input logic [31:0]                        awaddr_i,
  input logic [7:0]                         awid_i,
  input logic [2:0]                         awsize_i,
  input logic [1:0]                         awburst_i,
  input logic                               wvalid_i,
  input logic [vta_core_pkg::BusBytes-1:0]  wstrb_i,
  input logic                               arvalid_i,
  input logic [31:0]                        araddr_i,
  input logic [7:0]                         arid_i,
  input logic [2:0]                         arsize_i,
  input logic [1:0]                         arburst_i,
  input logic                               rready_i,
  input logic                               bready_i,
  input logic                               open_i,
  // registers
  input logic                               host_aw_i,  // handshakes
  input logic [15:0]                        host_awaddr_i,
  input logic                               host_w_i,
  input logic [31:0]                        host_wdata_i,
  input logic                               host_ar_i,
  input logic [15:0]                        host_araddr_i,
  input logic                               host_r_i,
  input logic [31:0]                        host_rdata_i
);
  import "DPI-C" function void vta_axi_violation(input string channel, input string rule);
  localparam logic [2:0]  Size   = 3'(vta_core_pkg::LogBusBytes);
  localparam logic [31:0] Within = 32'(vta_core_pkg::BusBytes - 1);
  localparam logic [15:0] Control = 16'h00;
  localparam logic [15:0] Status  = 16'h28;

  logic        launched_q, status_open_q;
  logic [15:0] awaddr_q;
  // one run of bytes exactly if adding its lowest bit leaves none of them set
  logic [vta_core_pkg::BusBytes:0] strobes;
  assign strobes = {1'b0, wstrb_i};

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      launched_q    <= 1'b0;
      status_open_q <= 1'b0;
    end else begin
      if (host_aw_i) awaddr_q <= host_awaddr_i;
      if (host_w_i && awaddr_q == Control && host_wdata_i[0]) launched_q <= 1'b1;
      if (host_ar_i) status_open_q <= host_araddr_i == Status && open_i;
      if (host_r_i && status_open_q && !host_rdata_i[0]) vta_axi_violation("VTA", "the status is idle while a transaction is open");

      if ((awvalid_i || arvalid_i || wvalid_i) && !launched_q) vta_axi_violation("VTA", "a request without a launch");
      if (awvalid_i && (awid_i != '0 || awsize_i != Size || awburst_i != 2'b01 || (awaddr_i & Within) != '0))
        vta_axi_violation("VTA AW", "not an aligned INCR burst of full beats with ID 0");
      if (arvalid_i && (arid_i != '0 || arsize_i != Size || arburst_i != 2'b01 || (araddr_i & Within) != '0))
        vta_axi_violation("VTA AR", "not an aligned INCR burst of full beats with ID 0");
      if (wvalid_i && (wstrb_i == '0 || ((strobes + (strobes & -strobes)) & strobes) != '0))
        vta_axi_violation("VTA W", "the strobes are not one run of bytes");
      if (!rready_i || !bready_i) vta_axi_violation("VTA", "RREADY or BREADY is not high");
    end
  end
endmodule

module vta_axi_checks #(
  parameter int unsigned Bytes = vta_core_pkg::BusBytes
) (
  input logic                clk_i,
  input logic                rst_ni,
  input logic                awvalid_i, awready_i,
  input logic [31:0]         awaddr_i,
  input logic [7:0]          awid_i, awlen_i,
  input logic [2:0]          awsize_i,
  input logic [1:0]          awburst_i,
  input logic [3:0]          awcache_i,
  input logic [13:0]         awrest_i,
  input logic                wvalid_i, wready_i, wlast_i,
  input logic [Bytes*8-1:0]  wdata_i,
  input logic [Bytes-1:0]    wstrb_i,
  input logic                bvalid_i, bready_i,
  input logic [1:0]          bresp_i,
  input logic                arvalid_i, arready_i,
  input logic [31:0]         araddr_i,
  input logic [7:0]          arid_i, arlen_i,
  input logic [2:0]          arsize_i,
  input logic [1:0]          arburst_i,
  input logic [3:0]          arcache_i,
  input logic [13:0]         arrest_i,
  input logic                rvalid_i, rready_i, rlast_i,
  input logic [Bytes*8-1:0]  rdata_i,
  input logic [1:0]          rresp_i,
  input logic                host_awvalid_i, host_awready_i,
  input logic [15:0]         host_awaddr_i,
  input logic                host_wvalid_i, host_wready_i,
  input logic [31:0]         host_wdata_i,
  input logic [3:0]          host_wstrb_i,
  input logic                host_bvalid_i, host_bready_i,
  input logic [1:0]          host_bresp_i,
  input logic                host_arvalid_i, host_arready_i,
  input logic [15:0]         host_araddr_i,
  input logic                host_rvalid_i, host_rready_i,
  input logic [31:0]         host_rdata_i,
  input logic [1:0]          host_rresp_i
);
  logic open;

  axi4_checker #(.Name("AXI4"), .DataBytes(Bytes)) u_axi4 (
    .clk_i, .rst_ni,
    .awvalid_i, .awready_i, .awaddr_i, .awid_i, .awlen_i, .awsize_i, .awburst_i, .awcache_i, .awrest_i,
    .wvalid_i, .wready_i, .wdata_i, .wstrb_i, .wlast_i,
    .bvalid_i, .bready_i, .bresp_i,
    .arvalid_i, .arready_i, .araddr_i, .arid_i, .arlen_i, .arsize_i, .arburst_i, .arcache_i, .arrest_i,
    .rvalid_i, .rready_i, .rdata_i, .rresp_i, .rlast_i,
    .open_o(open)
  );

  axi4_lite_checker #(.Name("AXI4-Lite")) u_axi4_lite (
    .clk_i, .rst_ni,
    .awvalid_i(host_awvalid_i), .awready_i(host_awready_i), .awaddr_i(host_awaddr_i),
    .wvalid_i(host_wvalid_i), .wready_i(host_wready_i), .wdata_i(host_wdata_i), .wstrb_i(host_wstrb_i),
    .bvalid_i(host_bvalid_i), .bready_i(host_bready_i), .bresp_i(host_bresp_i),
    .arvalid_i(host_arvalid_i), .arready_i(host_arready_i), .araddr_i(host_araddr_i),
    .rvalid_i(host_rvalid_i), .rready_i(host_rready_i), .rdata_i(host_rdata_i), .rresp_i(host_rresp_i)
  );

  vta_port_promises u_promises (
    .clk_i, .rst_ni,
    .awvalid_i, .awaddr_i, .awid_i, .awsize_i, .awburst_i, .wvalid_i, .wstrb_i,
    .arvalid_i, .araddr_i, .arid_i, .arsize_i, .arburst_i, .rready_i, .bready_i,
    .open_i        (open),
    .host_aw_i     (host_awvalid_i && host_awready_i),
    .host_awaddr_i,
    .host_w_i      (host_wvalid_i && host_wready_i),
    .host_wdata_i,
    .host_ar_i     (host_arvalid_i && host_arready_i),
    .host_araddr_i,
    .host_r_i      (host_rvalid_i && host_rready_i),
    .host_rdata_i
  );
endmodule
