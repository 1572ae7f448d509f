// What the probe (tb/vta_probe.sv) reports, and the write hashes computed from it: the rules of
// isa/arch/write-hash.ts in C++.
#pragma once
#include <cstdint>
#include <cstring>
#include <deque>
#include <map>
#include <string>
#include <utility>
#include <vector>
#include "trace.h"
#include "vta_params.h"

struct Retire {
  uint32_t unit, insn, cycle, hash;
};

inline uint32_t mix(uint32_t place, uint32_t value) {
  uint32_t x = ((place + 0x9e3779b9u) * 0x85ebca6bu) ^ value;
  x = (x ^ (x >> 15)) * 0xc2b2ae35u;
  return x ^ (x >> 13);
}

inline uint32_t granule(const uint8_t *p, uint32_t bytes) {
  uint32_t v = 0;
  for (uint32_t i = bytes; i-- > 0;) v = (v << 8) | p[i];
  return v;
}

// One write that a hash counts.
struct Write {
  uint32_t place, value;
};
using Writes = std::vector<Write>;

class Probe {
  static constexpr uint32_t kNoName = ~0u;

public:
  bool wantsWrites = false;
  // The writes of the instruction that is watched: the `watchOrdinal`th of its unit.
  uint32_t watchUnit = ~0u, watchOrdinal = 0;
  Writes watched;
  bool started = false;   // set in the cycle before cycle 0
  bool finished = false, idle = true;
  bool engines = false;   // scanner, GEMM or ALU works, or a loader takes a step
  bool progress = false;  // something issued or retired
  int64_t cycle = -1;
  std::vector<Retire> retired;
  uint32_t tokens[4] = {};  // l2c, c2l, c2s, s2c
  Trace trace;

  // A broken rule of the AXI checkers; the first one is kept.
  void violation(const char *channel, const char *rule) {
    if (!violation_.empty()) return;
    violation_ = std::string(channel) + ": " + rule;
    violationCycle_ = cycle;
  }
  std::string takeViolation(uint32_t &at) {
    at = uint32_t(violationCycle_);
    return std::exchange(violation_, std::string());
  }
  // After a reset nothing is under way.
  void forget() {
    started = finished = engines = false;
    idle = true;
    retired.clear();
    loading_ = {};
    loadDone_.clear();
    storeEnd_.clear();
    bursts_.clear();
    watched.clear();
    std::memset(count_, 0, sizeof count_);
    newest_ = kNoName;
    storeBursts_ = 0;
    std::memset(tokens, 0, sizeof tokens);
  }

  void issue(uint32_t tag, uint32_t idx) {
    progress = true;
    compute_[tag] = {};
    computeIdx_[tag] = idx;
  }
  // An instruction becomes a member of an ALU chain, in program order.
  void take(uint32_t tag, uint32_t name) {
    if (name != newest_) members_[name].clear();
    newest_ = name;
    members_[name].push_back(tag);
  }
  void retire(uint32_t unit, uint32_t idx, uint32_t tag) {
    progress = true;
    Sum sum;
    if (unit == 0) {
      sum = std::move(loadDone_.front());
      loadDone_.pop_front();
    } else if (unit == 1) {
      sum = std::move(compute_[tag]);
    } else {
      const uint32_t end = storeEnd_.front();
      storeEnd_.pop_front();
      while (!bursts_.empty() && int32_t(bursts_.begin()->first - end) < 0) {
        sum.take(bursts_.begin()->second);
        bursts_.erase(bursts_.begin());
      }
    }
    if (unit == watchUnit && count_[unit] == watchOrdinal) watched = std::move(sum.writes);
    count_[unit]++;
    retired.push_back({unit, idx, uint32_t(cycle), wantsWrites ? sum.hash : 0});
  }
  // GEMM or ALU wrote one element
  void acc(uint32_t tag, uint32_t elem, const uint8_t *data) {
    addAcc(1, compute_[tag], elem * VTA_LANES, data, VTA_LANES, VTA_ACC_BITS / 8);
  }
  // What the nth member of a chain made of one element; -1 is the last one.
  void member(uint32_t name, int nth, uint32_t elem, const uint8_t *data) {
    acc(nth < 0 ? members_[name].back() : members_[name][size_t(nth)], elem, data);
  }
  // A loader's step: see load_write_t in vta_core_pkg.sv
  void load(uint32_t unit, uint32_t tag, uint32_t sel, bool pad, uint32_t padValue, uint32_t elem, uint32_t count,
            uint32_t slot, uint32_t beat, const uint8_t *data) {
    const bool acc = unit == 1 && sel != 0;
    const uint32_t bytes = unit == 0 ? (sel == 0 ? VTA_INP_BYTES : VTA_WGT_BYTES)
                           : sel == 0 ? 4
                           : sel == 1 ? VTA_ACC_BYTES
                                      : VTA_ACC_BYTES / 4;
    const uint32_t lane = acc ? bytes / VTA_LANES : (bytes < 4 ? bytes : 4);
    Sum &sum = unit == 0 ? loading_ : compute_[tag];
    if (pad) {
      uint8_t zeros[4096];
      std::memset(zeros, int(padValue), bytes);
      if (acc) addAcc(unit, sum, elem * VTA_LANES, zeros, VTA_LANES, lane);
      else addSpad(unit, sum, elem * (bytes / lane), zeros, bytes, lane);
    } else {
      const uint32_t n = bytes >= VTA_BUS_BYTES ? VTA_BUS_BYTES : count * bytes;
      const uint32_t place = elem * (bytes / lane) + beat * (VTA_BUS_BYTES / lane);
      const uint8_t *from = data + slot * bytes;
      if (acc) addAcc(unit, sum, place, from, n / lane, lane);
      else addSpad(unit, sum, place, from, n, lane);
    }
  }
  void loadDone() {
    loadDone_.push_back(std::move(loading_));
    loading_ = {};
  }
  void storeComplete(uint32_t idx, uint32_t bursts) {
    storeEnd_.push_back(bursts);
    trace.stored(idx, bursts - storeBursts_);
    storeBursts_ = bursts;
  }
  void entryWorks(uint32_t tag) { trace.works(computeIdx_[tag], cycle); }
  void chainWorks(uint32_t name) {
    for (uint32_t tag : members_[name]) entryWorks(tag);
  }
  // One W beat of a burst
  void storeBeat(uint32_t burst, uint64_t addr, const uint8_t *data, uint64_t strobes) {
    if (!wantsWrites) return;
    const uint32_t size = VTA_OUT_BYTES < 4 ? VTA_OUT_BYTES : 4;
    Sum &sum = bursts_[burst];
    for (uint32_t i = 0; i < VTA_BUS_BYTES; i += size) {
      if ((strobes >> i) & 1) add(2, sum, uint32_t((addr + i) / size), granule(data + i, size));
    }
  }

private:
  // The hash of what an instruction or a burst wrote; the writes themselves where its unit is watched.
  struct Sum {
    uint32_t hash = 0;
    Writes writes;
    void take(const Sum &other) {
      hash += other.hash;
      writes.insert(writes.end(), other.writes.begin(), other.writes.end());
    }
  };
  Sum compute_[VTA_ROB_DEPTH];
  uint32_t computeIdx_[VTA_ROB_DEPTH] = {};
  uint32_t count_[3] = {};  // retired instructions of each unit
  uint32_t newest_ = kNoName, storeBursts_ = 0;
  std::vector<uint32_t> members_[VTA_CHAIN_NAMES];
  Sum loading_;
  std::string violation_;
  int64_t violationCycle_ = 0;
  std::deque<Sum> loadDone_;
  std::deque<uint32_t> storeEnd_;
  std::map<uint32_t, Sum> bursts_;

  void add(uint32_t unit, Sum &sum, uint32_t place, uint32_t value) {
    sum.hash += mix(place, value);
    if (unit == watchUnit) sum.writes.push_back({place, value});
  }
  void addAcc(uint32_t unit, Sum &sum, uint32_t place, const uint8_t *data, uint32_t lanes, uint32_t bytes) {
    for (uint32_t l = 0; l < lanes; l++) {
      const uint32_t raw = granule(data + l * bytes, bytes);
      const int shift = int(32 - 8 * bytes);
      add(unit, sum, place + l, uint32_t(int32_t(raw << shift) >> shift));
    }
  }
  void addSpad(uint32_t unit, Sum &sum, uint32_t place, const uint8_t *data, uint32_t bytes, uint32_t size) {
    for (uint32_t i = 0; i < bytes; i += size) add(unit, sum, place + i / size, granule(data + i, size));
  }
};
