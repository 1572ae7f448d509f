import { defineMessages } from '#isa/diag/diagnostic';

/** Diagnostics of the scripts behind npm commands (70xx). */
export const toolMessages = defineMessages({
  VTA7001: {
    what: 'the model {model} cannot be fetched from {url}: {reason}',
    why: 'the published models are not part of this repository; a file that is not exactly the expected one is not stored',
    do: 'run npm run models again when this machine can reach that address; until then models/demo/model.tflite serves everywhere',
  },
  VTA7002: {
    what: 'npm run mutants: there is no area {name}',
    why: '--only takes names of areas, separated by commas',
    do: 'use some of {areas}',
  },
  VTA7003: {
    what: '{file} is not the log of this run: it begins with {found}',
    why: 'the log of another run has other faults; this run is {wanted}',
    do: 'give the options of the run that is to go on, or another file with --log, or leave --resume out to begin anew',
  },
});
