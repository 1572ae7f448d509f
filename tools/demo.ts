/**
 * `npm run demo`: compiles a small trained network for two machines, runs it on the cycle simulator, shows what every layer
 * cost and what the network answers, and lets the RTL check it. Every step is the command that you would type yourself.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readNpy } from '#runtime/npy';
import { drawAscii, drawColour } from './demo/picture.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const model = 'models/demo/model.tflite';
const sample = '003';
const presets = ['mac64', 'default'];
const work = 'build/demo';

const say = (text = ''): void => void process.stdout.write(`${text}\n`);
const array = (path: string): Int8Array => readNpy(new Uint8Array(readFileSync(join(root, path))), path).data as Int8Array;

/** Shows and runs one vta command; the demo ends with its status if it fails. */
function vta(...args: readonly string[]): void {
  say(`$ ./bin/vta ${args.join(' ')}`);
  const { status } = spawnSync(process.execPath, [join('bin', 'vta'), ...args], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) process.exit(status ?? 2);
}

interface Doctor {
  readonly machines: { readonly rtl: boolean };
  readonly tools: readonly { readonly name: string; readonly status: string; readonly get: string }[];
}

/** What `vta doctor` knows about this machine. */
function doctor(): Doctor {
  const { stdout } = spawnSync(process.execPath, [join('bin', 'vta'), 'doctor', '--json'], { cwd: root, encoding: 'utf8' });
  return JSON.parse(stdout) as Doctor;
}

interface Labels {
  readonly classes: readonly string[];
  readonly inputs: readonly { readonly name: string; readonly label: string }[];
}

/** The scores in falling order, and whether they are the reference's, byte by byte. Returns whether they are. */
function showAnswer(file: string, classes: readonly string[]): boolean {
  const scores = array(file);
  const reference = array(`models/demo/output_${sample}.npy`);
  const equal = scores.length === reference.length && scores.every((v, i) => v === reference[i]);
  const ranked = classes.map((name, i) => ({ name, share: (scores[i] + 128) / 256 })).sort((a, b) => b.share - a.share);
  const top = ranked.slice(0, 3).map(({ name, share }) => `${name} ${(100 * share).toFixed(1)} %`);
  say(`answer: ${top.join(', ')}`);
  say(`        the output ${equal ? 'equals' : 'DIFFERS FROM'} the reference output (TensorFlow Lite), byte by byte`);
  say();
  return equal;
}

function showPicture(labels: Labels): void {
  const colour = process.stdout.isTTY === true && process.env.NO_COLOR === undefined;
  const pixels = array(`models/demo/input_${sample}.npy`);
  const label = labels.inputs.find((i) => i.name === `input_${sample}`)?.label;
  say(`A network of six convolutions and two residual additions looks at this 20x20 picture of a ${label}`);
  say(`and says which of ${labels.classes.length} shapes it is (${model}, see models/demo/README.md):`);
  say();
  say(colour ? drawColour(pixels, 20) : drawAscii(pixels, 20));
  say();
}

/** The RTL's turn, or how to get what it needs. */
function coVerify(): void {
  const { machines, tools } = doctor();
  if (machines.rtl) {
    say('The same programs on functional simulator, cycle simulator and RTL (Verilator), compared instruction by instruction;');
    say('the first time, Verilator compiles the RTL, which takes a while:');
    vta('cosim', ...presets.map((preset) => `${work}/${preset}.vta`));
    say('ok: every value written, and the cycle in which every instruction retired, is the same on all three.');
    return;
  }
  const missing = tools.filter((t) => t.status !== 'ok' && ['Verilator', 'C++ compiler', 'make'].includes(t.name));
  const how = missing.map((t) => `${t.name}: ${t.get}`).join('; ');
  say(`The RTL can check all this, cycle by cycle, once Verilator is there (${how}).`);
}

function main(): void {
  const labels = JSON.parse(readFileSync(join(root, 'models/demo/labels.json'), 'utf8')) as Labels;
  rmSync(join(root, work), { recursive: true, force: true });
  mkdirSync(join(root, work), { recursive: true });
  showPicture(labels);
  let equal = true;
  for (const preset of presets) {
    const [program, output] = [`${work}/${preset}.vta`, `${work}/${preset}-output.npy`];
    vta('compile', model, '-o', program, '--config', preset);
    say();
    vta('run', program, '--on', 'cycle', '--input', `models/demo/input_${sample}.npy`, '--output', output);
    equal = showAnswer(output, labels.classes) && equal;
  }
  coVerify();
  say();
  say(`Next: README.md, and ${relative(root, join(root, 'docs', 'guide', 'start.md'))}`);
  if (!equal) process.exitCode = 1;
}

main();
