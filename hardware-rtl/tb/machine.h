// The Verilated vta_top with its memory, its host and the probe: runs one launch after another.
#pragma once
#include <unistd.h>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include "Vvta_top.h"
#include "host.h"
#include "memory.h"
#include "probe.h"
#include "verilated.h"
#if VTA_COVERAGE
#include "verilated_cov.h"
#endif
#if VTA_TRACE == 1
#include "verilated_fst_c.h"
using Waveform = VerilatedFstC;
#elif VTA_TRACE == 2
#include "verilated_vcd_c.h"
using Waveform = VerilatedVcdC;
#endif

constexpr uint32_t kNever = 0xffffffffu;
// Ticks between two looks at whether somebody still waits for the result: some tenths of a second.
constexpr uint32_t kLookEvery = 1u << 16;
enum Status : uint32_t { kDone = 0, kStuck = 1, kWasReset = 2 };
enum Flags : uint32_t { kHashes = 1, kLateReady = 2, kTraced = 4 };
enum Register {
  kControl = 0x00,
  kCycles = 0x04,
  kInsnCount = 0x08,
  kInsnAddr = 0x0c,
  kAccWrites = 0x24,
  kStatus = 0x28,
  kErrorInsn = 0x2c,
  kErrorValue = 0x30,
  kCounters = 0x80
};

// hardware-rtl/verilated/protocol.ts has the other side of both.
struct Job {
  uint32_t op, flags, dramBytes, insnAddr, insnCount, latency, interval, stall, seed, traceFrom, traceTo, resetAt, resetFor, watchUnit, watchOrdinal;
};
struct Result {
  uint32_t magic, status, cycles, clocks, ticks, accWrites, error, errorInsn, errorValue, failed, failedAddr, records, violationCycle, violationBytes;
  uint32_t tokens[4], tracedInsns, tracedReads, tracedWrites, watched;
  uint32_t counters[VTA_COUNTERS];
};

// A register read or written by the host.
struct Access {
  uint32_t addr, data, write;
};

extern std::unique_ptr<Probe> probe;

class Machine {
public:
  Memory<VTA_BUS_BYTES> memory;

  explicit Machine(const std::string &file) : file_(file) { powerUp(); }
  ~Machine() { finish(); }

  // A new device: scratchpads are zero.
  void powerUp() {
    finish();
    top_.reset();
    context_.reset(new VerilatedContext);
    context_->traceEverOn(VTA_TRACE != 0);
    probe.reset(new Probe);
    top_.reset(new Vvta_top(context_.get()));
    memory = Memory<VTA_BUS_BYTES>();
    host_ = Host();
    pullReset(4);
  }

  Result launch(const Job &job) {
    Probe &p = *probe;
    const MemorySettings settings = {job.latency, job.interval, job.stall, job.seed};
    memory.begin(settings);
    host_.settings = settings;
    lateReady_ = (job.flags & kLateReady) != 0;
    p.wantsWrites = (job.flags & kHashes) != 0;
    p.watchUnit = job.watchUnit;
    p.watchOrdinal = job.watchOrdinal;
    p.watched.clear();
    p.finished = false;
    p.retired.clear();
    p.trace.begin((job.flags & kTraced) != 0, job.insnCount);
    p.cycle = -1000;
    ticks_ = 0;
    resetAt_ = job.resetAt;
    traceFrom_ = job.traceFrom;
    traceTo_ = job.traceTo;
    Result r = {};
    try {
      r.status = run(job) ? kDone : kStuck;
      r.clocks = uint32_t(p.cycle);
      r.ticks = ticks_;
    } catch (ResetNow &) {
      memory.reset();
      host_.reset();
      resetAt_ = kNever;
      pullReset(job.resetFor);
      p.forget();
      r.status = kWasReset;
    }
    resetAt_ = kNever;
    registers(r);
    closeTrace();
    r.failed = memory.failed;
    r.failedAddr = memory.failedAddr;
    r.records = uint32_t(p.retired.size());
    r.watched = uint32_t(p.watched.size());
    p.trace.finish();
    r.tracedInsns = uint32_t(p.trace.insns.size());
    r.tracedReads = uint32_t(p.trace.reads.size());
    r.tracedWrites = uint32_t(p.trace.writes.size());
    std::memcpy(r.tokens, p.tokens, sizeof r.tokens);
    return r;
  }

  // Between launches. Leaves what was read in `data`.
  void access(std::vector<Access> &accesses) {
    for (Access &a : accesses) {
      if (a.write) write(a.addr, a.data);
      else a.data = read(a.addr);
    }
  }

private:
  struct ResetNow {};
  std::unique_ptr<VerilatedContext> context_;
  std::unique_ptr<Vvta_top> top_;
  Host host_;
  std::string file_;  // of a waveform, or of coverage
  uint32_t traceFrom_ = 1, traceTo_ = 0, resetAt_ = kNever, ticks_ = 0;
  const pid_t parent_ = getppid();
  bool lateReady_ = false;
  bool awSeen_ = false, wSeen_ = false, arSeen_ = false;  // VALID waited in the cycle before
#if VTA_TRACE
  std::unique_ptr<Waveform> trace_;
  void closeTrace() {
    if (trace_) trace_->close();
    trace_.reset();
  }
#else
  void closeTrace() {}
#endif
  void finish() {
    closeTrace();
#if VTA_COVERAGE
    if (!top_) return;
    static int part = 0;
    context_->coveragep()->write((file_ + "." + std::to_string(part++)).c_str());
#endif
  }

  void pullReset(uint32_t cycles) {
    top_->ap_rst_n = 0;
    for (uint32_t i = 0; i < cycles; i++) tick();
    top_->ap_rst_n = 1;
    tick();
  }

  bool run(const Job &job) {
    write(kInsnAddr, job.insnAddr);
    write(kInsnCount, job.insnCount);
    write(kControl, 1);
    return runUntilIdle(job);
  }

  void registers(Result &r) {
    r.cycles = read(kCycles);
    r.accWrites = read(kAccWrites);
    r.error = read(kStatus) >> 8;
    r.errorInsn = read(kErrorInsn);
    r.errorValue = read(kErrorValue);
    for (int i = 0; i < VTA_COUNTERS; i++) r.counters[i] = read(kCounters + 4 * i);
  }

  // One clock cycle: pins of memory and host, combinational logic, handshakes, rising edge.
  void tick() {
    Vvta_top &t = *top_;
    Probe &p = *probe;
    if (ticks_++ == resetAt_) throw ResetNow();
    if (ticks_ % kLookEvery == 0) endIfAlone();
    const int64_t c = p.cycle;
    t.m_axi_gmem_ARREADY = memory.arReady(c) && (!lateReady_ || arSeen_);
    t.m_axi_gmem_AWREADY = memory.awReady(c) && (!lateReady_ || awSeen_);
    t.m_axi_gmem_WREADY = memory.wReady(c) && (!lateReady_ || wSeen_);
    const auto beat = memory.rBeat(c);
    t.m_axi_gmem_RVALID = beat.valid;
    t.m_axi_gmem_RLAST = beat.last;
    t.m_axi_gmem_RRESP = beat.error ? 2 : 0;
    if (beat.valid) std::memcpy(&t.m_axi_gmem_RDATA, beat.data, VTA_BUS_BYTES);
    const bool b = memory.bValid(c);
    t.m_axi_gmem_BVALID = b;
    t.m_axi_gmem_BRESP = b && memory.bError() ? 2 : 0;
    host_.drive(t);
    t.ap_clk = 0;
    t.eval();
    if (lateReady_) checkIndependence();
    dump(c, 0);
    if (t.ap_rst_n) handshakes(c, beat.valid, b);
    host_.edge(t);
    t.ap_clk = 1;
    t.eval();
    dump(c, 1);
    if (p.started) {
      p.cycle = 0;
      p.started = false;
    } else {
      p.cycle++;
    }
  }

  // A parent that was killed cannot end its model, which would go on for as long as the program does.
  void endIfAlone() const {
    if (getppid() != parent_) std::_Exit(4);
  }

  void handshakes(int64_t c, bool r, bool b) {
    Vvta_top &t = *top_;
    arSeen_ = t.m_axi_gmem_ARVALID && !t.m_axi_gmem_ARREADY;
    awSeen_ = t.m_axi_gmem_AWVALID && !t.m_axi_gmem_AWREADY;
    wSeen_ = t.m_axi_gmem_WVALID && !t.m_axi_gmem_WREADY;
    if (t.m_axi_gmem_ARVALID && t.m_axi_gmem_ARREADY) addressed(c);
    if (r) {
      moved();
      memory.rDone(c);
      probe->trace.rDone(c, t.m_axi_gmem_RLAST);
    }
    if (t.m_axi_gmem_WVALID && t.m_axi_gmem_WREADY) {
      moved();
      uint8_t data[VTA_BUS_BYTES];
      uint64_t strobes = 0, addr = 0;
      uint32_t burst = 0;
      std::memcpy(data, &t.m_axi_gmem_WDATA, VTA_BUS_BYTES);
      std::memcpy(&strobes, &t.m_axi_gmem_WSTRB, VTA_BUS_BYTES / 8);
      probe->trace.wDone(c, t.m_axi_gmem_WLAST);
      if (memory.wDone(c, data, strobes, burst, addr)) probe->storeBeat(burst, addr, data, strobes);
    }
    if (t.m_axi_gmem_AWVALID && t.m_axi_gmem_AWREADY) {
      moved();
      memory.awDone(t.m_axi_gmem_AWADDR, t.m_axi_gmem_AWLEN + 1);
      probe->trace.awDone(c, t.m_axi_gmem_AWLEN + 1);
    }
    if (b) moved(), memory.bDone();
  }
  void addressed(int64_t c) {
    moved();
    memory.arDone(c, top_->m_axi_gmem_ARADDR, top_->m_axi_gmem_ARLEN + 1);
    probe->trace.arDone(c, top_->m_axi_gmem_ARLEN + 1);
  }
  void moved() { probe->progress = true; }

  // No VALID and no payload may follow a READY combinationally.
  void checkIndependence() {
    Vvta_top &t = *top_;
    const Offers before = offers();
    flipReadies();
    t.eval();
    const Offers after = offers();
    if (std::memcmp(&before, &after, sizeof before) != 0) probe->violation("AXI", "a VALID or a payload depends on READY");
    flipReadies();
    t.eval();
  }
  void flipReadies() {
    Vvta_top &t = *top_;
    t.m_axi_gmem_ARREADY = !t.m_axi_gmem_ARREADY;
    t.m_axi_gmem_AWREADY = !t.m_axi_gmem_AWREADY;
    t.m_axi_gmem_WREADY = !t.m_axi_gmem_WREADY;
    t.s_axi_control_BREADY = !t.s_axi_control_BREADY;
    t.s_axi_control_RREADY = !t.s_axi_control_RREADY;
  }
  struct Offers {
    uint32_t araddr, awaddr, rdata;
    uint8_t arvalid, arlen, awvalid, awlen, wvalid, wlast, bvalid, rvalid, wdata[VTA_BUS_BYTES];
  };
  Offers offers() const {
    const Vvta_top &t = *top_;
    Offers o;
    std::memset(&o, 0, sizeof o);
    o.araddr = t.m_axi_gmem_ARADDR;
    o.awaddr = t.m_axi_gmem_AWADDR;
    o.rdata = t.s_axi_control_RDATA;
    o.arvalid = t.m_axi_gmem_ARVALID;
    o.arlen = t.m_axi_gmem_ARLEN;
    o.awvalid = t.m_axi_gmem_AWVALID;
    o.awlen = t.m_axi_gmem_AWLEN;
    o.wvalid = t.m_axi_gmem_WVALID;
    o.wlast = t.m_axi_gmem_WLAST;
    o.bvalid = t.s_axi_control_BVALID;
    o.rvalid = t.s_axi_control_RVALID;
    std::memcpy(o.wdata, &t.m_axi_gmem_WDATA, VTA_BUS_BYTES);
    return o;
  }

  // Clocks until FINISH has retired (or an error was recorded) and all units are idle. False if nothing moved for so
  // long that nothing ever will: longer than any memory access and any hand-over between units.
  bool runUntilIdle(const Job &job) {
    Probe &p = *probe;
    const int64_t bound = 4096 + 64LL * (job.latency + job.interval) * (1 + (job.stall > 0 ? 256 / (256 - job.stall) : 0));
    int64_t quiet = 0;
    while (!(p.finished && p.idle && memory.idle())) {
      p.progress = false;
      const int addr = host_.idle() ? host_.poll() : -1;
      if (addr >= 0) host_.read(uint32_t(addr));
      tick();
      quiet = p.progress || p.engines ? 0 : quiet + 1;
      if (quiet > bound) return p.finished;
    }
    return true;
  }

  void write(uint32_t addr, uint32_t data) {
    host_.write(addr, data);
    settle();
  }
  uint32_t read(uint32_t addr) {
    settle();
    host_.read(addr);
    settle();
    return host_.data();
  }
  void settle() {
    while (!host_.idle()) tick();
  }

  void dump(int64_t c, int phase) {
#if VTA_TRACE
    if (c < int64_t(traceFrom_) || c > int64_t(traceTo_)) return;
    if (!trace_) {
      trace_.reset(new Waveform);
      top_->trace(trace_.get(), 99);
      trace_->open(file_.c_str());
    }
    trace_->dump(uint64_t(2 * c + phase));
#else
    (void)c;
    (void)phase;
#endif
  }
};
