// Lets Node run this repository's TypeScript scripts as they stand, through ts-node's loader (types are checked by "npm run check").
// Use: node --import ./tools/ts-node.mjs tools/<script>.ts
import { register } from 'node:module';
import { pathToFileURL } from 'node:url';

process.env.TS_NODE_TRANSPILE_ONLY ??= '1';
register('ts-node/esm', pathToFileURL('./'));
