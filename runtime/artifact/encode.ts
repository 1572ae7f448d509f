import type { TensorData } from '../tensor.js';
import type { Artifact, ArtifactValue, ImageSection, Step } from './artifact.js';
import { SectionWriter } from './container.js';

const bytesOf = (data: TensorData) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

function value(v: ArtifactValue, sections: SectionWriter): object {
  const { data, ...rest } = v;
  return data === undefined ? rest : { ...rest, data: sections.add(bytesOf(data)) };
}

function section(s: ImageSection, sections: SectionWriter): object {
  if (s.kind === 'fill') return s;
  const { bytes, ...rest } = s;
  return { ...rest, data: sections.add(bytes) };
}

/** The file form. The same artifact always gives the same bytes. */
export function encodeArtifact(artifact: Artifact): Uint8Array {
  const sections = new SectionWriter();
  const values = artifact.values.map((v) => value(v, sections));
  const image = artifact.image.map((s) => section(s, sections));
  const steps: readonly Step[] = artifact.steps;
  return sections.finish({
    name: artifact.name,
    config: artifact.config.keys,
    fingerprint: artifact.config.fingerprint,
    inputs: artifact.inputs,
    outputs: artifact.outputs,
    values,
    steps,
    dramBytes: artifact.dramBytes,
    image,
  });
}
