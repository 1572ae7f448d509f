/**
 * Does one item after the other, in this process or in another one: items and results are plain data.
 * `show` is for a progress line.
 */
export type Handler<Item, Result> = (item: Item, show: (text: string) => void) => Promise<Result>;
