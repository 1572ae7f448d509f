// Runs programs on the Verilated vta_top. Jobs arrive on stdin and results leave on stdout, both binary and
// little-endian (hardware-rtl/verilated/protocol.ts has the other side). State survives from launch to launch.
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include "Vvta_top.h"
#include "memory.h"
#include "probe.h"
#include "svdpi.h"
#include "verilated.h"
#if VTA_TRACE
#include "verilated_fst_c.h"
#endif

namespace {

constexpr uint32_t kMagic = 0x31415456;  // "VTA1"
enum Op { kLaunch = 1, kReset = 2 };
enum Status { kDone = 0, kStuck = 1 };
enum Register { kControl = 0x00, kCycles = 0x04, kInsnCount = 0x08, kInsnAddr = 0x0c, kAccWrites = 0x24, kStatus = 0x28, kErrorInsn = 0x2c, kErrorValue = 0x30 };

struct Job {
  uint32_t op, hashes, dramBytes, insnAddr, insnCount, latency, interval, stall, seed, traceFrom, traceTo;
};
struct Result {
  uint32_t magic, status, cycles, clocks, accWrites, error, errorInsn, errorValue, failed, failedAddr, records;
};

std::unique_ptr<Probe> probe;

class Machine {
public:
  Memory<VTA_BUS_BYTES> memory;

  explicit Machine(const std::string &traceFile) : traceFile_(traceFile) { reset(); }
  ~Machine() { closeTrace(); }

  void reset() {
    closeTrace();
    top_.reset();
    context_.reset(new VerilatedContext);
    context_->traceEverOn(VTA_TRACE != 0);
    probe.reset(new Probe);
    top_.reset(new Vvta_top(context_.get()));
    memory = Memory<VTA_BUS_BYTES>();
    top_->ap_rst_n = 0;
    for (int i = 0; i < 4; i++) tick();
    top_->ap_rst_n = 1;
    tick();
  }

  Result launch(const Job &job) {
    Probe &p = *probe;
    memory.begin({job.latency, job.interval, job.stall, job.seed});
    p.wantsWrites = job.hashes != 0;
    p.finished = false;
    p.retired.clear();
    p.cycle = -1000;
    traceFrom_ = job.traceFrom;
    traceTo_ = job.traceTo;
    write(kInsnAddr, job.insnAddr);
    write(kInsnCount, job.insnCount);
    write(kControl, 1);
    const bool finished = runUntilIdle(job);
    Result r = {kMagic, finished ? kDone : kStuck, 0, uint32_t(p.cycle), 0, 0, 0, 0, memory.failed, memory.failedAddr, uint32_t(p.retired.size())};
    r.cycles = read(kCycles);
    r.accWrites = read(kAccWrites);
    r.error = read(kStatus) >> 8;
    r.errorInsn = read(kErrorInsn);
    r.errorValue = read(kErrorValue);
    closeTrace();
    return r;
  }

private:
  std::unique_ptr<VerilatedContext> context_;
  std::unique_ptr<Vvta_top> top_;
  std::string traceFile_;
  uint32_t traceFrom_ = 1, traceTo_ = 0;
#if VTA_TRACE
  std::unique_ptr<VerilatedFstC> trace_;
  void closeTrace() {
    if (trace_) trace_->close();
    trace_.reset();
  }
#else
  void closeTrace() {}
#endif

  // One clock cycle: pins of the memory, combinational logic, handshakes, rising edge.
  void tick() {
    Vvta_top &t = *top_;
    Probe &p = *probe;
    const int64_t c = p.cycle;
    t.m_axi_gmem_ARREADY = memory.arReady(c);
    t.m_axi_gmem_AWREADY = memory.awReady(c);
    t.m_axi_gmem_WREADY = memory.wReady(c);
    const auto beat = memory.rBeat(c);
    t.m_axi_gmem_RVALID = beat.valid;
    t.m_axi_gmem_RLAST = beat.last;
    t.m_axi_gmem_RRESP = beat.error ? 2 : 0;
    if (beat.valid) std::memcpy(&t.m_axi_gmem_RDATA, beat.data, VTA_BUS_BYTES);
    const bool b = memory.bValid(c);
    t.m_axi_gmem_BVALID = b;
    t.m_axi_gmem_BRESP = b && memory.bError() ? 2 : 0;
    t.ap_clk = 0;
    t.eval();
    dump(c, 0);
    if (t.ap_rst_n) handshakes(c, beat.valid, b);
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

  void handshakes(int64_t c, bool r, bool b) {
    Vvta_top &t = *top_;
    if (t.m_axi_gmem_ARVALID && t.m_axi_gmem_ARREADY) moved(), memory.arDone(c, t.m_axi_gmem_ARADDR, t.m_axi_gmem_ARLEN + 1);
    if (r) moved(), memory.rDone(c);
    if (t.m_axi_gmem_WVALID && t.m_axi_gmem_WREADY) {
      moved();
      uint8_t data[VTA_BUS_BYTES];
      uint64_t strobes = 0, addr = 0;
      uint32_t burst = 0;
      std::memcpy(data, &t.m_axi_gmem_WDATA, VTA_BUS_BYTES);
      std::memcpy(&strobes, &t.m_axi_gmem_WSTRB, VTA_BUS_BYTES / 8);
      memory.wDone(c, data, strobes, burst, addr);
      probe->storeBeat(burst, addr, data, strobes);
    }
    if (t.m_axi_gmem_AWVALID && t.m_axi_gmem_AWREADY) moved(), memory.awDone(t.m_axi_gmem_AWADDR, t.m_axi_gmem_AWLEN + 1);
    if (b) moved(), memory.bDone();
  }
  void moved() { probe->progress = true; }

  // Clocks until FINISH has retired (or an error was recorded) and all units are idle. False if nothing moved for so
  // long that nothing ever will: longer than any memory access and any hand-over between units.
  bool runUntilIdle(const Job &job) {
    Probe &p = *probe;
    const int64_t bound = 4096 + 64LL * (job.latency + job.interval) * (1 + (job.stall > 0 ? 256 / (256 - job.stall) : 0));
    int64_t quiet = 0;
    while (!(p.finished && p.idle && memory.idle())) {
      p.progress = false;
      tick();
      quiet = p.progress || p.engines ? 0 : quiet + 1;
      if (quiet > bound) return p.finished;
    }
    return true;
  }

  void write(uint32_t addr, uint32_t data) {
    Vvta_top &t = *top_;
    t.s_axi_control_AWVALID = 1;
    t.s_axi_control_AWADDR = uint16_t(addr);
    t.s_axi_control_WVALID = 1;
    t.s_axi_control_WDATA = data;
    t.s_axi_control_BREADY = 1;
    while (!t.s_axi_control_AWREADY) tick();
    tick();
    t.s_axi_control_AWVALID = 0;
    while (!t.s_axi_control_WREADY) tick();
    tick();
    t.s_axi_control_WVALID = 0;
    if (addr != kControl) while (!t.s_axi_control_AWREADY) tick();
  }
  uint32_t read(uint32_t addr) {
    Vvta_top &t = *top_;
    t.s_axi_control_ARADDR = uint16_t(addr);
    t.s_axi_control_ARVALID = 1;
    t.s_axi_control_RREADY = 1;
    while (!t.s_axi_control_ARREADY) tick();
    tick();
    t.s_axi_control_ARVALID = 0;
    while (!t.s_axi_control_RVALID) tick();
    const uint32_t data = t.s_axi_control_RDATA;
    tick();
    return data;
  }

  void dump(int64_t c, int phase) {
#if VTA_TRACE
    if (c < int64_t(traceFrom_) || c > int64_t(traceTo_)) return;
    if (!trace_) {
      trace_.reset(new VerilatedFstC);
      top_->trace(trace_.get(), 99);
      trace_->open(traceFile_.c_str());
    }
    trace_->dump(uint64_t(2 * c + phase));
#else
    (void)c;
    (void)phase;
#endif
  }
};

bool readAll(void *to, size_t bytes) { return fread(to, 1, bytes, stdin) == bytes; }
void writeAll(const void *from, size_t bytes) {
  if (fwrite(from, 1, bytes, stdout) != bytes) exit(3);
}

}  // namespace

// The probe's calls
extern "C" {
void vta_probe_start() { probe->started = true; }
int vta_probe_wants_writes() { return probe->wantsWrites; }
void vta_probe_state(int finished, int idle, int engines) {
  probe->finished = finished != 0;
  probe->idle = idle != 0;
  probe->engines = engines != 0;
}
void vta_probe_issue(int tag, int) { probe->issue(uint32_t(tag)); }
void vta_probe_retire(int part, int idx, int tag) { probe->retire(uint32_t(part), uint32_t(idx), uint32_t(tag)); }
void vta_probe_acc(int tag, int elem, const svBitVecVal *data) { probe->acc(uint32_t(tag), uint32_t(elem), reinterpret_cast<const uint8_t *>(data)); }
void vta_probe_load(int part, int tag, int sel, int pad, int padValue, int elem, int count, int slot, int beat, const svBitVecVal *data) {
  probe->load(uint32_t(part), uint32_t(tag), uint32_t(sel), pad != 0, uint32_t(padValue), uint32_t(elem), uint32_t(count), uint32_t(slot), uint32_t(beat),
              reinterpret_cast<const uint8_t *>(data));
}
void vta_probe_load_done() { probe->loadDone(); }
void vta_probe_store_complete(int bursts) { probe->storeComplete(uint32_t(bursts)); }
}

int main(int argc, char **argv) {
  Machine machine(argc > 1 ? argv[1] : "vta.fst");
  uint32_t magic = 0;
  Job job;
  while (readAll(&magic, sizeof magic)) {
    if (magic != kMagic || !readAll(&job, sizeof job)) return 2;
    if (job.op == kReset) {
      machine.reset();
      continue;
    }
    machine.memory.dram.resize(job.dramBytes);
    if (!readAll(machine.memory.dram.data(), job.dramBytes)) return 2;
    const Result result = machine.launch(job);
    writeAll(&result, sizeof result);
    writeAll(probe->retired.data(), probe->retired.size() * sizeof(Retire));
    writeAll(machine.memory.dram.data(), job.dramBytes);
    fflush(stdout);
  }
  return 0;
}
