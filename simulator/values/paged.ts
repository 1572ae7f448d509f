const PAGE_LOG = 12;
const PAGE = 2 ** PAGE_LOG;

/** Whole numbers by index, 0 where none was set; only pages that are used take memory. */
export class PagedInts {
  private readonly pages = new Map<number, Int32Array>();

  get(index: number): number {
    return this.pages.get(Math.floor(index / PAGE))?.[index % PAGE] ?? 0;
  }

  /** Calls `visit` with each value that is not 0 from index `low` to `high`. */
  forEach(low: number, high: number, visit: (index: number, value: number) => void): void {
    for (let at = low; at <= high; ) {
      const page = this.pages.get(Math.floor(at / PAGE));
      const end = Math.min(high, (Math.floor(at / PAGE) + 1) * PAGE - 1);
      if (page !== undefined) for (let i = at; i <= end; i++) if (page[i % PAGE] !== 0) visit(i, page[i % PAGE]);
      at = end + 1;
    }
  }

  fill(low: number, high: number, value: number): void {
    for (let at = low; at <= high; ) {
      const number = Math.floor(at / PAGE);
      const end = Math.min(high, (number + 1) * PAGE - 1);
      let page = this.pages.get(number);
      if (page === undefined) {
        page = new Int32Array(PAGE);
        this.pages.set(number, page);
      }
      page.fill(value, at % PAGE, (end % PAGE) + 1);
      at = end + 1;
    }
  }

  clear(): void {
    this.pages.clear();
  }
}
