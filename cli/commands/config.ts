import { PRESET_KEYS, preset } from '#isa/config/presets';
import type { Run } from '../context.js';
import { loadConfig } from '../io/config.js';
import { jsonDocument } from '../report/json.js';
import { table } from '../report/table.js';

const HEAD = ['preset', 'configuration', 'MACs/cycle', 'uop', 'inp', 'wgt', 'acc'];

/** Every preset with its name, peak and buffer sizes in bytes. */
function presets() {
  return Object.keys(PRESET_KEYS).map((name) => {
    const c = preset(name);
    const bytes = {
      uop: c.uopDepth * c.uopBytes,
      inp: c.inpDepth * c.inpBytes,
      wgt: c.wgtDepth * c.wgtBytes,
      acc: c.accDepth * c.accBytes,
    };
    return { preset: name, configuration: c.name, macsPerCycle: c.batch * c.blockIn * c.blockOut, bytes };
  });
}

/** `vta config [PRESET|FILE]` */
export const run: Run = async (context, [name], { json, derived }) => {
  if (name === undefined) {
    const list = presets();
    const rows = list.map((p) => [p.preset, p.configuration, p.macsPerCycle, p.bytes.uop, p.bytes.inp, p.bytes.wgt, p.bytes.acc]);
    context.out(json === true ? jsonDocument({ schema: 1, presets: list }) : table(HEAD, rows));
    return 0;
  }
  const config = loadConfig(name);
  if (derived !== true) {
    context.out(jsonDocument(config.keys));
    return 0;
  }
  const { keys, ...rest } = config;
  const rows = Object.entries(rest).map(([key, value]) => [key, String(value)]);
  context.out(json === true ? jsonDocument({ schema: 1, keys, ...rest }) : table(['derived', 'value'], rows));
  return 0;
};
