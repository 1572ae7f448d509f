import wavedrom from 'wavedrom';
import narrow from 'wavedrom/skins/narrow.js';
import narrower from 'wavedrom/skins/narrower.js';

const SKINS: Readonly<Record<string, unknown>> = { default: wavedrom.waveSkin, narrow, narrower };

/** An SVG picture of a WaveDrom description, on white so that it reads on any page. */
export function renderWaveDrom(source: unknown, skin = 'default'): string {
  const svg = wavedrom.onml.stringify(wavedrom.renderAny(0, source, SKINS[skin]));
  return `${svg.replace(/^(<svg[^>]*>)/, '$1<rect width="100%" height="100%" fill="white"/>').replaceAll(' field="undefined"', '')}\n`;
}
