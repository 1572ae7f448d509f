// The host behind the AXI4-Lite port: one read or write at a time. Where the memory stalls, the host does too: it raises its VALIDs in any
// order and late, and takes responses late, all from the same seed.
#pragma once
#include <cstdint>
#include "stalls.h"

class Host {
public:
  MemorySettings settings;

  bool idle() const { return kind_ == kNone; }
  uint32_t data() const { return data_; }
  void write(uint32_t addr, uint32_t data) {
    kind_ = kWrite;
    addr_ = uint16_t(addr);
    data_ = data;
    addrUp_ = dataUp_ = addrDone_ = dataDone_ = false;
  }
  void read(uint32_t addr) {
    kind_ = kRead;
    addr_ = uint16_t(addr);
    addrUp_ = addrDone_ = false;
  }
  void reset() { kind_ = kNone; }
  // A register to look at while the machine runs, now and then; -1 for none.
  int poll() const { return settings.stall == 0 || stalls(settings, HostPoll, clock_) ? -1 : int(clock_ * 0x9e3779b1u >> 24 & ~3u); }

  template <typename Top> void drive(Top &t) {
    const bool writes = kind_ == kWrite, reads = kind_ == kRead;
    if (writes && !stalls(settings, HostAW, clock_)) addrUp_ = true;
    if (writes && !stalls(settings, HostW, clock_)) dataUp_ = true;
    if (reads && !stalls(settings, HostAR, clock_)) addrUp_ = true;
    t.s_axi_control_AWVALID = writes && addrUp_ && !addrDone_;
    t.s_axi_control_AWADDR = addr_;
    t.s_axi_control_WVALID = writes && dataUp_ && !dataDone_;
    t.s_axi_control_WDATA = data_;
    t.s_axi_control_WSTRB = 15;
    t.s_axi_control_BREADY = !stalls(settings, HostB, clock_);
    t.s_axi_control_ARVALID = reads && addrUp_ && !addrDone_;
    t.s_axi_control_ARADDR = addr_;
    t.s_axi_control_RREADY = !stalls(settings, HostR, clock_);
  }

  template <typename Top> void edge(Top &t) {
    clock_++;
    if (t.s_axi_control_AWVALID && t.s_axi_control_AWREADY) addrDone_ = true;
    if (t.s_axi_control_WVALID && t.s_axi_control_WREADY) dataDone_ = true;
    if (t.s_axi_control_ARVALID && t.s_axi_control_ARREADY) addrDone_ = true;
    if (t.s_axi_control_BVALID && t.s_axi_control_BREADY) kind_ = kNone;
    if (t.s_axi_control_RVALID && t.s_axi_control_RREADY) {
      data_ = t.s_axi_control_RDATA;
      kind_ = kNone;
    }
  }

private:
  enum Kind { kNone, kWrite, kRead };
  Kind kind_ = kNone;
  uint16_t addr_ = 0;
  uint32_t data_ = 0, clock_ = 0;
  bool addrUp_ = false, dataUp_ = false, addrDone_ = false, dataDone_ = false;
};
