import wavedrom from 'wavedrom';
import { layoutOf } from '#isa/codec/layout';
import { preset } from '#isa/config/presets';
import { bitFieldPicture } from '#isa/gen/bit-field';

/** An SVG picture of a WaveDrom description, on white so that it reads on any page. */
export function renderSvg(source: unknown): string {
  const svg = wavedrom.onml.stringify(wavedrom.renderAny(0, source, wavedrom.waveSkin));
  return `${svg.replace(/^(<svg[^>]*>)/, '$1<rect width="100%" height="100%" fill="white"/>').replaceAll(' field="undefined"', '')}\n`;
}

/** The pictures of the instruction words, by file name. */
export function isaPictures(): ReadonlyMap<string, string> {
  const { insns, uop } = layoutOf(preset('default'));
  return new Map([
    ['memory.svg', renderSvg(bitFieldPicture(insns.LOAD, 128))],
    ['gemm.svg', renderSvg(bitFieldPicture(insns.GEMM, 128))],
    ['alu.svg', renderSvg(bitFieldPicture(insns.ALU, 128))],
    ['finish.svg', renderSvg(bitFieldPicture(insns.FINISH, 128))],
    ['uop.svg', renderSvg(bitFieldPicture(uop, 32))],
  ]);
}
