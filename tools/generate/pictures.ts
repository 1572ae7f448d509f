import { layoutOf } from '#isa/codec/layout';
import { preset } from '#isa/config/presets';
import { bitFieldPicture } from '#isa/gen/bit-field';
import { renderWaveDrom } from '#analysis/trace/wave/render';

/** The pictures of the instruction words, by file name. */
export function isaPictures(): ReadonlyMap<string, string> {
  const { insns, uop } = layoutOf(preset('default'));
  return new Map([
    ['memory.svg', renderWaveDrom(bitFieldPicture(insns.LOAD, 128))],
    ['gemm.svg', renderWaveDrom(bitFieldPicture(insns.GEMM, 128))],
    ['alu.svg', renderWaveDrom(bitFieldPicture(insns.ALU, 128))],
    ['finish.svg', renderWaveDrom(bitFieldPicture(insns.FINISH, 128))],
    ['uop.svg', renderWaveDrom(bitFieldPicture(uop, 32))],
  ]);
}
