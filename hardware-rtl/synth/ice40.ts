import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from '#isa/config/config';
import { PRESET_KEYS } from '#isa/config/presets';
import { run } from '../verilated/verilator.js';
import { cellsOf, inFolder, lastLines, yosysSources } from './yosys.js';

/** The smallest machine that is still all of VTA: one lane, 8-bit values, 16-bit accumulators. */
export const REDUCED = defineConfig(
  {
    ...PRESET_KEYS.mac64,
    LOG_ACC_WIDTH: 4,
    LOG_BLOCK: 0,
    LOG_BLOCK_IN: 0,
    LOG_BLOCK_OUT: 0,
    LOG_UOP_BUFF_SIZE: 6,
    LOG_INP_BUFF_SIZE: 4,
    LOG_WGT_BUFF_SIZE: 4,
    LOG_ACC_BUFF_SIZE: 5,
  },
  'reduced',
);

/** Queues of that machine: everything that the contract makes large for speed. */
export const REDUCED_QUEUES: Readonly<Record<string, number>> = {
  CommandQueueDepth: 4,
  FetchBytes: 64,
  FetchChunk: 64,
  LoaderBeats: 32,
  LoaderInsns: 2,
  ReadBursts: 4,
  RobDepth: 4,
  StoreInsns: 2,
};

/** A device that routes with few pins: what goes in is shifted in, and what comes out is folded into one bit, so that nothing is optimised away. */
const SHELL = `module shell (input logic clk, input logic rst_n, input logic d, output logic q);
  localparam int unsigned In = 147;
  logic [In-1:0] in_q;
  always_ff @(posedge clk) in_q <= {in_q[In-2:0], d};
  logic        awready, wready, bvalid, arready, rvalid, m_awvalid, m_wvalid, m_wlast, m_arvalid;
  logic [31:0] rdata, m_awaddr, m_araddr;
  logic [7:0]  m_awlen, m_arlen, m_wstrb;
  logic [63:0] m_wdata;
  vta_top u_top (
    .ap_clk(clk), .ap_rst_n(rst_n),
    .s_axi_control_AWVALID(in_q[0]), .s_axi_control_AWREADY(awready), .s_axi_control_AWADDR(in_q[16:1]),
    .s_axi_control_WVALID(in_q[17]), .s_axi_control_WREADY(wready), .s_axi_control_WDATA(in_q[49:18]), .s_axi_control_WSTRB(in_q[53:50]),
    .s_axi_control_BVALID(bvalid), .s_axi_control_BREADY(in_q[54]),
    .s_axi_control_ARVALID(in_q[55]), .s_axi_control_ARREADY(arready), .s_axi_control_ARADDR(in_q[71:56]),
    .s_axi_control_RVALID(rvalid), .s_axi_control_RREADY(in_q[72]), .s_axi_control_RDATA(rdata),
    .m_axi_gmem_AWVALID(m_awvalid), .m_axi_gmem_AWREADY(in_q[73]), .m_axi_gmem_AWADDR(m_awaddr), .m_axi_gmem_AWLEN(m_awlen),
    .m_axi_gmem_WVALID(m_wvalid), .m_axi_gmem_WREADY(in_q[74]), .m_axi_gmem_WDATA(m_wdata), .m_axi_gmem_WSTRB(m_wstrb), .m_axi_gmem_WLAST(m_wlast),
    .m_axi_gmem_BVALID(in_q[75]), .m_axi_gmem_BRESP(in_q[77:76]), .m_axi_gmem_BID(8'd0), .m_axi_gmem_BUSER(1'b0),
    .m_axi_gmem_ARVALID(m_arvalid), .m_axi_gmem_ARREADY(in_q[78]), .m_axi_gmem_ARADDR(m_araddr), .m_axi_gmem_ARLEN(m_arlen),
    .m_axi_gmem_RVALID(in_q[79]), .m_axi_gmem_RDATA(in_q[143:80]), .m_axi_gmem_RRESP(in_q[145:144]), .m_axi_gmem_RLAST(in_q[146]),
    .m_axi_gmem_RID(8'd0), .m_axi_gmem_RUSER(1'b0)
  );
  logic [6:0] fold_q;
  always_ff @(posedge clk) begin
    fold_q[0] <= ^{awready, wready, bvalid, arready, rvalid};
    fold_q[1] <= ^rdata;
    fold_q[2] <= ^{m_awvalid, m_awlen, m_arvalid, m_arlen};
    fold_q[3] <= ^m_awaddr;
    fold_q[4] <= ^m_araddr;
    fold_q[5] <= ^{m_wvalid, m_wlast, m_wstrb};
    fold_q[6] <= ^m_wdata;
    q <= ^fold_q;
  end
endmodule
`;

/** A routed design. */
export interface Routed {
  readonly logicCells: number;
  readonly blockRams: number;
  /** MHz that the slowest path between two registers allows. */
  readonly clock: number;
}

/** Maps, places and routes the reduced machine for an iCE40 HX8K (7,680 logic cells, 32 block RAMs of 4 kbit). @returns the last lines of the tool that fails */
export async function route(): Promise<Routed | string> {
  const sources = new Map(yosysSources(REDUCED, 64));
  const constants = sources.get('vta_core_pkg.sv') ?? '';
  sources.set(
    'vta_core_pkg.sv',
    Object.entries(REDUCED_QUEUES).reduce(
      (text, [name, value]) => text.replace(new RegExp(`(localparam int unsigned ${name}\\s*=) \\d+;`), `$1 ${value};`),
      constants,
    ),
  );
  return inFolder(sources, async (folder, files) => {
    const shell = join(folder, 'shell.sv');
    writeFileSync(shell, SHELL);
    const netlist = join(folder, 'shell.json');
    const yosys = await run('yosys', ['-p', `read_verilog -sv ${files.join(' ')} ${shell}; synth_ice40 -top shell -json ${netlist}; stat`]);
    if (!yosys.ok) return lastLines(yosys.output);
    const cells = cellsOf(yosys.output);
    const args = ['--hx8k', '--package', 'ct256', '--json', netlist, '--freq', '40', '--seed', '1', '--pcf-allow-unconstrained'];
    const nextpnr = await run('nextpnr-ice40', args);
    const clocks = [...nextpnr.output.matchAll(/Max frequency for clock '[^']*': ([\\d.]+) MHz/g)];
    const used = /ICESTORM_LC:\\s+(\\d+)/.exec(nextpnr.output);
    if (clocks.length === 0 || used === null) return lastLines(nextpnr.output);
    return { logicCells: Number(used[1]), blockRams: cells.SB_RAM40_4K ?? 0, clock: Number(clocks[clocks.length - 1][1]) };
  });
}
