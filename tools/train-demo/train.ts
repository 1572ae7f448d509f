import { Network } from './network.js';
import { Adam } from './optimizer.js';
import { Random } from './random.js';
import { classNames, drawPicture, imageBytes, pixelDeviation, pixelMean, type Picture } from './shapes.js';

/** Pictures as the network takes them: [batch][height][width][3], centred and scaled. */
export function toFloats(pictures: readonly Picture[]): Float32Array {
  const x = new Float32Array(pictures.length * imageBytes);
  pictures.forEach((p, b) => {
    for (let i = 0; i < imageBytes; i++) x[b * imageBytes + i] = (p.pixels[i] - pixelMean) / pixelDeviation;
  });
  return x;
}

/** Writes softmax(scores) - onehot, divided by the batch, over `scores`; returns the mean cross-entropy. */
function softmaxGradient(scores: Float32Array, pictures: readonly Picture[]): number {
  const n = classNames.length;
  let loss = 0;
  pictures.forEach(({ label }, b) => {
    const row = scores.subarray(b * n, (b + 1) * n);
    const max = Math.max(...row);
    const powers = Array.from(row, (s) => Math.exp(s - max));
    const sum = powers.reduce((s, p) => s + p, 0);
    loss -= Math.log(powers[label] / sum);
    powers.forEach((p, i) => {
      row[i] = (p / sum - (i === label ? 1 : 0)) / pictures.length;
    });
  });
  return loss / pictures.length;
}

/** The class with the highest score of each picture. */
export function argmax(scores: ArrayLike<number>, classes: number = classNames.length): number[] {
  return Array.from({ length: scores.length / classes }, (_, b) => {
    let best = 0;
    for (let i = 1; i < classes; i++) if (scores[b * classes + i] > scores[b * classes + best]) best = i;
    return best;
  });
}

export interface TrainOptions {
  readonly seed: number;
  readonly steps: number;
  readonly batch: number;
  readonly rate: number;
  readonly report: (line: string) => void;
}

/** Trains a new network; every batch is freshly drawn, so no picture is seen twice. */
export function train(options: TrainOptions): Network {
  const random = new Random(options.seed);
  const network = new Network(random);
  const optimizer = new Adam(network.parameters);
  let smooth = Math.log(classNames.length);
  for (let step = 0; step < options.steps; step++) {
    const pictures = Array.from({ length: options.batch }, () => drawPicture(random));
    const scores = network.forward(toFloats(pictures), options.batch, true);
    smooth += 0.05 * (softmaxGradient(scores, pictures) - smooth);
    network.backward(scores, options.batch);
    const warm = Math.min(1, (step + 1) / 50);
    optimizer.step(options.rate * warm * 0.5 * (1 + Math.cos((Math.PI * step) / options.steps)));
    if ((step + 1) % 50 === 0) options.report(`step ${step + 1} of ${options.steps}: loss ${smooth.toFixed(3)}`);
  }
  return network;
}

/** Share of pictures that the float network classifies correctly. */
export function floatAccuracy(network: Network, pictures: readonly Picture[]): number {
  let right = 0;
  for (let at = 0; at < pictures.length; at += 50) {
    const part = pictures.slice(at, at + 50);
    const found = argmax(network.forward(toFloats(part), part.length, false));
    right += found.filter((c, i) => c === part[i].label).length;
  }
  return right / pictures.length;
}
