// A first-in first-out queue. What is pushed in cycle c is at the output from c+1 on, if it is the
// oldest. Depth is a power of two. With BlockRam the storage is read synchronously, one ahead, so
// that it maps to block RAM; the behaviour is the same, but that without Bypass an element comes out of an empty queue a cycle later.
module vta_fifo #(
  parameter int unsigned Width    = 8,
  parameter int unsigned Depth    = 4,
  parameter bit          BlockRam = 1'b0,
  parameter bit          Bypass   = 1'b1,
  parameter int unsigned CountW   = $clog2(Depth + 1)
) (
  input  logic              clk_i,
  input  logic              rst_ni,
  input  logic              clear_i,
  input  logic              push_i,
  input  logic [Width-1:0]  data_i,
  input  logic              pop_i,
  output logic              valid_o,
  output logic [Width-1:0]  data_o,
  output logic [CountW-1:0] count_o
);
  localparam int unsigned PtrW = (Depth == 1) ? 1 : $clog2(Depth);

  logic [PtrW-1:0]   wptr_d, wptr_q, rptr_d, rptr_q;
  logic [CountW-1:0] count_d, count_q;
  logic [Width-1:0]  mem [0:Depth-1];

  always_comb begin
    wptr_d  = wptr_q;
    rptr_d  = rptr_q;
    count_d = count_q;
    if (push_i && (Depth > 1)) wptr_d = wptr_q + 1'b1;
    if (pop_i && (Depth > 1)) rptr_d = rptr_q + 1'b1;
    if (push_i && !pop_i) count_d = count_q + 1'b1;
    if (!push_i && pop_i) count_d = count_q - 1'b1;
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni || clear_i) begin
      wptr_q  <= '0;
      rptr_q  <= '0;
      count_q <= '0;
    end else begin
      wptr_q  <= wptr_d;
      rptr_q  <= rptr_d;
      count_q <= count_d;
    end
  end

  always_ff @(posedge clk_i) begin
    if (push_i) mem[wptr_q] <= data_i;
  end

  if (BlockRam && !Bypass) begin : gen_late
    // An element is seen when it has been read: two cycles after it was pushed into an empty queue.
    logic [Width-1:0] rdata_q;
    logic             valid_q;
    always_ff @(posedge clk_i) begin
      rdata_q <= mem[rptr_d];
      if (!rst_ni || clear_i) valid_q <= 1'b0;
      else valid_q <= count_q != CountW'(pop_i);
    end
    assign data_o  = rdata_q;
    assign valid_o = valid_q;
  end else if (BlockRam) begin : gen_block_ram
    logic [Width-1:0] rdata_q, bypass_q;
    logic             use_bypass_q;

    always_ff @(posedge clk_i) begin
      if (push_i || pop_i) begin
        rdata_q      <= mem[rptr_d];
        use_bypass_q <= push_i && (wptr_q == rptr_d);
      end
    end
    always_ff @(posedge clk_i) begin
      if (push_i) bypass_q <= data_i;
    end
    assign data_o  = use_bypass_q ? bypass_q : rdata_q;
    assign valid_o = count_q != '0;
  end else begin : gen_registers
    assign data_o  = mem[rptr_q];
    assign valid_o = count_q != '0;
  end

  assign count_o = count_q;
endmodule
