// Feeds the checkers: each line of stdin is one clock cycle, its words name pins that are not 0 (`name=value`). Prints the broken
// rules, one per line, after the number of the cycle.
#include <cstdlib>
#include <functional>
#include <iostream>
#include <map>
#include <sstream>
#include <string>
#include "Vchecker_bench.h"
#include "verilated.h"

static int cycle = 0;
extern "C" void vta_axi_violation(const char *channel, const char *rule) { std::cout << cycle << ' ' << channel << ": " << rule << '\n'; }

int main() {
  VerilatedContext context;
  Vchecker_bench top(&context);
#define PIN(name) {#name, [&](uint64_t v) { top.name = v; }}
  const std::map<std::string, std::function<void(uint64_t)>> pins = {
      PIN(rst_n), PIN(awvalid), PIN(awready), PIN(awaddr), PIN(awid), PIN(awlen), PIN(awsize), PIN(awburst), PIN(awcache), PIN(awrest),
      PIN(wvalid), PIN(wready), PIN(wdata), PIN(wstrb), PIN(wlast), PIN(bvalid), PIN(bready), PIN(bresp),
      PIN(arvalid), PIN(arready), PIN(araddr), PIN(arid), PIN(arlen), PIN(arsize), PIN(arburst), PIN(arcache), PIN(arrest),
      PIN(rvalid), PIN(rready), PIN(rdata), PIN(rresp), PIN(rlast),
      PIN(h_awvalid), PIN(h_awready), PIN(h_awaddr), PIN(h_wvalid), PIN(h_wready), PIN(h_wdata), PIN(h_wstrb), PIN(h_bvalid), PIN(h_bready), PIN(h_bresp),
      PIN(h_arvalid), PIN(h_arready), PIN(h_araddr), PIN(h_rvalid), PIN(h_rready), PIN(h_rdata), PIN(h_rresp)};
  for (std::string line; std::getline(std::cin, line); cycle++) {
    for (const auto &pin : pins) pin.second(0);
    std::istringstream words(line);
    for (std::string word; words >> word;) {
      const size_t equals = word.find('=');
      pins.at(word.substr(0, equals))(std::strtoull(word.c_str() + equals + 1, nullptr, 0));
    }
    top.clk = 0;
    top.eval();
    top.clk = 1;
    top.eval();
  }
  return 0;
}
