import type { BlockedLayout } from '../artifact/artifact.js';

/** Calls `visit(host index, device address)` for every element of the image. */
function walk(l: BlockedLayout, visit: (host: number, device: number) => void): void {
  const rows = l.halo.top + l.height + l.halo.bottom;
  const columns = l.halo.left + l.width + l.halo.right;
  const tile = l.batch * l.block;
  for (let row = 0; row < l.height; row++) {
    for (let column = 0; column < l.width; column++) {
      const host = (row * l.width + column) * l.channels;
      const element = (row + l.halo.top) * columns + column + l.halo.left;
      for (let c = 0; c < l.channels; c++) {
        const block = Math.floor(c / l.block);
        visit(host + c, l.address + (block * rows * columns + element) * tile + (c - block * l.block));
      }
    }
  }
}

/** Writes an int8 image in NHWC order (N = 1) into device memory; halo, spare lanes and spare batch rows are left as they are. */
export function pack(data: Int8Array, dram: Uint8Array, layout: BlockedLayout): void {
  walk(layout, (host, device) => {
    dram[device] = data[host];
  });
}

/** Reads an int8 image out of device memory into NHWC order (N = 1). */
export function unpack(dram: Uint8Array, layout: BlockedLayout): Int8Array {
  const out = new Int8Array(layout.height * layout.width * layout.channels);
  walk(layout, (host, device) => {
    out[host] = dram[device];
  });
  return out;
}
