import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fetchModels, type PublishedModel, publishedModels } from './fetch-models.js';

const content = Buffer.from('a model');
const sha256 = createHash('sha256').update(content).digest('hex');
const model = (name: string, sum = sha256): PublishedModel => ({
  name,
  about: 'test',
  path: `${name}.tflite`,
  bytes: content.length,
  sha256: sum,
});

let into: string;
let server: Server | null = null;

/** Starts a loopback server and returns its address. */
async function serve(listener: RequestListener): Promise<string> {
  const started = createServer(listener);
  server = started;
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(started.address() as AddressInfo).port}`;
}

beforeEach(() => {
  into = mkdtempSync(join(tmpdir(), 'vta-models-'));
});

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = null;
  rmSync(into, { recursive: true });
});

describe('fetchModels', () => {
  test('stores what has the right checksum, and does not fetch it again', async () => {
    const asked: string[] = [];
    const base = await serve((request, response) => {
      asked.push(request.url ?? '');
      response.end(content);
    });
    const lines: string[] = [];
    const options = { base, into, models: [model('one'), model('two')], report: (line: string) => lines.push(line) };
    await fetchModels(options);
    await fetchModels(options);
    expect(asked).toEqual(['/one.tflite', '/two.tflite']);
    expect(readFileSync(join(into, 'one', 'model.tflite'))).toEqual(content);
    expect(readdirSync(join(into, 'two'))).toEqual(['model.tflite']);
    expect(lines.map((l) => l.split(',')[0])).toEqual([
      'one: 7 bytes',
      'two: 7 bytes',
      'one: already there (test)',
      'two: already there (test)',
    ]);
  });

  test('fetches a damaged file again', async () => {
    const base = await serve((_, response) => response.end(content));
    await fetchModels({ base, into, models: [model('one')] });
    writeFileSync(join(into, 'one', 'model.tflite'), 'broken');
    await fetchModels({ base, into, models: [model('one')] });
    expect(readFileSync(join(into, 'one', 'model.tflite'))).toEqual(content);
  });

  const failures: readonly (readonly [string, RequestListener, RegExp])[] = [
    ['a wrong checksum', (_, r) => r.end('something else'), /14 bytes came with the SHA-256/],
    ['a missing file', (_, r) => r.writeHead(404).end(), /the server answered 404 Not Found/],
    ['a broken connection', (_, r) => r.writeHead(200, { 'content-length': 100 }).write('par', () => r.destroy()), /terminated/],
    ['silence', () => {}, /timeout/],
  ];
  for (const [name, listener, reason] of failures) {
    test(`${name} is VTA7001 and leaves no file`, async () => {
      const base = await serve(listener);
      const run = fetchModels({ base, into, models: [model('one')], timeoutMs: 300 });
      await expect(run).rejects.toMatchObject({ code: 'VTA7001', message: expect.stringMatching(reason) });
      expect(existsSync(join(into, 'one'))).toBe(false);
    });
  }

  test('no network is VTA7001 with the reason', async () => {
    const base = await serve(() => {});
    server?.close();
    await new Promise<void>((resolve) => server?.on('close', resolve));
    await expect(fetchModels({ base, into, models: [model('one')] })).rejects.toMatchObject({
      code: 'VTA7001',
      message: expect.stringMatching(/ECONNREFUSED/),
    });
  });
});

const shared = join(import.meta.dirname, '..', '..', 'shared', 'models', 'public');

describe.skipIf(!existsSync(shared))('the list of published models', () => {
  for (const { name, bytes, sha256: sum } of publishedModels) {
    test(`${name} agrees with the shared copy`, () => {
      const file = readFileSync(join(shared, name, 'model.tflite'));
      expect([file.length, createHash('sha256').update(file).digest('hex')]).toEqual([bytes, sum]);
    });
  }
});
