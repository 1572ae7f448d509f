// The memory behind the AXI master port: isa/arch/memory.ts and docs/reference/timing.md, "Memory".
#pragma once
#include <cstdint>
#include <cstring>
#include <deque>
#include <vector>
#include "stalls.h"

// One cycle is: the pins of the memory are a function of its state (`*Pins`), then the handshakes happen (`*Done`).
template <int BusBytes> class Memory {
public:
  MemorySettings settings;
  std::vector<uint8_t> dram;
  bool failed = false;  // a transfer was outside dram
  uint32_t failedAddr = 0;

  void begin(const MemorySettings &s) {
    settings = s;
    failed = false;
    prevLast_ = -(1LL << 40);
    lastW_ = -(1LL << 40);
  }
  // Forgets every transaction, as a memory does that shares its reset with the master. Its bytes stay.
  void reset() {
    reads_.clear();
    writes_.clear();
    responses_.clear();
    beat_ = wBeat_ = awCount_ = wCount_ = 0;
    begin(settings);
  }
  bool idle() const { return reads_.empty() && writes_.empty() && responses_.empty(); }

  bool arReady(int64_t c) const { return !stalls(settings, AR, c); }
  bool awReady(int64_t c) const { return !stalls(settings, AW, c); }
  bool wReady(int64_t c) const { return !stalls(settings, W, c) && c >= lastW_ + settings.interval; }

  struct Beat {
    bool valid, last, error;
    const uint8_t *data;
  };
  Beat rBeat(int64_t c) {
    if (reads_.empty() || c < offer_ || stalls(settings, R, c)) return {false, false, false, nullptr};
    const Burst &b = reads_.front();
    const uint64_t addr = uint64_t(b.addr) + uint64_t(beat_) * BusBytes;
    const bool inside = addr < dram.size();
    if (!inside) fail(uint32_t(addr));
    if (inside && addr + BusBytes <= dram.size()) {
      std::memcpy(line_, dram.data() + addr, BusBytes);
    } else {
      std::memset(line_, 0, BusBytes);
      if (inside) std::memcpy(line_, dram.data() + addr, dram.size() - addr);
    }
    return {true, beat_ + 1 == b.beats, !inside, line_};
  }
  bool bValid(int64_t c) const {
    return !responses_.empty() && c >= responses_.front().from && !stalls(settings, B, c);
  }
  bool bError() const { return responses_.front().error; }

  // Order within a cycle: arDone sees the state before rDone of the same cycle, as the contract says.
  void arDone(int64_t c, uint32_t addr, uint32_t beats) {
    const bool busy = !reads_.empty();
    reads_.push_back({addr, beats, c, busy});
    if (!busy) startBurst();
  }
  void rDone(int64_t c) {
    if (++beat_ < reads_.front().beats) {
      offer_ = c + settings.interval;
      return;
    }
    reads_.pop_front();
    prevLast_ = c;
    if (!reads_.empty()) startBurst();
  }
  // Number of the burst, from 0
  uint32_t awDone(uint32_t addr, uint32_t beats) {
    writes_.push_back({addr, beats, 0, false});
    return awCount_++;
  }
  // Writes the strobed bytes; `burst` and `addr` of the beat are for the caller. False for data that has no address, which is dropped.
  bool wDone(int64_t c, const uint8_t *data, uint64_t strobes, uint32_t &burst, uint64_t &addr) {
    lastW_ = c;
    if (writes_.empty()) return false;
    Burst &b = writes_.front();
    addr = uint64_t(b.addr) + uint64_t(wBeat_) * BusBytes;
    burst = wCount_;
    for (int i = 0; i < BusBytes; i++) {
      if (!((strobes >> i) & 1)) continue;
      if (addr + i < dram.size()) {
        dram[addr + i] = data[i];
      } else {
        b.busy = true;
        fail(uint32_t(addr + i));
      }
    }
    if (++wBeat_ == b.beats) {
      responses_.push_back({c + 1, b.busy});
      writes_.pop_front();
      wBeat_ = 0;
      wCount_++;
    }
    return true;
  }
  void bDone() { responses_.pop_front(); }

private:
  struct Burst {
    uint32_t addr, beats;
    int64_t at;
    bool busy;  // of a write burst: an error
  };
  struct Response {
    int64_t from;
    bool error;
  };
  std::deque<Burst> reads_, writes_;
  std::deque<Response> responses_;
  uint32_t beat_ = 0, wBeat_ = 0, awCount_ = 0, wCount_ = 0;
  int64_t offer_ = 0, prevLast_ = -(1LL << 40), lastW_ = -(1LL << 40);
  uint8_t line_[BusBytes];

  void startBurst() {
    const Burst &b = reads_.front();
    const int64_t next = prevLast_ + settings.interval;
    const int64_t cold = b.at + settings.latency;
    offer_ = b.busy || next > cold ? next : cold;
    beat_ = 0;
  }
  void fail(uint32_t addr) {
    if (!failed) failedAddr = addr;
    failed = true;
  }
};
