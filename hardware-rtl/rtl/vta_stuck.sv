// Will nothing ever move again, though FINISH has not retired? Every unit is empty, and the head of every queue waits for a token that
// nobody can push any more. Tokens come from instructions at work only, and there are none: one look is enough, whatever the memory
// does. docs/reference/rtl.md, "Errors".
module vta_stuck (
  input  logic                 launch_i,
  input  logic [31:0]          insn_count_i,
  // fetch has handed out everything, or waits for a place in one of the queues with the instruction of this program index
  input  logic                 fetch_done_i,
  input  logic [2:0]           fetch_blocked_i,
  input  logic [31:0]          fetch_idx_i,
  input  logic                 busy_i,  // an instruction is accepted or issued and has not retired
  // heads of the queues: 0 load, 1 compute, 2 store
  input  logic [2:0]           head_valid_i,
  input  logic [31:0]          load_idx_i,
  input  logic [31:0]          compute_idx_i,
  input  logic [31:0]          store_idx_i,
  // missing tokens: 0 c2l, 1 l2c, 2 s2c, 3 c2s
  input  logic [3:0]           missing_i,
  output vta_core_pkg::error_t error_o
);
  logic [2:0]  wait_or_none;
  logic        stuck;
  logic [31:0] first, second, oldest;
  assign wait_or_none = ~head_valid_i | {missing_i[3], missing_i[2] || missing_i[1], missing_i[0]};
  assign stuck        = (vta_core_pkg::Checks != 0) && launch_i && !busy_i && (wait_or_none == 3'b111) && (fetch_done_i || (fetch_blocked_i != '0));

  // an empty queue counts as the youngest
  assign first  = head_valid_i[0] ? load_idx_i : '1;
  assign second = (head_valid_i[1] && (compute_idx_i < first)) ? compute_idx_i : first;
  assign oldest = (head_valid_i[2] && (store_idx_i < second)) ? store_idx_i : second;

  always_comb begin
    error_o       = '0;
    error_o.valid = stuck;
    error_o.value = 32'({fetch_blocked_i, missing_i});
    if (fetch_blocked_i != '0) begin
      error_o.code = vta_core_pkg::ErrQueueFull;
      error_o.insn = fetch_idx_i;
    end else if (head_valid_i != '0) begin
      error_o.code = vta_core_pkg::ErrDeadlock;
      error_o.insn = oldest;
    end else begin
      error_o.code = vta_core_pkg::ErrNoFinish;
      error_o.insn = insn_count_i - 32'd1;
    end
  end
endmodule
