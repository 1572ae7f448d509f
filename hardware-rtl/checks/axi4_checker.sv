// Protocol rules of an AXI4 port between a master and a memory, for masters that send the address of a burst before its
// data (AMBA AXI and ACE Protocol Specification, ARM IHI 0022). Bound from outside; synthesis never sees it.
module axi4_checker #(
  parameter string       Name      = "AXI4",
  parameter int unsigned AddrW     = 32,
  parameter int unsigned DataBytes = 8,
  parameter int unsigned IdW       = 8
) (
  input logic                   clk_i,
  input logic                   rst_ni,
  input logic                   awvalid_i,
  input logic                   awready_i,
  input logic [AddrW-1:0]       awaddr_i,
  input logic [IdW-1:0]         awid_i,
  input logic [7:0]             awlen_i,
  input logic [2:0]             awsize_i,
  input logic [1:0]             awburst_i,
  input logic [3:0]             awcache_i,
  input logic [13:0]            awrest_i,  // LOCK, PROT, QOS, REGION, USER: only looked at for changes
  input logic                   wvalid_i,
  input logic                   wready_i,
  input logic [DataBytes*8-1:0] wdata_i,
  input logic [DataBytes-1:0]   wstrb_i,
  input logic                   wlast_i,
  input logic                   bvalid_i,
  input logic                   bready_i,
  input logic [1:0]             bresp_i,
  input logic                   arvalid_i,
  input logic                   arready_i,
  input logic [AddrW-1:0]       araddr_i,
  input logic [IdW-1:0]         arid_i,
  input logic [7:0]             arlen_i,
  input logic [2:0]             arsize_i,
  input logic [1:0]             arburst_i,
  input logic [3:0]             arcache_i,
  input logic [13:0]            arrest_i,
  input logic                   rvalid_i,
  input logic                   rready_i,
  input logic [DataBytes*8-1:0] rdata_i,
  input logic [1:0]             rresp_i,
  input logic                   rlast_i,
  output logic                  open_o     // a transaction is under way
);
  import "DPI-C" function void vta_axi_violation(input string channel, input string rule);
  localparam int unsigned LogBytes = $clog2(DataBytes);
  localparam int unsigned Open     = 256;  // bursts whose data is under way
  localparam logic [DataBytes-1:0] AllBytes = '1;
  localparam logic [1:0]  Fixed    = 2'b00;
  localparam logic [1:0]  Incr     = 2'b01;
  localparam logic [1:0]  Wrap     = 2'b10;
  localparam logic [1:0]  ExOkay   = 2'b01;

  // ---------------------------------------------------------------------- each channel
  axi_channel_checker #(.Name({Name, " AW"}), .Width(AddrW + IdW + 31)) u_aw (
    .clk_i, .rst_ni, .valid_i(awvalid_i), .ready_i(awready_i),
    .payload_i({awaddr_i, awid_i, awlen_i, awsize_i, awburst_i, awcache_i, awrest_i}));
  axi_channel_checker #(.Name({Name, " W"}), .Width(DataBytes * 9 + 1)) u_w (
    .clk_i, .rst_ni, .valid_i(wvalid_i), .ready_i(wready_i), .payload_i({wdata_i, wstrb_i, wlast_i}));
  axi_channel_checker #(.Name({Name, " B"}), .Width(2)) u_b (
    .clk_i, .rst_ni, .valid_i(bvalid_i), .ready_i(bready_i), .payload_i(bresp_i));
  axi_channel_checker #(.Name({Name, " AR"}), .Width(AddrW + IdW + 31)) u_ar (
    .clk_i, .rst_ni, .valid_i(arvalid_i), .ready_i(arready_i),
    .payload_i({araddr_i, arid_i, arlen_i, arsize_i, arburst_i, arcache_i, arrest_i}));
  axi_channel_checker #(.Name({Name, " R"}), .Width(DataBytes * 8 + 3)) u_r (
    .clk_i, .rst_ni, .valid_i(rvalid_i), .ready_i(rready_i), .payload_i({rdata_i, rresp_i, rlast_i}));

  // ---------------------------------------------------------------------- addresses
  function automatic void check_address(input string channel, input logic [AddrW-1:0] addr, input logic [7:0] len,
                                        input logic [2:0] size, input logic [1:0] burst, input logic [3:0] cache);
    int unsigned bytes;
    bytes = (32'(len) + 1) << size;
    if (32'(size) > LogBytes) vta_axi_violation(channel, "SIZE is wider than the bus");
    if (burst == 2'b11) vta_axi_violation(channel, "BURST has the reserved value");
    if (burst == Fixed && len > 8'd15) vta_axi_violation(channel, "a FIXED burst is longer than 16 beats");
    if (burst == Wrap && !(len inside {8'd1, 8'd3, 8'd7, 8'd15}))
      vta_axi_violation(channel, "the length of a WRAP burst is not 2, 4, 8 or 16");
    if (burst == Wrap && (addr & AddrW'((1 << size) - 1)) != '0)
      vta_axi_violation(channel, "the address of a WRAP burst is not aligned to SIZE");
    if (burst == Incr && 32'(addr[11:0] & ~12'((1 << size) - 1)) + bytes > 4096)
      vta_axi_violation(channel, "a burst crosses a 4 KiB boundary");
    if (!cache[1] && cache[3:2] != 2'b00) vta_axi_violation(channel, "CACHE allocates what is not modifiable");
  endfunction

  always_ff @(posedge clk_i) begin
    if (rst_ni && awvalid_i && awready_i) check_address({Name, " AW"}, awaddr_i, awlen_i, awsize_i, awburst_i, awcache_i);
    if (rst_ni && arvalid_i && arready_i) check_address({Name, " AR"}, araddr_i, arlen_i, arsize_i, arburst_i, arcache_i);
  end

  // ---------------------------------------------------------------------- writes: data in the order of the addresses
  typedef struct packed {
    logic [LogBytes:0] low;  // of the address, within the bus
    logic [7:0]        len;
    logic [2:0]        size;
    logic              incr;
  } write_t;
  write_t            writes_q [0:Open-1];
  logic [7:0]        w_put_q, w_get_q;
  logic [8:0]        w_beat_q;
  logic [LogBytes:0] w_low_q;       // of this beat, from its second on
  logic [31:0]       unanswered_q;  // write bursts whose data is complete and whose B is not there
  write_t            write;
  logic [LogBytes:0] w_low, w_next;
  logic [DataBytes-1:0] lanes;
  logic              w_open;

  assign write  = writes_q[w_get_q];
  assign w_open = w_put_q != w_get_q;
  assign w_low  = (w_beat_q == '0) ? write.low : w_low_q;
  // the first byte of the next beat, if the address moves
  assign w_next = ((w_low >> write.size) + (LogBytes + 1)'(1)) << write.size;
  // the bytes [w_low, w_next)
  assign lanes  = (AllBytes << w_low) & ~(AllBytes << w_next);

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      w_put_q      <= '0;
      w_get_q      <= '0;
      w_beat_q     <= '0;
      unanswered_q <= '0;
    end else begin
      if (awvalid_i && awready_i) begin
        writes_q[w_put_q] <= '{{1'b0, LogBytes'(awaddr_i)}, awlen_i, awsize_i, awburst_i != Fixed};
        w_put_q           <= w_put_q + 8'd1;
      end
      if (wvalid_i && wready_i) begin
        if (!w_open) begin
          vta_axi_violation({Name, " W"}, "data came before its address");
        end else begin
          if (wlast_i != (w_beat_q == {1'b0, write.len}))
            vta_axi_violation({Name, " W"}, wlast_i ? "LAST came before the last beat" : "LAST is missing at the last beat");
          if ((wstrb_i & ~lanes) != '0) vta_axi_violation({Name, " W"}, "STRB names a byte outside the transfer");
          if (w_beat_q == {1'b0, write.len}) begin
            w_get_q  <= w_get_q + 8'd1;
            w_beat_q <= '0;
          end else begin
            w_beat_q <= w_beat_q + 9'd1;
            w_low_q  <= write.incr ? (LogBytes + 1)'(LogBytes'(w_next)) : w_low;
          end
        end
      end
      unanswered_q <= unanswered_q + 32'(wvalid_i && wready_i && w_open && (w_beat_q == {1'b0, write.len})) -
                      32'(bvalid_i && bready_i && (unanswered_q != '0));
      if (bvalid_i && unanswered_q == '0) vta_axi_violation({Name, " B"}, "a response came without a finished burst");
      if (bvalid_i && bresp_i == ExOkay) vta_axi_violation({Name, " B"}, "RESP is EXOKAY without an exclusive access");
    end
  end

  // ---------------------------------------------------------------------- reads: data in the order of the addresses
  logic [7:0] reads_q [0:Open-1];
  logic [7:0] r_put_q, r_get_q, r_beat_q;
  logic       r_open;
  assign r_open = r_put_q != r_get_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      r_put_q  <= '0;
      r_get_q  <= '0;
      r_beat_q <= '0;
    end else begin
      if (arvalid_i && arready_i) begin
        reads_q[r_put_q] <= arlen_i;
        r_put_q          <= r_put_q + 8'd1;
      end
      if (rvalid_i && !r_open) vta_axi_violation({Name, " R"}, "data came without a request");
      if (rvalid_i && rready_i && r_open) begin
        if (rlast_i != (r_beat_q == reads_q[r_get_q]))
          vta_axi_violation({Name, " R"}, rlast_i ? "LAST came before the last beat" : "LAST is missing at the last beat");
        if (rresp_i == ExOkay) vta_axi_violation({Name, " R"}, "RESP is EXOKAY without an exclusive access");
        if (r_beat_q == reads_q[r_get_q]) r_get_q <= r_get_q + 8'd1;
        r_beat_q <= (r_beat_q == reads_q[r_get_q]) ? '0 : r_beat_q + 8'd1;
      end
    end
  end

  assign open_o = w_open || (unanswered_q != '0) || r_open || awvalid_i || arvalid_i;
endmodule
