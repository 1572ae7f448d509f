/** A register: what is written in a cycle is seen from the next one on. */
export class Register<T> {
  next: T;
  constructor(public now: T) {
    this.next = now;
  }
  commit(): void {
    this.now = this.next;
  }
}

/** A queue whose entries are seen from the cycle after they were put in; `size` counts events of earlier cycles only. */
export class RegisteredQueue<T> {
  private readonly items: { item: T; from: number }[] = [];
  readonly size = new Register(0);

  put(item: T, cycle: number): void {
    this.items.push({ item, from: cycle + 1 });
    this.size.next++;
  }
  /** The oldest entry, if it is visible in `cycle`. */
  head(cycle: number): T | undefined {
    return this.items.length > 0 && this.items[0].from <= cycle ? this.items[0].item : undefined;
  }
  take(): void {
    this.items.shift();
    this.size.next--;
  }
}
