import { defineMessages } from '#isa/diag/diagnostic';

/** Diagnostics of the scripts behind npm commands (70xx). */
export const toolMessages = defineMessages({
  VTA7001: {
    what: 'the model {model} cannot be fetched from {url}: {reason}',
    why: 'the published models are not part of this repository; a file that is not exactly the expected one is not stored',
    do: 'run npm run models again when this machine can reach that address; until then models/demo/model.tflite serves everywhere',
  },
});
