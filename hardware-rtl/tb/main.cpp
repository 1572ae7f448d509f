// Runs programs on the Verilated vta_top. Jobs arrive on stdin and results leave on stdout, both binary and
// little-endian (hardware-rtl/verilated/protocol.ts has the other side). State survives from launch to launch.
#include <cstdio>
#include <cstdlib>
#include "machine.h"
#include "svdpi.h"

std::unique_ptr<Probe> probe;

namespace {

constexpr uint32_t kMagic = 0x31415456;  // "VTA1"
enum Op { kLaunch = 1, kPowerUp = 2, kAccess = 3 };

bool readAll(void *to, size_t bytes) { return fread(to, 1, bytes, stdin) == bytes; }
void writeAll(const void *from, size_t bytes) {
  if (fwrite(from, 1, bytes, stdout) != bytes) exit(3);
}

}  // namespace

// The probe's calls, and those of the checkers
extern "C" {
void vta_probe_start() { probe->started = true; }
int vta_probe_wants_writes() { return probe->wantsWrites; }
void vta_probe_state(int finished, int idle, int engines) {
  probe->finished = finished != 0;
  probe->idle = idle != 0;
  probe->engines = engines != 0;
}
void vta_probe_tokens(int l2c, int c2l, int c2s, int s2c) {
  const int counts[4] = {l2c, c2l, c2s, s2c};
  for (int i = 0; i < 4; i++) probe->tokens[i] = uint32_t(counts[i]);
}
int vta_probe_wants_trace() { return probe->trace.wanted; }
void vta_probe_queued(int idx) { probe->trace.queued(uint32_t(idx), probe->cycle); }
void vta_probe_accepted(int idx) { probe->trace.accepted(uint32_t(idx), probe->cycle); }
void vta_probe_works(int idx) { probe->trace.works(uint32_t(idx), probe->cycle); }
void vta_probe_entry_works(int tag) { probe->entryWorks(uint32_t(tag)); }
void vta_probe_chain_works(int name) { probe->chainWorks(uint32_t(name)); }
void vta_probe_grant(int client) { probe->trace.granted(uint32_t(client)); }
void vta_probe_issue(int tag, int idx) { probe->issue(uint32_t(tag), uint32_t(idx)); }
void vta_probe_take(int tag, int name) { probe->take(uint32_t(tag), uint32_t(name)); }
void vta_probe_member(int name, int nth, int elem, const svBitVecVal *data) {
  probe->member(uint32_t(name), nth, uint32_t(elem), reinterpret_cast<const uint8_t *>(data));
}
void vta_probe_retire(int part, int idx, int tag) { probe->retire(uint32_t(part), uint32_t(idx), uint32_t(tag)); }
void vta_probe_acc(int tag, int elem, const svBitVecVal *data) { probe->acc(uint32_t(tag), uint32_t(elem), reinterpret_cast<const uint8_t *>(data)); }
void vta_probe_load(int part, int tag, int sel, int pad, int padValue, int elem, int count, int slot, int beat, const svBitVecVal *data) {
  probe->load(uint32_t(part), uint32_t(tag), uint32_t(sel), pad != 0, uint32_t(padValue), uint32_t(elem), uint32_t(count), uint32_t(slot), uint32_t(beat),
              reinterpret_cast<const uint8_t *>(data));
}
void vta_probe_load_done() { probe->loadDone(); }
void vta_probe_store_complete(int idx, int bursts) { probe->storeComplete(uint32_t(idx), uint32_t(bursts)); }
void vta_axi_violation(const char *channel, const char *rule) { probe->violation(channel, rule); }
}

int main(int argc, char **argv) {
  Machine machine(argc > 1 ? argv[1] : "vta.fst");
  uint32_t magic = 0;
  Job job;
  while (readAll(&magic, sizeof magic)) {
    if (magic != kMagic || !readAll(&job, sizeof job)) return 2;
    if (job.op == kPowerUp) {
      machine.powerUp();
      continue;
    }
    if (job.op == kAccess) {
      std::vector<Access> accesses(job.dramBytes / sizeof(Access));
      if (!readAll(accesses.data(), job.dramBytes)) return 2;
      machine.access(accesses);
      writeAll(accesses.data(), job.dramBytes);
      fflush(stdout);
      continue;
    }
    machine.memory.dram.resize(job.dramBytes);
    if (!readAll(machine.memory.dram.data(), job.dramBytes)) return 2;
    Result result = machine.launch(job);
    const std::string violation = probe->takeViolation(result.violationCycle);
    result.magic = kMagic;
    result.violationBytes = uint32_t(violation.size());
    writeAll(&result, sizeof result);
    writeAll(probe->retired.data(), probe->retired.size() * sizeof(Retire));
    writeAll(violation.data(), violation.size());
    writeAll(probe->watched.data(), probe->watched.size() * sizeof(Write));
    const Trace &trace = probe->trace;
    writeAll(trace.insns.data(), trace.insns.size() * sizeof(Trace::Insn));
    writeAll(trace.reads.data(), trace.reads.size() * sizeof(Trace::Burst));
    writeAll(trace.writes.data(), trace.writes.size() * sizeof(Trace::Burst));
    writeAll(machine.memory.dram.data(), job.dramBytes);
    fflush(stdout);
  }
  return 0;
}
