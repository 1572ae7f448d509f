/** The named pipelines: which passes run, in which order. `vta passes` prints them. */
import { annotateTargets } from './annotate-targets.js';
import { dropIdentities } from './drop-identities.js';
import { foldConstants } from './fold-constants.js';
import { fuseActivations } from './fuse-activations.js';
import { fusePads } from './fuse-pads.js';
import { mergeComposites } from './merge-composites.js';
import { mergeRegions } from './merge-regions.js';
import { partition } from './partition.js';
import { setRounding } from './set-rounding.js';
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
