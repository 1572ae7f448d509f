// Constants of the timing contract (docs/reference/timing.md), sizes that follow from configuration
// and bus width, and the types that units exchange.

// verilator lint_off UNUSEDPARAM
package vta_core_pkg;

  function automatic int unsigned min_u(input int unsigned a, input int unsigned b);
    min_u = (a < b) ? a : b;
  endfunction
  function automatic int unsigned max_u(input int unsigned a, input int unsigned b);
    max_u = (a > b) ? a : b;
  endfunction
  // Bits that hold 0 .. value
  function automatic int unsigned bits_for(input int unsigned value);
    bits_for = $clog2(value + 1);
  endfunction

  localparam int unsigned BusBits     = vta_bus_pkg::BusBits;
  localparam int unsigned BusBytes    = BusBits / 8;
  localparam int unsigned LogBusBytes = $clog2(BusBytes);

  // The timing contract: isa/spec/timing.ts.
  // gen: timing
  localparam int unsigned CommandQueueDepth = 512;
  localparam int unsigned FetchBytes        = 512;
  localparam int unsigned FetchChunk        = 256;
  localparam int unsigned LoadBurstBeats    = 32;
  localparam int unsigned StoreBurstBeats   = 16;
  localparam int unsigned BurstLimit        = 4096;
  localparam int unsigned LoaderBeats       = 128;
  localparam int unsigned LoaderInsns       = 8;
  localparam int unsigned ReadBursts        = 32;
  localparam int unsigned RobDepth          = 32;
  localparam int unsigned StoreBeats        = 4;
  localparam int unsigned StoreBursts       = 4;
  localparam int unsigned StoreInsns        = 8;
  localparam int unsigned SimpleUops        = 16;
  localparam int unsigned ChainDepth        = 4;
  localparam int unsigned MaxAccGroups      = 4;
  localparam int unsigned GemmWrite         = 6;
  localparam int unsigned AluIssue          = 2;
  localparam int unsigned AluWrite          = 6;
  localparam int unsigned AluRaw            = 7;
  localparam int unsigned ScanDelay         = 3;
  // /gen

  localparam int unsigned FetchBeats      = FetchBytes / BusBytes;
  localparam int unsigned BurstBytes      = min_u(LoadBurstBeats * BusBytes, BurstLimit);
  localparam int unsigned LogBurstBytes   = $clog2(BurstBytes);
  localparam int unsigned StoreBurstBytes = min_u(StoreBurstBeats * BusBytes, BurstLimit);
  localparam int unsigned LogStoreBurst   = $clog2(StoreBurstBytes);

  // What a small device does without (docs/reference/rtl.md, "A small core"): these are the values of the contract.
  localparam int unsigned AddrBits          = 32;  // of a byte address on the bus; those above are 0
  localparam int unsigned TokenBits         = 32;  // of a token counter
  localparam int unsigned ResponseBits      = 32;  // of a count of store bursts
  localparam int unsigned WholeBeats        = 1;   // 0: a step moves one element, not all that a beat holds
  localparam int unsigned Checks            = 1;   // 0: of all errors, only those of the bus are found
  localparam int unsigned Counters          = 1;   // 0: performance counters and cycles of ACC writes read 0
  localparam int unsigned QueueBypass       = 1;   // 0: what is pushed into an empty command queue comes out a cycle later
  // One instruction at a time in compute: it stays at the head of its queue while it is executed, nothing can be in its
  // way, and its tokens are pushed when it retires.
  localparam bit          Single            = RobDepth == 1;
  localparam bit          RowResets         = SimpleUops != 0;

  // Beats of one burst
  localparam int unsigned BeatBits = bits_for(max_u(FetchChunk, BurstBytes) / BusBytes);
  localparam int unsigned RobBits  = max_u(1, $clog2(RobDepth));
  // Names of ALU chains: more than can be under way (one being built, one in each stage of the ALU).
  localparam int unsigned ChainBits = 4;

  // An address on the bus
  function automatic logic [31:0] address(input logic [31:0] value);
    address = value & 32'((64'd1 << AddrBits) - 64'd1);
  endfunction
  // What a base register keeps: with fewer address bits only those that mean something
  function automatic logic [31:0] page(input logic [31:0] value);
    page = (AddrBits == 32) ? value : address(value) & 32'hffff_f000;
  endfunction

  // Elements of n bytes that are moved from or into one beat in a cycle
  function automatic int unsigned slots_of(input int unsigned n);
    slots_of = ((n < BusBytes) && (WholeBeats != 0)) ? BusBytes / n : 1;
  endfunction

  // DRAM bytes of an ACC_8BIT element; where ACC has not 32 bits the type does not exist
  localparam bit          HasAcc8     = vta_pkg::AccBits == 32;
  localparam int unsigned Acc8Bytes   = HasAcc8 ? vta_pkg::AccBytes / 4 : vta_pkg::AccBytes;
  localparam int unsigned LogAcc8Bytes = $clog2(Acc8Bytes);

  // Slots of an ACC write and of an OUT read, and the banks of ACC
  localparam int unsigned AccSlots = max_u(slots_of(vta_pkg::AccBytes), slots_of(Acc8Bytes));
  localparam int unsigned OutSlots = slots_of(vta_pkg::OutBytes);
  localparam int unsigned AccSubs     = min_u(vta_pkg::AccDepth, max_u(AccSlots, OutSlots));
  localparam int unsigned AccGroups   = min_u(MaxAccGroups, vta_pkg::AccDepth / AccSubs);
  localparam int unsigned AccBanks    = AccSubs * AccGroups;
  localparam int unsigned LogAccSubs  = $clog2(AccSubs);
  localparam int unsigned LogAccBanks = $clog2(AccBanks);
  // Position of an element in its row of banks
  localparam int unsigned AccColBits  = max_u(1, LogAccBanks);

  // Bank of an ACC element: which of AccSubs by the low bits of the index, so that the elements of a beat
  // never meet, and which of AccGroups by folding the rest, so that even strides do not stay in one bank.
  function automatic logic [1:0] acc_group(input logic [15:0] idx);
    logic [15:0] digits;
    logic [1:0]  fold;
    digits    = idx >> LogAccSubs;
    fold      = digits[1:0] ^ digits[3:2] ^ digits[5:4] ^ digits[7:6] ^
                digits[9:8] ^ digits[11:10] ^ digits[13:12] ^ digits[15:14];
    acc_group = (AccGroups == 4) ? fold : (AccGroups == 2) ? {1'b0, fold[1] ^ fold[0]} : 2'd0;
  endfunction
  function automatic logic [15:0] acc_sub(input logic [15:0] idx);
    acc_sub = idx & 16'(AccSubs - 1);
  endfunction
  // Is the ACC element `other` in the bank of one of the `count` elements from `first` on?
  function automatic logic acc_meets(input logic [15:0] other, input logic [15:0] first,
                                     input logic [15:0] count);
    logic [15:0] nth;
    nth       = acc_sub(other - first);
    acc_meets = (nth < count) && (acc_group(other) == acc_group(first + nth));
  endfunction

  // A slot of a beat, and a count of slots
  localparam int unsigned SlotBits      = max_u(1, LogBusBytes);
  localparam int unsigned SlotCountBits = LogBusBytes + 1;
  // A beat of an element (elements have at most 4096 bytes)
  localparam int unsigned PartBits = 12;

  // Scratchpad selects of the loaders
  typedef enum logic [1:0] {
    SelFirst  = 2'd0,  // load unit: INP, compute: UOP
    SelSecond = 2'd1,  // load unit: WGT, compute: ACC
    SelThird  = 2'd2   // load unit: PAD_VALUE, compute: ACC_8BIT
  } sel_e;

  typedef enum logic [1:0] {
    KindNop  = 2'd0,
    KindLoad = 2'd1,
    KindGemm = 2'd2,
    KindAlu  = 2'd3
  } kind_e;

  // Status register error codes (docs/reference/rtl.md)
  typedef enum logic [7:0] {
    ErrNone      = 8'd0,
    ErrOpcode    = 8'd1,
    ErrMemType   = 8'd2,
    ErrAluOp     = 8'd3,
    ErrFlags     = 8'd4,
    ErrUopRange  = 8'd5,
    ErrInpRange  = 8'd6,
    ErrWgtRange  = 8'd7,
    ErrAccRange  = 8'd8,
    ErrRead      = 8'd9,
    ErrWrite     = 8'd10,
    ErrFetch     = 8'd11,
    ErrStorePad  = 8'd12,
    ErrDeadlock  = 8'd13,
    ErrNoFinish  = 8'd14,
    ErrQueueFull = 8'd15
  } err_e;

  typedef struct packed {
    logic        valid;
    logic [7:0]  code;
    logic [31:0] insn;   // program index
    logic [31:0] value;  // highest index reached, where the code is a range
  } error_t;

  // What the performance counters count (docs/reference/rtl.md); the last one is at the lowest offset.
  typedef struct packed {
    logic store_blocked;   // the head of the queue has its tokens, and the unit does not take it
    logic compute_blocked;
    logic load_blocked;
    logic store_c2s;       // the head of the queue waits for a token
    logic compute_s2c;
    logic compute_l2c;
    logic load_c2l;
    logic read_wait;       // a read burst is open and no beat comes
    logic read_beat;
    logic store_wait;      // a store is under way and no beat leaves
    logic store_busy;      // a beat leaves
    logic load_wait;       // an instruction is accepted and its loader takes no step
    logic load_busy;       // a step
    logic acc_load_wait;
    logic acc_load_busy;
    logic alu_wait;        // an ALU instruction is issued, not all of its vectors have left, and none leaves
    logic alu_busy;        // a vector leaves the sequencer
    logic gemm_wait;
    logic gemm_busy;       // a micro-op issues
  } events_t;

  // A burst to request: address of its first beat (aligned to the bus) and its beats.
  typedef struct packed {
    logic [31:0]         addr;
    logic [BeatBits-1:0] beats;
  } read_req_t;

  // An instruction accepted by a loader.
  typedef struct packed {
    logic [1:0]   sel;  // sel_e
    logic [127:0] insn;
    logic         skip;  // writes and reads nothing
  } load_cmd_t;

  // What a loader's step writes.
  typedef struct packed {
    logic [1:0]               sel;    // sel_e
    logic                     pad;    // a padding element
    logic [15:0]              idx;    // first element
    logic [SlotCountBits-1:0] count;  // elements completed
    logic [SlotBits-1:0]      slot;   // place of the first one in the beat
    logic [PartBits-1:0]      part;   // beat within the element
  } load_write_t;

  // What the scanner learned of a GEMM or ALU instruction.
  typedef struct packed {
    logic [RobBits-1:0] tag;
    logic [15:0]        dst_low;
    logic [31:0]        dst_high;
    logic [15:0]        src_low;
    logic [31:0]        src_high;
    logic [31:0]        wgt_high;
    logic               shaped;     // an ALU instruction that may be in a chain, or a reset that goes row by row
    logic               ascending;  // only of simple instructions
    logic               is_alu;
    logic               reads_src;  // ALU: dst and src are read
    logic               reset;
  } scan_t;

  // A GEMM to start.
  typedef struct packed {
    logic [127:0]                   insn;
    logic [RobBits-1:0]             tag;
    logic                           scanned;
    logic                           rows;  // scanned: resets the accumulators row by row
    logic [vta_pkg::AccIdxBits-1:0] low;   // scanned: its accumulators
    logic [vta_pkg::AccIdxBits-1:0] high;
  } gemm_cmd_t;

  // A row of banks, or a part of it, that GEMM resets at once.
  typedef struct packed {
    logic [AccColBits-1:0] from;  // first and last element in the row
    logic [AccColBits-1:0] to;
  } acc_row_t;

  // An ALU chain. Its operation n works in stage n + 1 of the lanes; each field has one part per operation, the
  // first one lowest.
  typedef struct packed {
    logic [ChainBits-1:0]     name;
    logic                     ascending;
    logic                     reset;    // of RQ
    logic [ChainDepth-1:0]    valid;    // there is such an operation
    logic [ChainDepth-1:0]    use_src;  // its second operand is the register
    logic [ChainDepth*3-1:0]  op;
    logic [ChainDepth*16-1:0] imm;
  } chain_t;

  // The ALU chain that wrote last, and where: stores follow it.
  typedef struct packed {
    logic                           valid;  // it ascends
    logic [ChainBits-1:0]           name;
    logic [vta_pkg::AccIdxBits-1:0] idx;
  } watermark_t;

  // Everything a GEMM or ALU instruction says about its loops.
  typedef struct packed {
    logic [vta_pkg::LogUopDepth:0] uop_bgn;
    logic [vta_pkg::LogUopDepth:0] uop_end;
    logic [13:0]                   iter_out;
    logic [13:0]                   iter_in;
  } loop_t;

endpackage
// verilator lint_on UNUSEDPARAM
