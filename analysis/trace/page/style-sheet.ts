/** The page's looks. */
export const STYLE = `:root { color-scheme: light; }
body { font: 14px/1.4 system-ui, sans-serif; color: #1f2933; background: #fff; margin: 16px 20px; }
h1 { font-size: 20px; margin: 0 0 12px; }
h1 small { font-size: 13px; font-weight: normal; color: #616e7c; margin-left: 8px; }
h2 { font-size: 15px; margin: 18px 0 8px; }
h2 select { font: inherit; font-size: 13px; font-weight: normal; margin-left: 8px; }
#legend { display: flex; flex-wrap: wrap; gap: 4px 18px; font-size: 12px; color: #52606d; margin-bottom: 6px; }
.swatch { display: inline-block; width: 12px; height: 12px; margin-right: 5px; vertical-align: -1px; border: 1px solid #00000022; }
#accounts { display: grid; grid-template-columns: 130px 1fr 90px; gap: 3px 10px; align-items: center; max-width: 1300px; }
#accounts .unit { text-align: right; font-size: 13px; }
#accounts .busy { font-size: 12px; color: #52606d; font-variant-numeric: tabular-nums; }
.strip { display: flex; height: 20px; border-radius: 3px; overflow: hidden; }
.part { font-size: 11px; line-height: 20px; text-align: center; overflow: hidden; white-space: nowrap; }
.bar { display: flex; align-items: center; gap: 10px; margin-bottom: 6px; }
#search { font: inherit; width: 360px; padding: 3px 8px; }
#found, #range { font-size: 12px; color: #52606d; font-variant-numeric: tabular-nums; }
#found { min-width: 80px; }
.buttons button { font: inherit; padding: 2px 10px; margin-right: 2px; }
#timeline { display: block; width: 100%; cursor: crosshair; }
#details { min-height: 84px; margin-top: 6px; font: 12px/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }
.help { font-size: 12px; color: #616e7c; max-width: 1100px; }
#tip { position: fixed; pointer-events: none; background: #1f2933ee; color: #fff; font-size: 12px; padding: 6px 9px; border-radius: 4px; max-width: 560px; overflow-wrap: anywhere; z-index: 1; }
#tip[hidden] { display: none; }
`;
