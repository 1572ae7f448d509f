import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { conditions: ['vta-source'] },
  ssr: { resolve: { conditions: ['vta-source'] } },
  test: {
    include: ['**/*.test.ts'],
    exclude: ['node_modules/**', 'dist/**', 'build/**'],
    testTimeout: 120_000,
    pool: 'forks',
  },
});
