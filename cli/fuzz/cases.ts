import type { MemorySettings } from '#isa/arch/memory';
import type { VtaConfig } from '#isa/config/config';
import type { FuzzCase } from '#fuzz/case';
import { legalCase, SMALL_BUDGET } from '#fuzz/legal-program';
import { mutateCase } from '#fuzz/mutate';
import { Random } from '#fuzz/random';
import { randomConfig, SMALL_MACHINES } from '#fuzz/random-config';
import { randomMemory } from '#fuzz/random-memory';
import type { Budget } from '#fuzz/world';
import type { RtlModel } from './rtl-pool.js';

/** What the cases of a run are made of. */
export interface Recipe {
  readonly seed: number;
  /** Null: a random one for each case. */
  readonly config: VtaConfig | null;
  readonly memory: MemorySettings | null;
  /** Where the RTL takes part: the models, used in turn. */
  readonly models: readonly RtlModel[];
  readonly illegal: boolean;
}

/** How large the programs of a case are: the most instructions of a launch, what they may do, and how often this comes. */
interface Size {
  readonly chance: number;
  readonly insns: number;
  readonly budget: Budget;
  /** log2 of the scratchpads' depth where long transfers are wanted. */
  readonly deepest?: number;
}
const USUAL: Size = { chance: 1, insns: 120, budget: SMALL_BUDGET };
/** Now and then enough instructions to fill the queues of the units (512), and loops and transfers as long as they can be. */
const UNUSUAL: readonly Size[] = [
  { chance: 0.02, insns: 1800, budget: { steps: 30_000, lanes: 1_500_000, iterations: 40 } },
  { chance: 0.02, insns: 12, budget: { steps: 60_000, lanes: 3_000_000, iterations: 2 ** 14 - 1 }, deepest: 16 },
];

/** Case `index` of a run: it depends on nothing but the recipe and the index. */
export function caseOfRun(recipe: Recipe, index: number): FuzzCase {
  const r = Random.of(recipe.seed, index);
  // a broken program that overfills a queue stops where the functional machine, which has none, does not
  const size = recipe.illegal ? USUAL : (UNUSUAL.find((s) => r.chance(s.chance)) ?? USUAL);
  const model = recipe.models.length > 0 ? recipe.models[index % recipe.models.length] : null;
  const config =
    model?.config ?? recipe.config ?? (size.deepest === undefined ? randomConfig(r) : randomConfig(r, SMALL_MACHINES, size.deepest));
  const memory = recipe.memory ?? randomMemory(r, model?.width);
  const c = legalCase(`fuzz-${recipe.illegal ? 'illegal-' : ''}${recipe.seed}-${index}`, config, memory, r, size.insns, size.budget);
  return recipe.illegal ? mutateCase(c, r) : c;
}
