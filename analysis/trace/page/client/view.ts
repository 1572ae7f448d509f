/** Where in time the page looks: cycles `from` to `to` over the width of the plot. */
export class View {
  from = 0;
  to: number;
  /** Pixels of the plot's left edge, and its width. */
  left = 0;
  width = 1;

  constructor(readonly cycles: number) {
    this.to = Math.max(1, cycles);
  }

  /** Pixel of a cycle's begin. */
  x(cycle: number): number {
    return this.left + ((cycle - this.from) / (this.to - this.from)) * this.width;
  }
  /** Cycle at a pixel, with its fraction. */
  cycle(x: number): number {
    return this.from + ((x - this.left) / this.width) * (this.to - this.from);
  }
  get perPixel(): number {
    return (this.to - this.from) / this.width;
  }

  show(from: number, to: number): void {
    const least = Math.min(16, this.cycles);
    const span = Math.min(Math.max(to - from, least), Math.max(1, this.cycles));
    const middle = (from + to) / 2;
    this.from = Math.min(Math.max(0, middle - span / 2), Math.max(0, this.cycles - span));
    this.to = this.from + span;
  }

  /** Zooms by a factor around a pixel; above 1 shows more. */
  zoom(factor: number, x: number): void {
    const at = this.cycle(x);
    const span = (this.to - this.from) * factor;
    const share = (at - this.from) / (this.to - this.from);
    this.show(at - span * share, at + span * (1 - share));
  }

  pan(pixels: number): void {
    const by = pixels * this.perPixel;
    this.show(this.from + by, this.to + by);
  }
}
