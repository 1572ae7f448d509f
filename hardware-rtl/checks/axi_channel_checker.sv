// The rules that hold on every AXI channel, whoever drives it. A broken rule is reported by name; the harness fails the run.
module axi_channel_checker #(
  parameter string       Name  = "AXI",
  parameter int unsigned Width = 1
) (
  input logic             clk_i,
  input logic             rst_ni,
  input logic             valid_i,
  input logic             ready_i,
  input logic [Width-1:0] payload_i
);
  import "DPI-C" function void vta_axi_violation(input string channel, input string rule);

  logic             was_reset_q, waited_q;
  logic [Width-1:0] offered_q;

  // Procedural, and the payload is kept only where it waits: every run is checked, so it must cost little.
  always_ff @(posedge clk_i) begin
    was_reset_q <= !rst_ni;
    waited_q    <= rst_ni && valid_i && !ready_i;
    if (valid_i && !ready_i) offered_q <= payload_i;
    if (was_reset_q && valid_i) vta_axi_violation(Name, "VALID is high in reset, or right after it");
    if (rst_ni && waited_q) begin
      if (!valid_i) vta_axi_violation(Name, "VALID fell before READY");
      else if (payload_i != offered_q) vta_axi_violation(Name, "the payload changed while VALID waited for READY");
    end
  end
endmodule
