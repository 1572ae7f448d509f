// AXI4-Lite registers (docs/reference/rtl.md): the published map for 32-bit addresses, 0x00 to 0x24, status and
// error registers from 0x28, performance counters from 0x80.
module vta_ctrl_regs (
  input  logic                   clk_i,
  input  logic                   rst_ni,
  // AXI4-Lite
  input  logic                   aw_valid_i,
  output logic                   aw_ready_o,
  input  logic [15:0]            aw_addr_i,
  input  logic                   w_valid_i,
  output logic                   w_ready_o,
  input  logic [31:0]            w_data_i,
  output logic                   b_valid_o,
  input  logic                   b_ready_i,
  input  logic                   ar_valid_i,
  output logic                   ar_ready_o,
  input  logic [15:0]            ar_addr_i,
  output logic                   r_valid_o,
  input  logic                   r_ready_i,
  output logic [31:0]            r_data_o,
  // core
  output logic                   start_o,   // in the cycle before launch reads 1
  output logic                   launch_o,
  output logic                   clear_o,   // with start_o: the launch before ended with an error
  output logic                   halt_o,    // an error was recorded
  output logic [31:0]            insn_addr_o,
  output logic [31:0]            insn_count_o,
  output logic [31:0]            uop_base_o,
  output logic [31:0]            inp_base_o,
  output logic [31:0]            wgt_base_o,
  output logic [31:0]            acc_base_o,
  output logic [31:0]            out_base_o,
  input  logic                   finish_i,
  input  logic                   acc_write_i,
  input  logic                   idle_i,
  input  vta_core_pkg::error_t   error_i,
  output logic [4:0]             counter_index_o,
  input  logic [31:0]            counter_i
);
  localparam logic [15:0] AddrControl    = 16'h00;
  localparam logic [15:0] AddrCycles     = 16'h04;
  localparam logic [15:0] AddrInsnCount  = 16'h08;
  localparam logic [15:0] AddrInsnAddr   = 16'h0c;
  localparam logic [15:0] AddrUopBase    = 16'h10;
  localparam logic [15:0] AddrInpBase    = 16'h14;
  localparam logic [15:0] AddrWgtBase    = 16'h18;
  localparam logic [15:0] AddrAccBase    = 16'h1c;
  localparam logic [15:0] AddrOutBase    = 16'h20;
  localparam logic [15:0] AddrAccWrites  = 16'h24;
  localparam logic [15:0] AddrStatus     = 16'h28;
  localparam logic [15:0] AddrErrorInsn  = 16'h2c;
  localparam logic [15:0] AddrErrorValue = 16'h30;

  // ---------------------------------------------------------------------- write channel: AW, then W, then B
  typedef enum logic [1:0] {
    WriteAddr,
    WriteData,
    WriteResp
  } write_state_e;
  write_state_e write_state_d, write_state_q;
  logic [15:0]  write_addr_d, write_addr_q;
  logic         write;

  always_comb begin
    write_state_d = write_state_q;
    write_addr_d  = write_addr_q;
    unique case (write_state_q)
      WriteAddr: begin
        if (aw_valid_i) begin
          write_state_d = WriteData;
          write_addr_d  = aw_addr_i;
        end
      end
      WriteData: if (w_valid_i) write_state_d = WriteResp;
      WriteResp: if (b_ready_i) write_state_d = WriteAddr;
      default:   write_state_d = WriteAddr;
    endcase
  end
  assign aw_ready_o = write_state_q == WriteAddr;
  assign w_ready_o  = write_state_q == WriteData;
  assign b_valid_o  = write_state_q == WriteResp;
  assign write      = w_ready_o && w_valid_i;

  // ---------------------------------------------------------------------- registers
  logic        launch_d, launch_q, finish_d, finish_q, start;
  logic [31:0] count_d, count_q, addr_d, addr_q;
  logic [31:0] uop_d, uop_q, inp_d, inp_q, wgt_d, wgt_q, acc_d, acc_q, out_d, out_q;
  logic [31:0] cycle_d, cycle_q, cycles_d, cycles_q, acc_writes_d, acc_writes_q;
  logic [31:0] acc_total_d, acc_total_q;
  vta_core_pkg::error_t error_d, error_q;
  logic                 record;

  assign start  = write && (write_addr_q == AddrControl) && w_data_i[0] && !launch_q;
  assign record = error_i.valid && !error_q.valid;

  always_comb begin
    launch_d     = launch_q;
    finish_d     = finish_q;
    count_d      = count_q;
    addr_d       = addr_q;
    uop_d        = uop_q;
    inp_d        = inp_q;
    wgt_d        = wgt_q;
    acc_d        = acc_q;
    out_d        = out_q;
    cycle_d      = launch_q ? cycle_q + 32'd1 : '0;
    cycles_d     = cycles_q;
    acc_writes_d = (launch_q && acc_write_i) ? acc_writes_q + 32'd1 : acc_writes_q;
    acc_total_d  = acc_total_q;
    error_d      = record ? error_i : error_q;
    if (write) begin
      unique case (write_addr_q)
        AddrControl: begin
          launch_d = w_data_i[0];
          finish_d = w_data_i[1];
        end
        AddrCycles:    cycles_d = w_data_i;
        AddrInsnCount: count_d = w_data_i;
        AddrInsnAddr:  addr_d = vta_core_pkg::address(w_data_i);
        AddrUopBase:   uop_d = vta_core_pkg::page(w_data_i);
        AddrInpBase:   inp_d = vta_core_pkg::page(w_data_i);
        AddrWgtBase:   wgt_d = vta_core_pkg::page(w_data_i);
        AddrAccBase:   acc_d = vta_core_pkg::page(w_data_i);
        AddrOutBase:   out_d = vta_core_pkg::page(w_data_i);
        AddrAccWrites: acc_total_d = w_data_i;
        default:       launch_d = launch_q;
      endcase
    end
    if (vta_core_pkg::Counters == 0) begin
      acc_writes_d = '0;
      acc_total_d  = '0;
    end
    if (vta_core_pkg::Checks == 0) begin
      error_d.insn  = '0;
      error_d.value = '0;
    end
    if (start) begin
      error_d      = '0;
      acc_writes_d = '0;
    end
    if (launch_q && (finish_i || record)) begin
      launch_d    = 1'b0;
      finish_d    = 1'b1;
      cycles_d    = cycle_q;
      if (vta_core_pkg::Counters != 0) acc_total_d = acc_writes_d;
    end
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      write_state_q <= WriteAddr;
      launch_q      <= 1'b0;
      finish_q      <= 1'b0;
      count_q       <= '0;
      addr_q        <= '0;
      uop_q         <= '0;
      inp_q         <= '0;
      wgt_q         <= '0;
      acc_q         <= '0;
      out_q         <= '0;
      cycle_q       <= '0;
      cycles_q      <= '0;
      acc_writes_q  <= '0;
      acc_total_q   <= '0;
      error_q       <= '0;
    end else begin
      write_state_q <= write_state_d;
      launch_q      <= launch_d;
      finish_q      <= finish_d;
      count_q       <= count_d;
      addr_q        <= addr_d;
      uop_q         <= uop_d;
      inp_q         <= inp_d;
      wgt_q         <= wgt_d;
      acc_q         <= acc_d;
      out_q         <= out_d;
      cycle_q       <= cycle_d;
      cycles_q      <= cycles_d;
      acc_writes_q  <= acc_writes_d;
      acc_total_q   <= acc_total_d;
      error_q       <= error_d;
    end
  end
  always_ff @(posedge clk_i) begin
    write_addr_q <= write_addr_d;
  end

  // ---------------------------------------------------------------------- read channel
  typedef enum logic {
    ReadAddr,
    ReadData
  } read_state_e;
  read_state_e read_state_d, read_state_q;
  logic [31:0] read_data_d, read_data_q;

  // 0x80 .. 0xfc
  logic is_counter;
  assign is_counter      = (ar_addr_i[15:7] == 9'd1) && (ar_addr_i[1:0] == 2'd0);
  assign counter_index_o = ar_addr_i[6:2];

  always_comb begin
    read_state_d = read_state_q;
    read_data_d  = read_data_q;
    unique case (read_state_q)
      ReadAddr: begin
        if (ar_valid_i) read_state_d = ReadData;
        unique case (ar_addr_i)
          AddrControl:    read_data_d = {30'd0, finish_q, launch_q};
          AddrCycles:     read_data_d = cycles_q;
          AddrInsnCount:  read_data_d = count_q;
          AddrInsnAddr:   read_data_d = addr_q;
          AddrUopBase:    read_data_d = uop_q;
          AddrInpBase:    read_data_d = inp_q;
          AddrWgtBase:    read_data_d = wgt_q;
          AddrAccBase:    read_data_d = acc_q;
          AddrOutBase:    read_data_d = out_q;
          AddrAccWrites:  read_data_d = acc_total_q;
          AddrStatus:     read_data_d = {16'd0, error_q.code, 6'd0, error_q.valid, !idle_i};
          AddrErrorInsn:  read_data_d = error_q.insn;
          AddrErrorValue: read_data_d = error_q.value;
          default:        read_data_d = is_counter ? counter_i : '0;
        endcase
      end
      ReadData: if (r_ready_i) read_state_d = ReadAddr;
      default:  read_state_d = ReadAddr;
    endcase
  end
  always_ff @(posedge clk_i) begin
    if (!rst_ni) read_state_q <= ReadAddr;
    else read_state_q <= read_state_d;
  end
  always_ff @(posedge clk_i) begin
    if (ar_valid_i && ar_ready_o) read_data_q <= read_data_d;
  end
  assign ar_ready_o = read_state_q == ReadAddr;
  assign r_valid_o  = read_state_q == ReadData;
  assign r_data_o   = read_data_q;

  assign start_o      = start;
  assign launch_o     = launch_q;
  assign clear_o      = start && error_q.valid;
  assign halt_o       = error_q.valid;
  assign insn_addr_o  = addr_q;
  assign insn_count_o = count_q;
  assign uop_base_o   = {uop_q[31:12], 12'd0};
  assign inp_base_o   = {inp_q[31:12], 12'd0};
  assign wgt_base_o   = {wgt_q[31:12], 12'd0};
  assign acc_base_o   = {acc_q[31:12], 12'd0};
  assign out_base_o   = {out_q[31:12], 12'd0};
endmodule
