// Performance counters (docs/reference/rtl.md, "Performance counters"): one per bit of vta_core_pkg::events_t. Each counts the
// cycles of a launch, FINISH's included, in which its event is there; it keeps its value until the next launch.
module vta_counters (
  input  logic                    clk_i,
  input  logic                    rst_ni,
  input  logic                    clear_i,
  input  logic                    count_i,
  input  vta_core_pkg::events_t   events_i,
  // The first counter is the event of the lowest bit.
  input  logic [4:0]              index_i,
  output logic [31:0]             value_o
);
  localparam int unsigned Events = $bits(events_i);

  logic [31:0] value_q [0:31];

  for (genvar e = 0; e < 32; e++) begin : gen_counter
    if ((e < Events) && (vta_core_pkg::Counters != 0)) begin : gen_event
      always_ff @(posedge clk_i) begin
        if (!rst_ni || clear_i) value_q[e] <= '0;
        else if (count_i && events_i[e]) value_q[e] <= value_q[e] + 32'd1;
      end
    end else begin : gen_none
      assign value_q[e] = '0;
    end
  end
  if (vta_core_pkg::Counters == 0) begin : gen_no_counters
    logic unused;
    assign unused = ^{clk_i, rst_ni, clear_i, count_i, events_i};
  end
  assign value_o = value_q[index_i];
endmodule
