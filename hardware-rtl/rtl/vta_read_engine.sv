// Grants one read burst per cycle to fetch, compute loader or load loader (in this order of
// priority), drives the AR channel and routes the beats back in order of the grants.
module vta_read_engine (
  input  logic                             clk_i,
  input  logic                             rst_ni,
  // requests: 0 fetch, 1 compute, 2 load
  input  logic [2:0]                       req_valid_i,
  input  vta_core_pkg::read_req_t          req_fetch_i,
  input  vta_core_pkg::read_req_t          req_compute_i,
  input  vta_core_pkg::read_req_t          req_load_i,
  output logic [2:0]                       grant_o,
  output logic [2:0]                       beat_o,
  output logic                             idle_o,
  // AXI
  output logic                             ar_valid_o,
  input  logic                             ar_ready_i,
  output logic [31:0]                      ar_addr_o,
  output logic [7:0]                       ar_len_o,
  input  logic                             r_valid_i,
  input  logic                             r_last_i
);
  localparam int unsigned CountW = vta_core_pkg::bits_for(vta_core_pkg::ReadBursts);

  logic                    ar_valid_d, ar_valid_q;
  vta_core_pkg::read_req_t ar_d, ar_q, chosen;
  logic [CountW-1:0]       outstanding;
  logic                    may_grant;
  logic [1:0]              chosen_client, owner;
  logic                    owner_valid, last;

  assign may_grant = (!ar_valid_q || ar_ready_i) &&
                     (outstanding < CountW'(vta_core_pkg::ReadBursts));

  always_comb begin
    grant_o       = 3'b000;
    chosen        = req_fetch_i;
    chosen_client = 2'd0;
    if (may_grant) begin
      if (req_valid_i[0]) begin
        grant_o = 3'b001;
      end else if (req_valid_i[1]) begin
        grant_o       = 3'b010;
        chosen        = req_compute_i;
        chosen_client = 2'd1;
      end else if (req_valid_i[2]) begin
        grant_o       = 3'b100;
        chosen        = req_load_i;
        chosen_client = 2'd2;
      end
    end
  end

  always_comb begin
    ar_valid_d = ar_valid_q && !ar_ready_i;
    ar_d       = ar_q;
    if (grant_o != 3'b000) begin
      ar_valid_d = 1'b1;
      ar_d       = chosen;
    end
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) ar_valid_q <= 1'b0;
    else ar_valid_q <= ar_valid_d;
  end
  always_ff @(posedge clk_i) begin
    ar_q <= ar_d;
  end

  assign last = r_valid_i && r_last_i;

  vta_fifo #(
    .Width(2),
    .Depth(vta_core_pkg::ReadBursts)
  ) u_owners (
    .clk_i   (clk_i),
    .rst_ni  (rst_ni),
    .clear_i (1'b0),
    .push_i  (grant_o != 3'b000),
    .data_i  (chosen_client),
    .pop_i   (last),
    .valid_o (owner_valid),
    .data_o  (owner),
    .count_o (outstanding)
  );

  always_comb begin
    beat_o = 3'b000;
    if (r_valid_i) begin
      unique case (owner)
        2'd0:    beat_o = 3'b001;
        2'd1:    beat_o = 3'b010;
        2'd2:    beat_o = 3'b100;
        default: beat_o = 3'b000;
      endcase
    end
  end

  assign ar_valid_o = ar_valid_q;
  assign ar_addr_o  = ar_q.addr;
  assign ar_len_o   = 8'(ar_q.beats) - 8'd1;
  assign idle_o     = !owner_valid && !ar_valid_q;
endmodule
