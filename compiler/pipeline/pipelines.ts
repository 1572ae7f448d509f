/** The named pipelines: which passes run, in which order. `vta passes` prints them. */
import { annotateTargets } from '../passes/annotate-targets.js';
import { dropIdentities } from '../passes/drop-identities.js';
import { foldConstants } from '../passes/fold-constants.js';
import { fuseActivations } from '../passes/fuse-activations.js';
import { fusePads } from '../passes/fuse-pads.js';
import { mergeComposites } from '../passes/merge-composites.js';
import { mergeRegions } from '../passes/merge-regions.js';
import { partition } from '../passes/partition.js';
import { setRounding } from '../passes/set-rounding.js';
import type { Pass } from './pass.js';

/** From an imported network to regions of code generators. */
export const PARTITION_PIPELINE: readonly Pass[] = [
  setRounding,
  foldConstants,
  fusePads,
  fuseActivations,
  dropIdentities,
  mergeComposites,
  annotateTargets,
  mergeRegions,
  partition,
];
