declare module 'wavedrom' {
  const wavedrom: {
    /** Draws one picture as an element tree. `index` makes its identifiers unique on a page. */
    renderAny(index: number, source: unknown, skin: unknown): unknown;
    readonly waveSkin: unknown;
    readonly onml: { stringify(tree: unknown): string };
  };
  export = wavedrom;
}
declare module 'wavedrom/skins/narrow.js' {
  const skins: unknown;
  export = skins;
}
declare module 'wavedrom/skins/narrower.js' {
  const skins: unknown;
  export = skins;
}
