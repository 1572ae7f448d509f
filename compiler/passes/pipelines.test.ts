import { expect, test } from 'vitest';
import { PARTITION_PIPELINE } from './pipelines.js';

test('passes that only improve the code may be left out; those that later ones need may not', () => {
  const names = (optional: boolean) => PARTITION_PIPELINE.flatMap((p) => (p.optional === optional ? [p.name] : []));
  expect(names(true)).toEqual(['fold-constants', 'fuse-pads', 'fuse-activations', 'drop-identities']);
  expect(names(false)).toEqual(['set-rounding', 'merge-composites', 'annotate-targets', 'merge-regions', 'partition']);
});
