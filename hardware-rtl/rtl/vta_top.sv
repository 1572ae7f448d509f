// VTA with the ports of the published Xilinx shell for 32-bit addresses: an AXI4-Lite slave for the control
// registers and an AXI4 master for memory. Reads and writes each use one ID, bursts are INCR.
module vta_top (
  input  logic                              ap_clk,
  input  logic                              ap_rst_n,
  // control
  input  logic                              s_axi_control_AWVALID,
  output logic                              s_axi_control_AWREADY,
  input  logic [15:0]                       s_axi_control_AWADDR,
  input  logic                              s_axi_control_WVALID,
  output logic                              s_axi_control_WREADY,
  input  logic [31:0]                       s_axi_control_WDATA,
  input  logic [3:0]                        s_axi_control_WSTRB,
  output logic                              s_axi_control_BVALID,
  input  logic                              s_axi_control_BREADY,
  output logic [1:0]                        s_axi_control_BRESP,
  input  logic                              s_axi_control_ARVALID,
  output logic                              s_axi_control_ARREADY,
  input  logic [15:0]                       s_axi_control_ARADDR,
  output logic                              s_axi_control_RVALID,
  input  logic                              s_axi_control_RREADY,
  output logic [31:0]                       s_axi_control_RDATA,
  output logic [1:0]                        s_axi_control_RRESP,
  // memory
  output logic                              m_axi_gmem_AWVALID,
  input  logic                              m_axi_gmem_AWREADY,
  output logic [31:0]                       m_axi_gmem_AWADDR,
  output logic [7:0]                        m_axi_gmem_AWID,
  output logic [0:0]                        m_axi_gmem_AWUSER,
  output logic [7:0]                        m_axi_gmem_AWLEN,
  output logic [2:0]                        m_axi_gmem_AWSIZE,
  output logic [1:0]                        m_axi_gmem_AWBURST,
  output logic [1:0]                        m_axi_gmem_AWLOCK,
  output logic [3:0]                        m_axi_gmem_AWCACHE,
  output logic [2:0]                        m_axi_gmem_AWPROT,
  output logic [3:0]                        m_axi_gmem_AWQOS,
  output logic [3:0]                        m_axi_gmem_AWREGION,
  output logic                              m_axi_gmem_WVALID,
  input  logic                              m_axi_gmem_WREADY,
  output logic [vta_core_pkg::BusBits-1:0]  m_axi_gmem_WDATA,
  output logic [vta_core_pkg::BusBytes-1:0] m_axi_gmem_WSTRB,
  output logic                              m_axi_gmem_WLAST,
  output logic [7:0]                        m_axi_gmem_WID,
  output logic [0:0]                        m_axi_gmem_WUSER,
  input  logic                              m_axi_gmem_BVALID,
  output logic                              m_axi_gmem_BREADY,
  input  logic [1:0]                        m_axi_gmem_BRESP,
  input  logic [7:0]                        m_axi_gmem_BID,
  input  logic [0:0]                        m_axi_gmem_BUSER,
  output logic                              m_axi_gmem_ARVALID,
  input  logic                              m_axi_gmem_ARREADY,
  output logic [31:0]                       m_axi_gmem_ARADDR,
  output logic [7:0]                        m_axi_gmem_ARID,
  output logic [0:0]                        m_axi_gmem_ARUSER,
  output logic [7:0]                        m_axi_gmem_ARLEN,
  output logic [2:0]                        m_axi_gmem_ARSIZE,
  output logic [1:0]                        m_axi_gmem_ARBURST,
  output logic [1:0]                        m_axi_gmem_ARLOCK,
  output logic [3:0]                        m_axi_gmem_ARCACHE,
  output logic [2:0]                        m_axi_gmem_ARPROT,
  output logic [3:0]                        m_axi_gmem_ARQOS,
  output logic [3:0]                        m_axi_gmem_ARREGION,
  input  logic                              m_axi_gmem_RVALID,
  output logic                              m_axi_gmem_RREADY,
  input  logic [vta_core_pkg::BusBits-1:0]  m_axi_gmem_RDATA,
  input  logic [1:0]                        m_axi_gmem_RRESP,
  input  logic                              m_axi_gmem_RLAST,
  input  logic [7:0]                        m_axi_gmem_RID,
  input  logic [0:0]                        m_axi_gmem_RUSER
);
  localparam logic [3:0] CacheCoherent = 4'b1111;
  localparam logic [2:0] ProtCoherent  = 3'b100;
  localparam logic [1:0] BurstIncr     = 2'b01;
  localparam logic [2:0] SizeBus       = 3'(vta_core_pkg::LogBusBytes);

  logic                 start, launch, clear, halt, finish, acc_write, idle, rst_n;
  logic [31:0]          insn_addr, insn_count, uop_base, inp_base, wgt_base, acc_base, out_base;
  vta_core_pkg::error_t core_error;
  vta_core_pkg::events_t events;
  logic [4:0]           counter_index;
  logic [31:0]          counter_value;
  logic                 unused_inputs;

  assign rst_n = ap_rst_n;
  assign unused_inputs = ^{s_axi_control_WSTRB, m_axi_gmem_BID, m_axi_gmem_BUSER,
                           m_axi_gmem_RID, m_axi_gmem_RUSER, m_axi_gmem_RRESP[0],
                           m_axi_gmem_BRESP[0]};

  vta_ctrl_regs u_ctrl_regs (
    .clk_i        (ap_clk),
    .rst_ni       (rst_n),
    .aw_valid_i   (s_axi_control_AWVALID),
    .aw_ready_o   (s_axi_control_AWREADY),
    .aw_addr_i    (s_axi_control_AWADDR),
    .w_valid_i    (s_axi_control_WVALID),
    .w_ready_o    (s_axi_control_WREADY),
    .w_data_i     (s_axi_control_WDATA),
    .b_valid_o    (s_axi_control_BVALID),
    .b_ready_i    (s_axi_control_BREADY),
    .ar_valid_i   (s_axi_control_ARVALID),
    .ar_ready_o   (s_axi_control_ARREADY),
    .ar_addr_i    (s_axi_control_ARADDR),
    .r_valid_o    (s_axi_control_RVALID),
    .r_ready_i    (s_axi_control_RREADY),
    .r_data_o     (s_axi_control_RDATA),
    .start_o      (start),
    .launch_o     (launch),
    .clear_o      (clear),
    .halt_o       (halt),
    .insn_addr_o  (insn_addr),
    .insn_count_o (insn_count),
    .uop_base_o   (uop_base),
    .inp_base_o   (inp_base),
    .wgt_base_o   (wgt_base),
    .acc_base_o   (acc_base),
    .out_base_o   (out_base),
    .finish_i     (finish),
    .acc_write_i  (acc_write),
    .idle_i       (idle),
    .error_i      (core_error),
    .counter_index_o (counter_index),
    .counter_i       (counter_value)
  );
  vta_counters u_counters (
    .clk_i    (ap_clk),
    .rst_ni   (rst_n),
    .clear_i  (start),
    .count_i  (launch),
    .events_i (events),
    .index_i  (counter_index),
    .value_o  (counter_value)
  );
  assign s_axi_control_BRESP = 2'b00;
  assign s_axi_control_RRESP = 2'b00;

  vta_core u_core (
    .clk_i        (ap_clk),
    .rst_ni       (rst_n),
    .start_i      (start),
    .launch_i     (launch),
    .clear_i      (clear),
    .halt_i       (halt),
    .insn_addr_i  (insn_addr),
    .insn_count_i (insn_count),
    .uop_base_i   (uop_base),
    .inp_base_i   (inp_base),
    .wgt_base_i   (wgt_base),
    .acc_base_i   (acc_base),
    .out_base_i   (out_base),
    .finish_o     (finish),
    .acc_write_o  (acc_write),
    .idle_o       (idle),
    .error_o      (core_error),
    .events_o     (events),
    .ar_valid_o   (m_axi_gmem_ARVALID),
    .ar_ready_i   (m_axi_gmem_ARREADY),
    .ar_addr_o    (m_axi_gmem_ARADDR),
    .ar_len_o     (m_axi_gmem_ARLEN),
    .r_valid_i    (m_axi_gmem_RVALID),
    .r_data_i     (m_axi_gmem_RDATA),
    .r_last_i     (m_axi_gmem_RLAST),
    .r_error_i    (m_axi_gmem_RRESP[1]),
    .aw_valid_o   (m_axi_gmem_AWVALID),
    .aw_ready_i   (m_axi_gmem_AWREADY),
    .aw_addr_o    (m_axi_gmem_AWADDR),
    .aw_len_o     (m_axi_gmem_AWLEN),
    .w_valid_o    (m_axi_gmem_WVALID),
    .w_ready_i    (m_axi_gmem_WREADY),
    .w_data_o     (m_axi_gmem_WDATA),
    .w_strb_o     (m_axi_gmem_WSTRB),
    .w_last_o     (m_axi_gmem_WLAST),
    .b_valid_i    (m_axi_gmem_BVALID),
    .b_error_i    (m_axi_gmem_BRESP[1])
  );

  assign m_axi_gmem_RREADY   = 1'b1;
  assign m_axi_gmem_BREADY   = 1'b1;
  assign m_axi_gmem_AWID     = '0;
  assign m_axi_gmem_AWUSER   = 1'b1;
  assign m_axi_gmem_AWSIZE   = SizeBus;
  assign m_axi_gmem_AWBURST  = BurstIncr;
  assign m_axi_gmem_AWLOCK   = '0;
  assign m_axi_gmem_AWCACHE  = CacheCoherent;
  assign m_axi_gmem_AWPROT   = ProtCoherent;
  assign m_axi_gmem_AWQOS    = '0;
  assign m_axi_gmem_AWREGION = '0;
  assign m_axi_gmem_WID      = '0;
  assign m_axi_gmem_WUSER    = 1'b1;
  assign m_axi_gmem_ARID     = '0;
  assign m_axi_gmem_ARUSER   = 1'b1;
  assign m_axi_gmem_ARSIZE   = SizeBus;
  assign m_axi_gmem_ARBURST  = BurstIncr;
  assign m_axi_gmem_ARLOCK   = '0;
  assign m_axi_gmem_ARCACHE  = CacheCoherent;
  assign m_axi_gmem_ARPROT   = ProtCoherent;
  assign m_axi_gmem_ARQOS    = '0;
  assign m_axi_gmem_ARREGION = '0;
endmodule
