// Stalls of the memory and of the host: which channel rests in which cycle.
#pragma once
#include <cstdint>

struct MemorySettings {
  uint32_t latency = 18, interval = 1, stall = 0, seed = 1;
};

// Each stalls by itself: the channels of the memory, those of the host, and the host's pause before it polls.
enum Channel { AR, R, AW, W, B, HostAW, HostW, HostB, HostAR, HostR, HostPoll };

// Repeats `stalls` of isa/arch/memory.ts.
inline bool stalls(const MemorySettings &s, uint32_t channel, int64_t cycle) {
  if (s.stall == 0 || cycle < 0) return false;
  uint32_t x = ((s.seed + 0x9e3779b9u + (channel + 1) * 0x85ebca6bu) * 0xc2b2ae35u) ^
               ((static_cast<uint32_t>(cycle) + 1) * 0x27d4eb2fu);
  x = (x ^ (x >> 15)) * 0x2c1b3c6du;
  x = (x ^ (x >> 12)) * 0x297a2d39u;
  return ((x ^ (x >> 15)) & 0xff) < s.stall;
}
