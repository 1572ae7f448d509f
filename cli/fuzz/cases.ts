import type { MemorySettings } from '#isa/arch/memory';
import type { VtaConfig } from '#isa/config/config';
import type { FuzzCase } from '#simulator/fuzz/case';
import { legalCase, SMALL_BUDGET } from '#simulator/fuzz/legal-program';
import { mutateCase } from '#simulator/fuzz/mutate';
import { Random } from '#simulator/fuzz/random';
import { randomConfig } from '#simulator/fuzz/random-config';
import { randomMemory } from '#simulator/fuzz/random-memory';
import type { Budget } from '#simulator/fuzz/world';
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

/** Most instructions of a launch; now and then many more, which fill the queues of the units (512 instructions). */
const INSNS = 120;
const MANY_INSNS = 1800;
const LARGE_BUDGET: Budget = { steps: 30_000, lanes: 1_500_000 };

/** Case `index` of a run: it depends on nothing but the recipe and the index. */
export function caseOfRun(recipe: Recipe, index: number): FuzzCase {
  const r = Random.of(recipe.seed, index);
  const model = recipe.models.length > 0 ? recipe.models[index % recipe.models.length] : null;
  const config = model?.config ?? recipe.config ?? randomConfig(r);
  const memory = recipe.memory ?? randomMemory(r, model?.width);
  const name = `fuzz-${recipe.illegal ? 'illegal-' : ''}${recipe.seed}-${index}`;
  // a broken program that overfills a queue stops where the functional machine, which has none, does not
  const large = !recipe.illegal && r.chance(0.02);
  const c = legalCase(name, config, memory, r, large ? MANY_INSNS : INSNS, large ? LARGE_BUDGET : SMALL_BUDGET);
  return recipe.illegal ? mutateCase(c, r) : c;
}
