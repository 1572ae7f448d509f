/**
 * `npm run models`: fetches the published int8 models of MLPerf Tiny into models/mlperf-tiny. A file is stored only if its
 * SHA-256 is the expected one; files that are there and right are not fetched again.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { fail, VtaError } from '#isa/diag/diagnostic';
import { printDiagnostic } from '#isa/diag/print';
import { toolMessages } from './messages.js';

/** A file of the public repository github.com/mlcommons/tiny. */
export interface PublishedModel {
  readonly name: string;
  readonly about: string;
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** Where raw files of the repository are, at the commit that the sums belong to. */
const defaultBase = 'https://raw.githubusercontent.com/mlcommons/tiny/1afd2c9820f795965a6134facd0b4dfae41ef23f';

const folder = 'benchmark/training';

export const publishedModels: readonly PublishedModel[] = [
  {
    name: 'ic',
    about: 'CIFAR-10 image classification, ResNet-8',
    path: `${folder}/image_classification/trained_models/pretrainedResnet_quant.tflite`,
    bytes: 98_496,
    sha256: '3c002613d1b2475eb51dd78dfb85a546c8ae658dee71cf6ade43b022fe205415',
  },
  {
    name: 'kws',
    about: 'keyword spotting, DS-CNN',
    path: `${folder}/keyword_spotting/trained_models/kws_ref_model.tflite`,
    bytes: 53_936,
    sha256: 'aeea436800704fce17b17292e4412630ad856e9d777c044c64ef748a880bd0ae',
  },
  {
    name: 'ad',
    about: 'anomaly detection, dense autoencoder',
    path: `${folder}/anomaly_detection/trained_models/ad01_int8.tflite`,
    bytes: 276_976,
    sha256: '87cf24194ef93d1d9b11a591d805526b98008e351655d29883c825c9c106ba24',
  },
  {
    name: 'vww',
    about: 'visual wake words, MobileNet v1 x0.25',
    path: `${folder}/visual_wake_words/trained_models/vww_96_int8.tflite`,
    bytes: 333_288,
    sha256: '597a384c8c2c8a1276f04702f25013b7838f2f814f1ca7c174d295b73e3d6b7b',
  },
];

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

function isThere(file: string, model: PublishedModel): boolean {
  try {
    return sha256(readFileSync(file)) === model.sha256;
  } catch {
    return false;
  }
}

/** What went wrong below HTTP, for instance "fetch failed (ENOTFOUND)". */
function networkReason(error: unknown): string {
  const { message, cause } = error as Error & { cause?: { code?: string } };
  return cause?.code === undefined ? message : `${message} (${cause.code})`;
}

/** Downloads one file and checks it. Throws VTA7001. */
async function download(url: string, model: PublishedModel, timeoutMs: number): Promise<Uint8Array> {
  const refuse = (reason: string): never => fail(toolMessages.VTA7001, { model: model.name, url, reason });
  const attempt = async (): Promise<Response> => {
    try {
      return await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
    } catch (error) {
      return refuse(networkReason(error));
    }
  };
  const response = await attempt();
  if (!response.ok) refuse(`the server answered ${response.status} ${response.statusText}`.trim());
  const bytes = new Uint8Array(await response.arrayBuffer().catch((error) => refuse(networkReason(error))));
  const found = sha256(bytes);
  if (found !== model.sha256)
    refuse(`${bytes.length} bytes came with the SHA-256 ${found}, expected are ${model.bytes} with ${model.sha256}`);
  return bytes;
}

/** Writes beside the target and renames, so that an interrupted run leaves no half file under the final name. */
function store(file: string, bytes: Uint8Array): void {
  const partial = `${file}.partial`;
  try {
    writeFileSync(partial, bytes);
    renameSync(partial, file);
  } finally {
    rmSync(partial, { force: true });
  }
}

export interface FetchOptions {
  /** Address that the models' paths are appended to. */
  readonly base?: string;
  /** Folder that gets one folder per model. */
  readonly into: string;
  readonly models?: readonly PublishedModel[];
  readonly report?: (line: string) => void;
  readonly timeoutMs?: number;
}

/** Fetches what is missing. Throws VTA7001 at the first model that cannot be had; those fetched before it stay. */
export async function fetchModels(options: FetchOptions): Promise<void> {
  const { base = defaultBase, into, models = publishedModels, report = () => {}, timeoutMs = 60_000 } = options;
  for (const model of models) {
    const file = join(into, model.name, 'model.tflite');
    if (isThere(file, model)) {
      report(`${model.name}: already there (${model.about})`);
      continue;
    }
    const bytes = await download(`${base}/${model.path}`, model, timeoutMs);
    mkdirSync(join(into, model.name), { recursive: true });
    store(file, bytes);
    report(`${model.name}: ${bytes.length} bytes, checksum good (${model.about})`);
  }
}

/** Runs as a command: `VTA_MODELS_URL` names a mirror with the same paths. */
async function main(): Promise<void> {
  const base = process.env.VTA_MODELS_URL ?? defaultBase;
  const into = process.env.VTA_MODELS_FOLDER ?? fileURLToPath(new URL('../models/mlperf-tiny', import.meta.url));
  try {
    await fetchModels({ base, into, report: (line) => console.log(line) });
    console.log(`the models are in ${into}`);
  } catch (error) {
    if (!(error instanceof VtaError)) throw error;
    for (const d of error.diagnostics) console.error(printDiagnostic(d));
    process.exitCode = 1;
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) await main();
