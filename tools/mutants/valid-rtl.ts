import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { generatedFiles, rtlSources } from '#hardware-rtl/verilated/sources';
import { run } from '#hardware-rtl/verilated/verilator';
import type { VtaConfig } from '#isa/config/config';
import { poolModels } from '../../cli/fuzz/rtl-pool.js';
import { applyEdit, type Fault } from './fault.js';
import type { Pointless } from './valid.js';

/** Machines that between them have everything that makes other hardware. */
const MODELS = poolModels(1, 4);

/** What Verilator makes of the design: a hash of its C++, or null where it refuses. */
async function translate(config: VtaConfig, width: number, fault: Fault | null): Promise<string | null> {
  const folder = mkdtempSync(join(tmpdir(), 'vta-mutant-'));
  try {
    const own = rtlSources().map(({ path, text }) => ({
      path,
      text: fault !== null && path.endsWith(`/${fault.file}`) ? applyEdit(text, fault) : text,
    }));
    const generated = Object.entries(generatedFiles(config, width, 'plain')).map(([path, text]) => ({ path, text }));
    const files = [...generated, ...own].filter((s) => s.path.endsWith('.sv'));
    for (const { path, text } of files) writeFileSync(join(folder, basename(path)), text);
    const names = files.map((s) => basename(s.path));
    const { ok } = await run('verilator', ['--cc', '-Wno-lint', '--top-module', 'vta_top', '--Mdir', 'made', ...names], folder, 120_000);
    if (!ok) return null;
    const hash = createHash('sha256');
    const made = join(folder, 'made');
    for (const name of readdirSync(made)
      .filter((n) => /\.(cpp|h)$/.test(n))
      .sort())
      hash.update(name).update(readFileSync(join(made, name)));
    return hash.digest('hex');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Looks at faults of the RTL before a model is built. */
export class RtlFaults {
  private readonly good: Promise<readonly (string | null)[]> = Promise.all(MODELS.map((m) => translate(m.config, m.width, null)));

  /** Null for a fault that only tests can notice. */
  async judge(fault: Fault): Promise<Pointless | null> {
    const good = await this.good;
    for (const [i, { config, width }] of MODELS.entries()) {
      const made = await translate(config, width, fault);
      if (made === null) return 'does not compile';
      if (made !== good[i]) return null;
    }
    return 'same program';
  }
}
