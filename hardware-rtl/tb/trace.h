// When everything of one launch happened, for the trace of docs/reference/timing.md: filled by the probe and by the memory's pins, only
// where the job asks for it.
#pragma once
#include <cstdint>
#include <deque>
#include <vector>

constexpr int32_t kNoCycle = -1;

class Trace {
public:
  struct Insn {
    int32_t queued = kNoCycle, accepted = kNoCycle, started = kNoCycle, finished = kNoCycle;
  };
  struct Burst {
    uint32_t client, beats;
    int32_t handshake, first = kNoCycle, last = kNoCycle;
  };
  bool wanted = false;
  std::vector<Insn> insns;
  std::vector<Burst> reads, writes;  // each in the order of handshakes

  void begin(bool want, uint32_t insnCount) {
    wanted = want;
    insns.assign(want ? insnCount : 0, Insn());
    reads.clear();
    writes.clear();
    clients_.clear();
    reading_ = writing_ = stored_ = 0;
  }

  void queued(uint32_t insn, int64_t c) {
    if (insn < insns.size()) insns[insn].queued = int32_t(c + 1);
  }
  void accepted(uint32_t insn, int64_t c) {
    if (insn < insns.size()) insns[insn].accepted = int32_t(c);
  }
  void works(uint32_t insn, int64_t c) {
    if (insn >= insns.size()) return;
    if (insns[insn].started == kNoCycle) insns[insn].started = int32_t(c);
    insns[insn].finished = int32_t(c);
  }

  // The read engine grants requests in the order in which it addresses them.
  void granted(uint32_t client) { clients_.push_back(client); }
  void arDone(int64_t c, uint32_t beats) {
    if (!wanted) return;
    reads.push_back({clients_.front(), beats, int32_t(c)});
    clients_.pop_front();
  }
  void rDone(int64_t c, bool last) {
    if (wanted) beat(reads, reading_, c, last);
  }
  void awDone(int64_t c, uint32_t beats) {
    if (wanted) writes.push_back({kStore, beats, int32_t(c)});
  }
  void wDone(int64_t c, bool last) {
    if (wanted) beat(writes, writing_, c, last);
  }
  // All bursts of a store have been requested: it takes the next `count` ones.
  void stored(uint32_t insn, uint32_t count) {
    if (wanted && count > 0) stores_.push_back({insn, stored_, stored_ + count});
    stored_ += count;
  }
  void finish() {
    for (const Store &s : stores_) {
      if (s.insn >= insns.size() || s.end > writes.size()) continue;
      insns[s.insn].started = writes[s.begin].handshake;
      insns[s.insn].finished = writes[s.end - 1].last;
    }
    stores_.clear();
  }

private:
  static constexpr uint32_t kStore = 3;
  struct Store {
    uint32_t insn;
    size_t begin, end;
  };
  std::deque<uint32_t> clients_;
  std::vector<Store> stores_;
  size_t reading_ = 0, writing_ = 0, stored_ = 0;

  static void beat(std::vector<Burst> &bursts, size_t &at, int64_t c, bool last) {
    if (at >= bursts.size()) return;
    if (bursts[at].first == kNoCycle) bursts[at].first = int32_t(c);
    if (last) bursts[at++].last = int32_t(c);
  }
};
